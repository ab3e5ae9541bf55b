#!/usr/bin/env node
/* SPDX-License-Identifier: Apache-2.0 */
/* Writes cases.json: tokens and what every verifier must say.
 * Signatures are random, so the file is kept, not made at build time. The
 * keys are the published examples of RFC 7515 A.3 and RFC 8037 A.1. */
import { createHash, createHmac, createPrivateKey, sign } from "node:crypto";
import { writeFileSync } from "node:fs";

const EC = { kty: "EC", crv: "P-256",
	x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
	y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
	d: "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI" };
const OKP = { kty: "OKP", crv: "Ed25519",
	x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
	d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A" };
const N = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const L = (1n << 252n) + 27742317777372353535851937790883648493n;
const NOW = 1790000000;
const NONCE = "q0_3Zx8mJ5vKpT1nWc7LrYbE9sHdUfGiOaQ2XzBtM4k";
const AUD = "his.hospital.example";

const b64 = (data) => Buffer.from(data).toString("base64url");
const canonical = (k) => k.kty === "EC"
	? `{"crv":"P-256","kty":"EC","x":"${k.x}","y":"${k.y}"}`
	: `{"crv":"Ed25519","kty":"OKP","x":"${k.x}"}`;
const thumb = (k) => createHash("sha256").update(canonical(k))
	.digest("base64url");
const open = ({ d, ...rest }) => rest;
const ISS = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:";
const UNKNOWN = createHash("sha256").update("nobody").digest("base64url");

const TXN = "0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e11";
const RESULT = { schema: "urn:cccd:result:1", transaction: TXN,
	overall: "successful", online_check: "not_done",
	identity: { id_number: "001000000000", full_name: "NGUYỄN VĂN MẪU" } };

function claims(key, more = {}) {
	const all = { iss: ISS + thumb(key), aud: AUD, nonce: NONCE, iat: NOW,
		nbf: NOW, exp: NOW + 300, jti: "b1b2b3b4b5b6b7b8b9babb",
		txn: TXN, origin: "https://desk.hospital.example",
		purpose: "kcb-reception", consent: "operator", level: "A1",
		evidence_digest: {}, result: RESULT, ...more };
	return JSON.stringify(all);
}

function header(key, more = {}) {
	return JSON.stringify({ alg: key === EC ? "ES256" : "Ed25519",
		typ: "cccd-assertion+jwt", kid: thumb(key), ...more });
}

function raw(key, text) {
	const pem = createPrivateKey({ key, format: "jwk" });
	return key === EC
		? sign("sha256", Buffer.from(text),
			{ key: pem, dsaEncoding: "ieee-p1363" })
		: sign(null, Buffer.from(text), pem);
}

/* Parts are texts to be encoded; `seal` may bend the signature. */
function token(key, { head = header(key), body = claims(key),
	seal = (s) => b64(s), encode = b64, encode_head = b64 } = {}) {
	const text = `${encode_head(head)}.${encode(body)}`;
	return `${text}.${seal(raw(key, text), text)}`;
}

const whole = (n) => BigInt("0x" + Buffer.from(n).toString("hex"));
const bytes = (n, little) => {
	const b = Buffer.from(n.toString(16).padStart(64, "0"), "hex");
	return little ? b.reverse() : b;
};
const r = (s) => s.subarray(0, 32);
const v = (s) => s.subarray(32);
const join = (a, b) => b64(Buffer.concat([a, b]));
const der = (s) => {
	const int = (b) => {
		while (b.length > 1 && b[0] === 0 && b[1] < 128)
			b = b.subarray(1);
		if (b[0] > 127)
			b = Buffer.concat([Buffer.from([0]), b]);
		return Buffer.concat([Buffer.from([2, b.length]), b]);
	};
	const body = Buffer.concat([int(r(s)), int(v(s))]);
	return Buffer.concat([Buffer.from([48, body.length]), body]);
};
/* The last letter with a bit set that stands for nothing. */
const dirty = (text) => {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" +
		"0123456789-_";
	const at = letters.indexOf(text.at(-1));
	return text.slice(0, -1) + letters[at | 1];
};

const cases = [];
const put = (name, error, text, more = {}) =>
	cases.push({ name, error, token: text, ...more });
const M = "assertion_malformed";

put("es256", null, token(EC));
put("ed25519", null, token(OKP));
put("ed25519_by_its_old_name", null,
	token(OKP, { head: header(OKP, { alg: "EdDSA" }) }));
put("claim_nobody_knows", null, token(EC, { body: claims(EC, { more: 1 }) }));
put("blanks_in_payload", null,
	token(EC, { body: " " + claims(EC).replace('{"', '{ "') + "\n" }));

/* The algorithm is the key's. */
put("alg_none_without_signature", M,
	`${b64(header(EC, { alg: "none" }))}.${b64(claims(EC))}.`);
put("alg_none_two_parts", M,
	`${b64(header(EC, { alg: "none" }))}.${b64(claims(EC))}`);
for (const alg of ["none", "None", "HS256", "RS256", "ES384", "es256", "EdDSA",
	"Ed25519", "ES256K"])
	put(`alg_${alg}_on_p256`, "algorithm_wrong",
		token(EC, { head: header(EC, { alg }) }));
for (const alg of ["ES256", "Ed448", "eddsa", "none"])
	put(`alg_${alg}_on_ed25519`, "algorithm_wrong",
		token(OKP, { head: header(OKP, { alg }) }));
put("hs256_keyed_with_the_public_key", "algorithm_wrong", token(EC, {
	head: header(EC, { alg: "HS256" }),
	seal: (s, text) => b64(createHmac("sha256", canonical(EC))
		.update(text).digest()) }));
put("alg_missing", M, token(EC, { head: header(EC, { alg: undefined }) }));
put("alg_number", M, token(EC, { head: header(EC, { alg: 7 }) }));

put("typ_jwt", "assertion_type_wrong",
	token(EC, { head: header(EC, { typ: "JWT" }) }));
put("typ_request", "assertion_type_wrong",
	token(EC, { head: header(EC, { typ: "cccd-request+jwt" }) }));
put("typ_upper_case", "assertion_type_wrong",
	token(EC, { head: header(EC, { typ: "CCCD-ASSERTION+JWT" }) }));
put("typ_missing", M, token(EC, { head: header(EC, { typ: undefined }) }));

for (const [name, more] of Object.entries({
	crit: { crit: ["exp"] }, b64: { b64: false, crit: ["b64"] },
	jwk: { jwk: open(EC) }, jku: { jku: "https://evil.example/jwks" },
	x5u: { x5u: "https://evil.example/x" }, x5c: { x5c: ["MIIB"] },
	x5t: { x5t: "AAAA" }, zip: { zip: "DEF" }, cty: { cty: "JWT" },
	nonce: { nonce: "x" }, unknown: { foo: 1 } }))
	put(`header_with_${name}`, M, token(EC, { head: header(EC, more) }));

put("kid_of_another", "signature_bad",
	token(EC, { head: JSON.stringify({ alg: "Ed25519",
		typ: "cccd-assertion+jwt", kid: thumb(OKP) }) }));
put("kid_unknown", "device_unknown",
	token(EC, { head: header(EC, { kid: UNKNOWN }) }));
put("kid_no_thumbprint", "device_unknown",
	token(EC, { head: header(EC, { kid: "../../etc/passwd" }) }));
put("kid_missing", M, token(EC, { head: header(EC, { kid: undefined }) }));
put("kid_number", M, token(EC, { head: header(EC, { kid: 1 }) }));

/* Two readers, two readings. */
const twice = (text, name, value) =>
	text.replace("{", `{"${name}":${JSON.stringify(value)},`);
put("header_alg_twice", M,
	token(EC, { head: twice(header(EC), "alg", "none") }));
put("header_kid_twice", M,
	token(EC, { head: twice(header(EC), "kid", thumb(OKP)) }));
put("payload_aud_twice", M,
	token(EC, { body: twice(claims(EC), "aud", AUD) }));
put("payload_aud_twice_escaped", M,
	token(EC, { body: twice(claims(EC), "\\u0061ud", AUD)
		.replace("\\\\u", "\\u") }));
put("payload_twin_deep_inside", M,
	token(EC, { body: claims(EC).replace('"id_number"',
		'"id_number":"001000000001","id_number"') }));
put("payload_escaped_nul", M,
	token(EC, { body: claims(EC, { aud: AUD + "\u0000" }) }));
put("payload_raw_control", M,
	token(EC, { body: claims(EC).replace("MẪU", "M\tU") }));
put("payload_bom", M, token(EC, { body: "\ufeff" + claims(EC) }));
put("payload_after_the_end", M, token(EC, { body: claims(EC) + "{}" }));
put("payload_array", M, token(EC, { body: `[${claims(EC)}]` }));
put("payload_empty", M, token(EC, { body: "" }));
put("payload_text", M, token(EC, { body: "hello" }));
put("payload_comment", M, token(EC, { body: claims(EC).replace("{", "{/**/") }));
put("payload_trailing_comma", M,
	token(EC, { body: claims(EC).replace(/}$/, ",}") }));
