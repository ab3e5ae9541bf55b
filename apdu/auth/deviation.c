/* SPDX-License-Identifier: Apache-2.0 */
/* Deviation lists: known defects of issued documents, Doc 9303-12 10. */
#include "apdu/auth/deviation.h"

#include "apdu/auth/der_time.h"
#include "apdu/auth/oid.h"
#include "apdu/auth/signed_object.h"

enum {
	TAG_DOCUMENT_TYPE = 0x80,
	TAG_ISSUER_SERIAL = 0xA1,
	TAG_KEY_ID = 0x82,
	TAG_DIGEST = 0x83,
	TAG_PERIOD = 0xA4,
	TAG_NUMBERS = 0xA5,
	TAG_PARAMETERS = 0xA0,
	DEVIATIONS_MAX = 4096,
	GROUP_MAX = 16,
};

static const struct signed_profile list_profile = {
	.content_type = OID_DEVIATION_LIST,
	.eku = CERTIFICATE_EKU_DEVIATION_LIST,
};

static const struct {
	const char *oid;
	enum deviation_kind kind;
} kinds[] = {
	{ OID_DEVIATION_LIST ".1.1", DEVIATION_DS_SIGNATURE },
	{ OID_DEVIATION_LIST ".1.2", DEVIATION_DS_ENCODING },
	{ OID_DEVIATION_LIST ".1.3", DEVIATION_CSCA_ENCODING },
	{ OID_DEVIATION_LIST ".1.4", DEVIATION_AA_KEY },
	{ OID_DEVIATION_LIST ".2.1", DEVIATION_DG_MALFORMED },
	{ OID_DEVIATION_LIST ".2.2", DEVIATION_DG_HASH },
	{ OID_DEVIATION_LIST ".2.3", DEVIATION_SOD_SIGNATURE },
	{ OID_DEVIATION_LIST ".2.4", DEVIATION_COM },
	{ OID_DEVIATION_LIST ".3.1", DEVIATION_MRZ_DATA },
	{ OID_DEVIATION_LIST ".3.2", DEVIATION_MRZ_CHECK },
	{ OID_DEVIATION_LIST ".4", DEVIATION_CHIP },
	{ OID_DEVIATION_LIST ".5", DEVIATION_NATIONAL },
};

/* What one pass over a list works on. */
struct work {
	const struct deviation_subject *subject;
	enum digest_id digest;
	struct deviation_effect effect;
};

enum cccd_err deviation_list_check(struct span der,
                                   const struct trust_input *input,
                                   struct pa_object *ret)
{
	return signed_object_check(der, &list_profile, input, ret);
}

static struct span text_without_fillers(struct span text)
{
	while (text.len > 0 &&
	       (text.at[text.len - 1] == '<' || text.at[text.len - 1] == ' '))
		text.len--;
	return text;
}

static bool same_text(struct span a, struct span b)
{
	a = text_without_fillers(a);
	b = text_without_fillers(b);
	return a.len > 0 && span_equal(a, b);
}

static bool issuer_serial_fits(struct span value,
                               const struct certificate *signer)
{
	struct tlv_reader reader = tlv_open(value);
	struct span serial = { 0 };
	struct tlv issuer = { 0 };

	return tlv_next(&reader, &issuer) == CCCD_OK &&
	       tlv_expect(&reader, TAG_INTEGER, &serial) == CCCD_OK &&
	       span_equal(serial, signer->serial) &&
	       certificate_names_equal(issuer.whole, signer->issuer);
}

static bool digest_fits(const struct work *work, struct span value)
{
	struct digest digest = { 0 };

	return digest_compute(work->digest, work->subject->signer->whole,
	                      &digest) == CCCD_OK &&
	       span_equal(digest_span(&digest), value);
}

static bool period_fits(struct span value, int64_t issued)
{
	struct tlv_reader reader = tlv_open(value);
	bool irregular = false;
	struct tlv first = { 0 };
	struct tlv last = { 0 };
	int64_t from = 0;
	int64_t to = 0;

	return issued != 0 && tlv_next(&reader, &first) == CCCD_OK &&
	       tlv_next(&reader, &last) == CCCD_OK &&
	       der_time_parse(&first, &from, &irregular) == CCCD_OK &&
	       der_time_parse(&last, &to, &irregular) == CCCD_OK &&
	       from <= issued && issued <= to;
}

static bool numbers_fit(struct span set, struct span number)
{
	struct tlv_reader reader = tlv_open(set);
	struct span listed = { 0 };

	while (tlv_expect(&reader, TAG_PRINTABLE_STRING, &listed) == CCCD_OK)
		if (same_text(listed, number))
			return true;
	return false;
}

