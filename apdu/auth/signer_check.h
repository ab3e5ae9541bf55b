/* SPDX-License-Identifier: Apache-2.0 */
/* The signer's certificate: path, profile, validity, revocation. */
#ifndef APDU_AUTH_SIGNER_CHECK_H
#define APDU_AUTH_SIGNER_CHECK_H

#include "apdu/auth/certificate.h"
#include "apdu/auth/signed_object.h"

/**
 * signer_check() - judge the certificate that signed an object.
 * @ret: its ds_* and csca_* checks, facts and findings are filled; the
 *       signing time stands there already
 *
 * Return: CCCD_OK; CCCD_ERR_MEMORY.
 *
 * [9303-12 7.1.1, appendix D.1; TR-03135-1 5.6.4.3]
 */
CHECKED enum cccd_err signer_check(const struct certificate *certificate,
                                   const struct signed_profile *profile,
                                   const struct trust_input *input,
                                   struct pa_object *ret);

#endif
