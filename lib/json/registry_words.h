/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a relying party's file, for its parser and its writer. */
#ifndef LIB_JSON_REGISTRY_WORDS_H
#define LIB_JSON_REGISTRY_WORDS_H

#define RP_SCHEMA "urn:cccd:relying-party:1"

/* By enum; the first place is empty where the enum begins at 1. */
enum {
	RP_REQUEST_MODES = 3,
	RP_CONSENTS = 4,
	RP_KEY_SOURCES = 3,
	RP_FORMATS = 2,
};

extern const char *const rp_request_modes[RP_REQUEST_MODES];
extern const char *const rp_consents[RP_CONSENTS];
/* By bit. */
extern const char *const rp_key_sources[RP_KEY_SOURCES];
extern const char *const rp_formats[RP_FORMATS];

#endif
