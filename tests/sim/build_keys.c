/* SPDX-License-Identifier: Apache-2.0 */
/* The chip's static keys and the SecurityInfos that announce them:
 * 9303-11 9.2. */
#include "tests/sim/build.h"

#include <stdio.h>
#include <stdlib.h>

enum { INFOS_MAX = 32, STANDARD_DOMAINS = 31 };

static enum cccd_err make_pair(struct sim_card *card,
                               const struct sim_group *group,
                               const char *purpose, BIGNUM **ret_secret,
                               struct sim_element *ret_public)
{
	struct sim_rng rng;
	SIM_ELEMENT base = { .point = NULL };

	TRY(sim_rng_init(card->profile->seed, purpose, &rng));
	TRY(sim_group_private(group, &rng, ret_secret));
	TRY(sim_group_generator(group, &base));
	return sim_group_power(group, &base, *ret_secret, ret_public);
}

static enum cccd_err make_ca_key(struct sim_card *card, size_t index)
{
	struct chip_ca_key *key = &card->ca[index];
	char purpose[32];
	SIM_DER der = sim_der_make();

	key->profile = &card->profile->chip_auth.keys[index];
	if (chip_ca_oid(key->profile->protocol) == NULL)
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	(void)snprintf(purpose, sizeof(purpose), "chip_auth %zu", index);
	TRY(sim_group_open(key->profile->domain, &key->group));
	/* "dh-" and "ecdh-" name the kind of group. */
	if ((key->profile->protocol[0] == 'd') != (key->group.curve == NULL))
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	TRY(make_pair(card, &key->group, purpose, &key->secret,
	              &key->public_key));
	TRY(sim_group_public_key(&key->group, &key->public_key,
	                         key->profile->explicit_domain, &der));
	key->public_info = buf_make(SIM_DER_MAX);
	return sim_der_take(&der, &key->public_info);
}

static enum cccd_err make_aa_rsa(struct sim_card *card, struct sim_der *der)
{
	const struct sim_active_auth_profile *how = &card->profile->active_auth;
	struct sim_rng rng;

	TRY(sim_rng_init(card->profile->seed, "active_auth", &rng));
	TRY(sim_rsa_make(&rng, how->bits, how->exponent, &card->aa.rsa));
	return sim_rsa_public_key(&card->aa.rsa, der);
}

static enum cccd_err make_aa_ecdsa(struct sim_card *card, struct sim_der *der)
{
	const struct sim_active_auth_profile *how = &card->profile->active_auth;
	SIM_ELEMENT public_key = { .point = NULL };

	TRY(sim_group_open(how->domain, &card->aa.group));
	TRY(make_pair(card, &card->aa.group, "active_auth", &card->aa.secret,
	              &public_key));
	return sim_group_public_key(&card->aa.group, &public_key,
	                            how->explicit_domain, der);
}

enum cccd_err sim_build_keys(struct sim_card *card)
{
	const struct sim_active_auth_profile *how = &card->profile->active_auth;
	SIM_DER der = sim_der_make();

	for (size_t i = 0; i < card->profile->chip_auth.count; i++)
		TRY(make_ca_key(card, i));
	if (strcmp(how->type, "none") == 0)
		return CCCD_OK;
	if (sim_digest_by_name(how->hash) == DIGEST_NONE)
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	if (strcmp(how->type, "rsa") == 0)
		TRY(make_aa_rsa(card, &der));
	else if (strcmp(how->type, "ecdsa") == 0)
		TRY(make_aa_ecdsa(card, &der));
	else
		return CCCD_ERR_CRYPTO_UNSUPPORTED;
	card->aa.public_info = buf_make(SIM_DER_MAX);
	return sim_der_take(&der, &card->aa.public_info);
}

/* struct infos - members of SecurityInfos, to be sorted as DER wants. */
struct infos {
	struct buf items[INFOS_MAX];
	size_t count;
	enum cccd_err err;
};

static void infos_release(struct infos *infos)
{
	for (size_t i = 0; i < infos->count; i++)
		buf_release(&infos->items[i]);
}

static void add(struct infos *infos, struct sim_der *info)
{
	if (infos->err != CCCD_OK)
		return;
	if (infos->count == INFOS_MAX) {
		infos->err = CCCD_ERR_DATA_TOO_LARGE;
		return;
	}
	infos->items[infos->count] = buf_make(SIM_DER_MAX);
	infos->err = sim_der_take(info, &infos->items[infos->count]);
	infos->count++;
}

