/* SPDX-License-Identifier: Apache-2.0 */
/* Against a JOSE that nobody here wrote: Debian's node-jose. TOKENS names a
 * program of ours that signs and verifies as the daemon does. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { BackendKey, KeySet, makeNonce, signRequest, verify }
	from "../index.js";

const tokens = process.env.TOKENS;
const require = createRequire(import.meta.url);
let jose = null;
try {
	jose = require("/usr/share/nodejs/jose");
} catch {
	console.log("# SKIP node-jose is not installed");
}
const skip = jose === null || !tokens;
const dir = mkdtempSync(join(tmpdir(), "cccd-jose-"));
after(() => rmSync(dir, { recursive: true }));

const run = (...args) => execFileSync(tokens, args,
	{ encoding: "utf8", timeout: 60000 }).trim();
const fails = (...args) => {
	try {
		run(...args);
		return null;
	} catch (error) {
		return error.stderr.toString().trim();
	}
};
const AUD = "his.hospital.example";
const now = () => Math.floor(Date.now() / 1000);

for (const alg of ["ES256", "Ed25519"])
	test(`node-jose takes what the daemon signs with ${alg}`, { skip },
		async () => {
			const nonce = makeNonce();
			const keys = join(dir, alg);
			/* node-jose 4 is older than RFC 9864: the old name. */
			const named = alg === "Ed25519" ? "EdDSA" : alg;
			const token = run("assert", keys, alg, named, AUD, nonce);
			const jwks = JSON.parse(run("jwks", keys, alg));
			const [jwk] = jwks.keys;
			const key = await jose.importJWK({ ...jwk, alg: named });
			const { payload, protectedHeader } = await jose.jwtVerify(token,
				key, { algorithms: [named], typ: "cccd-assertion+jwt",
					audience: AUD, maxTokenAge: 300,
					issuer: "urn:ietf:params:oauth:jwk-thumbprint:sha-256:" +
						await jose.calculateJwkThumbprint(jwk) });
			assert.equal(payload.nonce, nonce);
			assert.equal(payload.result.identity.full_name, "NGUYỄN VĂN MẪU");
			assert.equal(protectedHeader.kid,
				await jose.calculateJwkThumbprint(jwk));
			const ours = verify(token, { expected_nonce: nonce,
				expected_aud: AUD, jwks });
			assert.deepEqual(ours, payload);
			/* And by its own name, which only we know yet. */
			assert.ok(verify(run("assert", keys, alg, alg, AUD, nonce),
				{ expected_nonce: nonce, expected_aud: AUD, jwks }));
		});

for (const [alg, type, options] of [["ES256", "ec", { namedCurve: "P-256" }],
	["EdDSA", "ed25519", {}]])
	test(`both verifiers take what node-jose signs with ${alg}`, { skip },
		async () => {
			const pair = generateKeyPairSync(type, options);
			const jwk = await jose.exportJWK(pair.publicKey);
			const thumbprint = await jose.calculateJwkThumbprint(jwk);
			const nonce = makeNonce();
			const txn = randomUUID();
			const claims = { nonce, txn, purpose: "p", consent: "operator",
				level: "A1", jti: "1", result: { transaction: txn,
					overall: "successful", identity: {} } };
			const token = await new jose.SignJWT(claims)
				.setProtectedHeader({ alg, kid: thumbprint,
					typ: "cccd-assertion+jwt" })
				.setIssuer("urn:ietf:params:oauth:jwk-thumbprint:sha-256:" +
					thumbprint)
				.setAudience(AUD).setIssuedAt().setNotBefore(now())
				.setExpirationTime("4m").sign(pair.privateKey);
			const file = join(dir, `${alg}.json`);
			writeFileSync(file, JSON.stringify({ keys: [jwk] }));
			assert.equal(run("verify", file, AUD, nonce, token), txn);
			assert.equal(verify(token, { expected_nonce: nonce,
				expected_aud: AUD, jwks: { keys: [jwk] } }).txn, txn);
			assert.equal(fails("verify", file, AUD, makeNonce(), token),
				"nonce_wrong");
		});

for (const [alg, type, options] of [["ES256", "ec", { namedCurve: "P-256" }],
	["EdDSA", "ed25519", {}]])
	test(`the daemon takes requests of node-jose and ours, ${alg}`, { skip },
		async () => {
			const pair = generateKeyPairSync(type, options);
			const key = new BackendKey(pair.privateKey.export(
				{ type: "pkcs8", format: "pem" }), "his-2026");
			const device = new KeySet(JSON.parse(run("jwks",
				join(dir, "desk"), "ES256"))).devices[0].thumbprint;
			const request = { nonce: makeNonce(), scopes: ["id"],
				purpose: "kcb-reception" };
			const file = join(dir, "request.json");
			writeFileSync(file, JSON.stringify(key.jwks));
			const token = await new jose.SignJWT(request)
				.setProtectedHeader({ alg, kid: "his-2026",
					typ: "cccd-request+jwt" })
				.setIssuer("his").setAudience(device).setJti("1")
				.setIssuedAt().setExpirationTime("5m")
				.sign(pair.privateKey);
			for (const text of [token,
				signRequest(key, { rp: "his", device, request })])
				assert.deepEqual(JSON.parse(
					run("request", file, "his", device, text)),
				{ ...request, rp: "his" });
			assert.equal(fails("request", file, "other", device, token),
				"relying_party_mismatch");
			assert.equal(fails("request", file, "his", "x".repeat(43),
				token), "request_signature_invalid");
			/* And what libcccd signs, node-jose takes. */
			writeFileSync(join(dir, "pem"), pair.privateKey.export(
				{ type: "pkcs8", format: "pem" }), { mode: 0o600 });
			const ours = run("sign", join(dir, "pem"), "his", device,
				JSON.stringify(request));
			if (alg === "ES256") {
				const { payload } = await jose.jwtVerify(ours,
					pair.publicKey, { typ: "cccd-request+jwt",
						issuer: "his", audience: device });
				assert.equal(payload.nonce, request.nonce);
			}
		});
