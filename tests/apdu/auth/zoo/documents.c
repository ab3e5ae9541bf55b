/* SPDX-License-Identifier: Apache-2.0 */
/* Whole documents: groups, EF.COM, EF.SOD and the two certificates. */
#include <stdio.h>
#include <stdlib.h>

#include "apdu/auth/certificate.h"
#include "tests/apdu/auth/zoo/zoo.h"

const unsigned int zoo_numbers[ZOO_GROUPS] = { 1, 2, 3, 13, 14, 15 };

/* Tags of the groups' files [9303-10 table 38]. */
static const uint8_t group_tags[PA_GROUPS + 1] = {
	0,    0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68,
	0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70,
};

static void make_groups(struct zoo_document *ret)
{
	for (size_t i = 0; i < ZOO_GROUPS; i++) {
		unsigned int number = zoo_numbers[i];
		char text[64];

		(void)snprintf(text, sizeof(text),
		               "what data group %u of nobody says", number);
		ret->group[number] = der_new();
		der_put(&ret->group[number], group_tags[number],
		        span_text(text));
	}
}

static void make_com(const struct zoo_spec *spec, struct zoo_document *ret)
{
	BUF tags = der_new();
	size_t mark = 0;

	for (size_t i = 0; i < ZOO_GROUPS; i++)
		der_raw(&tags, span_of(&group_tags[zoo_numbers[i]], 1));
	ret->com = der_new();
	mark = der_begin(&ret->com);
	der_raw(&ret->com, SPAN(((const uint8_t[]){ 0x5F, 0x01, 0x04 })));
	der_raw(&ret->com, span_text(spec->lds_1_8 ? "0108" : "0107"));
	der_raw(&ret->com, SPAN(((const uint8_t[]){ 0x5F, 0x36, 0x06 })));
	der_raw(&ret->com, span_text("040000"));
	der_put(&ret->com, 0x5C, buf_span(&tags));
	der_end(&ret->com, mark, 0x60);
}

static void put_hash(struct buf *out, const struct zoo_spec *spec,
                     unsigned int number, struct span file)
{
	struct digest digest = { 0 };
	size_t mark = der_begin(out);
	enum zoo_defect defect = spec->defect;

	if (digest_compute(spec->group_digest, file, &digest) != CCCD_OK)
		abort();
	if (number == 2 && defect == ZOO_SO_HASH_WRONG)
		digest.bytes[7] ^= 0x10;
	if (number == 2 && defect == ZOO_SO_HASH_SHORT)
		digest.len--;
	if (number == 1 && defect == ZOO_SO_NUMBER_FF)
		der_put(out, 0x02, SPAN(((const uint8_t[]){ 0xFF })));
	else if (number == 3 && defect == ZOO_SO_NUMBER_0)
		der_number(out, 0);
	else if (number == 3 && defect == ZOO_SO_NUMBER_17)
		der_number(out, 17);
	else if (number != 2 || defect != ZOO_SO_NO_NUMBER)
		der_number(out, number);
	der_put(out, 0x04, digest_span(&digest));
	der_end(out, mark, 0x30);
}

static void put_hashes(struct buf *out, const struct zoo_spec *spec,
                       const struct zoo_document *document)
{
	size_t mark = der_begin(out);

	for (size_t i = 0; i < ZOO_GROUPS; i++) {
		unsigned int number = zoo_numbers[i];
		struct span file = buf_span(&document->group[number]);

		if (number == 1 && spec->defect == ZOO_SO_NO_DG1)
			continue;
		put_hash(out, spec, number, file);
		if (number == 1 && spec->defect == ZOO_SO_DG1_TWICE)
			put_hash(out, spec, number, file);
	}
	if (spec->defect == ZOO_SO_EXTRA_DG10)
		put_hash(out, spec, 10, span_text("never stored"));
	der_end(out, mark, 0x30);
}

static void put_group_algorithm(struct buf *out, const struct zoo_spec *spec)
{
	size_t mark = der_begin(out);

	if (spec->defect == ZOO_SO_NO_DIGEST)
		return;
	if (spec->defect == ZOO_SO_DIGEST_UNKNOWN) {
		der_oid(out, "1.3.36.3.2.1"); /* RIPEMD-160 */
		der_end(out, mark, 0x30);
		return;
	}
	zoo_digest_algorithm(spec->defect == ZOO_SO_DIGEST_MD5
	                             ? DIGEST_NONE
	                             : spec->group_digest,
	                     out);
}

