/* SPDX-License-Identifier: Apache-2.0 */
/* The back end's side of the signed assertion. */
import { timingSafeEqual } from "node:crypto";

import { isBase64url } from "./base64url.js";
import { malformed, refuse } from "./error.js";
import { open } from "./jws.js";
import { KeySet } from "./keys.js";

const TOKEN_MAX = 4 * 1024 * 1024;
const LIFETIME_S = 300;
const LEEWAY_MOST_S = 60;
const TIME_MOST = 1e11;
const ISSUER = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:";
const LEVELS = ["A1", "A2", "A3"];

const isText = (value) => typeof value === "string" && value !== "";
const isObject = (value) => typeof value === "object" && value !== null &&
	!Array.isArray(value);

/** Whether a nonce has 256 bits in base64url. */
export function nonceIsSound(nonce) {
	return typeof nonce === "string" && nonce.length >= 43 &&
		nonce.length <= 512 && isBase64url(nonce);
}

function checkExpected({ expected_nonce, expected_aud, jwks, leeway_s = 0,
	max_age_s = 0 }) {
	if (!isText(expected_aud) || typeof expected_nonce !== "string" ||
		(!isObject(jwks) && typeof jwks !== "function") ||
		!(leeway_s >= 0 && leeway_s <= LEEWAY_MOST_S) ||
		!(max_age_s >= 0))
		throw new TypeError("expected_nonce, expected_aud, jwks, " +
			"leeway_s or max_age_s is missing or bad");
	if (!nonceIsSound(expected_nonce))
		refuse("nonce_too_short",
			"the expected nonce is no 256 bits in base64url");
}

/* A device is its thumbprint: no other kid is taken. */
function finder(jwks) {
	return (kid) => {
		if (kid.length !== 43 || !isBase64url(kid))
			return undefined;
		const set = typeof jwks === "function" ? jwks(kid) : jwks;
		if (!set)
			return undefined;
		const key = (set instanceof KeySet ? set : new KeySet(set))
			.find(kid);
		return key?.thumbprint === kid ? key : undefined;
	};
}

function sameText(a, b) {
	const [one, two] = [Buffer.from(a), Buffer.from(b)];
	return one.length === two.length && timingSafeEqual(one, two);
}

function checkBinding(claims, key, expected) {
	if (claims.iss !== ISSUER + key.thumbprint)
		malformed("iss is not the key that signed");
	/* A list would make one token good for several. */
	if (claims.aud !== expected.expected_aud)
		refuse("audience_wrong", "aud is not the expected one");
	if (typeof claims.nonce !== "string" ||
		!sameText(claims.nonce, expected.expected_nonce))
		refuse("nonce_wrong", "nonce is not the expected one");
}

function checkTimes({ iat, nbf, exp }, { leeway_s = 0, max_age_s = 0, now }) {
	for (const time of [iat, nbf, exp])
		if (!Number.isInteger(time) || time < 0 || time > TIME_MOST)
			malformed("iat, nbf or exp is missing or bad");
	if (exp <= iat || exp - iat > LIFETIME_S)
		malformed(`exp is not 1 to ${LIFETIME_S} s after iat`);
	if (now - leeway_s >= exp)
		refuse("assertion_expired", "expired");
	if (Math.max(nbf, iat) > now + leeway_s)
		refuse("not_yet_valid", "made in the future");
	if (max_age_s !== 0 && now - iat > max_age_s + leeway_s)
		refuse("assertion_too_old", "made too long ago");
}

function checkTexts(claims) {
	for (const name of ["jti", "txn", "purpose", "consent"])
		if (!isText(claims[name]))
			malformed(`${name} is missing or bad`);
	for (const name of ["origin", "sub"])
		if (Object.hasOwn(claims, name) && !isText(claims[name]))
			malformed(`${name} is bad`);
	if (!LEVELS.includes(claims.level))
		malformed("level is missing or bad");
	if (!isObject(claims.result) || claims.result.transaction !== claims.txn)
		malformed("result is missing, bad or of another transaction");
}

/** The verified claims, or a VerifyError; see README.md. */
export function verify(token, expected) {
	checkExpected(expected);
	const now = expected.now ?? Math.floor(Date.now() / 1000);
	if (!Number.isFinite(now))
		throw new TypeError("now is no number");
	const { payload, key } = open(token, { typ: "cccd-assertion+jwt",
		max: TOKEN_MAX, find: finder(expected.jwks) });
	checkBinding(payload, key, expected);
	checkTimes(payload, { ...expected, now });
	checkTexts(payload);
	return payload;
}
