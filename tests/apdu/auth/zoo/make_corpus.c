/* SPDX-License-Identifier: Apache-2.0 */
/* Seeds for the fuzz targets: zoo_corpus DIR writes DIR/NAME/ID. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/apdu/auth/zoo/judge.h"

static void save(const char *dir, const char *target, const char *name,
                 struct span bytes)
{
	char path[512];
	FILE *file = NULL;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, target);
	(void)mkdir(path, 0755);
	(void)snprintf(path, sizeof(path), "%s/%s/%s", dir, target, name);
	file = fopen(path, "wb");
	if (file == NULL || fwrite(bytes.at, 1, bytes.len, file) != bytes.len ||
	    fclose(file) != 0)
		abort();
}

static void prefixed(struct span first, struct span second, struct buf *ret)
{
	uint8_t len[2] = { (uint8_t)(first.len >> 8), (uint8_t)first.len };

	der_raw(ret, SPAN(len));
	der_raw(ret, first);
	der_raw(ret, second);
}

static void save_document(const char *dir, const char *name,
                          const struct zoo_spec *spec)
{
	ZOO_DOCUMENT document = { 0 };
	BUF out = der_new();

	zoo_make(spec, &document);
	prefixed(buf_span(&document.csca), buf_span(&document.sod), &out);
	save(dir, "sod_cms", name, buf_span(&out));
	save(dir, "ds_certificate", name, buf_span(&document.ds));
	save(dir, "master_list", name, buf_span(&document.csca));
}

static void save_crls(const char *dir)
{
	const unsigned long serials[] = { 1, 4711 };
	struct zoo_crl spec = {
		.country = "UT",
		.common_name = "CSCA Utopia",
		.key = zoo_key("csca", "P-256"),
		.alg = ZOO_ECDSA,
		.digest = DIGEST_SHA256,
		.this_update = ZOO_NOW,
		.next_update = ZOO_NOW + 86400,
		.serials = serials,
		.count = 2,
	};
	BUF der = { 0 };
	BUF delta = { 0 };

	zoo_crl(&spec, &der);
	save(dir, "crl", "two", buf_span(&der));
	spec.delta = true;
	spec.next_update = 0;
	zoo_crl(&spec, &delta);
	save(dir, "crl", "delta", buf_span(&delta));
}

/* A list of Utopia's CSCA, signed by its document signer's key. */
static void save_list(const char *dir, const struct zoo_document *document,
                      const char *eku)
{
	struct zoo_certificate signer = {
		.country = "UT",
		.common_name = "List signer",
		.issuer_country = "UT",
		.issuer_common_name = "CSCA Utopia",
		.key = zoo_key("ds", "P-256"),
		.issuer_key = zoo_key("csca", "P-256"),
		.alg = ZOO_ECDSA,
		.serial = 900,
		.from = ZOO_SIGNED - ZOO_YEAR,
		.to = ZOO_SIGNED + 5LL * ZOO_YEAR,
		.eku = eku,
	};
	struct zoo_signed spec = {
		.content_type = "2.23.136.1.1.2",
		.key = zoo_key("ds", "P-256"),
		.alg = ZOO_ECDSA,
		.digest = DIGEST_SHA256,
		.attribute_digest = DIGEST_SHA256,
		.by_key_id = true,
	};
	BUF content = der_new();
	BUF certificate = { 0 };
	BUF list = der_new();
	size_t mark = 0;

	zoo_certificate(&signer, &certificate);
	der_number(&content, 0);
	mark = der_begin(&content);
	der_raw(&content, buf_span(&document->csca));
	der_raw(&content, buf_span(&document->ds));
	der_end(&content, mark, 0x31);
	der_end(&content, 0, 0x30);
	spec.content = buf_span(&content);
	spec.signer = buf_span(&certificate);
	spec.more[0] = buf_span(&document->csca);
	zoo_signed_data(&spec, &list);
	save(dir, "master_list", eku == NULL ? "list_of_nobody" : "list",
	     buf_span(&list));
}

/* DeviationList with every condition and every kind of parameter. */
static void save_deviations(const char *dir,
                            const struct zoo_document *document)
{
	BUF content = der_new();
	BUF out = der_new();
	size_t set = 0;
	size_t one = 0;
	size_t mark = 0;

	der_number(&content, 0);
	zoo_digest_algorithm(DIGEST_SHA256, &content);
	set = der_begin(&content);
	one = der_begin(&content);
	der_put(&content, 0x80, span_text("I<"));
	der_put(&content, 0x82, SPAN(((const uint8_t[]){ 1, 2, 3 })));
	mark = der_begin(&content);
	der_time(&content, ZOO_SIGNED, true);
	der_time(&content, ZOO_NOW, true);
	der_end(&content, mark, 0xA4);
	mark = der_begin(&content);
	der_text(&content, 0x13, "C1234567");
	der_end(&content, mark, 0xA5);
	der_end(&content, one, 0x30);
	mark = der_begin(&content);
	der_oid(&content, "2.23.136.1.1.7.2.2");
	der_put(&content, 0xA0, SPAN(((const uint8_t[]){ 2, 1, 2 })));
	der_end(&content, mark, 0x30);
	der_end(&content, mark, 0x31);
	der_end(&content, one, 0x30);
	der_end(&content, set, 0x31);
	der_end(&content, 0, 0x30);
	prefixed(buf_span(&document->ds), buf_span(&content), &out);
	save(dir, "deviation_list", "all", buf_span(&out));
}

int main(int argc, char **argv)
{
	const struct zoo_spec ec = { .csca = "P-256",
		                     .ds = "P-256",
		                     .chain = ZOO_ECDSA,
		                     .sod = ZOO_ECDSA };

	ZOO_DOCUMENT document = { 0 };

	if (argc != 2)
		return 1;
	zoo_make(&ec, &document);
	save_list(argv[1], &document, "2.23.136.1.1.3");
	save_list(argv[1], &document, NULL);
	save_deviations(argv[1], &document);
	for (int defect = 0; defect < ZOO_DEFECTS; defect++) {
		struct zoo_spec spec = ec;
		char name[32];

		spec.defect = (enum zoo_defect)defect;
		spec.by_key_id = defect == ZOO_SI_KEY_ID;
		spec.lds_1_8 = defect % 2 == 1;
		spec.explicit_curve = defect >= ZOO_DS_CURVE_GENERATOR;
		if (defect == ZOO_SI_SUFFIX || defect == ZOO_DS_KEY_MD5 ||
		    defect == ZOO_DS_ALGORITHM_MD5 ||
		    defect == ZOO_SI_ALGORITHM_MD5 ||
		    (defect >= ZOO_SI_PSS_TRAILER &&
		     defect <= ZOO_SI_PSS_NO_PARAMETERS))
			continue;
		(void)snprintf(name, sizeof(name), "zoo_%03d", defect);
		save_document(argv[1], name, &spec);
	}
	save_crls(argv[1]);
	zoo_keys_free();
	return 0;
}
