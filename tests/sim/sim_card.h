/* SPDX-License-Identifier: Apache-2.0 */
/* A software eMRTD described by a profile; no transport in sight. */
#ifndef TESTS_SIM_SIM_CARD_H
#define TESTS_SIM_SIM_CARD_H

#include "base/buf.h"
#include "base/error.h"
#include "base/random.h"

struct sim_card;

/* Room for any response, also one that is longer than it may be. */
enum { SIM_RESPONSE_MAX = 70000 };

/**
 * sim_card_load() - build a card from a profile.
 * @profile: JSON text (begins with "{"), a path (has a "/"), or the name of
 *           a shipped profile, e.g. "cccd-2021". A profile may say
 *           "extends": "NAME" and then overrides only what it names, so a
 *           test writes {"extends": "cccd-2021", "faults": [...]}.
 * @error:   may be NULL; text says which member was refused and why
 *
 * Keys, certificates and random numbers follow from the profile's "seed":
 * the same profile gives the same card, byte for byte. Shipped profiles are
 * looked up in $CCCD_SIM_PROFILES, else in the source tree.
 *
 * Return: CCCD_OK, the caller owns *@ret; CCCD_ERR_USAGE_FILE when there is
 * no such profile; CCCD_ERR_DATA_MALFORMED for a bad one.
 */
CHECKED enum cccd_err sim_card_load(const char *profile,
                                    struct cccd_error *error,
                                    struct sim_card **ret);

void sim_card_free(struct sim_card *card);

const char *sim_card_name(const struct sim_card *card);

/* ATR that a PC/SC reader would make of the card's ATS. */
struct span sim_card_atr(const struct sim_card *card);

/* Longest APDUs the simulated reader lets pass (profile "reader"). */
size_t sim_card_max_command(const struct sim_card *card);
size_t sim_card_max_response(const struct sim_card *card);

/* What the holder knows: "can", "mrz" (24 characters or more of MRZ
 * information), "mrz_lines", "id_number", "document_number", "birth",
 * "expiry", "pin", "puk"; NULL when the profile has none. */
const char *sim_card_secret(const struct sim_card *card, const char *which);

/* Contents as they lie on the chip (faults of "files" included): "com",
 * "sod", "dg1" … "dg16", "card_access", "card_security", "atr_info";
 * empty when absent. */
struct span sim_card_file(const struct sim_card *card, const char *which);

/* Certificates behind the card's SOD, DER: "csca", "ds", "crl". */
struct span sim_card_certificate(const struct sim_card *card,
                                 const char *which);

/* Power up (every state of a session is lost) or down. */
void sim_card_power(struct sim_card *card, bool on);

/**
 * struct sim_outcome - how an exchange went, beside its bytes.
 * @time_us: what the latency model says it took
 * @removed: the card left the field during it; there is no answer
 * @mute:    the card gives no answer
 */
struct sim_outcome {
	uint64_t time_us;
	bool removed;
	bool mute;
};

/**
 * sim_card_exchange() - one command APDU in, one response APDU out.
 * @response: reset first; left empty when @ret says removed or mute
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY. A bad command is a status word.
 */
CHECKED enum cccd_err sim_card_exchange(struct sim_card *card,
                                        struct span command,
                                        struct buf *response,
                                        struct sim_outcome *ret);

/* What to lay on the reader after a scripted removal: NULL nothing, else
 * the card itself or the one its fault names. */
struct sim_card *sim_card_reinserted(struct sim_card *card);

/**
 * struct sim_counters - since load or sim_card_reset_counters().
 * @apdus:     exchanges
 * @by_ins:    exchanges by instruction byte, unwrapped
 * @sent:      bytes of command APDUs
 * @received:  bytes of response APDUs
 * @time_us:   modelled time of all exchanges
 * @power_ups: how often power was switched on
 */
struct sim_counters {
	size_t apdus;
	size_t by_ins[256];
	size_t sent;
	size_t received;
	uint64_t time_us;
	size_t power_ups;
};

const struct sim_counters *sim_card_counters(const struct sim_card *card);
void sim_card_reset_counters(struct sim_card *card);

/**
 * struct sim_exchange - one exchange as a tap sees it.
 * @number:         1, 2, … since load
 * @command:        as it came
 * @plain_command:  without secure messaging; same bytes when there is none
 * @plain_response: before secure messaging, status word included
 * @secured:        the command was protected
 */
struct sim_exchange {
	size_t number;
	struct span command;
	struct span plain_command;
	struct span plain_response;
	bool secured;
};

/* Called after every exchange; @response may be changed at will. */
typedef void (*sim_tap)(void *context, const struct sim_exchange *exchange,
                        struct buf *response);

void sim_card_set_tap(struct sim_card *card, sim_tap tap, void *context);

/* Called with the keys of each secure channel when it begins; they are
 * lent for the call. */
typedef void (*sim_key_tap)(void *context, struct span k_enc,
                            struct span k_mac);

void sim_card_set_key_tap(struct sim_card *card, sim_key_tap tap,
                          void *context);

/* Replace the seeded generator, e.g. by a tape; NULL restores it. */
void sim_card_set_random(struct sim_card *card, const struct random *random);

/**
 * sim_pki_export() - write the specimen trust of a profile.
 * @directory: made when missing; gets csca.der and crl.der
 *
 * The directory is what the reader's --demo-trust takes.
 */
CHECKED enum cccd_err sim_pki_export(const char *profile, const char *directory,
                                     struct cccd_error *error);

#endif