put("payload_number_with_zero", M,
	token(EC, { body: claims(EC).replace(`"iat":${NOW}`, `"iat":0${NOW}`) }));
put("payload_number_with_plus", M,
	token(EC, { body: claims(EC).replace(`"iat":${NOW}`, `"iat":+${NOW}`) }));
put("payload_not_utf8", M, token(EC, {
	body: Buffer.concat([Buffer.from(claims(EC).slice(0, -1) + ',"z":"'),
		Buffer.from([0xc3, 0x28]), Buffer.from('"}')]) }));
put("payload_lone_surrogate", M,
	token(EC, { body: claims(EC).replace("MẪU", "M\\ud800") }));
put("payload_too_deep", M, token(EC, { body: claims(EC, {
	more: JSON.parse("[".repeat(17) + "]".repeat(17)) }) }));

/* One text for every byte string. */
put("header_padded", M, token(EC, { encode_head: (t) => b64(t) + "=" }));
put("payload_padded", M, token(EC, { encode: (t) => b64(t) + "=" }));
put("signature_padded", M, token(EC, { seal: (s) => b64(s) + "==" }));
put("signature_trailing_bits", M, token(EC, { seal: (s) => dirty(b64(s)) }));
put("payload_trailing_bits", M, token(EC, {
	body: claims(EC) + " ".repeat((4 - Buffer.byteLength(claims(EC)) % 3) % 3),
	encode: (t) => dirty(b64(t)) }));
