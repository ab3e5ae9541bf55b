/* SPDX-License-Identifier: Apache-2.0 */
/* Who issued a certificate or a CRL: Doc 9303-12 appendix D.1, D.3. */
#include "apdu/auth/issuer.h"

#include "apdu/tlv/tlv.h"

enum { LINKS_MAX = 8 };

/* What speaks for a candidate; the greatest sum wins. */
enum {
	RANK_SIGNED = 16,
	RANK_REAL = 8,
	RANK_NAME = 4,
	RANK_KEY_ID = 2,
	RANK_IN_FORCE = 1,
};

bool issuer_key_signed(const struct csca_entry *entry,
                       const struct certificate *certificate)
{
	PUBLIC_KEY key = { 0 };
	bool good = false;

	return public_key_parse(entry->certificate.spki, &key) == CCCD_OK &&
	       certificate_signed_by(certificate, &key, NULL, &good) ==
	               CCCD_OK &&
	       good;
}

static bool key_id_fits(const struct csca_entry *entry,
                        const struct certificate *certificate)
{
	struct span id = certificate->ext.authority_key_id;

	return id.len > 0 &&
	       span_equal(id, entry->certificate.ext.subject_key_id);
}

/* The state's letters first: comparing whole names is dear. */
static bool names_fit(struct span name, struct span other)
{
	char state[STATE_TEXT_MAX];
	char other_state[STATE_TEXT_MAX];

	if (span_equal(name, other))
		return true;
	certificate_country(name, state);
	certificate_country(other, other_state);
	return strcmp(state, other_state) == 0 &&
	       certificate_names_equal(name, other);
}

static bool in_force(const struct certificate *csca, int64_t when)
{
	return csca->not_before <= when && when <= csca->not_after;
}

static bool is_usable(const struct csca_store *store,
                      const struct csca_entry *entry)
{
	return !entry->specimen || csca_store_mode(store) == CCCD_TRUST_DEMO;
}

/* 0 when @entry is no candidate at all. */
static int rank(const struct csca_store *store, const struct csca_entry *entry,
                const struct certificate *certificate)
{
	bool key_id = key_id_fits(entry, certificate);
	bool name = names_fit(certificate->issuer, entry->certificate.subject);
	int sum = 0;

	if (!key_id && !name)
		return 0;
	if (entry->kind == CCCD_TRUST_LINK &&
	    !issuer_link_is_trusted(store, entry))
		return 0;
	sum += issuer_key_signed(entry, certificate) ? RANK_SIGNED : 0;
	sum += is_usable(store, entry) ? RANK_REAL : 0;
	sum += name ? RANK_NAME : 0;
	sum += key_id ? RANK_KEY_ID : 0;
	sum += in_force(&entry->certificate, certificate->not_before)
	               ? RANK_IN_FORCE
	               : 0;
	return sum;
}

/* The best so far; @claimed: the key the certificate names is here. */
struct best {
	int rank;
	bool claimed;
	const struct csca_entry *entry;
};

static void search(const struct csca_store *store, enum cccd_trust_kind kind,
                   const struct certificate *certificate, struct best *best)
{
	const struct csca_entry *entry = NULL;

	for (size_t i = 0; (entry = csca_store_at(store, kind, i)) != NULL;
	     i++) {
		int sum = rank(store, entry, certificate);

		best->claimed = best->claimed || (sum & RANK_KEY_ID) != 0;
		if (sum > best->rank) {
			best->rank = sum;
			best->entry = entry;
		}
	}
}

static enum issuer_outcome outcome_of(const struct best *best)
{
	if ((best->rank & RANK_SIGNED) == 0)
		return best->claimed ? ISSUER_SIGNATURE_WRONG : ISSUER_UNKNOWN;
	if ((best->rank & RANK_NAME) == 0)
		return ISSUER_NAME_DIFFERS;
	return (best->rank & RANK_REAL) != 0 ? ISSUER_FOUND : ISSUER_SPECIMEN;
}

/* An algorithm that cannot be read or used is no matter of the issuer. */
static enum cccd_err check_algorithm(const struct certificate *certificate)
{
	struct signature_algorithm algorithm = { 0 };
	struct span identifier = { 0 };

