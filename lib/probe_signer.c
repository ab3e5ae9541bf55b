/* SPDX-License-Identifier: Apache-2.0 */
/* EF.SOD and who signed it, without hashes, signature and serial number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apdu/auth/cms.h"
#include "apdu/lds/security_info.h"
#include "apdu/lds/sod.h"
#include "apdu/tlv/tlv.h"
#include "lib/probe.h"

/* Attributes of a signer's name that are shown, digits apart. */
static const char *const shown_attributes[] = { "C", "O", "OU", "CN" };

static bool is_shown(const char *at, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(shown_attributes); i++)
		if (strlen(shown_attributes[i]) == len &&
		    strncmp(shown_attributes[i], at, len) == 0)
			return true;
	return false;
}

/* One attribute, TYPE=VALUE, up to the comma or plus sign that ends it. */
static size_t attribute_len(const char *at)
{
	size_t len = 0;

	while (at[len] != '\0' && at[len] != ',' && at[len] != '+') {
		if (at[len] == '\\' && at[len + 1] != '\0')
			len++;
		len++;
	}
	return len;
}

static void put(char text[static CCCD_PROBE_NAME_MAX], size_t *used, char c)
{
	if (*used + 1 < CCCD_PROBE_NAME_MAX)
		text[(*used)++] = c;
	text[*used] = '\0';
}

static char form_of(char c, bool is_value)
{
	if (is_value && c >= '0' && c <= '9')
		return '#';
	return c;
}

/* A batch, or one certificate, is told by numbers: only their form stays. */
static void class_of_name(const char *name,
                          char text[static CCCD_PROBE_NAME_MAX])
{
	size_t used = 0;

	text[0] = '\0';
	while (*name != '\0') {
		size_t len = attribute_len(name);
		size_t type = strcspn(name, "=");
		bool shown = is_shown(name, type < len ? type : len);

		for (size_t i = 0; i < len && (shown || i <= type); i++)
			put(text, &used, form_of(name[i], i > type));
		if (!shown)
			put(text, &used, '*');
		name += len;
		if (*name != '\0')
			put(text, &used, *name++);
	}
}

/* What a whole AlgorithmIdentifier begins with. */
static void tell_identifier(struct span identifier,
                            char text[static CCCD_PROBE_OID_MAX])
{
	struct tlv_reader reader = { 0 };
	struct span value = { 0 };

	if (tlv_only(identifier, TAG_SEQUENCE, &value) != CCCD_OK)
		return;
	reader = tlv_open(value);
	if (tlv_expect(&reader, TAG_OID, &value) == CCCD_OK)
		oid_text(value, text);
}

static void tell_certificate(const struct certificate *from,
                             struct cccd_probe_signer *to)
{
	char name[CCCD_PROBE_NAME_MAX];

	to->present = true;
	certificate_name_text(from->issuer, to->issuer, sizeof(to->issuer));
	certificate_name_text(from->subject, name, sizeof(name));
	class_of_name(name, to->subject);
	to->not_before = from->not_before;
	to->not_after = from->not_after;
	signature_identifier_text(from->algorithm, to->algorithm,
	                          sizeof(to->algorithm));
	tell_identifier(from->algorithm, to->algorithm_oid);
	probe_key(from->spki, &to->key);
	to->usage_period = from->ext.has_usage_period;
	to->document_types = from->ext.document_types.len > 0;
	to->subject_key_id = from->ext.subject_key_id.len > 0;
	to->authority_key_id = from->ext.has_authority_key_id;
	to->alt_name = from->ext.alt_name.len > 0;
	to->unknown_critical = from->ext.unknown_critical;
}

static void tell_signer_info(const struct cms_signer *from,
                             struct cccd_probe_sod *to)
{
	struct cms_attributes attributes = { 0 };
	struct signature_algorithm algorithm = { 0 };
	enum digest_id digest = DIGEST_NONE;
	struct tlv_reader reader = tlv_open(from->signature_algorithm);
	struct span oid = { 0 };

