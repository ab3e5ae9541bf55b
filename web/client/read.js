/* SPDX-License-Identifier: Apache-2.0 */
/* One whole read: session, key, events, result, portrait. */
import { CccdError } from "./error.js";

const KEYS = Object.freeze({ idNumber: "id_number", can: "can", mrz: "mrz",
	qr: "qr", document: "document" });

/* What the caller may say, and how the service spells it. */
const MEMBERS = Object.freeze({ rp: "rp", reader: "reader",
	purpose: "purpose", scopes: "scopes", nonce: "nonce",
	audience: "audience", requiredChecks: "required_checks",
	evidence: "evidence", format: "format", requestJwt: "request_jwt" });

/* Where the back end has signed a request, the page adds nothing to it. */
const BESIDE_SIGNED = ["rp", "reader", "requestJwt"];

/**
 * accessKeyOf() - {type, value} of read()'s options, or null for none.
 * Throws bad_argument for two, and for a PIN, which no page may send.
 */
export function accessKeyOf(options) {
	const given = Object.keys(KEYS).filter(
		(name) => options[name] !== undefined && options[name] !== null);

	if (given.length > 1 || "pin" in options || "puk" in options)
		throw new CccdError("bad_argument");
	if (given.length === 0)
		return null;
	return { type: KEYS[given[0]], value: options[given[0]] };
}

/** requestOf() - the request object of service-api 3. */
export function requestOf(options) {
	const names = options.requestJwt ? BESIDE_SIGNED
		: Object.keys(MEMBERS);
	const request = {};

	for (const name of names)
		if (options[name] !== undefined && options[name] !== null)
			request[MEMBERS[name]] = options[name];
	return request;
}

/* What has ended, and how. */
const ENDS = Object.freeze({ cancelled: "cancelled",
	expired: "session_expired" });

/*
 * What one session still wants of its caller. Events may come twice after a
 * stream was lost, and a look at the session may be older than an event; so
 * nothing is answered twice that was asked once.
 */
class Reading {
	#session;
	#options;
	#signal;
	#settle;
	#begun = false;
	#given;
	#consented = false;
	#asking = null;
	#overtaken = null;
	#tries;

	constructor(session, options, signal, settle) {
		this.#session = session;
		this.#options = options;
		this.#signal = signal;
		this.#settle = settle;
		this.#given = accessKeyOf(options) !== null;
		this.#tries = session.created.key_tries_left ?? Infinity;
	}

	/*
	 * Once the stream is open, so that no prompt is missed. The key of
	 * the options goes ahead: the service keeps it until the card is there.
	 */
	async opened() {
		const first = !this.#begun;

		this.#begun = true;
		try {
			this.#look(await this.#session.status(
				{ signal: this.#signal }), first);
		} catch (error) {
			if (!error.retryable)
				this.#settle.reject(error);
		}
	}

	take({ type, body }) {
		if (body.session_id !== undefined
			&& body.session_id !== this.#session.id)
			return;
		this.#options.onProgress?.({ ...body, type });
		if (type === "session.state")
			this.#enter(body.state);
		else if (type === "step.started")
			/* The key was tried: a prompt after this is a new one. */
			this.#given = false;
		else if (type === "prompt.required")
			this.#prompt(body);
		else if (type === "result.ready")
			this.#settle.resolve();
		else if (type === "session.failed")
			this.#settle.reject(CccdError.fromProblem(body.problem));
	}

	/* A view of the session: what was told while nobody listened. */
	#look(view, first) {
		const { key_tries_left: tries = null } = view;
		const refused = this.#given && tries !== null && tries < this.#tries;
		const key = first ? accessKeyOf(this.#options) : null;

		this.#tries = tries ?? this.#tries;
		if (view.problem) {
			this.#settle.reject(CccdError.fromProblem(view.problem));
			return;
		}
		if (key !== null)
			this.#give(key).catch((error) => this.#refused(error));
		if (refused && view.state === "awaiting_access_key")
			this.#refused(new CccdError("access_key_rejected"));
		else if (view.state === "awaiting_access_key")
			this.#prompt({ kind: "access_key" });
		else if (view.state === "awaiting_consent")
			this.#prompt({ kind: "consent" });
		else
			this.#enter(view.state);
	}

	/* A key that another one may follow is no end. */
	#refused(error) {
		if (error.next === "ask_access_key")
			this.#ask(() => this.#accessKey(error));
		else
			this.#settle.reject(error);
	}

	/* Only ends matter here: what is wanted comes with a prompt. */
	#enter(state) {
		if (state === "ready")
			this.#settle.resolve();
		else if (state in ENDS)
			this.#settle.reject(new CccdError(ENDS[state]));
	}

