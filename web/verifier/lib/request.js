/* SPDX-License-Identifier: Apache-2.0 */
/* What a back end sends to a desk: a nonce, and a request it signed. */
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign }
	from "node:crypto";

import { refuse } from "./error.js";
import { KeySet } from "./keys.js";
import { nonceIsSound } from "./verify.js";

const LIFETIME_S = 300;
const OWN = ["iss", "aud", "iat", "nbf", "exp", "jti", "request_jwt"];
const encode = (value) => Buffer.from(JSON.stringify(value))
	.toString("base64url");

/** 256 random bits as base64url. */
export function makeNonce() {
	return randomBytes(32).toString("base64url");
}

/** RND.IFD that a chip signs at level A3, 8 bytes. */
export function challengeOf(audience, nonce) {
	const name = Buffer.from(audience);
	if (name.length > 65535 || !nonceIsSound(nonce))
		throw new TypeError("audience or nonce is bad");
	const len = Buffer.alloc(2);
	len.writeUInt16BE(name.length);
	return createHash("sha256").update("cccd-aa-v1").update(len)
		.update(name).update(nonce).digest().subarray(0, 8);
}

/** A back end's key pair; the private half never leaves it. */
export class BackendKey {
	#private;
	#public;

	/** PKCS#8 PEM of P-256 or Ed25519; `kid` as in the desk's registry. */
	constructor(pem, kid) {
		this.#private = createPrivateKey({ key: pem, format: "pem" });
		const jwk = createPublicKey(this.#private)
			.export({ format: "jwk" });
		this.#public = new KeySet(jwk).find(
			new KeySet(jwk).devices[0].thumbprint);
		this.kid = kid ?? this.#public.thumbprint;
		if (!/^[!#-[\]-~]{1,128}$/.test(this.kid))
			throw new TypeError("kid has other letters");
		this.jwk = { ...jwk, kid: this.kid, alg: this.#public.kind.alg,
			use: "sig" };
	}

	/** For the entry of the desk's registry. */
	get jwks() {
		return { keys: [this.jwk] };
	}

	seal(typ, claims) {
		const header = { alg: this.#public.kind.alg, typ, kid: this.kid };
		const text = `${encode(header)}.${encode(claims)}`;
		const signature = this.#public.kind.alg === "ES256"
			? sign("sha256", Buffer.from(text), { key: this.#private,
				dsaEncoding: "ieee-p1363" })
			: sign(null, Buffer.from(text), this.#private);
		return `${text}.${signature.toString("base64url")}`;
	}
}

/** A request that a front end can only pass on: the text of `request_jwt`.
 *
 * @param request what the service takes: nonce, scopes, purpose, …
 */
export function signRequest(key, { rp, device, request, now, lifetime_s }) {
	const iat = now ?? Math.floor(Date.now() / 1000);
	const life = lifetime_s ?? LIFETIME_S;
	if (typeof rp !== "string" || rp === "" ||
		!/^[A-Za-z0-9_-]{43}$/.test(device) ||
		!(Number.isInteger(life) && life >= 1 && life <= LIFETIME_S))
		throw new TypeError("rp, device or lifetime_s is bad");
	for (const name of OWN)
		if (Object.hasOwn(request, name))
			throw new TypeError(`the request has a member ${name}`);
	if (Object.hasOwn(request, "rp") && request.rp !== rp)
		throw new TypeError("the request names another rp");
	if (typeof request.purpose !== "string" || request.purpose === "" ||
		!Array.isArray(request.scopes))
		throw new TypeError("purpose or scopes is missing");
	if (!nonceIsSound(request.nonce))
		refuse("nonce_too_short", "nonce is no 256 bits in base64url");
	return key.seal("cccd-request+jwt", { ...request, iss: rp, aud: device,
		iat, exp: iat + life, jti: randomBytes(16).toString("base64url") });
}
