/* SPDX-License-Identifier: Apache-2.0 */
/* Code tables from files and signed bundles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

/* Before cmocka, whose fail() is a macro. */
#include "lib/json/tables.h"

#include <cmocka.h>

#define HEAD(name, date, sum)                                            \
	"{\"schema\":\"urn:cccd:table:1\",\"name\":\"" name              \
	"\",\"version\":\"7\",\"date\":\"" date                          \
	"\",\"confidence\":\"single\",\"source\":\"a test\",\"sha256\":" \
	"\"" sum "\","
/* SHA-256 of nothing. */
#define EMPTY   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define NO_ROWS "\"rows\":[]}"

static enum cccd_err parse(const char *text, struct cccd_error *error)
{
	struct cccd_table *table = NULL;
	enum cccd_err err = json_table_parse(span_text(text), error, &table);

	json_table_free(table);
	return err;
}

/* The text of a table with rows, under the sum of those rows. */
static const char *with_sum(const char *rows, const char *cells)
{
	static char text[4096];
	uint8_t digest[32];
	char sum[65];

	assert_int_equal(EVP_Digest(cells, strlen(cells), digest, NULL,
	                            EVP_sha256(), NULL),
	                 1);
	for (size_t i = 0; i < sizeof(digest); i++)
		(void)snprintf(sum + 2 * i, 3, "%02x", digest[i]);
	(void)snprintf(text, sizeof(text),
	               HEAD("sexes", "2026-01-01", "%s") "\"rows\":%s}", sum,
	               rows);
	return text;
}

static void table_parse_takes_rows(void **state)
{
	struct cccd_table *table = NULL;
	const char *text = with_sum(
	        "[{\"code\":\"1\",\"name\":\"Một\"},{\"code\":\"2\",\"name\":"
	        "\"Hai\",\"name_en\":\"Two\",\"to\":\"x\",\"aliases\":[\"B\","
	        "\"C\"]}]",
	        "1\tMột\t\t\t\n2\tHai\tTwo\tx\tB|C\n");

	(void)state;
	assert_int_equal(json_table_parse(span_text(text), NULL, &table),
	                 CCCD_OK);
	assert_string_equal(table->name, "sexes");
	assert_string_equal(table->version, "7");
	assert_string_equal(table->date, "2026-01-01");
	assert_string_equal(table->confidence, "single");
	assert_int_equal(table->row_count, 2);
	assert_string_equal(table->rows[0].code, "1");
	assert_string_equal(table->rows[0].aliases, "");
	assert_string_equal(table->rows[1].name_en, "Two");
	assert_string_equal(table->rows[1].to, "x");
	assert_string_equal(table->rows[1].aliases, "B|C");
	json_table_free(table);
}

static void table_parse_refuses_bad_files(void **state)
{
	static const char *const cases[] = {
		"",
		"[]",
		"null",
		"{}",
		"{",
		HEAD("sexes", "2026-01-01", EMPTY) "\"rows\":{}}",
		HEAD("sexes", "2026-1-1", EMPTY) NO_ROWS,
		HEAD("sexes", "2026-01-011", EMPTY) NO_ROWS,
		HEAD("", "2026-01-01", EMPTY) NO_ROWS,
		HEAD("sexes", "2026-01-01", "00") NO_ROWS,
		HEAD("a-name-that-is-longer-than-there-is-room-for",
		     "2026-01-01", EMPTY) NO_ROWS,
		"{\"schema\":\"urn:cccd:table:2\",\"rows\":[]}",
		"{\"schema\":7,\"rows\":[]}",
	};
	struct cccd_error error = { 0 };

	(void)state;
	assert_int_equal(
	        parse(HEAD("sexes", "2026-01-01", EMPTY) NO_ROWS, NULL),
	        CCCD_OK);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		error = (struct cccd_error){ 0 };
		assert_int_equal(parse(cases[i], &error),
		                 CCCD_ERR_POLICY_CONFIG);
		assert_true(error.text[0] != '\0');
	}
}

