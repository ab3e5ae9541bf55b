/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the simulated chip share. */
#ifndef TESTS_SIM_CHIP_H
#define TESTS_SIM_CHIP_H

#include "tests/sim/group.h"
#include "tests/sim/profile.h"
#include "tests/sim/sign.h"
#include "tests/sim/sim_card.h"

enum {
	CHIP_RESPONSE_MAX = SIM_RESPONSE_MAX,
	CHIP_PROTECTED_MAX = 2 * SIM_RESPONSE_MAX,
	CHIP_SECRETS_MAX = 12,
	CHIP_ACTIVE_MAX = 8,
	SW_OK = 0x9000,
	SW_END_OF_FILE = 0x6282,
	SW_FAILED = 0x6300,
	SW_LENGTH = 0x6700,
	SW_SECURITY = 0x6982,
	SW_CONDITIONS = 0x6985,
	SW_NO_FILE_SELECTED = 0x6986,
	SW_SM_MISSING = 0x6987,
	SW_SM_WRONG = 0x6988,
	SW_DATA = 0x6A80,
	SW_NOT_FOUND = 0x6A82,
	SW_PARAMETERS = 0x6A86,
	SW_NO_REFERENCE = 0x6A88,
	SW_OFFSET = 0x6B00,
	SW_INS = 0x6D00,
	SW_CLA = 0x6E00,
	SW_UNKNOWN = 0x6F00,
};

/**
 * struct chip_command - a command APDU, unwrapped.
 * @secured:  it came under secure messaging
 * @chained:  more follows
 * @extended: lengths were extended on the wire
 * @has_le:   an answer is asked for
 * @ne:       of at most this many bytes; 256 or 65536 for Le = 0
 * @le_zero:  Le was zero
 * @data:     command data
 */
struct chip_command {
	uint8_t cla;
	uint8_t ins;
	uint8_t p1;
	uint8_t p2;
	bool secured;
	bool chained;
	bool extended;
	bool has_le;
	bool le_zero;
	size_t ne;
	struct span data;
};

/* False when the bytes are no command APDU. [ISO 7816-4 5.1] */
CHECKED bool chip_command_parse(struct span apdu, struct chip_command *ret);

struct chip_keys {
	enum sim_cipher cipher;
	uint8_t enc[SIM_KEY_MAX];
	uint8_t mac[SIM_KEY_MAX];
};

/* struct chip_session - secure messaging, when open. */
struct chip_session {
	bool open;
	struct chip_keys keys;
	uint8_t ssc[SIM_BLOCK_MAX];
};

enum chip_pace_step { PACE_IDLE, PACE_NONCE, PACE_MAP, PACE_AGREE, PACE_TOKEN };

/**
 * struct chip_pace - one run of PACE.
 * @cam: CA_IC that goes out with the token
 */
struct chip_pace {
	enum chip_pace_step step;
	const struct sim_pace_profile *info;
	struct sim_oid oid;
	enum sim_mapping mapping;
	enum sim_cipher cipher;
	unsigned int password;
	struct sim_group group;
	uint8_t nonce[2 * SIM_BLOCK_MAX];
	size_t nonce_len;
	BIGNUM *map_private;
	struct sim_element generator;
	struct buf peer;
	struct buf own;
	struct chip_keys keys;
};

void chip_pace_reset(struct chip_pace *pace);

/* struct chip_ca_key - one static key for chip authentication. */
struct chip_ca_key {
	const struct sim_ca_profile *profile;
	struct sim_group group;
	BIGNUM *secret;
	struct sim_element public_key;
	struct buf public_info;
};

struct chip_aa_key {
	struct sim_rsa rsa;
	struct sim_group group;
	BIGNUM *secret;
	struct buf public_info;
};

/* struct chip_file - one file as it lies on the chip. */
struct chip_file {
	bool present;
	unsigned int locked;
	struct buf bytes;
	struct digest digest;
};

/* struct chip_secret - something the holder knows, by name. */
struct chip_secret {
	const char *which;
	char text[SIM_TEXT_MAX];
};

enum chip_context { CONTEXT_NONE, CONTEXT_MF, CONTEXT_APPLICATION };

/**
 * struct chip_state - what a power-down forgets.
 * @context:     where file identifiers are looked up
 * @file:        selected, SIM_FILES none
 * @granted:     access control was passed; needs the open session
 * @challenge:   of BAC, when has_challenge
 * @chain:       data of chained commands
 * @ca_key:      set by MSE, -1 none
 * @next:        session keys that begin after the response
 * @more:        rest of a response for GET RESPONSE
 */
struct chip_state {
	enum chip_context context;
	enum sim_file_id file;
	bool granted;
	bool has_challenge;
	uint8_t challenge[8];
	struct chip_session session;
	struct chip_pace pace;
	struct buf chain;
	uint8_t chain_ins;
	int ca_key;
	enum sim_cipher ca_cipher;
	bool has_next;
	struct chip_session next;
	struct buf more;
};

/* struct chip_fault_state - how often a fault matched and struck. */
struct chip_fault_state {
	unsigned int matched;
	unsigned int struck;
};