	to->signer_version = from->version;
	to->by_key_id = from->key_id.len > 0;
	to->signed_attributes = from->has_attributes;
	if (cms_attributes_parse(from->attributes, &attributes) == CCCD_OK)
		to->signing_time = attributes.count_signing_time > 0;
	if (digest_algorithm_parse(from->digest_algorithm, &digest) == CCCD_OK)
		(void)snprintf(to->signer_digest, sizeof(to->signer_digest),
		               "%s", digest_name(digest));
	if (signature_algorithm_parse(from->signature_algorithm, digest,
	                              &algorithm) == CCCD_OK)
		signature_algorithm_text(&algorithm, to->signer_algorithm,
		                         sizeof(to->signer_algorithm));
	if (tlv_expect(&reader, TAG_OID, &oid) == CCCD_OK)
		oid_text(oid, to->signer_oid);
	to->signature_len = from->signature.len;
}

/* The certificate the signer names, else the first one. */
static void find_certificate(const struct cms_signed *cms,
                             struct cccd_probe_signer *to)
{
	struct certificate certificate = { 0 };

	for (size_t i = 0; i < cms->certificate_count; i++) {
		struct certificate parsed = { 0 };
		bool named = false;

		if (certificate_parse(cms->certificates[i], &parsed) != CCCD_OK)
			continue;
		named = cms->signer_count > 0 &&
		        cms_signer_is(&cms->signers[0], &parsed);
		if (certificate.whole.len == 0 || named)
			certificate = parsed;
		if (named)
			break;
	}
	if (certificate.whole.len > 0)
		tell_certificate(&certificate, to);
}

static void tell_sod(const struct cccd_sod *from, struct cccd_probe_sod *to)
{
	to->present = true;
	to->indefinite = from->indefinite;
	to->version = from->version;
	to->hash_count = from->hash_count;
	if (from->digest != CCCD_DIGEST_NONE)
		(void)snprintf(to->digest, sizeof(to->digest), "%s",
		               digest_name(digest_of(from->digest)));
	memcpy(to->lds_version, from->lds_version, sizeof(to->lds_version));
	memcpy(to->unicode_version, from->unicode_version,
	       sizeof(to->unicode_version));
	oid_text(bytes_span(from->signed_data.content_type), to->content_type);
	to->cms_version = from->signed_data.version;
	to->certificate_count = from->signed_data.certificate_count;
	to->signer_count = from->signed_data.signer_count;
	to->has_crls = from->signed_data.has_crls;
}

static void mark_listed(const struct cccd_sod *sod, struct cccd_probe *ret)
{
	for (size_t i = 0; i < sod->hash_count; i++)
		if (sod->hashes[i].number >= CCCD_FILE_DG1 &&
		    sod->hashes[i].number <= CCCD_FILE_DG16)
			ret->files[sod->hashes[i].number].in_sod = true;
}

/* The parts that are too large for the stack. */
struct sod_parts {
	struct cccd_sod sod;
	struct cms_signed cms;
};

static void tell_parts(struct span file, struct sod_parts *parts,
                       struct cccd_probe *ret)
{
	BUF memory = buf_make(file.len);

	if (sod_parse(file, &memory, &parts->sod) != CCCD_OK)
		return;
	tell_sod(&parts->sod, &ret->sod);
	mark_listed(&parts->sod, ret);
	if (cms_parse(bytes_span(parts->sod.signed_data.whole), &parts->cms) !=
	    CCCD_OK)
		return;
	if (parts->cms.signer_count > 0)
		tell_signer_info(&parts->cms.signers[0], &ret->sod);
	find_certificate(&parts->cms, &ret->signer);
}

enum cccd_err probe_sod(const struct cccd_document *document,
                        struct cccd_probe *ret)
{
	struct cccd_bytes file = cccd_document_file(document, CCCD_FILE_SOD);
	struct sod_parts *parts = calloc(1, sizeof(*parts));

	if (parts == NULL)
		return CCCD_ERR_MEMORY;
	if (file.len > 0)
		tell_parts(bytes_span(file), parts, ret);
	free(parts);
	return CCCD_OK;
}