static void table_parse_refuses_bad_rows(void **state)
{
	static const struct {
		const char *rows;
		const char *cells;
	} cases[] = {
		{ "[7]", "" },
		{ "[{}]", "\t\t\t\t\n" },
		{ "[{\"code\":\"1\"}]", "1\t\t\t\t\n" },
		{ "[{\"code\":1,\"name\":\"a\"}]", "1\ta\t\t\t\n" },
		{ "[{\"code\":\"\",\"name\":\"a\"}]", "\ta\t\t\t\n" },
		{ "[{\"code\":\"1\",\"name\":\"a\",\"to\":2}]",
		  "1\ta\t\t2\t\n" },
		{ "[{\"code\":\"1\",\"name\":\"a|b\"}]", "1\ta|b\t\t\t\n" },
		{ "[{\"code\":\"1\",\"name\":\"a\\tb\"}]", "1\ta\tb\t\t\t\n" },
		{ "[{\"code\":\"1\",\"name\":\"a\",\"aliases\":\"b\"}]",
		  "1\ta\t\t\tb\n" },
		{ "[{\"code\":\"1\",\"name\":\"a\",\"aliases\":[1]}]",
		  "1\ta\t\t\t1\n" },
		{ "[{\"code\":\"1\",\"name\":\"a\",\"aliases\":[\"\"]}]",
		  "1\ta\t\t\t\n" },
		/* The same code twice. */
		{ "[{\"code\":\"1\",\"name\":\"a\"},{\"code\":\"1\","
		  "\"name\":\"b\"}]",
		  "1\ta\t\t\t\n1\tb\t\t\t\n" },
		/* Not the sum of these rows. */
		{ "[{\"code\":\"1\",\"name\":\"a\"}]", "1\tb\t\t\t\n" },
		{ "[{\"code\":\"1\",\"name\":\"\xC3\x28\"}]",
		  "1\t\xC3\x28\t\t\t\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(
		        parse(with_sum(cases[i].rows, cases[i].cells), NULL),
		        CCCD_ERR_POLICY_CONFIG);
}

static void table_parse_names_the_line(void **state)
{
	struct cccd_error error = { 0 };

	(void)state;
	assert_int_equal(parse("{\n\n \"schema\": ?\n}", &error),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_string_equal(error.text, "table: line 3: not JSON");
	error = (struct cccd_error){ 0 };
	assert_int_equal(parse(with_sum("[{\"code\":\"1\",\"name\":\"a\"},"
	                                "{\"code\":\"2\",\"name\":5}]",
	                                ""),
	                       &error),
	                 CCCD_ERR_POLICY_CONFIG);
	assert_string_equal(error.text, "table: row 2: bad \"name\"");
}

static void tables_load_takes_the_shipped_ones(void **state)
{
	struct json_tables tables = { 0 };
	char dir[1024];

	(void)state;
	(void)snprintf(
	        dir, sizeof(dir), "%s/data/tables",
	        getenv("CCCD_SOURCE_DIR")); /* NOLINT(concurrency-mt-unsafe) */
	assert_int_equal(json_tables_load(dir, NULL, &tables), CCCD_OK);
	assert_non_null(tables.view.provinces_63);
	assert_non_null(tables.view.communes);
	json_tables_release(&tables);
	/* No folder, no tables, no error: texts stay texts. */
	assert_int_equal(json_tables_load("/nonexistent", NULL, &tables),
	                 CCCD_OK);
	assert_null(tables.view.provinces_63);
}

/* A key pair, its pin, and what it signs. */
struct signer {
	EVP_PKEY *pkey;
	struct sign_key pin;
};

static struct signer make_signer(void)
{
	struct signer signer = { .pkey = EVP_PKEY_Q_keygen(NULL, NULL,
		                                           "ED25519") };
	size_t len = sizeof(signer.pin.bytes);

	assert_non_null(signer.pkey);
	assert_int_equal(EVP_PKEY_get_raw_public_key(signer.pkey,
	                                             signer.pin.bytes, &len),
	                 1);
	return signer;
}

static void sign(const struct signer *signer, const char *text,
                 uint8_t ret[static SIGN_ED25519_LEN])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len = SIGN_ED25519_LEN;

	assert_int_equal(
	        EVP_DigestSignInit(ctx, NULL, NULL, NULL, signer->pkey), 1);
	assert_int_equal(EVP_DigestSign(ctx, ret, &len,
	                                (const unsigned char *)text,
	                                strlen(text)),
	                 1);
	EVP_MD_CTX_free(ctx);
}

#define BUNDLE(tables) \
	"{\"schema\":\"urn:cccd:table-bundle:1\",\"tables\":[" tables "]}"

static enum cccd_err apply(struct json_tables *tables,
                           const struct signer *signer,
                           const struct sign_key *pin, const char *text)
{
	uint8_t signature[SIGN_ED25519_LEN];

	sign(signer, text, signature);
	return json_tables_apply_bundle(tables, span_text(text),
	                                SPAN(signature), pin, 1, NULL);
}

static void bundle_replaces_tables_under_a_pin(void **state)
{
	static const char *const bundle =
	        BUNDLE(HEAD("sexes", "2026-06-01", EMPTY) NO_ROWS);
	struct json_tables tables = { 0 };
	struct signer good = make_signer();
	struct signer other = make_signer();
	struct sign_key pins[2];
	uint8_t signature[SIGN_ED25519_LEN];

	(void)state;
	assert_int_equal(apply(&tables, &good, &good.pin, bundle), CCCD_OK);
	assert_string_equal(tables.view.sexes->date, "2026-06-01");
	/* Any of the pins will do. */
	pins[0] = other.pin;
	pins[1] = good.pin;
	sign(&good, bundle, signature);
	assert_int_equal(json_tables_apply_bundle(&tables, span_text(bundle),
	                                          SPAN(signature), pins, 2,
	                                          NULL),
	                 CCCD_OK);
	/* The same again is not older. */
	assert_int_equal(apply(&tables, &good, &good.pin, bundle), CCCD_OK);
	assert_int_equal(apply(&tables, &other, &good.pin, bundle),
	                 CCCD_ERR_TRUST_REFUSED);
	assert_int_equal(json_tables_apply_bundle(&tables, span_text(bundle),
	                                          span_of("short", 5),
	                                          &good.pin, 1, NULL),
	                 CCCD_ERR_TRUST_REFUSED);
	assert_int_equal(json_tables_apply_bundle(&tables, span_text(bundle),
	                                          span_of("short", 5), NULL, 0,
	                                          NULL),
	                 CCCD_ERR_TRUST_REFUSED);
	json_tables_release(&tables);
	EVP_PKEY_free(good.pkey);
	EVP_PKEY_free(other.pkey);
}

static void bundle_is_all_or_nothing(void **state)
{
	static const char *const bad[] = {
		/* Older than the one in place. */
		BUNDLE(HEAD("communes", "2027-01-01", EMPTY) NO_ROWS
		       "," HEAD("sexes", "2026-05-31", EMPTY) NO_ROWS),
		BUNDLE(HEAD("communes", "2027-01-01", EMPTY) NO_ROWS
		       "," HEAD("nobody", "2027-01-01", EMPTY) NO_ROWS),
		BUNDLE(HEAD("communes", "2027-01-01", EMPTY) NO_ROWS
		       "," HEAD("communes", "2027-01-01", EMPTY) NO_ROWS),
		BUNDLE(HEAD("communes", "2027-01-01", EMPTY) NO_ROWS ",7"),
		"{\"schema\":\"urn:cccd:table-bundle:2\",\"tables\":[]}",
		"{\"schema\":\"urn:cccd:table-bundle:1\"}",
		"[]",
		"",
	};
	struct json_tables tables = { 0 };
	struct signer signer = make_signer();

	(void)state;
	assert_int_equal(
	        apply(&tables, &signer, &signer.pin,
	              BUNDLE(HEAD("sexes", "2026-06-01", EMPTY) NO_ROWS)),
	        CCCD_OK);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(apply(&tables, &signer, &signer.pin, bad[i]),
		                 i == 0 ? CCCD_ERR_POLICY_REFUSED
		                        : CCCD_ERR_POLICY_CONFIG);
		assert_null(tables.view.communes);
		assert_string_equal(tables.view.sexes->date, "2026-06-01");
	}
	json_tables_release(&tables);
	EVP_PKEY_free(signer.pkey);
}

