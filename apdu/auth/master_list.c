/* SPDX-License-Identifier: Apache-2.0 */
/* CSCA master lists: Doc 9303-12 9. */
#include "apdu/auth/master_list.h"

#include "apdu/auth/csca_store.h"
#include "apdu/auth/oid.h"
#include "apdu/auth/signed_object.h"

static const struct signed_profile list_profile = {
	.content_type = OID_MASTER_LIST,
	.eku = CERTIFICATE_EKU_MASTER_LIST,
};

/* The very certificate that signed is among the pins. */
static enum cccd_err signer_is_pinned(const struct csca_store *pins,
                                      const struct pa_object *object, bool *ret)
{
	struct digest sha256 = { 0 };

	TRY(digest_compute(DIGEST_SHA256, buf_span(&object->ds_der), &sha256));
	*ret = csca_store_find(pins, CCCD_TRUST_SIGNER, sha256.bytes) != NULL;
	return CCCD_OK;
}

enum cccd_err master_list_check(struct span der, const struct csca_store *pins,
                                int64_t now_s, struct pa_object *ret)
{
	struct trust_input input = { .store = pins, .now_s = now_s };
	bool pinned = false;

	TRY(signed_object_check(der, &list_profile, &input, ret));
	if (ret->ds_der.len == 0)
		return CCCD_OK;
	TRY(signer_is_pinned(pins, ret, &pinned));
	if (pinned && ret->ds_trust.verdict == CCCD_UNDETERMINED)
		ret->ds_trust = auth_check_make(CCCD_SUCCESSFUL, NULL);
	return CCCD_OK;
}

enum cccd_err master_list_open(struct span content, struct tlv_reader *ret)
{
	struct tlv_reader reader = { 0 };
	struct span value = { 0 };
	uint32_t version = 0;

	TRY(tlv_only(content, TAG_SEQUENCE, &value));
	reader = tlv_open(value);
	TRY(tlv_expect(&reader, TAG_INTEGER, &value));
	TRY(tlv_unsigned(value, &version));
	if (version != 0)
		return CCCD_ERR_DATA_UNSUPPORTED;
	TRY(tlv_expect(&reader, TAG_SET, &value));
	TRY(tlv_end(&reader));
	*ret = tlv_open(value);
	return CCCD_OK;
}
