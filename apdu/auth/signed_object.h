/* SPDX-License-Identifier: Apache-2.0 */
/* One engine for every signed object: EF.SOD, EF.CardSecurity, lists. */
#ifndef APDU_AUTH_SIGNED_OBJECT_H
#define APDU_AUTH_SIGNED_OBJECT_H

#include "apdu/auth/passive_auth.h"

/**
 * struct signed_profile - what kind of object it must be.
 * @content_type: object identifier of eContentType
 * @eku:          CERTIFICATE_EKU_* the signer must have; 0 = a document
 *                signer, which must have none
 */
struct signed_profile {
	const char *content_type;
	unsigned int eku;
};

/**
 * signed_object_check() - hash, signature, signer, path, validity.
 * @der: ContentInfo with definite lengths
 * @ret: zeroed; @ret->content is filled only when hash and signature are
 *       successful
 *
 * Return: CCCD_OK whatever the verdict; CCCD_ERR_MEMORY;
 * CCCD_ERR_USAGE_ARGUMENT without a store.
 */
CHECKED enum cccd_err signed_object_check(struct span der,
                                          const struct signed_profile *profile,
                                          const struct trust_input *input,
                                          struct pa_object *ret);

/* Every check of @ret to failed: the object cannot be read. */
void signed_object_malformed(struct pa_object *ret, const char *reason);

#endif