/* SEQUENCE { OID, INTEGER version, INTEGER last OPTIONAL } */
static void add_plain(struct infos *infos, const char *oid,
                      unsigned int version, bool has_last, unsigned int last)
{
	SIM_DER info = sim_der_make();
	size_t mark = sim_der_open(&info, 0x30);

	sim_der_oid(&info, oid);
	sim_der_uint(&info, version);
	if (has_last)
		sim_der_uint(&info, last);
	sim_der_close(&info, mark);
	add(infos, &info);
}

/* [9303-11 9.2.2] The object identifier without its cipher. */
static void add_domain(struct infos *infos, const struct sim_oid *oid,
                       const struct sim_pace_profile *pace)
{
	SIM_DER info = sim_der_make();
	SIM_GROUP group = { .id = 0 };
	size_t mark = sim_der_open(&info, 0x30);

	if (infos->err == CCCD_OK)
		infos->err = sim_group_open(pace->explicit_of, &group);
	if (infos->err != CCCD_OK)
		return;
	sim_der_put(&info, 0x06, span_of(oid->bytes, oid->len - 1));
	sim_group_algorithm(&group, true, &info);
	sim_der_uint(&info, pace->domain);
	sim_der_close(&info, mark);
	add(infos, &info);
}

static void add_pace(struct infos *infos, const struct sim_pace_profile *pace)
{
	SIM_DER info = sim_der_make();
	size_t mark = sim_der_open(&info, 0x30);
	struct sim_oid oid;
	enum sim_mapping mapping;
	enum sim_cipher cipher;

	if (!chip_pace_protocol(pace->protocol, &oid, &mapping, &cipher)) {
		infos->err = CCCD_ERR_CRYPTO_UNSUPPORTED;
		return;
	}
	sim_der_put(&info, 0x06, span_of(oid.bytes, oid.len));
	sim_der_uint(&info, pace->version);
	sim_der_uint(&info, pace->domain);
	sim_der_close(&info, mark);
	add(infos, &info);
	if (pace->domain > STANDARD_DOMAINS)
		add_domain(infos, &oid, pace);
}

static void add_chip_auth(struct infos *infos, const struct sim_card *card)
{
	for (size_t i = 0; i < card->profile->chip_auth.count; i++) {
		const struct sim_ca_profile *key = card->ca[i].profile;

		if (key->announce)
			add_plain(infos, chip_ca_oid(key->protocol), 1,
			          key->has_id, key->id);
	}
}

/* ChipAuthenticationPublicKeyInfo. [9303-11 9.2.6] */
static void add_ca_keys(struct infos *infos, const struct sim_card *card,
                        bool dg14_only)
{
	for (size_t i = 0; i < card->profile->chip_auth.count; i++) {
		const struct chip_ca_key *key = &card->ca[i];
		SIM_DER info = sim_der_make();
		size_t mark = sim_der_open(&info, 0x30);

		if (dg14_only && !key->profile->in_dg14)
			continue;
		sim_der_oid(&info, key->group.curve != NULL
		                           ? "0.4.0.127.0.7.2.2.1.2"
		                           : "0.4.0.127.0.7.2.2.1.1");
		sim_der_raw(&info, buf_span(&key->public_info));
		if (key->profile->has_id)
			sim_der_uint(&info, key->profile->id);
		sim_der_close(&info, mark);
		add(infos, &info);
	}
}

/* [9303-11 9.2.4] ecdsa-plain-SHA… of TR-03111, or RSA's own. */
static void add_active_auth(struct infos *infos, const struct sim_card *card)
{
	const struct sim_active_auth_profile *how = &card->profile->active_auth;
	enum digest_id id = sim_digest_by_name(how->hash);
	SIM_DER info = sim_der_make();
	size_t mark = sim_der_open(&info, 0x30);
	char oid[64];

	if (strcmp(how->type, "ecdsa") != 0 || !how->announce)
		return;
	(void)snprintf(oid, sizeof(oid), "0.4.0.127.0.7.1.1.4.1.%d",
	               (int)id - (int)DIGEST_SHA1 + 1);
	sim_der_oid(&info, "2.23.136.1.1.5");
	sim_der_uint(&info, 1);
	sim_der_oid(&info, oid);
	sim_der_close(&info, mark);
	add(infos, &info);
}

