/* SPDX-License-Identifier: Apache-2.0 */
/* Compact JWS with one header form: RFC 7515, RFC 8725. */
import { verify } from "node:crypto";

import { decode } from "./base64url.js";
import { malformed, refuse } from "./error.js";
import { parseObject } from "./json.js";

const HEADER_MAX = 512;
const SIGNATURE_LEN = 64;
const HEADER = ["alg", "typ", "kid"];

function readObject(bytes, what) {
	try {
		return parseObject(bytes);
	} catch {
		return malformed(`${what}: no sound JSON object`);
	}
}

/* Members that might change the meaning of the token are not understood, so
 * nothing but the three is. */
function readHeader(text, typ) {
	const bytes = decode(text, "header");
	if (bytes.length > HEADER_MAX)
		malformed("header: too long");
	const header = readObject(bytes, "header");
	for (const name of Object.keys(header))
		if (!HEADER.includes(name))
			malformed("a header member that is not taken");
	for (const name of HEADER)
		if (typeof header[name] !== "string")
			malformed(`${name} is missing or bad`);
	if (header.typ !== typ)
		refuse("assertion_type_wrong", `the type is not ${typ}`);
	return header;
}

/* The key says which algorithm is used, never the token. */
function holds({ key, kind }, text, signature) {
	if (kind.alg === "ES256")
		return verify("sha256", text,
			{ key, dsaEncoding: "ieee-p1363" }, signature);
	return verify(null, text, key, signature);
}

/** { payload, key } of a token that a known key signed. */
export function open(token, { typ, max, find }) {
	if (typeof token !== "string" || token.length > max)
		malformed("no token, or too long");
	const parts = token.split(".", 4);
	if (parts.length !== 3 || parts[2] === "")
		malformed("not three parts");
	const header = readHeader(parts[0], typ);
	const key = find(header.kid);
	if (!key)
		refuse("device_unknown", "no key for its kid");
	if (!key.kind.names.includes(header.alg))
		refuse("algorithm_wrong", `the algorithm is not ${key.kind.alg}`);
	const signature = decode(parts[2], "signature");
	if (signature.length !== SIGNATURE_LEN)
		malformed("signature: not 64 bytes");
	const text = Buffer.from(`${parts[0]}.${parts[1]}`, "latin1");
	if (!holds(key, text, signature))
		refuse("signature_bad", "the signature does not hold");
	return { key,
		payload: readObject(decode(parts[1], "payload"), "payload") };
}
