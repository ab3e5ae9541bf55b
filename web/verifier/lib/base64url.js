/* SPDX-License-Identifier: Apache-2.0 */
import { malformed } from "./error.js";

const LETTERS = /^[A-Za-z0-9_-]*$/;

/** Bytes of a text that is the only one for them: no padding, no other
 * letters, no bits left over. Buffer.from() alone forgives all three. */
export function decode(text, what) {
	const bytes = Buffer.from(text, "base64url");
	if (!LETTERS.test(text) || bytes.toString("base64url") !== text)
		malformed(`${what}: bad base64url`);
	return bytes;
}

export const isBase64url = (text) => text.length > 0 && LETTERS.test(text);
