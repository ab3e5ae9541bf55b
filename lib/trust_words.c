/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of a trust store in words: cccd_trust_show(). */
#include "lib/trust_words.h"

#include <stdio.h>

#include "apdu/auth/cms.h"
#include "apdu/auth/crl.h"
#include "apdu/auth/csca_store.h"
#include "apdu/auth/deviation.h"
#include "base/hex.h"
#include "lib/trust.h"

static void name_text(struct span name, char *text, size_t cap,
                      char country[static 4])
{
	certificate_name_text(name, text, cap);
	certificate_country(name, country);
}

void trust_subject_text(enum cccd_trust_kind kind, struct span der, char *text,
                        size_t cap, char country[static 4])
{
	struct certificate certificate = { 0 };
	struct crl crl = { 0 };

	text[0] = '\0';
	country[0] = '\0';
	if (kind == CCCD_TRUST_CRL && crl_parse(der, &crl) == CCCD_OK)
		name_text(crl.issuer, text, cap, country);
	else if (certificate_parse(der, &certificate) == CCCD_OK)
		name_text(certificate.subject, text, cap, country);
}

static int64_t closed(int64_t when, int64_t open)
{
	return when == open ? 0 : when;
}

static void show_certificate(const struct certificate *certificate,
                             struct cccd_trust_object *ret)
{
	PUBLIC_KEY key = { 0 };
	char unused[4];

	name_text(certificate->subject, ret->subject, sizeof(ret->subject),
	          ret->country);
	name_text(certificate->issuer, ret->issuer, sizeof(ret->issuer),
	          unused);
	hex_encode(certificate->serial, ret->serial, sizeof(ret->serial));
	hex_encode(certificate->ext.subject_key_id, ret->key_id,
	           sizeof(ret->key_id));
	signature_identifier_text(certificate->algorithm, ret->signature,
	                          sizeof(ret->signature));
	if (public_key_parse(certificate->spki, &key) == CCCD_OK)
		public_key_text(&key, ret->key, sizeof(ret->key));
	ret->not_before = certificate->not_before;
	ret->not_after = certificate->not_after;
	ret->usage_from = closed(certificate->ext.usage_from, INT64_MIN);
	ret->usage_to = closed(certificate->ext.usage_to, INT64_MAX);
}

static void show_crl(const struct crl *crl, struct cccd_trust_object *ret)
{
	name_text(crl->issuer, ret->issuer, sizeof(ret->issuer), ret->country);
	signature_identifier_text(crl->algorithm, ret->signature,
	                          sizeof(ret->signature));
	hex_encode(crl->authority_key_id, ret->key_id, sizeof(ret->key_id));
	ret->not_before = crl->this_update;
	ret->not_after = closed(crl->next_update, INT64_MIN);
	ret->revoked = crl->count;
}

static void show_deviations(struct span der, struct cccd_trust_object *ret)
{
	struct deviation_effect effect = { 0 };
	struct cms_signed cms = { 0 };

	if (cms_parse(der, &cms) == CCCD_OK &&
	    deviation_list_match(cms.content, NULL, &effect) == CCCD_OK)
		ret->revoked = effect.count;
}

static enum cccd_err show_entry(const struct cccd_trust *trust,
                                const struct cccd_trust_entry *row,
                                struct cccd_trust_object *ret)
{
	const struct csca_entry *entry = NULL;
	uint8_t sha256[32];

	ret->entry = *row;
	if (trust_hash_bytes(row->sha256, sha256))
		entry = csca_store_find(trust->store, row->kind, sha256);
	if (entry == NULL)
		return CCCD_ERR_TRUST_STORE_BAD;
	if (row->kind == CCCD_TRUST_CRL)
		show_crl(&entry->crl, ret);
	else if (row->kind == CCCD_TRUST_DEVIATION)
		show_deviations(buf_span(&entry->der), ret);
	else
		show_certificate(&entry->certificate, ret);
	return CCCD_OK;
}

enum cccd_err cccd_trust_show(const struct cccd_trust *trust,
                              const char *sha256, struct cccd_trust_object *ret)
{
	const struct cccd_trust_entry *row = trust_index_find(trust, sha256);
	struct cccd_trust_object object = { 0 };

	if (row == NULL)
		return CCCD_ERR_USAGE_ARGUMENT;
	TRY(show_entry(trust, row, &object));
	*ret = object;
	return CCCD_OK;
}