put("payload_standard_letters", M,
	token(EC, { encode: (t) => b64(t).slice(0, -1) + "+" }));
put("payload_with_line_feed", M, token(EC, { encode: (t) => b64(t) + "\n" }));
put("blank_before", M, " " + token(EC));
put("line_feed_after", M, token(EC) + "\n");

put("r_zero", "signature_bad",
	token(EC, { seal: (s) => join(Buffer.alloc(32), v(s)) }));
put("s_zero", "signature_bad",
	token(EC, { seal: (s) => join(r(s), Buffer.alloc(32)) }));
put("both_zero", "signature_bad",
	token(EC, { seal: () => b64(Buffer.alloc(64)) }));
put("r_is_n", "signature_bad",
	token(EC, { seal: (s) => join(bytes(N), v(s)) }));
put("s_is_n", "signature_bad",
	token(EC, { seal: (s) => join(r(s), bytes(N)) }));
put("s_is_all_ones", "signature_bad",
	token(EC, { seal: (s) => join(r(s), Buffer.alloc(32, 255)) }));
put("r_and_s_swapped", "signature_bad",
	token(EC, { seal: (s) => join(v(s), r(s)) }));
put("signature_der", M, token(EC, { seal: (s) => b64(der(s)) }));
put("signature_63_bytes", M, token(EC, { seal: (s) => b64(s.subarray(1)) }));
put("signature_65_bytes", M,
	token(EC, { seal: (s) => b64(Buffer.concat([s, Buffer.alloc(1)])) }));
put("ed25519_s_plus_l", "signature_bad", token(OKP, { seal: (s) => join(r(s),
	bytes(whole(Buffer.from(v(s)).reverse()) + L, true)) }));
put("ed25519_zero", "signature_bad",
	token(OKP, { seal: () => b64(Buffer.alloc(64)) }));

put("empty", M, "");
put("one_dot", M, ".");
put("dots", M, "..");
put("truncated", M, token(EC).slice(0, -1));
put("two_parts", M, token(EC).split(".").slice(0, 2).join("."));
put("four_parts", M, token(EC) + ".AAAA");
put("five_parts", M, "AAAA.AAAA.AAAA.AAAA.AAAA");
{
	const [h, , s] = token(EC).split(".");
	put("payload_edited", "signature_bad", `${h}.${b64(claims(EC, {
		result: { ...RESULT, overall: "failed" } }))}.${s}`);
	put("payload_of_another", "signature_bad",
		`${h}.${b64(claims(OKP))}.${s}`);
	put("header_edited", "signature_bad",
		`${b64(header(EC) + " ")}.${b64(claims(EC))}.${s}`);
}

const bend = (name, error, more, extra) =>
	put(name, error, token(EC, { body: claims(EC, more) }), extra);
bend("expired", "assertion_expired",
	{ iat: NOW - 400, nbf: NOW - 400, exp: NOW - 100 });
bend("expires_now", "assertion_expired",
	{ iat: NOW - 300, nbf: NOW - 300, exp: NOW });
bend("expired_within_leeway", null,
	{ iat: NOW - 310, nbf: NOW - 310, exp: NOW - 10 }, { leeway_s: 30 });
