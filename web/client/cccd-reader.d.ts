/* SPDX-License-Identifier: Apache-2.0 */
/* Types of the element <cccd-reader>. */
import { AccessKey, CccdError, Client, Lang, Result } from "./cccd.js";

export type Outcome = "proven" | "failed" | "undetermined";

export interface ReaderResult {
	result: Result | null;
	token: string | null;
	portrait: Blob | null;
	outcome: Outcome;
}

export class CccdReader extends HTMLElement {
	/** The back end's nonce, anew for every citizen. */
	makeNonce: (() => string | Promise<string>) | null;
	requestJwt: string | (() => string | Promise<string>) | null;
	consent: { textId: string; actor: string;
		text?: Record<Lang, string> } | null;
	client: Client | null;
	readonly screen: string;
	start(): void;
	next(): void;
	read(key: AccessKey): Promise<void> | undefined;
}

export interface CccdReaderEvents {
	"cccd-state": CustomEvent<{ screen: string }>;
	"cccd-result": CustomEvent<ReaderResult>;
	"cccd-error": CustomEvent<{ problem: CccdError }>;
}

declare global {
	interface HTMLElementTagNameMap {
		"cccd-reader": CccdReader;
	}
}