	TRY(tlv_only(certificate->algorithm, TAG_SEQUENCE, &identifier));
	return signature_algorithm_parse(identifier, DIGEST_NONE, &algorithm);
}

enum cccd_err issuer_find(const struct csca_store *store,
                          const struct certificate *certificate,
                          struct issuer *ret)
{
	struct issuer issuer = { 0 };
	struct best best = { 0 };

	TRY(check_algorithm(certificate));
	search(store, CCCD_TRUST_ANCHOR, certificate, &best);
	search(store, CCCD_TRUST_LINK, certificate, &best);
	issuer.outcome = outcome_of(&best);
	issuer.by_name = (best.rank & RANK_KEY_ID) == 0;
	if (issuer.outcome != ISSUER_UNKNOWN)
		issuer.entry = best.entry;
	issuer.through_link =
	        issuer.entry != NULL && issuer.entry->kind == CCCD_TRUST_LINK;
	*ret = issuer;
	return CCCD_OK;
}

/* The first of @kind whose name and key stand above @certificate. */
static const struct csca_entry *
signer_among(const struct csca_store *store, enum cccd_trust_kind kind,
             const struct certificate *certificate)
{
	const struct csca_entry *entry = NULL;

	for (size_t i = 0; (entry = csca_store_at(store, kind, i)) != NULL; i++)
		if (is_usable(store, entry) &&
		    &entry->certificate != certificate &&
		    names_fit(certificate->issuer,
		              entry->certificate.subject) &&
		    issuer_key_signed(entry, certificate))
			return entry;
	return NULL;
}

bool issuer_link_is_trusted(const struct csca_store *store,
                            const struct csca_entry *link)
{
	for (size_t hop = 0; link != NULL && hop < LINKS_MAX; hop++) {
		if (signer_among(store, CCCD_TRUST_ANCHOR,
		                 &link->certificate) != NULL)
			return true;
		link = signer_among(store, CCCD_TRUST_LINK, &link->certificate);
	}
	return false;
}

/* Whether a trusted link renamed the CSCA @from to @to. */
static bool was_renamed(const struct csca_store *store, struct span from,
                        struct span to)
{
	const struct csca_entry *link = NULL;

	for (size_t i = 0;
	     (link = csca_store_at(store, CCCD_TRUST_LINK, i)) != NULL; i++)
		if (names_fit(link->certificate.issuer, from) &&
		    names_fit(link->certificate.subject, to) &&
		    issuer_link_is_trusted(store, link))
			return true;
	return false;
}

static bool key_signed_crl(const struct csca_entry *entry,
                           const struct crl *crl)
{
	struct span id = entry->certificate.ext.subject_key_id;
	PUBLIC_KEY key = { 0 };
	bool good = false;

	if (crl->authority_key_id.len > 0 && id.len > 0 &&
	    !span_equal(crl->authority_key_id, id))
		return false;
	return public_key_parse(entry->certificate.spki, &key) == CCCD_OK &&
	       crl_signed_by(crl, &key, &good) == CCCD_OK && good;
}

static bool crl_signer_among(const struct csca_store *store,
                             enum cccd_trust_kind kind, const struct crl *crl)
{
	const struct csca_entry *entry = NULL;

	for (size_t i = 0; (entry = csca_store_at(store, kind, i)) != NULL; i++)
		if (is_usable(store, entry) &&
		    names_fit(crl->issuer, entry->certificate.subject) &&
		    (kind == CCCD_TRUST_ANCHOR ||
		     issuer_link_is_trusted(store, entry)) &&
		    key_signed_crl(entry, crl))
			return true;
	return false;
}

bool issuer_of_crl_known(const struct csca_store *store, const struct crl *crl)
{
	return crl_signer_among(store, CCCD_TRUST_ANCHOR, crl) ||
	       crl_signer_among(store, CCCD_TRUST_LINK, crl);
}

bool issuer_verify_crl(const struct csca_store *store, const struct crl *crl,
                       const struct csca_entry *csca)
{
	if (crl->unusable)
		return false;
	if (!names_fit(crl->issuer, csca->certificate.subject) &&
	    !was_renamed(store, csca->certificate.subject, crl->issuer))
		return false;
	return issuer_of_crl_known(store, crl);
}
