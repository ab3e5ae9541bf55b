/* SPDX-License-Identifier: Apache-2.0 */
/* One request to the service, and its refusals as CccdError. */
import { CccdError } from "./error.js";
import { createGuard } from "./time.js";

const DEADLINE_MS = 15000;

function retryAfterOf(response) {
	const text = response.headers.get("retry-after") ?? "";

	return /^[0-9]{1,6}$/.test(text) ? Number(text) : null;
}

/* Why a fetch that has no answer has none. */
function failureOf(cause, guard, signal) {
	if (signal?.aborted)
		return new CccdError("cancelled", {}, { cause: signal.reason });
	if (guard.late)
		return new CccdError("service_timeout", {}, { cause });
	return new CccdError("service_unreachable", {}, { cause });
}

async function refusalOf(response) {
	const options = { retryAfter: retryAfterOf(response) };
	const text = await response.text().catch(() => "");
	let problem = null;

	/* The door says as little as it can: two refusals have no body. */
	if (text === "" && response.status === 403)
		return new CccdError("origin_not_registered", {}, options);
	if (text === "" && response.status === 421)
		return new CccdError("misdirected_host", {}, options);
	try {
		problem = JSON.parse(text);
	} catch {
		/* Not ours; the status says enough. */
	}
	if (typeof problem?.code !== "string")
		return new CccdError("protocol_error",
			{ status: response.status }, options);
	return CccdError.fromProblem(problem, options);
}

/**
 * createTransport() - call(method, path, options) of one service.
 *
 * A token travels in the Authorization header and nowhere else. Nothing is
 * cached, no cookie is sent, no redirect is followed.
 */
export function createTransport({ base, origin, fetch }) {
	async function open(method, path, options, guard) {
		const headers = { Accept: options.accept ?? "application/json",
			...options.headers };

		if (origin !== undefined)
			headers.Origin = origin;
		if (options.token)
			headers.Authorization = `Bearer ${options.token}`;
		if (options.body !== undefined)
			headers["Content-Type"] = "application/json";
		const response = await fetch(base + path, {
			method,
			headers,
			body: options.body === undefined
				? undefined : JSON.stringify(options.body),
			mode: "cors",
			credentials: "omit",
			cache: "no-store",
			redirect: "error",
			referrerPolicy: "no-referrer",
			keepalive: options.keepalive === true,
			signal: guard.signal,
		});
		if (!response.ok)
			throw await refusalOf(response);
		return response;
	}

	/*
	 * @read takes what it wants of the response; the deadline covers it
	 * too, unless @deadline is 0 (the browser may be asking the person).
	 */
	async function call(method, path, options, read) {
		const guard = createGuard(options.signal);

		guard.touch(options.deadline ?? DEADLINE_MS);
		try {
			return await read(
				await open(method, path, options, guard), guard);
		} catch (cause) {
			throw cause instanceof CccdError ? cause
				: failureOf(cause, guard, options.signal);
		} finally {
			guard.end();
		}
	}

	return {
		call,
		async json(method, path, options = {}) {
			const text = await call(method, path, options,
				(response) => response.text());

			try {
				return JSON.parse(text);
			} catch (cause) {
				throw new CccdError("protocol_error", {}, { cause });
			}
		},
	};
}
