/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting: jittered backoff, sleeping and deadlines that can be aborted. */

/**
 * Growing pauses between attempts, spread at random so that the desks of a
 * hall do not knock in step after a power cut.
 *
 * Each pause lies between half and the whole of first * 2^n, at most cap.
 */
export function createBackoff(
	{ first = 500, cap = 15000, random = Math.random } = {}) {
	let attempt = 0;

	return {
		next() {
			const whole = Math.min(cap, first * 2 ** attempt);

			attempt = Math.min(attempt + 1, 30);
			return Math.round(whole / 2 + random() * whole / 2);
		},
		reset() {
			attempt = 0;
		},
	};
}

/** Resolves after ms; rejects with the signal's reason at once. */
export function sleep(ms, signal) {
	return new Promise((resolve, reject) => {
		if (signal?.aborted) {
			reject(signal.reason);
			return;
		}
		const stop = () => {
			clearTimeout(timer);
			reject(signal.reason);
		};
		const timer = setTimeout(() => {
			signal?.removeEventListener("abort", stop);
			resolve();
		}, ms);
		signal?.addEventListener("abort", stop, { once: true });
	});
}

/**
 * A controller that also follows another signal, and whose deadline can be
 * moved: touch(ms) starts it anew, touch(0) takes it away.
 */
export function createGuard(signal) {
	const controller = new AbortController();
	const follow = () => controller.abort(signal.reason);
	let timer = null;
	let late = false;

	if (signal?.aborted)
		follow();
	else
		signal?.addEventListener("abort", follow, { once: true });
	return {
		signal: controller.signal,
		get late() {
			return late;
		},
		touch(ms) {
			clearTimeout(timer);
			timer = null;
			if (ms > 0)
				timer = setTimeout(() => {
					late = true;
					controller.abort();
				}, ms);
		},
		abort(reason) {
			controller.abort(reason);
		},
		end() {
			clearTimeout(timer);
			signal?.removeEventListener("abort", follow);
		},
	};
}
