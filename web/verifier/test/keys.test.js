/* SPDX-License-Identifier: Apache-2.0 */
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, verify as check } from "node:crypto";
import { test } from "node:test";

import { BackendKey, challengeOf, KeySet, makeNonce, signRequest }
	from "../index.js";

/* RFC 8037 A.2, A.3 */
const OKP = { kty: "OKP", crv: "Ed25519",
	x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
/* RFC 7515 A.3 */
const EC = { kty: "EC", crv: "P-256",
	x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
	y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" };

test("thumbprints are those of RFC 8037", () => {
	const [device] = new KeySet(OKP).devices;
	assert.equal(device.thumbprint,
		"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
	assert.match(device.spoken, /^\d{5}( \d{5}){4}$/);
});

test("other keys are refused", () => {
	const bad = [
		{ kty: "oct", k: "AAAA" },
		{ ...EC, crv: "P-384" },
		{ ...EC, y: EC.x },
		{ ...EC, x: EC.x + "=" },
		{ ...EC, x: EC.x.slice(1) },
		{ ...EC, alg: "ES384" },
		{ ...EC, alg: "Ed25519" },
		{ ...EC, use: "enc" },
		{ ...EC, kid: "" },
		{ ...EC, d: "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI" },
		{ ...OKP, crv: "X25519" },
		{ kty: "RSA", n: "AQAB", e: "AQAB" },
		{ keys: [] },
		{ keys: [EC, EC] },
		{ keys: [EC, { ...OKP, kid: new KeySet(EC).devices[0].thumbprint }] },
		null,
		"x",
	];
	for (const one of bad)
		assert.throws(() => new KeySet(one), Error, JSON.stringify(one));
	assert.equal(new KeySet({ keys: [EC, OKP] }).devices.length, 2);
});

test("nonces never repeat", () => {
	assert.match(makeNonce(), /^[A-Za-z0-9_-]{43}$/);
	assert.notEqual(makeNonce(), makeNonce());
});

test("the challenge binds audience and nonce", () => {
	const nonce = makeNonce();
	const wanted = createHash("sha256").update(Buffer.concat([
		Buffer.from("cccd-aa-v1"), Buffer.from([0, 3]), Buffer.from("abc"),
		Buffer.from(nonce)])).digest().subarray(0, 8);
	assert.deepEqual(challengeOf("abc", nonce), wanted);
	assert.notDeepEqual(challengeOf("ab", nonce), wanted);
	assert.throws(() => challengeOf("abc", "short"), TypeError);
});

for (const [type, options, hash] of [["ec", { namedCurve: "P-256" }, "sha256"],
	["ed25519", {}, null]])
	test(`a request is signed with ${type}`, () => {
		const pair = generateKeyPairSync(type, options);
		const key = new BackendKey(pair.privateKey.export(
			{ type: "pkcs8", format: "pem" }), "his-2026");
		const request = { nonce: makeNonce(), scopes: ["id"],
			purpose: "kcb-reception" };
		const token = signRequest(key, { rp: "his", now: 1790000000,
			device: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
			request });
		const [head, body, signature] = token.split(".");
		assert.ok(check(hash, Buffer.from(`${head}.${body}`),
			{ key: pair.publicKey, dsaEncoding: "ieee-p1363" },
			Buffer.from(signature, "base64url")));
		const claims = JSON.parse(Buffer.from(body, "base64url"));
		assert.equal(claims.iss, "his");
		assert.equal(claims.exp - claims.iat, 300);
		assert.equal(claims.nonce, request.nonce);
		assert.ok(!("d" in key.jwk));
		assert.equal(new KeySet(key.jwks).devices.length, 1);
	});

test("bad requests are not signed", () => {
	const pair = generateKeyPairSync("ed25519");
	const key = new BackendKey(pair.privateKey.export(
		{ type: "pkcs8", format: "pem" }));
	const good = { rp: "his",
		device: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
		request: { nonce: makeNonce(), scopes: ["id"], purpose: "p" } };
	assert.ok(signRequest(key, good));
	for (const bad of [{ rp: "" }, { device: "short" }, { lifetime_s: 301 },
		{ request: { ...good.request, exp: 1 } },
		{ request: { ...good.request, rp: "other" } },
		{ request: { ...good.request, scopes: "id" } },
		{ request: { ...good.request, purpose: undefined } }])
		assert.throws(() => signRequest(key, { ...good, ...bad }), TypeError);
	assert.throws(() => signRequest(key, { ...good,
		request: { ...good.request, nonce: "short" } }),
	{ code: "nonce_too_short" });
});
