/* SPDX-License-Identifier: Apache-2.0 */
/* What a person typed or a scanner sent: which kind of access key it is. */

/* A QR text has at least number, name and dates; no number is that long. */
const QR_LEAST = 25;

const compact = (text) => text.replace(/[\s.-]+/g, "");

/* Lines of a TD1 (3 x 30) or TD3 (2 x 44) zone, or their 24 characters. */
function mrzOf(text) {
	const lines = text.toUpperCase().split(/[\s]+/).filter(Boolean);
	const joined = lines.join("");

	if (/^[A-Z0-9<]+$/.test(joined) && [72, 88, 90].includes(joined.length)
		&& joined.includes("<"))
		return text.toUpperCase().trim();
	return /^[A-Z0-9<]{9}[0-9][0-9]{7}[0-9]{7}$/.test(joined)
		? joined : null;
}

/**
 * keyFromText() - {type, value}, or null while the text is none yet.
 *
 * A scanner types through the keyboard layout and through a Vietnamese
 * input method, which may change letters and the bar. So a long text that
 * begins with a number is taken for a QR text and goes on as it arrived:
 * the service compares only what cannot have been mangled.
 */
export function keyFromText(text) {
	const whole = text.trim();
	const digits = compact(whole);

	if (/^[0-9]{12}$/.test(digits))
		return { type: "id_number", value: digits };
	if (/^[0-9]{6}$/.test(digits))
		return { type: "can", value: digits };
	const mrz = mrzOf(whole);
	if (mrz !== null)
		return { type: "mrz", value: mrz };
	if (/^[0-9]{9,12}/.test(whole) && whole.length >= QR_LEAST)
		return { type: "qr", value: whole };
	return null;
}

/** Why a text is no key: "empty", "digits" (with how many), "unknown". */
export function faultOf(text) {
	const digits = compact(text);

	if (digits === "")
		return { fault: "empty", digits: 0 };
	if (/^[0-9]+$/.test(digits))
		return { fault: "digits", digits: digits.length };
	return { fault: "unknown", digits: 0 };
}

/** 001199000001 as 001 199 000 001, easier to compare with a card. */
export function groupDigits(number) {
	return /^[0-9]{12}$/.test(number)
		? number.replace(/(...)(?=.)/g, "$1\u00A0") : number;
}

/**
 * createWedge() - hears a scanner that types while no field has the focus.
 *
 * feed(key, ms) gets keydown's key and a clock; returns the whole text when
 * a fast burst has ended with Enter or Tab, else null. People type slower.
 */
export function createWedge({ gap = 60, least = 12 } = {}) {
	let text = "";
	let last = -Infinity;

	return {
		feed(key, ms) {
			if (ms - last > gap)
				text = "";
			last = ms;
			if (key.length === 1) {
				text += key;
				return null;
			}
			if (key !== "Enter" && key !== "Tab") {
				/* Shift and AltGr come along with letters. */
				if (!["Shift", "AltGraph", "Alt", "Process", "Dead",
					"Unidentified"].includes(key))
					text = "";
				return null;
			}
			const whole = text;

			text = "";
			return whole.length >= least ? whole : null;
		},
	};
}