/* What EF.CardAccess holds, and what DG14 repeats. [9303-11 9.2.11] */
static void add_access(struct infos *infos, const struct sim_card *card)
{
	const struct sim_access_profile *access = &card->profile->access;

	if (access->announce_ta)
		add_plain(infos, "0.4.0.127.0.7.2.2.2", 1, false, 0);
	if (access->announce_ca)
		add_chip_auth(infos, card);
	for (size_t i = 0; i < access->pace_count; i++)
		add_pace(infos, &access->pace[i]);
}

static int compare(const void *a, const void *b)
{
	const struct buf *left = a;
	const struct buf *right = b;
	size_t len = left->len < right->len ? left->len : right->len;
	int order = memcmp(left->at, right->at, len);

	if (order != 0)
		return order;
	return left->len < right->len ? -1 : left->len > right->len;
}

/* SET OF, in DER order [X.690 11.6] unless @sorted is false. */
static enum cccd_err write_set(struct infos *infos, bool sorted,
                               struct sim_der *der)
{
	size_t mark = sim_der_open(der, 0x31);

	TRY(infos->err);
	if (sorted)
		qsort(infos->items, infos->count, sizeof(infos->items[0]),
		      compare);
	for (size_t i = 0; i < infos->count; i++)
		sim_der_raw(der, buf_span(&infos->items[i]));
	sim_der_close(der, mark);
	return der->err;
}

enum cccd_err sim_build_card_access(const struct sim_card *card,
                                    struct buf *ret)
{
	CLEANUP(infos_release) struct infos infos = { .count = 0 };
	SIM_DER der = sim_der_make();

	add_access(&infos, card);
	TRY(write_set(&infos, true, &der));
	return sim_der_take(&der, ret);
}

/* A SecurityInfo that nobody knows, 17 bytes or more. */
static enum cccd_err add_filler(struct infos *infos, size_t pad)
{
	SIM_DER info = sim_der_make();
	BUF filler = buf_make(4096);
	size_t mark = sim_der_open(&info, 0x30);

	if (pad == 0)
		return CCCD_OK;
	while (filler.len < pad)
		TRY(buf_append_byte(&filler, 'S'));
	sim_der_oid(&info, "2.999.1");
	sim_der_put(&info, 0x04, buf_span(&filler));
	sim_der_close(&info, mark);
	add(infos, &info);
	return infos->err;
}

enum cccd_err sim_build_dg14(const struct sim_card *card, size_t pad,
                             struct buf *ret)
{
	CLEANUP(infos_release) struct infos infos = { .count = 0 };
	SIM_DER der = sim_der_make();
	size_t mark = sim_der_open(&der, 0x6E);

	add_access(&infos, card);
	if (!card->profile->access.announce_ca)
		add_chip_auth(&infos, card);
	add_ca_keys(&infos, card, true);
	add_active_auth(&infos, card);
	TRY(add_filler(&infos, pad));
	if (infos.count == 0)
		return CCCD_ERR_DATA_MISSING;
	TRY(write_set(&infos, !card->profile->chip_auth.unsorted, &der));
	sim_der_close(&der, mark);
	return sim_der_take(&der, ret);
}

static void free_pki(struct sim_pki *pki)
{
	sim_pki_release(pki);
}

/* SignedData over SecurityInfos. [9303-10 3.11.4] */
enum cccd_err sim_build_card_security(struct sim_card *card, struct buf *ret)
{
	CLEANUP(infos_release) struct infos infos = { .count = 0 };
	CLEANUP(free_pki) struct sim_pki pki = { .ds = { .secret = NULL } };
	SIM_DER der = sim_der_make();
	struct sim_cms cms = { .type = "0.4.0.127.0.7.3.2.1" };

	add_access(&infos, card);
	if (!card->profile->access.announce_ca)
		add_chip_auth(&infos, card);
	add_ca_keys(&infos, card, false);
	TRY(write_set(&infos, true, &der));
	TRY(sim_pki_make(card->profile, &pki));
	cms.content = buf_span(&der.out);
	cms.certificate = buf_span(&card->ds);
	return sim_cms_sign(card->profile, &pki, &cms, ret);
}