	#prompt({ kind, problem }) {
		const cause = problem ? CccdError.fromProblem(problem) : null;

		if (kind === "consent" && !this.#consented)
			this.#ask(() => this.#consent());
		else if (kind === "access_key" && cause)
			this.#again(cause);
		else if (kind === "access_key" && !this.#given)
			this.#ask(() => this.#accessKey(null));
	}

	#again(cause) {
		this.#tries -= 1;
		if (this.#asking !== null)
			this.#overtaken = cause;
		else
			this.#refused(cause);
	}

	/*
	 * One question at a time. A card's refusal may overtake the answer to
	 * the request that gave the key: it is then the next question.
	 */
	#ask(work) {
		this.#asking ??= work().catch(this.#settle.reject).finally(() => {
			const late = this.#overtaken;

			this.#asking = null;
			this.#overtaken = null;
			if (late !== null)
				this.#refused(late);
		});
	}

	async #give(key) {
		this.#given = true;
		await this.#session.giveAccessKey(key, { signal: this.#signal });
	}

	/* In the mode "prompt" another program asks, and the page waits. */
	async #consent() {
		const { consent } = this.#options;
		const { created } = this.#session;

		if (created.consent !== undefined && created.consent !== "operator")
			return;
		const answer = typeof consent === "function"
			? await consent(created) : consent;

		if (!answer)
			throw new CccdError("consent_missing");
		await this.#session.giveConsent(
			{ granted: true, ...answer }, { signal: this.#signal });
		this.#consented = true;
	}

	/* Until the card takes a key, or the caller has no more. */
	async #accessKey(problem) {
		while (!this.#options.keyElsewhere) {
			const given = await this.#options.onAccessKey?.({ problem });

			if (!given)
				throw problem ?? new CccdError("access_key_missing");
			this.#overtaken = null;
			problem = await this.#tryKey(given.type === undefined
				? accessKeyOf(given) : given);
			if (problem === null)
				return;
		}
	}

	/* Why another key is wanted at once, or null. */
	async #tryKey(key) {
		try {
			await this.#give(key);
			return null;
		} catch (error) {
			if (error.next !== "ask_access_key")
				throw error;
			return error;
		}
	}
}

/* Wait until a result is ready; everything that can go wrong rejects. */
function follow(session, options, signal) {
	return new Promise((resolve, reject) => {
		const reading = new Reading(session, options, signal,
			{ resolve, reject });

		signal.addEventListener("abort", () => reject(
			new CccdError("cancelled", {}, { cause: signal.reason })));
		session.events({
			signal,
			via: options.via,
			onEvent: (event) => reading.take(event),
			onStatus: (status, error) => {
				options.onProgress?.({ type: `stream.${status}`, error });
				if (status === "open")
					reading.opened();
			},
		}).catch(reject);
	});
}

async function portraitOf(session, options, signal) {
	const granted = session.created.granted ?? options.scopes ?? [];

	if (options.portrait === false || !granted.includes("portrait"))
		return { portrait: null, portraitProblem: null };
	try {
		return { portrait: await session.takePortrait({ signal }),
			portraitProblem: null };
	} catch (error) {
		/* A person without a picture is still a result. */
		if (signal.aborted)
			throw error;
		return { portrait: null, portraitProblem: error };
	}
}

/** readWhole() - see read() in cccd.d.ts. */
export async function readWhole(client, options) {
	const controller = new AbortController();
	const { signal } = controller;
	const abort = () => controller.abort(options.signal.reason);

	accessKeyOf(options);
	if (options.signal?.aborted)
		throw new CccdError("cancelled", {},
			{ cause: options.signal.reason });
	options.signal?.addEventListener("abort", abort, { once: true });
	const session = await client.createSession(requestOf(options), { signal })
		.catch((error) => {
			options.signal?.removeEventListener("abort", abort);
			throw error;
		});
	const leave = () => session.cancel({ keepalive: true });

	options.onSession?.(session);
	globalThis.addEventListener?.("pagehide", leave);
	try {
		await follow(session, options, signal);
		const taken = await session.takeResult(
			{ format: options.format ?? "jwt", signal });

		return { ...taken, ...await portraitOf(session, options, signal) };
	} catch (error) {
		await session.cancel();
		throw error;
	} finally {
		globalThis.removeEventListener?.("pagehide", leave);
		options.signal?.removeEventListener("abort", abort);
		controller.abort();
	}
}
