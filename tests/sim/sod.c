/* SPDX-License-Identifier: Apache-2.0 */
/* The document security object: 9303-10 4.6.2, RFC 5652. */
#include "tests/sim/build.h"

/* SubjectKeyIdentifier, or issuer and serial number. [RFC 5652 5.3] */
static enum cccd_err put_signer_id(const struct sim_profile *profile,
                                   const struct sim_pki *pki,
                                   struct sim_der *der)
{
	struct digest id;
	size_t mark;

	if (profile->sod.sid_ski) {
		TRY(sim_pki_key_id(&pki->ds, &id));
		sim_der_put(der, 0x80, digest_span(&id));
		return der->err;
	}
	mark = sim_der_open(der, 0x30);
	sim_pki_issuer(profile, der);
	sim_pki_ds_serial(profile, der);
	sim_der_close(der, mark);
	return der->err;
}

/* Attribute with one value. */
static void put_attribute(struct sim_der *der, const char *oid,
                          struct sim_der *value)
{
	size_t mark = sim_der_open(der, 0x30);
	size_t set;

	sim_der_oid(der, oid);
	set = sim_der_open(der, 0x31);
	sim_der_raw(der, buf_span(&value->out));
	sim_der_close(der, set);
	sim_der_close(der, mark);
}

static void put_content_type(struct sim_der *der, const char *type)
{
	SIM_DER value = sim_der_make();

	sim_der_oid(&value, type);
	put_attribute(der, "1.2.840.113549.1.9.3", &value);
}

static void put_signing_time(struct sim_der *der, const char *when)
{
	SIM_DER value = sim_der_make();

	if (strlen(when) != 15)
		return;
	sim_der_text(&value, 0x17, when + 2);
	put_attribute(der, "1.2.840.113549.1.9.5", &value);
}

static void put_message_digest(struct sim_der *der, const struct digest *digest)
{
	SIM_DER value = sim_der_make();

	sim_der_put(&value, 0x04, digest_span(digest));
	put_attribute(der, "1.2.840.113549.1.9.4", &value);
}

/* The attributes happen to stand in DER order: by length, for two-digit
 * lengths, contentType < signingTime < messageDigest. */
static enum cccd_err put_attributes(const struct sim_profile *profile,
                                    const struct sim_cms *cms,
                                    enum digest_id id, struct sim_der *der)
{
	struct digest digest;

	TRY(digest_compute(id, cms->content, &digest));
	if (profile->sod.bad_message_digest)
		digest.bytes[0] ^= 0x01;
	put_content_type(der, cms->type);
	put_signing_time(der, profile->sod.signing_time);
	put_message_digest(der, &digest);
	return der->err;
}

/* The signature is over the attributes as a SET. [RFC 5652 5.4] */
static enum cccd_err sign_attributes(const struct sim_profile *profile,
                                     struct sim_pki *pki,
                                     const struct sim_der *attributes,
                                     struct buf *ret)
{
	SIM_DER set = sim_der_make();

	sim_der_put(&set, 0x31, buf_span(&attributes->out));
	TRY(set.err);
	TRY(sim_signer_sign(&pki->ds, buf_span(&set.out), ret));
	if (profile->sod.bad_signature)
		ret->at[ret->len - 1] ^= 0x01;
	return CCCD_OK;
}

static enum cccd_err put_signer_info(const struct sim_profile *profile,
                                     struct sim_pki *pki,
                                     const struct sim_cms *cms,
                                     struct sim_der *der)
{
	SIM_DER attributes = sim_der_make();
	BUF signature = buf_make(1024);
	size_t mark = sim_der_open(der, 0x30);

	sim_der_uint(der, profile->sod.sid_ski ? 3 : 1);
	TRY(put_signer_id(profile, pki, der));
	sim_digest_algorithm(pki->ds.digest, der);
	TRY(put_attributes(profile, cms, pki->ds.digest, &attributes));
	sim_der_put(der, 0xA0, buf_span(&attributes.out));
	TRY(sign_attributes(profile, pki, &attributes, &signature));
	sim_signer_algorithm(&pki->ds, der);
	sim_der_put(der, 0x04, buf_span(&signature));
	sim_der_close(der, mark);
	return der->err;
}

static void put_content(const struct sim_cms *cms, struct sim_der *der)
{
	size_t mark = sim_der_open(der, 0x30);
	size_t wrap;

	sim_der_oid(der, cms->type);
	wrap = sim_der_open(der, 0xA0);
	sim_der_put(der, 0x04, cms->content);
	sim_der_close(der, wrap);
	sim_der_close(der, mark);
}

enum cccd_err sim_cms_sign(const struct sim_profile *profile,
                           struct sim_pki *pki, const struct sim_cms *cms,
                           struct buf *ret)
{
	SIM_DER der = sim_der_make();
	size_t info = sim_der_open(&der, 0x30);
	size_t wrap;
	size_t data;
	size_t set;

