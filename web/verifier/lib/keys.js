/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys: ES256 on P-256 and Ed25519, nothing else. */
import { createHash, createPublicKey } from "node:crypto";

import { isBase64url } from "./base64url.js";

const KEYS_MAX = 1024;
const KINDS = [
	{ kty: "EC", crv: "P-256", alg: "ES256", names: ["ES256"],
		members: ["x", "y"] },
	/* RFC 9864 renamed EdDSA, which says no curve; libraries of before know
	 * only the old name, and with a fixed key it says the same. */
	{ kty: "OKP", crv: "Ed25519", alg: "Ed25519",
		names: ["Ed25519", "EdDSA"], members: ["x"] },
];

const isText = (value) => typeof value === "string" && value !== "";

/** RFC 7638: members in the order of the alphabet, no blanks. */
function canonical(jwk, kind) {
	const named = { crv: kind.crv, kty: kind.kty };
	for (const name of kind.members)
		named[name] = jwk[name];
	return JSON.stringify(named);
}

function kindOf(jwk) {
	const kind = KINDS.find((one) =>
		one.kty === jwk?.kty && one.crv === jwk?.crv);
	if (kind === undefined)
		throw new TypeError("only EC P-256 and OKP Ed25519 keys are taken");
	for (const name of kind.members)
		if (!isText(jwk[name]) || !isBase64url(jwk[name]) ||
			jwk[name].length !== 43)
			throw new TypeError(`key member ${name} is missing or bad`);
	if ("d" in jwk)
		throw new TypeError("this is a private key; it is burnt now");
	if (("alg" in jwk && !kind.names.includes(jwk.alg)) ||
		("use" in jwk && jwk.use !== "sig") ||
		("kid" in jwk && !isText(jwk.kid)))
		throw new TypeError("key member alg, use or kid is bad");
	return kind;
}

function take(jwk) {
	const kind = kindOf(jwk);
	const text = canonical(jwk, kind);
	const hash = createHash("sha256").update(text).digest();
	const thumbprint = hash.toString("base64url");
	return { kind, thumbprint, kid: jwk.kid ?? thumbprint,
		key: createPublicKey({ key: JSON.parse(text), format: "jwk" }),
		spoken: spoken(hash) };
}

/** Five groups of five digits, the same that `cccd device show` prints. */
function spoken(hash) {
	const groups = [];
	for (let i = 0; i < 5; i++)
		groups.push(String(hash.readUIntBE(5 * i, 5) % 100000)
			.padStart(5, "0"));
	return groups.join(" ");
}

/** Keys made ready; make it once and use it for every token. */
export class KeySet {
	#keys = [];

	constructor(jwks) {
		const list = Array.isArray(jwks?.keys) ? jwks.keys : [jwks];
		if (list.length < 1 || list.length > KEYS_MAX)
			throw new TypeError(`a key set holds 1 to ${KEYS_MAX} keys`);
		for (const jwk of list) {
			const key = take(jwk);
			if (this.find(key.kid) || this.find(key.thumbprint))
				throw new TypeError("a kid or key stands twice");
			this.#keys.push(key);
		}
	}

	find(kid) {
		return this.#keys.find((key) =>
			key.kid === kid || key.thumbprint === kid);
	}

	/** [{ thumbprint, spoken }], for an administrator's eyes. */
	get devices() {
		return this.#keys.map(({ thumbprint, spoken: digits }) =>
			({ thumbprint, spoken: digits }));
	}
}
