/* SPDX-License-Identifier: Apache-2.0 */
/* Making the contents of a card's files from its profile. */
#ifndef TESTS_SIM_BUILD_H
#define TESTS_SIM_BUILD_H

#include "tests/sim/chip.h"

enum { MRZ_MAX = 90 };

/* struct sim_mrz - the lines as one text, and what access keys need. */
struct sim_mrz {
	char lines[MRZ_MAX + 1];
	char information[64];
	char number[SIM_NAME_MAX];
};

/* [9303-3 4.9, 9303-4, -5, -6; 9303-11 4.3.2] */
CHECKED enum cccd_err sim_mrz_make(const struct sim_document *document,
                                   struct sim_mrz *ret);

/* '0' to '9'. [9303-3 4.9] */
char sim_mrz_check(const char *text, size_t len);

/**
 * sim_build_file() - one file without its faults.
 * @pad: bytes of legal padding to put in
 *
 * Return: CCCD_OK; CCCD_ERR_DATA_MISSING when the profile has no such file;
 * CCCD_ERR_DATA_UNSUPPORTED when it cannot be padded.
 */
CHECKED enum cccd_err sim_build_file(struct sim_card *card, enum sim_file_id id,
                                     size_t pad, struct buf *ret);

CHECKED enum cccd_err sim_build_dg2(const struct sim_card *card, size_t pad,
                                    struct buf *ret);
CHECKED enum cccd_err sim_build_dg13(const struct sim_card *card, size_t pad,
                                     struct buf *ret);
CHECKED enum cccd_err sim_build_card_access(const struct sim_card *card,
                                            struct buf *ret);
CHECKED enum cccd_err sim_build_dg14(const struct sim_card *card, size_t pad,
                                     struct buf *ret);
CHECKED enum cccd_err sim_build_card_security(struct sim_card *card,
                                              struct buf *ret);
CHECKED enum cccd_err sim_build_sod(struct sim_card *card, size_t pad,
                                    struct buf *ret);

/* Static keys of chip and active authentication. */
CHECKED enum cccd_err sim_build_keys(struct sim_card *card);

/* struct sim_pki - the country's signer and the document's. */
struct sim_pki {
	struct sim_signer csca;
	struct sim_signer ds;
};

void sim_pki_release(struct sim_pki *pki);
CHECKED enum cccd_err sim_pki_make(const struct sim_profile *profile,
                                   struct sim_pki *ret);
CHECKED enum cccd_err sim_pki_csca(const struct sim_profile *profile,
                                   struct sim_pki *pki, struct buf *ret);
/* @pad characters of comment make the certificate longer. */
CHECKED enum cccd_err sim_pki_ds(const struct sim_profile *profile,
                                 struct sim_pki *pki, size_t pad,
                                 struct buf *ret);
CHECKED enum cccd_err sim_pki_crl(const struct sim_profile *profile,
                                  struct sim_pki *pki, struct buf *ret);

/* Names and numbers that the SOD repeats. */
void sim_pki_issuer(const struct sim_profile *profile, struct sim_der *der);
void sim_pki_ds_serial(const struct sim_profile *profile, struct sim_der *der);
CHECKED enum cccd_err sim_pki_key_id(const struct sim_signer *signer,
                                     struct digest *ret);

/**
 * struct sim_cms - what to sign.
 * @type:        eContentType, dotted
 * @content:     the signed bytes
 * @certificate: of the signer
 */
struct sim_cms {
	const char *type;
	struct span content;
	struct span certificate;
};

/* ContentInfo with SignedData. [RFC 5652; 9303-10 4.6.2.2] */
CHECKED enum cccd_err sim_cms_sign(const struct sim_profile *profile,
                                   struct sim_pki *pki,
                                   const struct sim_cms *cms, struct buf *ret);

#endif