	sim_der_oid(&der, "1.2.840.113549.1.7.2");
	wrap = sim_der_open(&der, 0xA0);
	data = sim_der_open(&der, 0x30);
	sim_der_uint(&der, 3);
	set = sim_der_open(&der, 0x31);
	sim_digest_algorithm(pki->ds.digest, &der);
	sim_der_close(&der, set);
	put_content(cms, &der);
	if (!profile->sod.no_certificate)
		sim_der_put(&der, 0xA0, cms->certificate);
	set = sim_der_open(&der, 0x31);
	TRY(put_signer_info(profile, pki, cms, &der));
	sim_der_close(&der, set);
	sim_der_close(&der, data);
	sim_der_close(&der, wrap);
	sim_der_close(&der, info);
	return sim_der_take(&der, ret);
}

static void put_hash(const struct sim_card *card, unsigned int group,
                     struct sim_der *der)
{
	const struct chip_file *file = &card->files[SIM_FILE_DG1 + group - 1];
	struct digest digest = file->digest;
	size_t mark = sim_der_open(der, 0x30);

	if (card->profile->files[SIM_FILE_DG1 + group - 1].bad_hash)
		digest.bytes[0] ^= 0x01;
	sim_der_uint(der, group);
	sim_der_put(der, 0x04, digest_span(&digest));
	sim_der_close(der, mark);
}

/* LDSSecurityObject. [9303-10 4.6.2.2] */
static void put_lds(const struct sim_card *card, struct sim_der *der)
{
	const struct sim_sod_profile *sod = &card->profile->sod;
	size_t whole = sim_der_open(der, 0x30);
	size_t list;

	sim_der_uint(der, sod->version);
	sim_digest_algorithm(sim_digest_by_name(sod->digest), der);
	list = sim_der_open(der, 0x30);
	for (unsigned int i = 1; i <= 16; i++) {
		if (card->files[SIM_FILE_DG1 + i - 1].digest.len == 0 ||
		    card->profile->files[SIM_FILE_DG1 + i - 1].in_sod == SIM_NO)
			continue;
		put_hash(card, i, der);
		if (sod->duplicate_dg && i == 1)
			put_hash(card, i, der);
	}
	sim_der_close(der, list);
	if (sod->version >= 1) {
		size_t info = sim_der_open(der, 0x30);

		sim_der_text(der, 0x13, card->profile->com.lds);
		sim_der_text(der, 0x13, card->profile->com.unicode);
		sim_der_close(der, info);
	}
	sim_der_close(der, whole);
}

/* The outermost objects with indefinite lengths. [X.690 8.1.3.6] */
static enum cccd_err loosen(struct span object, struct buf *ret)
{
	static const uint8_t ends[] = { 0, 0, 0, 0 };
	struct span rest = object;
	struct span body;
	struct span oid;
	struct span inner;
	uint32_t tag;
	const uint8_t heads[] = { 0x30, 0x80 };
	const uint8_t wraps[] = { 0xA0, 0x80 };
	SIM_DER der = sim_der_make();

	if (!sim_der_next(&rest, &tag, &body) ||
	    !sim_der_next(&body, &tag, &oid) ||
	    !sim_der_next(&body, &tag, &inner))
		return CCCD_ERR_INTERNAL;
	sim_der_raw(&der, SPAN(heads));
	sim_der_put(&der, 0x06, oid);
	sim_der_raw(&der, SPAN(wraps));
	sim_der_raw(&der, inner);
	sim_der_raw(&der, SPAN(ends));
	return sim_der_take(&der, ret);
}

static enum cccd_err put_in_file(const struct sim_card *card, struct span cms,
                                 struct buf *ret)
{
	static const uint8_t head[] = { 0x77, 0x80 };
	static const uint8_t end[] = { 0, 0 };
	SIM_DER der = sim_der_make();
	size_t mark;

	if (card->profile->sod.indefinite) {
		TRY(buf_append(ret, SPAN(head)));
		TRY(loosen(cms, ret));
		return buf_append(ret, SPAN(end));
	}
	mark = sim_der_open(&der, 0x77);
	sim_der_raw(&der, cms);
	sim_der_close(&der, mark);
	return sim_der_take(&der, ret);
}

/* Padding goes into the signer's certificate. */
enum cccd_err sim_build_sod(struct sim_card *card, size_t pad, struct buf *ret)
{
	CLEANUP(sim_pki_release)
	struct sim_pki pki = { .ds = { .secret = NULL } };
	SIM_DER lds = sim_der_make();
	BUF signed_data = buf_make(SIM_DER_MAX);
	struct sim_cms cms = { .type = card->profile->sod.content_type };

	if (sim_digest_by_name(card->profile->sod.digest) == DIGEST_NONE)
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	TRY(sim_pki_make(card->profile, &pki));
	buf_reset(&card->ds);
	TRY(sim_pki_ds(card->profile, &pki, pad, &card->ds));
	put_lds(card, &lds);
	TRY(lds.err);
	cms.content = buf_span(&lds.out);
	cms.certificate = buf_span(&card->ds);
	TRY(sim_cms_sign(card->profile, &pki, &cms, &signed_data));
	return put_in_file(card, buf_span(&signed_data), ret);
}
