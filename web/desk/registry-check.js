/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check against the registry, by way of the server that gave out this
 * page: it holds the gateway's bearer, the page never does.
 */
import { CccdError } from "../client/error.js";

/* A nonce is there at once or not at all: a citizen is waiting. */
const NONCE_MS = 4000;
/* The server waits 25 s for the gateway. */
const CHECK_MS = 30_000;

const PENDING = Object.freeze({ registry: "pending" });
const undetermined = (why) => ({ registry: "undetermined", ...why });
const isObject = (value) => typeof value === "object" && value !== null;

/* Problem documents are thrown as such; silence and nonsense as a reason. */
async function post(fetch, path, body, signal) {
	const answer = await fetch(path, { method: "POST", signal,
		cache: "no-store", credentials: "omit", redirect: "error",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify(body) });
	const said = await answer.json();

	if (!answer.ok)
		throw CccdError.fromProblem(said);
	if (!isObject(said))
		throw new TypeError("no object");
	return said;
}

const whyOf = (error) => error instanceof CccdError
	? { problem: error } : { reason: "gateway" };

/**
 * createRegistryCheck() - {nonce(), look(token, tell), forget()}.
 *
 * nonce() resolves to the gateway's nonce for the read that begins now, or
 * to null: the read then goes on, and its check is "undetermined".
 * look() tells what is known of an assertion, and again when that changes;
 * one that was asked about is never sent twice, because its nonce is spent.
 */
export function createRegistryCheck({
	fetch = (...all) => globalThis.fetch(...all) } = {}) {
	let turn = 0;
	let missing = null;
	let asked = null;

	async function run(one, without) {
		const give = (answer) => {
			one.answer = answer;
			if (asked === one)
				one.tell(answer);
		};

		if (without !== null || one.token === null) {
			give(undetermined(without ?? { reason: "gateway" }));
			return;
		}
		const late = setTimeout(() => one.stop.abort(), CHECK_MS);

		try {
			give(await post(fetch, "registry/check",
				{ assertion: one.token }, one.stop.signal));
		} catch (error) {
			give(undetermined(whyOf(error)));
		} finally {
			clearTimeout(late);
		}
	}

	return {
		async nonce() {
			const mine = ++turn;
			let why = null;
			let nonce = null;

			try {
				({ nonce } = await post(fetch, "registry/nonce", {},
					AbortSignal.timeout(NONCE_MS)));
				if (typeof nonce !== "string")
					throw new TypeError("no nonce");
			} catch (error) {
				nonce = null;
				why = whyOf(error);
			}
			/* Of two reads that overlap only the later one is shown. */
			if (mine === turn)
				missing = why;
			return nonce;
		},
		look(token, tell) {
			if (asked !== null && asked.token === token) {
				asked.tell = tell;
				tell(asked.answer);
				return;
			}
			asked = { token, tell, answer: PENDING,
				stop: new AbortController() };
			tell(PENDING);
			run(asked, missing);
		},
		/** The citizen has left the screen. */
		forget() {
			asked?.stop.abort();
			asked = null;
		},
	};
}
