/* SPDX-License-Identifier: Apache-2.0 */
/* Types of the client of cccdd. Members not named here may come later. */

export type Lang = "vi" | "en";

export type Verdict = "successful" | "failed" | "undetermined"
	| "not_supported" | "aborted";

export type SessionState = "created" | "awaiting_consent" | "awaiting_card"
	| "awaiting_access_key" | "reading" | "verifying" | "ready"
	| "delivered" | "failed" | "cancelled" | "expired";

export type Scope = "id" | "demographic" | "address" | "family"
	| "sensitive" | "portrait" | "raw" | "valid_document" | "pairwise_id"
	| `age_over_${number}`;

export interface Texts {
	readonly vi: string;
	readonly en: string;
}

/** Everything that this client throws. */
export class CccdError extends Error {
	constructor(code: string, problem?: object, options?: object);
	static fromProblem(problem: unknown, options?: object): CccdError;
	/** Stable, e.g. "reader_busy"; the service's, or one of allProblems. */
	readonly code: string;
	/** HTTP status, 0 where there was none. */
	readonly status: number;
	/** Whether the same call may succeed later. */
	readonly retryable: boolean;
	/** Step of the read, "" outside. */
	readonly stage: string;
	/** Of the card's password, where the card announced it. */
	readonly triesLeft: number | null;
	/** Code of what the person can do, e.g. "lay_card". */
	readonly next: string;
	readonly messages: Texts;
	readonly nextText: Texts;
	/** Seconds, with reader_busy and rate_limited. */
	readonly retryAfter: number | null;
	readonly traceId: string | null;
	text(lang?: Lang): string;
	nextStep(lang?: Lang): string;
}

export interface ProblemRow extends Texts {
	readonly status?: number;
	readonly retryable: boolean;
	readonly next: string;
}

export const allProblems: Readonly<Record<string, ProblemRow>>;
/** What checks and reasons are called at the desk, by code. */
export const checks: Readonly<Record<string, Texts>>;
export const reasons: Readonly<Record<string, Texts>>;
export const DEFAULT_BASE: string;

export interface DocumentKey {
	number: string;
	/** YYYY-MM-DD */
	birth: string;
	/** YYYY-MM-DD or "none" */
	expiry: string;
}

export type AccessKey =
	| { type: "id_number" | "can" | "mrz" | "qr"; value: string }
	| { type: "document"; value: DocumentKey };

/** At most one of these. A PIN never comes from a page. */
export interface KeyOptions {
	idNumber?: string;
	can?: string;
	mrz?: string;
	qr?: string;
	document?: DocumentKey;
}

export function accessKeyOf(options: KeyOptions): AccessKey | null;
/** 256 random bits, where no back end makes the nonce. */
export function makeNonce(crypto?: unknown): string;

export interface Check {
	verdict: Verdict;
	mode: "mandatory" | "optional" | "evaluatory";
	reason?: string;
	ms?: number;
	detail?: Record<string, unknown>;
}

export interface Place {
	text: string;
	label?: string;
	as_of?: "card issue";
}

/** Only members of the granted scopes; numbers on a card are strings. */
export interface Identity {
	id_number?: string;
	document_number?: string;
	document_kind?: "cccd" | "can_cuoc" | "passport" | "other";
	issuing_state?: string;
	date_of_issue?: string;
	date_of_expiry?: string | null;
	no_expiry?: true;
	old_numbers?: string[];
	full_name?: string;
	name_mrz?: { primary: string; secondary: string; truncated: boolean };
	date_of_birth?: string;
	sex?: "male" | "female" | "unspecified";
	sex_text?: string;
	nationality?: string;
	nationality_alpha_3?: string;
	place_of_residence?: Place;
	place_of_origin?: Place;
	father_name?: string;
	mother_name?: string;
	spouse_name?: string;
	ethnicity?: string;
	religion?: string;
	personal_features?: string;
	[member: string]: unknown;
}

/** urn:cccd:result:1, docs/api/result.schema.json. */
export interface Result {
	schema: "urn:cccd:result:1";
	transaction: string;
	time: { started: string; finished: string; clock: string };
	/** Proven means "successful", and nothing else does. */
	overall: Verdict;
	checks: Record<string, Check>;
	clone_suspicion: { suspected: boolean; reasons: string[] };
	identity: Identity;
	renderings?: Record<string, Record<string, unknown>>;
	/** No real document. */
	specimen?: true;
	[member: string]: unknown;
}

export interface Reader {
	id: string;
	name: string;
	kind: "pcsc" | "nfc";
	state: string;
	card_present: boolean;
	lease: string;
}

export interface ServiceEvent {
	type: string;
	/** Sequence number; lastEventId of a later call. */
	id: string;
	body: Record<string, unknown>;
}

