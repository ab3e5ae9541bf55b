/* SPDX-License-Identifier: Apache-2.0 */
/* Client of cccdd for browsers and Node; types in cccd.d.ts. */
import { CccdError, allProblems } from "./error.js";
import { followEvents } from "./events.js";
import { readWhole, accessKeyOf } from "./read.js";
import { Session } from "./session.js";
import { createTransport } from "./transport.js";

export { CccdError, allProblems, accessKeyOf };
export { checks, reasons } from "./words.js";

export const DEFAULT_BASE = "http://127.0.0.1:24012";

/* What browsers call the permission, the newest name first. */
const PERMISSIONS = ["loopback-network", "local-network-access",
	"local-network"];

/* Pages of this machine itself reach the service without a prompt. */
const LOCAL = new Set(["127.0.0.1", "localhost", "[::1]"]);

async function permissionState(permissions) {
	if (permissions === undefined || LOCAL.has(globalThis.location?.hostname))
		return "granted";
	for (const name of PERMISSIONS) {
		try {
			return (await permissions.query({ name })).state;
		} catch {
			/* This browser does not know the name. */
		}
	}
	return "unknown";
}

/* Create twice with one idempotency key: an answer that got lost. */
async function createSession(parts, request, { signal, idempotencyKey } = {}) {
	const options = { body: request, signal, headers: {
		"Idempotency-Key": idempotencyKey ?? parts.makeNonce() } };

	try {
		return new Session(parts, await parts.transport.json(
			"POST", "/v1/sessions", options));
	} catch (error) {
		if (error.code !== "service_unreachable")
			throw error;
	}
	return new Session(parts, await parts.transport.json(
		"POST", "/v1/sessions", options));
}

/*
 * The first request of a page may wait on the browser's prompt, so it has
 * no deadline while the browser has not decided.
 */
async function askHealth(parts, permissions, { signal } = {}) {
	const permission = await permissionState(permissions);

	if (permission === "denied")
		throw new CccdError("permission_denied");
	const health = await parts.transport.json("GET", "/v1/health",
		{ signal, deadline: permission === "prompt" ? 0 : undefined })
		.catch(async (error) => {
			if (await permissionState(permissions) === "denied")
				throw new CccdError("permission_denied", {},
					{ cause: error });
			throw error;
		});

	return { ...health, permission: await permissionState(permissions) };
}

export function createClient({ base = DEFAULT_BASE, origin,
	fetch = (...all) => globalThis.fetch(...all),
	WebSocket = globalThis.WebSocket,
	permissions = globalThis.navigator?.permissions,
	crypto = globalThis.crypto, backoff } = {}) {
	const root = base.replace(/\/+$/, "");
	const transport = createTransport({ base: root, origin, fetch });
	const parts = { transport, base: root, WebSocket, backoff,
		makeNonce: () => makeNonce(crypto) };
	const client = {
		base: root,
		permission: () => permissionState(permissions),
		health: (options) => askHealth(parts, permissions, options),
		info: (options) => transport.json("GET", "/v1/info", options),
		readers: async (options) => (await transport.json(
			"GET", "/v1/readers", options)).readers ?? [],
		events: (options) => followEvents(parts, { ...options,
			token: undefined }),
		createSession: (request, options) =>
			createSession(parts, request, options),
		read: (options = {}) => readWhole(client, options),
	};

	return Object.freeze(client);
}

/** 32 random bytes in base64url: a nonce where no back end makes one. */
export function makeNonce(crypto = globalThis.crypto) {
	const bytes = crypto.getRandomValues(new Uint8Array(32));

	return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-")
		.replaceAll("/", "_").replaceAll("=", "");
}
