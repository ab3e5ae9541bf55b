/* SPDX-License-Identifier: Apache-2.0 */

/** A refusal; `code` is the same word that libcccd gives. */
export class VerifyError extends Error {
	constructor(code, message) {
		super(message);
		this.name = "VerifyError";
		this.code = code;
	}
}

export function refuse(code, message) {
	throw new VerifyError(code, message);
}

export const malformed = (message) => refuse("assertion_malformed", message);
