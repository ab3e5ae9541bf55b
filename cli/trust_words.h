/* SPDX-License-Identifier: Apache-2.0 */
/* Reason codes of the trust store as sentences. */
#ifndef CLI_TRUST_WORDS_H
#define CLI_TRUST_WORDS_H

/* In the language of the environment; the code itself when unknown. */
const char *trust_words(const char *code);

#endif
