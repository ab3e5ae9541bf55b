/* SPDX-License-Identifier: Apache-2.0 */
/* What a back end does with an assertion of cccdd: verify it, or refuse it.
 * There is no way to look into one unverified, on purpose. */
export { VerifyError } from "./lib/error.js";
export { KeySet } from "./lib/keys.js";
export { BackendKey, challengeOf, makeNonce, signRequest }
	from "./lib/request.js";
export { verify } from "./lib/verify.js";