static void write_file(const char *dir, const char *name, struct span bytes)
{
	char path[256];
	FILE *file = NULL;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.at, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
}

static void write_pin(const char *dir, const struct signer *signer)
{
	char path[256];
	FILE *file = NULL;

	(void)snprintf(path, sizeof(path), "%s/key.pem", dir);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(PEM_write_PUBKEY(file, signer->pkey), 1);
	assert_int_equal(fclose(file), 0);
}

static void bundle_loads_from_files(void **state)
{
	static const char *const bundle =
	        BUNDLE(HEAD("sexes", "2026-06-01", EMPTY) NO_ROWS);
	char dir[] = "/tmp/cccd-tables-XXXXXX";
	struct json_tables tables = { 0 };
	struct signer signer = make_signer();
	uint8_t signature[SIGN_ED25519_LEN];

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(json_tables_load_bundle(&tables, dir, dir, NULL),
	                 CCCD_OK);
	write_file(dir, "tables.json", span_text(bundle));
	assert_int_equal(json_tables_load_bundle(&tables, dir, dir, NULL),
	                 CCCD_ERR_TRUST_REFUSED);
	sign(&signer, bundle, signature);
	write_file(dir, "tables.json.sig", SPAN(signature));
	assert_int_equal(json_tables_load_bundle(&tables, dir, dir, NULL),
	                 CCCD_ERR_TRUST_REFUSED);
	/* A pin for something else does not disturb. */
	write_file(dir, "a.pem", span_text("-----BEGIN NOTHING-----\n"));
	write_pin(dir, &signer);
	assert_int_equal(json_tables_load_bundle(&tables, dir, dir, NULL),
	                 CCCD_OK);
	assert_non_null(tables.view.sexes);
	json_tables_release(&tables);
	EVP_PKEY_free(signer.pkey);
	for (size_t i = 0; i < 4; i++) {
		static const char *const files[] = { "tables.json",
			                             "tables.json.sig", "a.pem",
			                             "key.pem" };
		char path[256];

		(void)snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rmdir(dir), 0);
}

