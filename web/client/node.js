/* SPDX-License-Identifier: Apache-2.0 */
/* A fetch for Node over the service's Unix socket, or over TCP. */
import { webcrypto } from "node:crypto";
import http from "node:http";
import { Readable } from "node:stream";

import { createClient, makeNonce as makeNonceOf } from "./cccd.js";

export * from "./cccd.js";

/* Node 18 has no crypto of its own among the globals. */
export const makeNonce = (crypto = webcrypto) => makeNonceOf(crypto);

/**
 * createNodeFetch() - what createClient({fetch}) takes.
 * @socketPath: "/run/cccdd/api.sock"; without it the URL's host is called
 *
 * On the Unix socket the service knows the user, the Host is "localhost"
 * and there is no Origin.
 */
export function createNodeFetch({ socketPath } = {}) {
	return (address, init = {}) => new Promise((resolve, reject) => {
		const url = new URL(address);
		const request = http.request({
			socketPath,
			host: socketPath ? undefined : url.hostname,
			port: socketPath ? undefined : url.port,
			path: url.pathname + url.search,
			method: init.method ?? "GET",
			headers: {
				...init.headers,
				...socketPath ? { Host: "localhost" } : {},
				...init.body === undefined ? {}
					: { "Content-Length": Buffer.byteLength(init.body) },
			},
			agent: false,
			signal: init.signal,
		}, (answer) => {
			/* A loss in the middle reaches the reader of the body. */
			const body = [204, 304].includes(answer.statusCode)
				? null : Readable.toWeb(answer);

			resolve(new Response(body, { status: answer.statusCode,
				headers: Object.entries(answer.headers)
					.map(([name, value]) => [name, String(value)]) }));
		});

		request.on("error", reject);
		request.end(init.body);
	});
}

/**
 * createNodeClient() - createClient() for Node 18 and later.
 * @socketPath: of the service; without it @base is called over TCP, as
 *              @origin, which must be registered
 */
export function createNodeClient({ socketPath, ...options } = {}) {
	return createClient({
		fetch: createNodeFetch({ socketPath }),
		crypto: webcrypto,
		...socketPath ? { base: "http://localhost" } : {},
		...options,
	});
}