/* One condition of the entry; @ret_narrow: it names documents closely. */
static bool condition_fits(const struct work *work, const struct tlv *object,
                           bool *ret_narrow)
{
	static const struct pa_document unknown = { 0 };
	const struct pa_document *document = work->subject->document;

	if (document == NULL)
		document = &unknown;
	if (object->tag != TAG_DOCUMENT_TYPE && object->tag != TAG_PERIOD)
		*ret_narrow = true;
	switch (object->tag) {
	case TAG_DOCUMENT_TYPE: return same_text(object->value, document->type);
	case TAG_ISSUER_SERIAL:
		return issuer_serial_fits(object->value, work->subject->signer);
	case TAG_KEY_ID:
		return object->value.len > 0 &&
		       span_equal(object->value,
		                  work->subject->signer->ext.subject_key_id);
	case TAG_DIGEST: return digest_fits(work, object->value);
	case TAG_PERIOD: return period_fits(object->value, document->issued_s);
	case TAG_NUMBERS: return numbers_fit(object->value, document->number);
	default: return false;
	}
}

/* [9303-12 10] "AND": every condition that is there. */
static bool documents_fit(const struct work *work, struct span documents)
{
	struct tlv_reader reader = tlv_open(documents);
	struct tlv object = { 0 };
	bool narrow = false;

	if (work->subject == NULL)
		return false;
	while (!tlv_at_end(&reader))
		if (tlv_next(&reader, &object) != CCCD_OK ||
		    !condition_fits(work, &object, &narrow))
			return false;
	return narrow;
}

/* The data group a description speaks of; 0 when it names none. */
static uint32_t group_of(struct span parameters)
{
	struct span value = { 0 };
	uint32_t group = 0;

	if (tlv_only(parameters, TAG_INTEGER, &value) != CCCD_OK ||
	    tlv_unsigned(value, &group) != CCCD_OK || group > GROUP_MAX)
		return 0;
	return group;
}

static enum cccd_err take_description(struct work *work, struct span value)
{
	struct tlv_reader reader = tlv_open(value);
	struct span parameters = { 0 };
	struct span oid = { 0 };
	bool present = false;

	TRY(tlv_optional(&reader, TAG_PRINTABLE_STRING, &oid, &present));
	TRY(tlv_expect(&reader, TAG_OID, &oid));
	TRY(tlv_optional(&reader, TAG_PARAMETERS, &parameters, &present));
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!oid_is(oid, kinds[i].oid))
			continue;
		work->effect.kinds |= (unsigned int)kinds[i].kind;
		if (kinds[i].kind == DEVIATION_DG_HASH)
			work->effect.hash_groups |= 1U << group_of(parameters);
	}
	return CCCD_OK;
}

static enum cccd_err take_deviation(struct work *work, struct span value)
{
	struct tlv_reader reader = tlv_open(value);
	struct span documents = { 0 };
	struct span set = { 0 };

	TRY(tlv_expect(&reader, TAG_SEQUENCE, &documents));
	TRY(tlv_expect(&reader, TAG_SET, &set));
	TRY(tlv_end(&reader));
	work->effect.count++;
	if (!documents_fit(work, documents))
		return CCCD_OK;
	reader = tlv_open(set);
	while (!tlv_at_end(&reader)) {
		TRY(tlv_expect(&reader, TAG_SEQUENCE, &value));
		TRY(take_description(work, value));
	}
	return CCCD_OK;
}

static enum cccd_err read_head(struct tlv_reader *reader, struct work *work)
{
	struct span value = { 0 };
	uint32_t version = 0;
	bool present = false;

	TRY(tlv_expect(reader, TAG_INTEGER, &value));
	TRY(tlv_unsigned(value, &version));
	if (version != 0)
		return CCCD_ERR_DATA_UNSUPPORTED;
	TRY(tlv_optional(reader, TAG_SEQUENCE, &value, &present));
	if (present)
		TRY(digest_algorithm_parse(value, &work->digest));
	return CCCD_OK;
}

enum cccd_err deviation_list_match(struct span content,
                                   const struct deviation_subject *subject,
                                   struct deviation_effect *ret)
{
	struct work work = { .subject = subject };
	struct tlv_reader reader = { 0 };
	struct span value = { 0 };

	TRY(tlv_only(content, TAG_SEQUENCE, &value));
	reader = tlv_open(value);
	TRY(read_head(&reader, &work));
	TRY(tlv_expect(&reader, TAG_SET, &value));
	TRY(tlv_end(&reader));
	reader = tlv_open(value);
	while (!tlv_at_end(&reader)) {
		if (work.effect.count == DEVIATIONS_MAX)
			return CCCD_ERR_DATA_TOO_LARGE;
		TRY(tlv_expect(&reader, TAG_SEQUENCE, &value));
		TRY(take_deviation(&work, value));
	}
	work.effect.hash_groups &= ~1U;
	*ret = work.effect;
	return CCCD_OK;
}
