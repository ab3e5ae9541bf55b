/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of Utopia, and what an import says of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/apdu/auth/zoo/lists.h"

struct csca_store *new_store(void)
{
	struct csca_store *store = NULL;

	assert_int_equal(csca_store_new(CCCD_TRUST_REAL, &store), CCCD_OK);
	return store;
}

void expect(struct auth_check check, enum cccd_verdict verdict,
            const char *reason)
{
	assert_int_equal(check.verdict, verdict);
	assert_string_equal(auth_check_reason(&check), reason);
}

struct told told;

static enum cccd_err tell(const struct trust_judgement *what, void *context)
{
	(void)context;
	assert_true(told.count < TOLD_MAX);
	assert_non_null(what->reason);
	told.at[told.count++] = *what;
	if (what->is_list)
		return CCCD_OK;
	told.admitted += what->admitted;
	told.refused += !what->admitted;
	told.by_kind[what->kind] += what->admitted;
	return CCCD_OK;
}

enum cccd_err import_with(struct csca_store *store,
                          const struct csca_store *pins, bool accept_list,
                          struct span file)
{
	struct trust_import import = { .store = store,
		                       .pins = pins,
		                       .accept_list = accept_list,
		                       .now_s = ZOO_NOW,
		                       .judged = tell };

	memset(&told, 0, sizeof(told));
	return trust_import(&import, file);
}

void make_csca(const char *owner, const char *signer_owner, struct buf *ret)
{
	struct zoo_certificate csca = {
		.country = "UT",
		.common_name = "CSCA Utopia",
		.issuer_country = "UT",
		.issuer_common_name = "CSCA Utopia",
		.key = zoo_key(owner, "P-256"),
		.alg = ZOO_ECDSA,
		.serial = 5,
		.from = ZOO_SIGNED - 2LL * ZOO_YEAR,
		.to = ZOO_SIGNED + 20LL * ZOO_YEAR,
		.is_ca = true,
	};

	if (signer_owner != NULL)
		csca.issuer_key = zoo_key(signer_owner, "P-256");
	zoo_certificate(&csca, ret);
}

/* A signer of lists under the CSCA "csca". */
void make_signer(const char *eku, struct buf *ret)
{
	struct zoo_certificate signer = {
		.country = "UT",
		.common_name = "List signer",
		.issuer_country = "UT",
		.issuer_common_name = "CSCA Utopia",
		.key = zoo_key("lister", "P-256"),
		.issuer_key = zoo_key("csca", "P-256"),
		.alg = ZOO_ECDSA,
		.serial = 900,
		.from = ZOO_SIGNED - ZOO_YEAR,
		.to = ZOO_SIGNED + 5LL * ZOO_YEAR,
		.eku = eku,
	};

	zoo_certificate(&signer, ret);
}

void make_signed(const char *type, struct span content, struct span signer,
                 enum zoo_defect defect, struct buf *ret)
{
	const struct zoo_signed spec = {
		.content_type = type,
		.content = content,
		.key = zoo_key("lister", "P-256"),
		.alg = ZOO_ECDSA,
		.digest = DIGEST_SHA256,
		.attribute_digest = DIGEST_SHA256,
		.signer = signer,
		.by_key_id = true,
		.defect = defect,
	};

	*ret = der_new();
	zoo_signed_data(&spec, ret);
}

static const char master_list[] = "2.23.136.1.1.2";

/* CscaMasterList ::= SEQUENCE { version, SET OF Certificate } */
static void put_list(struct buf *out, const struct span *items, size_t count)
{
	size_t whole = der_begin(out);
	size_t mark = 0;

	der_number(out, 0);
	mark = der_begin(out);
	for (size_t i = 0; i < count; i++)
		der_raw(out, items[i]);
	der_end(out, mark, 0x31);
	der_end(out, whole, 0x30);
}

void fixture_make(const char *eku, enum zoo_defect defect, struct fixture *ret)
{
	BUF content = der_new();
	struct zoo_certificate ds = {
		.country = "UT",
		.common_name = "Document Signer",
		.issuer_country = "UT",
		.issuer_common_name = "CSCA Utopia",
		.key = zoo_key("ds", "P-256"),
		.issuer_key = zoo_key("csca", "P-256"),
		.alg = ZOO_ECDSA,
		.serial = 12,
		.from = ZOO_SIGNED,
		.to = ZOO_SIGNED + 5LL * ZOO_YEAR,
	};

	*ret = (struct fixture){ 0 };
	make_csca("csca", NULL, &ret->csca);
	make_csca("second", NULL, &ret->second);
	make_csca("third", "csca", &ret->third);
	make_csca("fourth", "third", &ret->fourth);
	make_csca("fifth", "nobody", &ret->orphan);
	zoo_certificate(&ds, &ret->ds);
	make_signer(eku, &ret->signer);
	{
		/* The last link stands first. */
		const struct span items[] = {
			buf_span(&ret->fourth), buf_span(&ret->orphan),
			buf_span(&ret->third),  buf_span(&ret->ds),
			buf_span(&ret->csca),   buf_span(&ret->second),
		};

		put_list(&content, items, ARRAY_LEN(items));
	}
	make_signed(master_list, buf_span(&content), buf_span(&ret->signer),
	            defect, &ret->list);
}

void fixture_release(struct fixture *fixture)
{
	buf_release(&fixture->csca);
	buf_release(&fixture->second);
	buf_release(&fixture->third);
	buf_release(&fixture->fourth);
	buf_release(&fixture->orphan);
	buf_release(&fixture->ds);
	buf_release(&fixture->signer);
	buf_release(&fixture->list);
}
