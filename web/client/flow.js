/* SPDX-License-Identifier: Apache-2.0 */
/* A desk's whole life with the service: connect, read, forget, again. */
import { CccdError } from "./error.js";
import { createBackoff, sleep } from "./time.js";
import { firstView, isUnderWay, reduce } from "./view.js";

/* A key as read() takes it. */
const OPTIONS = Object.freeze({ id_number: "idNumber", can: "can", mrz: "mrz",
	qr: "qr", document: "document" });

/**
 * createFlow() - drives a client and tells onView of every change.
 * @request: the members of read() other than the key; or a function that
 *           gives them, anew for every citizen, because a nonce serves once
 */
export function createFlow({ client, request, onView, backoff }) {
	let view = firstView();
	let life = new AbortController();
	let reading = null;
	let asked = null;
	let heard = 0;

	const put = (input) => {
		const next = reduce(view, input);

		if (next === view)
			return;
		view = next;
		onView(view, input);
	};

	async function connect(signal) {
		const pauses = createBackoff(backoff);

		for (;;) {
			try {
				await client.health({ signal });
				put({ type: "connected",
					readers: await client.readers({ signal }) });
				return true;
			} catch (problem) {
				if (signal.aborted)
					return false;
				put({ type: "unreachable", problem });
				if (problem.code === "permission_denied")
					return false;
			}
			await sleep(pauses.next(), signal).catch(() => {});
			if (signal.aborted)
				return false;
		}
	}

	/* Readers are looked at anew whenever the stream comes back. An answer
	 * that an event overtook may be older than that. */
	async function look(signal) {
		let before = 0;

		try {
			do {
				before = heard;
				const readers = await client.readers({ signal });

				if (before === heard)
					put({ type: "connected", readers });
			} while (before !== heard);
		} catch (problem) {
			if (!signal.aborted)
				put({ type: "unreachable", problem });
		}
	}

	async function live() {
		const { signal } = life;

		if (!await connect(signal))
			return;
		await client.events({
			signal,
			onEvent({ type, body }) {
				heard++;
				put({ ...body, type });
			},
			onStatus: (status, error) => {
				if (status === "open")
					look(signal);
				else if (error)
					put({ type: "unreachable", problem: error });
			},
		}).catch((problem) => put({ type: "unreachable", problem }));
	}

	function ask(input) {
		put(input);
		return new Promise((resolve) => {
			asked = resolve;
		});
	}

	function answer(value) {
		const give = asked;

		asked = null;
		if (give === null)
			return;
		put({ type: "answered" });
		give(value);
	}

	const present = (controller) => reading === controller;

	async function run(key, controller) {
		const options = typeof request === "function"
			? await request() : request;

		if (present(controller))
			put({ type: "begin", scopes: options.scopes });
		return client.read({
			...options,
			...key ? { [OPTIONS[key.type]]: key.value } : {},
			signal: controller.signal,
			onSession: ({ created }) => present(controller)
				&& Array.isArray(created.granted)
				&& put({ type: "granted", granted: created.granted }),
			onProgress: (event) => present(controller) && put(event),
			onAccessKey: ({ problem }) => present(controller)
				? ask({ type: "ask_key", problem }) : null,
			consent: () => present(controller)
				? ask({ type: "ask_consent" }) : null,
		});
	}

	/* What a caller's own function threw is told like everything else. */
	const typed = (cause) => cause instanceof CccdError ? cause
		: new CccdError("internal", {}, { cause });

	/* A read that was left may still end; only the present one is told. */
	async function begin(key) {
		const controller = new AbortController();

		reading?.abort();
		reading = controller;
		asked = null;
		try {
			const taken = await run(key, controller);

			if (present(controller))
				put({ type: "done", ...taken });
		} catch (problem) {
			if (present(controller))
				put(controller.signal.aborted ? { type: "reset" }
					: { type: "failed", problem: typed(problem) });
		}
	}

	function leave() {
		const before = reading;

		reading = null;
		asked = null;
		before?.abort();
	}

	return {
		get view() {
			return view;
		},
		get underWay() {
			return isUnderWay(view);
		},
		/** Ask at a calm moment: a page that may be prompted waits. */
		async start() {
			onView(view, { type: "start" });
			if (await client.permission() === "prompt")
				put({ type: "permission" });
			else
				await live();
		},
		/** The person pressed the button: now the browser may ask. */
		async connect() {
			life.abort();
			life = new AbortController();
			await live();
		},
		begin,
		giveKey: answer,
		/** @value: {granted, text_id, actor}; a refusal is told too */
		giveConsent: answer,
		/** The next citizen: the last one is forgotten at once. */
		next() {
			leave();
			put({ type: "reset" });
		},
		stop() {
			leave();
			life.abort();
		},
	};
}