export interface SignalOption {
	signal?: AbortSignal;
}

export interface EventOptions extends SignalOption {
	onEvent?(event: ServiceEvent): void;
	onStatus?(status: "open" | "lost", error?: unknown): void;
	lastEventId?: string;
	/** Where there is a WebSocket; fetch streaming otherwise. */
	via?: "websocket";
}

export interface Request {
	rp: string;
	purpose?: string;
	scopes?: Scope[];
	/** The back end's, 43 letters of base64url or more. */
	nonce?: string;
	audience?: string;
	required_checks?: string[];
	/** Id of a reader, or "any". */
	reader?: string;
	evidence?: "none" | "digest" | "raw";
	format?: "json" | "jwt";
	/** Signed by the back end; says all but rp and reader itself. */
	request_jwt?: string;
}

export interface Consent {
	granted?: boolean;
	text_id: string;
	actor: string;
	deselected?: Scope[];
}

export interface SessionView {
	state: SessionState;
	granted?: Scope[];
	consent?: "operator" | "prompt" | "none";
	steps?: string[];
	remaining_ms?: number;
	key_tries_left?: number;
	[member: string]: unknown;
}

export interface Taken {
	/**
	 * For the eyes of the person at the desk. With the format "jwt" it
	 * stands unverified inside the token.
	 */
	result: Result | null;
	/** For the back end, which verifies it with its own nonce. */
	token: string | null;
}

export interface Session {
	readonly id: string;
	readonly created: Readonly<SessionView>;
	status(options?: SignalOption): Promise<SessionView>;
	giveAccessKey(key: AccessKey, options?: SignalOption):
		Promise<SessionView>;
	giveConsent(consent: Consent, options?: SignalOption):
		Promise<SessionView>;
	events(options: EventOptions): Promise<void>;
	takeResult(options?: SignalOption
		& { format?: "json" | "jwt" }): Promise<Taken>;
	takePortrait(options?: SignalOption): Promise<Blob>;
	cancel(options?: { keepalive?: boolean }): Promise<void>;
}

export interface ReadOptions extends KeyOptions, SignalOption {
	rp: string;
	purpose?: string;
	scopes?: Scope[];
	nonce?: string;
	audience?: string;
	requiredChecks?: string[];
	reader?: string;
	evidence?: "none" | "digest" | "raw";
	format?: "json" | "jwt";
	/** The back end's signed request; the members above are in it. */
	requestJwt?: string;
	/** false: the portrait is not fetched even where it was granted. */
	portrait?: boolean;
	via?: "websocket";
	/** Asked where the service wants a key; null ends the read. */
	onAccessKey?(why: { problem: CccdError | null }):
		KeyOptions | AccessKey | null
		| Promise<KeyOptions | AccessKey | null>;
	/** The key comes from the agent or a scanner program, never from here. */
	keyElsewhere?: boolean;
	/** Taken by the operator, or a function that takes it. */
	consent?: Consent
		| ((created: SessionView) => Consent | null | Promise<Consent | null>);
	onSession?(session: Session): void;
	/** Every event of the session, as {type, …body}; never personal data. */
	onProgress?(event: { type: string; [member: string]: unknown }): void;
}

export interface ReadResult extends Taken {
	portrait: Blob | null;
	portraitProblem: CccdError | null;
}

export interface Health {
	status: string;
	api_level: number;
	permission: PermissionWord;
}

export type PermissionWord = "granted" | "prompt" | "denied" | "unknown";

export interface Client {
	readonly base: string;
	/** What the browser thinks of pages that reach this machine. */
	permission(): Promise<PermissionWord>;
	/**
	 * Is the service there. Where the browser has not decided yet it asks
	 * the person now: call it at a calm moment, after a press of a button.
	 */
	health(options?: SignalOption): Promise<Health>;
	info(options?: SignalOption): Promise<Record<string, unknown>>;
	readers(options?: SignalOption): Promise<Reader[]>;
	/** Readers and cards; ends when the signal aborts. */
	events(options: EventOptions): Promise<void>;
	createSession(request: Request, options?: SignalOption
		& { idempotencyKey?: string }): Promise<Session>;
	/** One whole read. Aborting it cancels the session at the service. */
	read(options: ReadOptions): Promise<ReadResult>;
}

export interface ClientOptions {
	/** "http://127.0.0.1:24012" */
	base?: string;
	/** Outside a browser, over TCP: the registered origin. */
	origin?: string;
	fetch?(address: string, init: object): Promise<Response>;
	WebSocket?: unknown;
	permissions?: unknown;
	crypto?: unknown;
	backoff?: { first?: number; cap?: number; random?(): number };
}

export function createClient(options?: ClientOptions): Client;