bend("expired_beyond_leeway", "assertion_expired",
	{ iat: NOW - 340, nbf: NOW - 340, exp: NOW - 40 }, { leeway_s: 30 });
bend("nbf_in_the_future", "not_yet_valid", { nbf: NOW + 20 });
bend("iat_in_the_future", "not_yet_valid", { iat: NOW + 20 });
bend("nbf_within_leeway", null, { iat: NOW + 20, nbf: NOW + 20 },
	{ leeway_s: 30 });
bend("too_old", "assertion_too_old", { iat: NOW - 200, nbf: NOW - 200,
	exp: NOW + 100 }, { max_age_s: 120 });
bend("young_enough", null, { iat: NOW - 100, nbf: NOW - 100, exp: NOW + 100 },
	{ max_age_s: 120 });
bend("lives_too_long", M, { exp: NOW + 301 });
bend("ends_before_it_begins", M, { iat: NOW, exp: NOW - 1 });
for (const name of ["iat", "nbf", "exp"]) {
	bend(`${name}_missing`, M, { [name]: undefined });
	bend(`${name}_text`, M, { [name]: String(NOW) });
	bend(`${name}_fraction`, M, { [name]: NOW + 0.5 });
	bend(`${name}_negative`, M, { [name]: -1 });
	bend(`${name}_null`, M, { [name]: null });
}
put("exp_huge", M, token(EC, { body: claims(EC).replace(
	`"exp":${NOW + 300}`, '"exp":1e400') }));

bend("aud_wrong", "audience_wrong", { aud: "his.hospital.example.evil" });
bend("aud_prefix", "audience_wrong", { aud: "his.hospital.exampl" });
bend("aud_case", "audience_wrong", { aud: "HIS.hospital.example" });
bend("aud_list", "audience_wrong", { aud: [AUD] });
bend("aud_list_of_two", "audience_wrong", { aud: [AUD, "other"] });
bend("aud_missing", "audience_wrong", { aud: undefined });
bend("aud_null", "audience_wrong", { aud: null });
bend("nonce_wrong", "nonce_wrong", { nonce: NONCE.slice(0, -1) + "A" });
bend("nonce_longer", "nonce_wrong", { nonce: NONCE + "A" });
bend("nonce_missing", "nonce_wrong", { nonce: undefined });
bend("nonce_number", "nonce_wrong", { nonce: 5 });
bend("nonce_expected_short", "nonce_too_short", { nonce: NONCE.slice(0, 42) },
	{ expected_nonce: NONCE.slice(0, 42) });
bend("nonce_expected_empty", "nonce_too_short", { nonce: "" },
	{ expected_nonce: "" });
bend("nonce_expected_no_base64url", "nonce_too_short",
	{ nonce: "!".repeat(43) }, { expected_nonce: "!".repeat(43) });

bend("iss_missing", M, { iss: undefined });
bend("iss_of_another", M, { iss: ISS + thumb(OKP) });
bend("iss_thumbprint_alone", M, { iss: thumb(EC) });
bend("result_missing", M, { result: undefined });
bend("result_text", M, { result: JSON.stringify(RESULT) });
bend("result_array", M, { result: [RESULT] });
bend("result_null", M, { result: null });
bend("txn_of_another", M, { txn: "0b9f3c1e-6a0e-4c0b-9d57-3d1f0c2a7e12" });
bend("txn_missing", M, { txn: undefined });
bend("jti_missing", M, { jti: undefined });
bend("purpose_missing", M, { purpose: undefined });
bend("consent_empty", M, { consent: "" });
bend("level_missing", M, { level: undefined });
bend("level_a4", M, { level: "A4" });
bend("origin_number", M, { origin: 1 });
bend("sub_null", M, { sub: null });
put("result_named_with_escapes", M,
	token(EC, { body: claims(EC).replace('"result"', '"r\\u0065sult"') }));

/* Longer than any assertion: the letters are repeated by the reader. */
put("huge_payload", M, "", { repeat: ["AAAA.", "A", 4 * 1024 * 1024, ".AAAA"] });
put("huge_header", M, "", { repeat: ["", "A", 4096, ".AAAA.AAAA"] });

const file = process.argv[2] ??
	new URL("cases.json", import.meta.url).pathname;
writeFileSync(file, JSON.stringify({
	comment: "Made by make-cases.mjs; error is the code that " +
		"every verifier gives, null for none.",
	jwks: { keys: [open(EC), open(OKP)] },
	thumbprints: { ec: thumb(EC), okp: thumb(OKP) },
	expected: { nonce: NONCE, audience: AUD, now: NOW },
	result: RESULT, cases }, null, 1) + "\n");