static unsigned long object_version(const struct zoo_spec *spec)
{
	if (spec->defect == ZOO_SO_VERSION)
		return 5;
	if (spec->defect == ZOO_SO_INFO_WITHOUT_VERSION)
		return 0;
	return spec->lds_1_8 || spec->defect == ZOO_SO_FUTURE ||
	       spec->defect == ZOO_SO_VERSION_WITHOUT_INFO;
}

static void put_version_info(struct buf *out, const struct zoo_spec *spec)
{
	size_t mark = der_begin(out);
	bool wanted = spec->lds_1_8 || spec->defect == ZOO_SO_FUTURE ||
	              spec->defect == ZOO_SO_INFO_WITHOUT_VERSION;

	if (!wanted || spec->defect == ZOO_SO_VERSION_WITHOUT_INFO)
		return;
	der_text(out, 0x13, spec->defect == ZOO_SO_FUTURE ? "0109" : "0108");
	der_text(out, 0x13, "040000");
	der_end(out, mark, 0x30);
}

/* LDSSecurityObject [9303-10 4.6.2.3] */
static void make_content(const struct zoo_spec *spec,
                         const struct zoo_document *document, struct buf *ret)
{
	size_t mark = der_begin(ret);

	if (spec->defect == ZOO_SO_GARBAGE) {
		der_text(ret, 0x0C, "not a security object");
		return;
	}
	if (spec->defect != ZOO_SO_NO_VERSION)
		der_number(ret, object_version(spec));
	put_group_algorithm(ret, spec);
	put_hashes(ret, spec, document);
	put_version_info(ret, spec);
	der_end(ret, mark, 0x30);
}

static const char *content_type(enum zoo_defect defect)
{
	if (defect == ZOO_CMS_TYPE)
		return "1.2.840.113549.1.7.1";
	if (defect == ZOO_CMS_TYPE_LEGACY)
		return "1.3.27.1.1.1";
	if (defect == ZOO_CMS_TYPE_SDU)
		return "1.2.528.1.1006.1.20.1";
	return "2.23.136.1.1.1";
}

/* Every length of a constructed object becomes indefinite, one level. */
static void to_indefinite(struct buf *file)
{
	BUF out = der_new();
	struct span whole = buf_span(file);
	/* 77 82 LL LL 30 82 LL LL … */
	struct span inner = span_after(whole, 8);

	der_raw(&out, SPAN(((const uint8_t[]){ 0x77, 0x80, 0x30, 0x80 })));
	der_raw(&out, inner);
	der_raw(&out, SPAN(((const uint8_t[]){ 0, 0, 0, 0 })));
	buf_reset(file);
	der_raw(file, buf_span(&out));
}

static void spoil_file(enum zoo_defect defect, struct buf *file)
{
	if (defect == ZOO_TAG_78)
		file->at[0] = 0x78;
	if (defect == ZOO_LENGTH_SHORT)
		file->at[3]--;
	if (defect == ZOO_LENGTH_LONG)
		file->at[3]++;
	if (defect == ZOO_TRAILING_BYTES)
		der_raw(file, SPAN(((const uint8_t[]){ 0, 0, 0 })));
	if (defect == ZOO_INDEFINITE)
		to_indefinite(file);
}

static void make_csca(const struct zoo_spec *spec, struct zoo_document *ret)
{
	struct zoo_certificate csca = {
		.country = "UT",
		.common_name = "CSCA Utopia",
		.key = zoo_key("csca", spec->csca),
		.alg = spec->chain,
		.digest = spec->chain_digest,
		.serial = 1,
		.from = ZOO_SIGNED - 2LL * ZOO_YEAR,
		.to = ZOO_SIGNED + 20LL * ZOO_YEAR,
		.is_ca = true,
		.explicit_curve = spec->explicit_curve,
	};

	if (spec->chain == ZOO_MD5)
		csca.digest = DIGEST_SHA256;
	zoo_certificate(&csca, &ret->csca);
}

