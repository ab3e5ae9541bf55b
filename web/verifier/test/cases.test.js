/* SPDX-License-Identifier: Apache-2.0 */
/* The same cases as libcccd's verifier: tests/lib/assertion/cases.json. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { KeySet, verify, VerifyError } from "../index.js";

const data = JSON.parse(readFileSync(new URL(
	"../../../tests/lib/assertion/cases.json", import.meta.url)));
const keys = new KeySet(data.jwks);
const { nonce, audience, now } = data.expected;
const named = (name) => data.cases.find((one) => one.name === name).token;

function attempt(one) {
	const token = one.repeat
		? one.repeat[0] + one.repeat[1].repeat(one.repeat[2]) + one.repeat[3]
		: one.token;
	try {
		return [null, verify(token, { expected_aud: audience, jwks: keys,
			expected_nonce: one.expected_nonce ?? nonce, now,
			leeway_s: one.leeway_s, max_age_s: one.max_age_s })];
	} catch (error) {
		assert.ok(error instanceof VerifyError,
			`${one.name}: ${error.stack}`);
		return [error.code, undefined];
	}
}

test("every case is told as libcccd tells it", () => {
	assert.ok(data.cases.length > 150);
	for (const one of data.cases)
		assert.equal(attempt(one)[0], one.error, one.name);
});

test("what was signed comes out", () => {
	const [, claims] = attempt(data.cases[0]);
	assert.deepEqual(claims.result, data.result);
	assert.equal(claims.aud, audience);
	assert.equal(claims.level, "A1");
});

test("every flipped bit counts", () => {
	const token = Buffer.from(named("es256"));
	for (let bit = 0; bit < token.length * 8; bit++) {
		token[bit >> 3] ^= 1 << (bit & 7);
		const [code] = attempt({ name: `bit ${bit}`,
			token: token.toString("latin1") });
		assert.notEqual(code, null, `bit ${bit}`);
		token[bit >> 3] ^= 1 << (bit & 7);
	}
});

test("expectations are not optional", () => {
	const good = { expected_nonce: nonce, expected_aud: audience,
		jwks: data.jwks, now };
	assert.equal(verify(named("es256"), good).aud, audience);
	for (const name of ["expected_nonce", "expected_aud", "jwks"])
		assert.throws(() => verify(named("es256"),
			{ ...good, [name]: undefined }), TypeError);
	for (const bad of [{ leeway_s: 61 }, { leeway_s: -1 },
		{ max_age_s: -1 }, { now: NaN }, { expected_aud: "" }])
		assert.throws(() => verify(named("es256"), { ...good, ...bad }),
			TypeError);
	assert.throws(() => verify(undefined, good),
		{ code: "assertion_malformed" });
	assert.throws(() => verify(Buffer.from(named("es256")), good),
		{ code: "assertion_malformed" });
});

test("a registry is asked by thumbprint", () => {
	const asked = [];
	const jwks = (thumbprint) => {
		asked.push(thumbprint);
		return thumbprint === data.thumbprints.ec ? keys : undefined;
	};
	const expected = { expected_nonce: nonce, expected_aud: audience, jwks,
		now };
	assert.ok(verify(named("es256"), expected));
	assert.throws(() => verify(named("ed25519"), expected),
		{ code: "device_unknown" });
	assert.throws(() => verify(named("kid_no_thumbprint"), expected),
		{ code: "device_unknown" });
	assert.deepEqual(asked, [data.thumbprints.ec, data.thumbprints.okp]);
});

test("there is no way to look into a token unverified", async () => {
	const names = Object.keys(await import("../index.js"));
	assert.deepEqual(names.sort(), ["BackendKey", "KeySet", "VerifyError",
		"challengeOf", "makeNonce", "signRequest", "verify"]);
});
