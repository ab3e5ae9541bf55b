/* SPDX-License-Identifier: Apache-2.0 */
/* One session of the service, step by step. */
import { CccdError } from "./error.js";
import { followEvents } from "./events.js";

const TYPES = Object.freeze({ json: "application/json",
	jwt: "application/jwt" });

/*
 * The payload of an assertion, for showing to the person at the desk. It is
 * not verified: that is the back end's duty, with its own nonce.
 */
function resultInside(token) {
	try {
		const middle = token.split(".")[1].replaceAll("-", "+")
			.replaceAll("_", "/");
		const bytes = Uint8Array.from(atob(middle),
			(c) => c.charCodeAt(0));
		const payload = JSON.parse(new TextDecoder().decode(bytes));

		return payload.result ?? null;
	} catch (cause) {
		throw new CccdError("protocol_error", {}, { cause });
	}
}

export class Session {
	#parts;
	#token;
	#path;

	/** @view: the 201 of POST /v1/sessions; the token stays in here. */
	constructor(parts, view) {
		const { session_id: id, session_token: token, ...rest } = view;

		if (typeof id !== "string" || typeof token !== "string")
			throw new CccdError("protocol_error");
		this.#parts = parts;
		this.#token = token;
		this.#path = `/v1/sessions/${encodeURIComponent(id)}`;
		this.id = id;
		this.created = Object.freeze(rest);
	}

	#json(method, path, options = {}) {
		return this.#parts.transport.json(method, this.#path + path,
			{ ...options, token: this.#token });
	}

	/** State, steps done, remaining time. */
	status({ signal } = {}) {
		return this.#json("GET", "", { signal });
	}

	/** @key: {type, value}, see accessKeyOf() */
	giveAccessKey(key, { signal } = {}) {
		return this.#json("POST", "/access-key", { body: key, signal });
	}

	/** @consent: {granted, text_id, actor} */
	giveConsent(consent, { signal } = {}) {
		return this.#json("POST", "/consent", { body: consent, signal });
	}

	/** This session's events, and those of readers and cards. */
	events(options) {
		return followEvents(this.#parts,
			{ ...options, token: this.#token });
	}

	/**
	 * The result, once. Resolves to {result, token}: with the format
	 * "jwt" the token is for the back end, which verifies it.
	 */
	async takeResult({ format = "json", signal } = {}) {
		const accept = TYPES[format];

		if (accept === undefined)
			throw new CccdError("bad_argument");
		if (format === "json")
			return { result: await this.#json("GET", "/result",
				{ accept, signal }), token: null };
		const text = await this.#parts.transport.call("GET",
			`${this.#path}/result`,
			{ accept, token: this.#token, signal },
			(response) => response.text());
		const token = text.trim();

		return { result: resultInside(token), token };
	}

	/** The portrait as a Blob (image/jpeg), once. */
	async takePortrait({ signal } = {}) {
		const blob = await this.#parts.transport.call("GET",
			`${this.#path}/portrait`,
			{ accept: "image/jpeg", token: this.#token, signal },
			(response) => response.blob());

		return blob.type === "image/jpeg" ? blob
			: new Blob([blob], { type: "image/jpeg" });
	}

	/** Cancel and wipe. Quiet: a session that is over needs nothing. */
	async cancel({ keepalive = false } = {}) {
		try {
			await this.#parts.transport.call("DELETE", this.#path,
				{ token: this.#token, keepalive }, () => null);
		} catch {
			/* The service's grace ends it. */
		}
	}
}