static void ds_times(enum zoo_defect defect, struct zoo_certificate *ds)
{
	ds->from = ZOO_SIGNED - ZOO_YEAR / 2;
	ds->to = ZOO_SIGNED + 10LL * ZOO_YEAR;
	ds->usage_from = ds->from;
	ds->usage_to = ZOO_SIGNED + ZOO_YEAR / 4;
	if (defect == ZOO_DS_EXPIRED)
		ds->to = ZOO_SIGNED - 86400;
	if (defect == ZOO_DS_EXPIRED_TODAY)
		ds->to = ZOO_NOW - 86400;
	if (defect == ZOO_DS_NOT_YET)
		ds->from = ZOO_NOW + 86400;
	if (defect == ZOO_DS_USAGE_OVER)
		ds->usage_to = ZOO_SIGNED - 86400;
}

static void make_ds(const struct zoo_spec *spec, enum zoo_defect defect,
                    EVP_PKEY *key, struct buf *ret)
{
	struct zoo_certificate ds = {
		.country = defect == ZOO_DS_OTHER_STATE ? "XX" : "UT",
		.common_name = "Document Signer 1",
		.issuer_country = "UT",
		.issuer_common_name = "CSCA Utopia",
		.key = key,
		.issuer_key = zoo_key("csca", spec->csca),
		.alg = defect == ZOO_DS_ALGORITHM_MD5 ? ZOO_MD5 : spec->chain,
		.digest = spec->chain_digest,
		.serial = 4711,
		.explicit_curve = spec->explicit_curve,
		.document_type = spec->document_type,
		.defect = defect,
	};

	if (defect == ZOO_DS_PURPOSE_LIST)
		ds.eku = "2.23.136.1.1.3";
	ds_times(defect, &ds);
	zoo_certificate(&ds, ret);
}

static void make_sod(const struct zoo_spec *spec, EVP_PKEY *key,
                     struct zoo_document *ret)
{
	BUF content = der_new();
	BUF right = der_new();
	struct zoo_signed signed_data = {
		.content_type = content_type(spec->defect),
		.key = key,
		.alg = spec->sod,
		.digest = spec->sod_digest,
		.attribute_digest = spec->attribute_digest,
		.signer = buf_span(&ret->ds),
		.ds_outside = spec->ds_outside,
		.by_key_id = spec->by_key_id,
		.defect = spec->defect,
	};
	struct certificate parsed = { 0 };
	size_t mark = 0;

	if (certificate_parse(buf_span(&ret->ds), &parsed) != CCCD_OK) {
		make_ds(spec, ZOO_RIGHT, key, &right);
		signed_data.named = buf_span(&right);
	}
	make_content(spec, ret, &content);
	signed_data.content = buf_span(&content);
	ret->sod = der_new();
	mark = der_begin(&ret->sod);
	zoo_signed_data(&signed_data, &ret->sod);
	der_end(&ret->sod, mark, 0x77);
	spoil_file(spec->defect, &ret->sod);
}

static struct zoo_spec with_defaults(const struct zoo_spec *spec)
{
	struct zoo_spec full = *spec;

	if (full.csca == NULL)
		full.csca = "rsa3072";
	if (full.ds == NULL)
		full.ds = "rsa2048";
	if (full.chain_digest == DIGEST_NONE)
		full.chain_digest = DIGEST_SHA256;
	if (full.sod_digest == DIGEST_NONE)
		full.sod_digest = DIGEST_SHA256;
	if (full.attribute_digest == DIGEST_NONE)
		full.attribute_digest = full.sod_digest;
	if (full.group_digest == DIGEST_NONE)
		full.group_digest = full.attribute_digest;
	return full;
}

void zoo_make(const struct zoo_spec *spec, struct zoo_document *ret)
{
	struct zoo_spec full = with_defaults(spec);
	EVP_PKEY *key = zoo_key("ds", full.ds);

	*ret = (struct zoo_document){ 0 };
	make_groups(ret);
	make_com(&full, ret);
	make_csca(&full, ret);
	make_ds(&full, full.defect, key, &ret->ds);
	make_sod(&full, key, ret);
}

void zoo_release(struct zoo_document *document)
{
	buf_release(&document->csca);
	buf_release(&document->ds);
	buf_release(&document->sod);
	buf_release(&document->com);
	for (size_t i = 0; i <= PA_GROUPS; i++)
		buf_release(&document->group[i]);
}
