/* SPDX-License-Identifier: Apache-2.0 */
/* Types of the client for Node. */
import { Client, ClientOptions } from "./cccd.js";

export * from "./cccd.js";

export function createNodeFetch(options?: { socketPath?: string }):
	(address: string, init?: object) => Promise<Response>;

/** With socketPath over the Unix socket, else over TCP as origin. */
export function createNodeClient(options?: ClientOptions
	& { socketPath?: string }): Client;