static void sign_key_takes_ed25519_only(void **state)
{
	/* X25519 and P-256 public keys, and a torn one. */
	static const char *const others[] = {
		("-----BEGIN PUBLIC KEY-----\n"
		 "MCowBQYDK2VuAyEAjy2K1F1MZ0EVaCLFhO3Cc2BPcn8eT1bVIfi4dS2HFVI="
		 "\n"
		 "-----END PUBLIC KEY-----\n"),
		"-----BEGIN PUBLIC KEY-----\nMCow\n"
		"-----END PUBLIC KEY-----\n",
		"",
		"text",
	};
	struct sign_key key = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_int_equal(sign_key_from_pem(span_text(others[i]), &key),
		                 CCCD_ERR_CRYPTO_UNSUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_parse_takes_rows),
		cmocka_unit_test(table_parse_refuses_bad_files),
		cmocka_unit_test(table_parse_refuses_bad_rows),
		cmocka_unit_test(table_parse_names_the_line),
		cmocka_unit_test(tables_load_takes_the_shipped_ones),
		cmocka_unit_test(bundle_replaces_tables_under_a_pin),
		cmocka_unit_test(bundle_is_all_or_nothing),
		cmocka_unit_test(bundle_loads_from_files),
		cmocka_unit_test(sign_key_takes_ed25519_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