struct sim_card {
	struct sim_profile *profile;
	struct chip_file files[SIM_FILES];
	struct chip_secret secrets[CHIP_SECRETS_MAX];
	struct buf csca;
	struct buf ds;
	struct buf crl;
	uint8_t atr[32];
	size_t atr_len;
	struct sim_rng rng;
	struct chip_ca_key ca[SIM_CA_MAX];
	struct chip_aa_key aa;
	struct buf aa_previous;
	bool powered;
	struct chip_state state;
	unsigned int tries_left[SIM_PASSWORDS];
	struct sim_counters counters;
	size_t exchanges;
	size_t answered;
	struct chip_fault_state faults[SIM_FAULTS_MAX];
	const struct sim_fault_profile *active[CHIP_ACTIVE_MAX];
	size_t active_count;
	struct buf last_response;
	struct sim_card *reinserted;
	const char *reinsert;
	uint64_t extra_us;
	sim_tap tap;
	void *tap_context;
	sim_key_tap key_tap;
	void *key_tap_context;
};

/* Files: contents made of the profile, then SELECT and READ BINARY. */
CHECKED enum cccd_err sim_personalise(struct sim_card *card,
                                      struct cccd_error *error);
uint16_t chip_select(struct sim_card *card, const struct chip_command *cmd,
                     struct buf *ret);
uint16_t chip_read_binary(struct sim_card *card, const struct chip_command *cmd,
                          struct buf *ret);

/* Which file a SELECT or READ BINARY speaks of, SIM_FILES if none; and up
 * to which byte a READ goes. */
enum sim_file_id chip_addressed(const struct sim_card *card,
                                const struct chip_command *cmd,
                                size_t *ret_end);

/* Access control. [9303-11 4.3, 4.4] */
uint16_t chip_get_challenge(struct sim_card *card,
                            const struct chip_command *cmd, struct buf *ret);
uint16_t chip_external_authenticate(struct sim_card *card,
                                    const struct chip_command *cmd,
                                    struct buf *ret);
uint16_t chip_pace_set_at(struct sim_card *card, const struct chip_command *cmd,
                          struct buf *ret);
uint16_t chip_pace_step(struct sim_card *card, const struct chip_command *cmd,
                        struct buf *ret);
CHECKED enum cccd_err chip_pace_map(struct sim_card *card, struct span data,
                                    struct buf *ret_answer);
/* Turn an honest public key into what a fault says. */
CHECKED enum cccd_err chip_pace_falsify(const struct sim_card *card,
                                        struct span peer, struct buf *key);
CHECKED enum cccd_err chip_pace_cam(struct sim_card *card, struct buf *ret);
CHECKED bool chip_pace_protocol(const char *protocol, struct sim_oid *ret_oid,
                                enum sim_mapping *ret_mapping,
                                enum sim_cipher *ret_cipher);

/* Chip and active authentication. [9303-11 6.1, 6.2] */
uint16_t chip_ca_set_kat(struct sim_card *card, const struct chip_command *cmd,
                         struct buf *ret);
uint16_t chip_ca_set_at(struct sim_card *card, const struct chip_command *cmd,
                        struct buf *ret);
uint16_t chip_ca_agree(struct sim_card *card, const struct chip_command *cmd,
                       struct buf *ret);
/* Dotted identifier of "ecdh-aes-128" and its kin, NULL for others. */
const char *chip_ca_oid(const char *protocol);
uint16_t chip_internal_authenticate(struct sim_card *card,
                                    const struct chip_command *cmd,
                                    struct buf *ret);

/**
 * chip_session_unwrap() - check and decrypt a protected command.
 * @plain: owns the data that @cmd then points to
 *
 * Return: SW_OK, or the bare status word that ends the session.
 */
uint16_t chip_session_unwrap(struct chip_session *session,
                             const struct sim_profile *profile,
                             struct span apdu, struct chip_command *cmd,
                             struct buf *plain);

/* Protect @data and @sw into @ret. [9303-11 9.8.4] */
CHECKED enum cccd_err chip_session_wrap(struct sim_card *card,
                                        const struct chip_command *cmd,
                                        struct span data, uint16_t sw,
                                        struct buf *ret);

/* Keys from a shared secret, counter zero. [9303-11 9.7.4] */
CHECKED enum cccd_err chip_session_keys(enum sim_cipher cipher,
                                        struct span secret,
                                        struct chip_keys *ret);

/* Most plain bytes whose protected answer has at most @limit. */
size_t chip_session_room(const struct chip_session *session, size_t limit);

/* Close the session; the rights go with it. */
void chip_abort(struct sim_card *card);

/* Faults: choose those of this exchange, then ask for them by kind. */
void chip_faults_choose(struct sim_card *card, const struct chip_command *cmd,
                        const char *step);
const struct sim_fault_profile *chip_fault(const struct sim_card *card,
                                           enum sim_fault_kind kind);
void chip_faults_plain(struct sim_card *card, struct buf *data, uint16_t *sw);
CHECKED enum cccd_err chip_faults_wire(struct sim_card *card, bool secured,
                                       struct span data, uint16_t sw,
                                       struct buf *response);
/* In the middle of protection, before and after the checksum. */
CHECKED enum cccd_err chip_faults_objects(struct sim_card *card,
                                          struct sim_der *objects,
                                          struct span do87, struct span do99);

#endif
