/* SPDX-License-Identifier: Apache-2.0 */
/* Symmetric cryptography of the chip: 9303-11 9.7, 9.8; and its dice. */
#ifndef TESTS_SIM_CRYPTO_H
#define TESTS_SIM_CRYPTO_H

#include "base/digest.h"
#include "base/random.h"
#include "base/span.h"

enum sim_cipher { SIM_3DES, SIM_AES128, SIM_AES192, SIM_AES256 };

enum { SIM_KEY_MAX = 32, SIM_BLOCK_MAX = 16, SIM_MAC_LEN = 8 };

size_t sim_block_len(enum sim_cipher cipher);
size_t sim_key_len(enum sim_cipher cipher);

/**
 * struct sim_rng - the chip's random numbers.
 * @seed: everything follows from it
 * @next: blocks drawn so far
 * @tape: used instead when not NULL
 */
struct sim_rng {
	uint8_t seed[32];
	uint64_t next;
	const struct random *tape;
};

/* A generator of its own for each purpose, so that one more draw for one
 * key does not change another. */
CHECKED enum cccd_err sim_rng_init(const char *seed, const char *purpose,
                                   struct sim_rng *ret);
CHECKED enum cccd_err sim_rng_fill(struct sim_rng *rng, uint8_t *at,
                                   size_t len);

/* [9303-11 9.7.1] */
CHECKED enum cccd_err sim_kdf(enum sim_cipher cipher, struct span secret,
                              uint32_t counter,
                              uint8_t key[static SIM_KEY_MAX]);

/* CBC over whole blocks; @iv may be NULL for zeros. @out may be @in. */
CHECKED enum cccd_err sim_encrypt(enum sim_cipher cipher, const uint8_t *key,
                                  const uint8_t *iv, struct span in,
                                  uint8_t *out);
CHECKED enum cccd_err sim_decrypt(enum sim_cipher cipher, const uint8_t *key,
                                  const uint8_t *iv, struct span in,
                                  uint8_t *out);

/* One block in ECB. */
CHECKED enum cccd_err sim_encrypt_block(enum sim_cipher cipher,
                                        const uint8_t *key, const uint8_t *in,
                                        uint8_t *out);

/* Eight octets: retail MAC with its padding for 3DES, CMAC for AES.
 * [9303-11 4.4.3.4] */
CHECKED enum cccd_err sim_mac(enum sim_cipher cipher, const uint8_t *key,
                              struct span data,
                              uint8_t mac[static SIM_MAC_LEN]);

/* "sha1", "sha224", "sha256", "sha384", "sha512"; DIGEST_NONE otherwise. */
enum digest_id sim_digest_by_name(const char *name);

#endif
