/* SPDX-License-Identifier: Apache-2.0 */
/* Counts a desk's idle seconds while a person is on the screen. */

const SOON_S = 30;

/**
 * createIdle() - {begin(), touch(), end()}.
 * @seconds:  until onOver; 0 or less means never
 * @onCount:  is told the seconds left in the last half minute, else null
 */
export function createIdle({ seconds, onCount, onOver,
	every = (work) => setInterval(work, 1000), stop = clearInterval }) {
	let left = 0;
	let timer = null;

	const end = () => {
		if (timer !== null)
			stop(timer);
		timer = null;
		onCount(null);
	};
	const tick = () => {
		left -= 1;
		if (left <= 0) {
			end();
			onOver();
		} else {
			onCount(left <= SOON_S ? left : null);
		}
	};

	return {
		begin() {
			end();
			if (!(seconds > 0))
				return;
			left = seconds;
			timer = every(tick);
		},
		touch() {
			if (timer === null || left === seconds)
				return;
			left = seconds;
			onCount(null);
		},
		end,
	};
}
