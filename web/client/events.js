/* SPDX-License-Identifier: Apache-2.0 */
/* Events of the service: by fetch streaming, or in a WebSocket. */
import { CccdError } from "./error.js";
import { SseParser } from "./sse.js";
import { createBackoff, createGuard, sleep } from "./time.js";

/* A heartbeat comes every 15 s; two missing ones mean a dead stream. */
const SILENCE_MS = 35000;

/* Coming again would not help against these. */
const FINAL = new Set(["cancelled", "token_invalid", "session_not_found",
	"session_expired", "origin_not_registered", "misdirected_host",
	"permission_denied", "malformed_request"]);

function eventOf(type, id, text) {
	let body = null;

	try {
		body = JSON.parse(text);
	} catch {
		return null;
	}
	return body !== null && typeof body === "object"
		? { type, id, body } : null;
}

async function readStream(transport, state, options) {
	const headers = {};

	if (state.lastId !== "")
		headers["Last-Event-ID"] = state.lastId;
	await transport.call("GET", "/v1/events", {
		accept: "text/event-stream",
		headers,
		token: options.token,
		signal: options.signal,
	}, async (response, guard) => {
		const parser = new SseParser();
		const decoder = new TextDecoder();
		const reader = response.body.getReader();

		guard.touch(SILENCE_MS);
		state.opened();
		try {
			for (;;) {
				const { done, value } = await reader.read();

				if (done)
					return;
				guard.touch(SILENCE_MS);
				for (const event of parser.push(
					decoder.decode(value, { stream: true })))
					state.take(event.type, event.id, event.data);
			}
		} finally {
			reader.cancel().catch(() => {});
		}
	});
}

/* One life of a socket: until it closes, errs, is silent or is aborted. */
function readSocket(WebSocket, base, state, options) {
	return new Promise((resolve, reject) => {
		const socket = new WebSocket(
			`${base.replace(/^http/, "ws")}/v1/ws`, "cccd.v1");
		const guard = createGuard(options.signal);
		const end = (error) => {
			guard.end();
			socket.close();
			if (error)
				reject(error);
			else
				resolve();
		};

		guard.touch(SILENCE_MS);
		guard.signal.addEventListener("abort", () => end(guard.late
			? new CccdError("service_timeout")
			: new CccdError("cancelled")));
		socket.onopen = () => {
			const hello = { type: "hello", token: options.token ?? null };

			if (state.lastId !== "")
				hello.last_event_id = state.lastId;
			socket.send(JSON.stringify(hello));
		};
		socket.onmessage = (message) => {
			guard.touch(SILENCE_MS);
			try {
				takeFrame(message.data, state);
			} catch (error) {
				end(error);
			}
		};
		socket.onerror = () => end(new CccdError("service_unreachable"));
		socket.onclose = () => end(null);
	});
}

function takeFrame(text, state) {
	const frame = JSON.parse(text);

	if (frame.type === "welcome")
		state.opened();
	else if (frame.type === "problem")
		throw CccdError.fromProblem(frame.body);
	else if (typeof frame.seq === "number" && frame.body)
		state.give({ type: frame.type, id: String(frame.seq),
			body: frame.body });
}

/**
 * followEvents() - call onEvent({type, id, body}) for every event.
 *
 * Comes again after a loss, from the last event on, with jittered pauses;
 * onStatus is told "open" and "lost". Ends when the signal aborts; throws
 * what waiting cannot mend.
 */
export async function followEvents({ transport, base, WebSocket, backoff },
	options) {
	const pauses = createBackoff(backoff);
	const say = (status, error) => options.onStatus?.(status, error);
	const state = {
		lastId: options.lastEventId ?? "",
		opened() {
			say("open");
		},
		take(type, id, text) {
			const event = eventOf(type, id, text);

			if (event !== null)
				this.give(event);
		},
		give(event) {
			pauses.reset();
			if (event.id !== "")
				this.lastId = event.id;
			try {
				options.onEvent?.(event);
			} catch (fault) {
				/* The caller's fault is not the stream's. */
				queueMicrotask(() => {
					throw fault;
				});
			}
		},
	};
	const useSocket = options.via === "websocket" && WebSocket;

	for (;;) {
		let error = null;

		try {
			await (useSocket
				? readSocket(WebSocket, base, state, options)
				: readStream(transport, state, options));
		} catch (cause) {
			error = cause;
		}
		if (options.signal?.aborted)
			return;
		if (FINAL.has(error?.code))
			throw error;
		say("lost", error);
		try {
			await sleep(Math.max(pauses.next(),
				(error?.retryAfter ?? 0) * 1000), options.signal);
		} catch {
			return;
		}
	}
}
