/* SPDX-License-Identifier: Apache-2.0 */
import type { JsonWebKey } from "node:crypto";

/** The same words as libcccd's error codes. */
export type VerifyCode =
	| "assertion_malformed"
	| "assertion_type_wrong"
	| "algorithm_wrong"
	| "device_unknown"
	| "signature_bad"
	| "audience_wrong"
	| "nonce_wrong"
	| "nonce_too_short"
	| "assertion_expired"
	| "not_yet_valid"
	| "assertion_too_old";

export class VerifyError extends Error {
	readonly name: "VerifyError";
	readonly code: VerifyCode;
}

export interface Jwks { keys: JsonWebKey[] }

/** Keys made ready: make it once, use it for every token. Throws TypeError
 * for any key but ES256 on P-256 and Ed25519, and for a private one. */
export class KeySet {
	constructor(jwks: Jwks | JsonWebKey);
	/** For an administrator's eyes, as `cccd device show` prints. */
	readonly devices: { thumbprint: string; spoken: string }[];
}

export interface Expected {
	/** That this back end issued for this very reading; 43 letters or more.
	 * Forget it when verify returns or throws: it is spent. */
	expected_nonce: string;
	/** This back end's own name, as the desk's registry spells it. */
	expected_aud: string;
	/** Of the registered devices; or a function for those who keep many,
	 * which is given an unproven thumbprint and returns undefined for an
	 * unknown or revoked device. */
	jwks: KeySet | Jwks | JsonWebKey |
		((thumbprint: string) => KeySet | Jwks | JsonWebKey | undefined);
	/** Seconds since 1970 UTC; the system's clock without. */
	now?: number;
	/** By which clocks may differ, 0 to 60; 0 without. */
	leeway_s?: number;
	/** Refuse what was issued earlier; by its exp alone without. */
	max_age_s?: number;
}

export type Verdict =
	| "successful" | "failed" | "undetermined" | "not_supported" | "aborted";

/** urn:cccd:result:1; docs/api/result.schema.json tells all members. */
export interface Result {
	schema: "urn:cccd:result:1";
	transaction: string;
	overall: Verdict;
	identity: Record<string, unknown>;
	checks: Record<string, { verdict: Verdict; reason?: string }>;
	[member: string]: unknown;
}

/** docs/api/assertion.schema.json */
export interface Assertion {
	iss: string;
	aud: string;
	nonce: string;
	iat: number;
	nbf: number;
	exp: number;
	jti: string;
	txn: string;
	origin?: string;
	purpose: string;
	consent: string;
	/** What the device says; A3 is proven by libcccd only. */
	level: "A1" | "A2" | "A3";
	sub?: string;
	evidence_digest: Record<string, string>;
	result: Result;
	[claim: string]: unknown;
}

/** The verified claims. Throws VerifyError for the token, TypeError for
 * missing expectations. */
export function verify(token: string, expected: Expected): Assertion;

/** 256 random bits as base64url. */
export function makeNonce(): string;

/** RND.IFD that a chip signs at level A3, 8 bytes. */
export function challengeOf(audience: string, nonce: string): Buffer;

export class BackendKey {
	/** PKCS#8 PEM of P-256 or Ed25519; kid: the thumbprint without. */
	constructor(pem: string | Buffer, kid?: string);
	readonly kid: string;
	readonly jwk: JsonWebKey;
	/** For the entry of the desk's registry. */
	readonly jwks: Jwks;
}

export interface RequestToSign {
	/** This back end's id in the desk's registry. */
	rp: string;
	/** Thumbprint of the desk's key. */
	device: string;
	request: {
		nonce: string;
		scopes: string[];
		purpose: string;
		[member: string]: unknown;
	};
	now?: number;
	/** 1 to 300. */
	lifetime_s?: number;
}

/** The text of `request_jwt`, which a front end can only pass on. */
export function signRequest(key: BackendKey, request: RequestToSign): string;
