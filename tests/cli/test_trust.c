/* SPDX-License-Identifier: Apache-2.0 */
/* cccd trust import: what is admitted, on whose word, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#undef fail

#include "base/file.h"
#include "base/macros.h"
#include "lib/json/evidence.h"
#include "lib/json/result.h"
#include "tests/cli/trust_rig.h"
#include "tests/support/sim_transport.h"

enum { LIST_MAX = 4 << 20 };

static void import_takes_der(void **state)
{
	const struct trust_rig *rig = *state;
	char path[RIG_PATH_LEN];

	EXPECT(rig, { "trust", "import", "--trust", "%", "@csca.der" }, 0,
	       "CSCA on the operator's word", NULL);
	rig_object(rig, "anchors", buf_span(&rig->fixture.csca), path);
	assert_int_equal(access(path, R_OK), 0);
	EXPECT(rig, { "trust", "list", "--trust", "%" }, 0, "1 entries", NULL);
	EXPECT(rig, { "trust", "import", "--trust", "%", "@csca.der" }, 0,
	       "admitted: 0, known already: 1, refused: 0", NULL);
	EXPECT(rig, { "trust", "verify", "--trust", "%" }, 0, "0 not sound",
	       NULL);
}

static void import_takes_every_certificate_of_a_pem(void **state)
{
	const struct trust_rig *rig = *state;
	BUF pem = buf_make(LIST_MAX);

	rig_pem(buf_span(&rig->fixture.csca), "CERTIFICATE", &pem);
	rig_pem(buf_span(&rig->fixture.second), "CERTIFICATE", &pem);
	rig_save(rig, "both.pem", buf_span(&pem));
	EXPECT(rig, { "trust", "import", "--trust", "%", "@both.pem" }, 0,
	       "admitted: 2, known already: 0, refused: 0", NULL);
	EXPECT(rig, { "trust", "list", "--trust", "%" }, 0, "[both.pem,", NULL);
	/* A link hangs on the CSCA that is there by now. */
	buf_reset(&pem);
	rig_pem(buf_span(&rig->fixture.third), "CERTIFICATE", &pem);
	rig_save(rig, "link.pem", buf_span(&pem));
	EXPECT(rig, { "trust", "import", "--trust", "%", "@link.pem" }, 0,
	       "link certificate, signed by the former key", NULL);
	EXPECT(rig, { "trust", "verify", "--trust", "%" }, 0, "0 not sound",
	       NULL);
}

static void save_crl(const struct trust_rig *rig, const char *name,
                     bool bad_signature)
{
	BUF der = der_new();
	const struct zoo_crl spec = {
		.country = "UT",
		.common_name = "CSCA Utopia",
		.key = zoo_key("csca", "P-256"),
		.alg = ZOO_ECDSA,
		.digest = DIGEST_SHA256,
		.this_update = ZOO_SIGNED,
		.next_update = ZOO_SIGNED + 20LL * ZOO_YEAR,
		.bad_signature = bad_signature,
	};

	zoo_crl(&spec, &der);
	rig_save(rig, name, buf_span(&der));
}

static void import_takes_a_crl_of_a_csca_it_knows(void **state)
{
	const struct trust_rig *rig = *state;

	save_crl(rig, "good.crl", false);
	save_crl(rig, "bad.crl", true);
	EXPECT(rig, { "trust", "import", "--trust", "%", "@good.crl" }, 5,
	       "its issuer is not in the store", NULL);
	EXPECT(rig, { "trust", "import", "--trust", "%", "@csca.der" }, 0, "",
	       NULL);
	EXPECT(rig, { "trust", "import", "--trust", "%", "@bad.crl" }, 5,
	       "its issuer is not in the store", NULL);
	EXPECT(rig, { "trust", "import", "--trust", "%", "@good.crl" }, 0,
	       "revocation list, signed by its CSCA", NULL);
	EXPECT(rig, { "trust", "verify", "--trust", "%" }, 0,
	       "2 entries, 0 not sound", NULL);
}

static void import_takes_several_files_at_once(void **state)
{
	const struct trust_rig *rig = *state;

	save_crl(rig, "good.crl", false);
	EXPECT(rig,
	       { "trust", "import", "--trust", "%", "@csca.der", "@good.crl",
	         "@second.der", "-q" },
	       0, "admitted: 3, known already: 0, refused: 0", NULL,
	       "signed by its CSCA");
}

/* Who may not sign certificates is no anchor, whoever asks. */
static void import_refuses_what_is_no_csca(void **state)
{
	const struct trust_rig *rig = *state;

	rig_save(rig, "ds.der", buf_span(&rig->fixture.ds));
	rig_save(rig, "orphan.der", buf_span(&rig->fixture.orphan));
	EXPECT(rig, { "trust", "import", "--trust", "%", "@ds.der" }, 5,
	       "admitted: 0, known already: 0, refused: 1", NULL);
	EXPECT(rig, { "trust", "import", "--trust", "%", "@orphan.der" }, 5,
	       "its issuer is not in the store", NULL);
	EXPECT(rig, { "trust", "list", "--trust", "%" }, 0, "0 entries", NULL);
}

static void import_refuses_a_list_that_no_pin_covers(void **state)
{
	const struct trust_rig *rig = *state;

	EXPECT(rig, { "trust", "import", "--trust", "%", "@list.ml" }, 5,
	       "admitted: 0, known already: 0, refused: 6", NULL);
	/* What became of a list is said to the quiet too. */
	EXPECT(rig, { "trust", "import", "-q", "--trust", "%", "@list.ml" }, 5,
	       "- list      UT   the list's signer is not pinned", NULL,
	       "- anchor");
	/* To trust the CSCA is not to let it speak for others. */
	EXPECT(rig, { "trust", "import", "--trust", "%", "@csca.der" }, 0, "",
	       NULL);
	EXPECT(rig, { "trust", "import", "--trust", "%", "@list.ml" }, 5,
	       "the list's signer is not pinned", NULL);
	EXPECT(rig, { "trust", "list", "--trust", "%" }, 0, "1 entries", NULL);
}

static void make_pins(const struct trust_rig *rig)
{
	char path[RIG_PATH_LEN];

	rig_file(rig, "pins", path);
	assert_int_equal(mkdir(path, 0700), 0);
}

static void import_admits_a_list_of_a_pinned_signer(void **state)
{
	static const char key[] =
	        "-----BEGIN PUBLIC KEY-----\n"
	        "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
	        "-----END PUBLIC KEY-----\n";
	const struct trust_rig *rig = *state;
	BUF pem = buf_make(LIST_MAX);

	make_pins(rig);
	/* Keys of table bundles lie in the same folder. */
	rig_save(rig, "pins/tables.pem", span_text(key));
	EXPECT(rig,
	       { "trust", "import", "--trust", "%", "--pins", "@pins",
	         "@list.ml" },
	       5, "the list's signer is not pinned", NULL);
	rig_pem(buf_span(&rig->fixture.csca), "CERTIFICATE", &pem);
	rig_save(rig, "pins/utopia.pem", buf_span(&pem));
	EXPECT(rig,
	       { "trust", "import", "--trust", "%", "--pins", "@pins",
	         "@list.ml" },
	       0, "+ list      UT   list signed by a pinned signer", NULL);
	EXPECT(rig,
	       { "trust", "import", "--trust", "%", "--pins", "@pins",
	         "@list.ml" },
	       0, "admitted: 0, known already: 4, refused: 2", NULL);
	EXPECT(rig, { "trust", "verify", "--trust", "%" }, 0,
	       "4 entries, 0 not sound", NULL);
}

static void import_needs_the_right_pins(void **state)
{
	const struct trust_rig *rig = *state;

	make_pins(rig);
	rig_save(rig, "pins/other.der", buf_span(&rig->fixture.second));
	EXPECT(rig,
	       { "trust", "import", "--trust", "%", "--pins", "@pins",
	         "@list.ml" },
	       5, "the list's signer is not pinned", NULL);
	EXPECT(rig,
	       { "trust", "import", "--trust", "%", "--pins", "@nowhere",
	         "@list.ml" },
	       1, "admitted: 0", "[file_error]");
}

static void import_takes_a_list_that_the_operator_accepts(void **state)
{
	const struct trust_rig *rig = *state;
	BUF altered = buf_make(LIST_MAX);

	EXPECT(rig,
	       { "trust", "import", "--trust", "%", "--accept-list",
	         "@list.ml" },
	       0, "+ list      UT   list on the operator's word", NULL);
	EXPECT(rig, { "trust", "list", "--trust", "%" }, 0, "4 entries", NULL);
	/* Nobody vouches for a signature that is wrong. */
	assert_int_equal(buf_append(&altered, buf_span(&rig->fixture.list)),
	                 CCCD_OK);
	altered.at[altered.len - 1] ^= 1;
	rig_save(rig, "altered.ml", buf_span(&altered));
	EXPECT(rig,
	       { "trust", "import", "--trust", "%", "--accept-list",
	         "@altered.ml" },
	       5, "- list      UT   the signature is wrong", NULL);
}

/* struct public_list - a list that a state publishes. */
struct public_list {
	const char *file;
	const char *state;
	const char *refused;
	const char *admitted;
};

static const struct public_list public_lists[] = {
	{ "NL_ML_2026-07-22.ml", "NL",
	  "admitted: 0, known already: 0, refused: 411",
	  "admitted: 411, known already: 0, refused: 0" },
	{ "DE_ML_2024-08-07-07-38-24.ml", "DE",
	  "admitted: 0, known already: 0, refused: 541",
	  "admitted: 520, known already: 0, refused: 21" },
};

/* The state's own anchors, out of the store, become the pins. */
static void pin_anchors_of(const struct trust_rig *rig, const char *state)
{
	const char *const words[RIG_WORDS_MAX] = { "trust", "list", "--trust",
		                                   "%" };
	struct answer *answer = rig_start(rig, "en", words);
	char wanted[32];
	char name[128];
	char path[RIG_PATH_LEN];
	size_t pins = 0;

	call_finish(answer);
	(void)snprintf(wanted, sizeof(wanted), "anchor    %s ", state);
	for (const char *at = answer->out; (at = strstr(at, wanted)) != NULL;
	     at++) {
		struct cccd_trust_object object = { 0 };
		struct cccd_trust *trust = NULL;
		BUF der = buf_make(LIST_MAX);

		(void)snprintf(name, sizeof(name), "%.12s",
		               at + strlen(wanted));
		assert_int_equal(cccd_trust_open(rig->store, CCCD_TRUST_REAL,
		                                 NULL, &trust),
		                 CCCD_OK);
		assert_int_equal(cccd_trust_show(trust, name, &object),
		                 CCCD_OK);
		cccd_trust_close(trust);
		(void)snprintf(name, sizeof(name), "anchors/%s.der",
		               object.entry.sha256);
		rig_stored(rig, name, path);
		assert_int_equal(file_read(path, NULL, &der), CCCD_OK);
		(void)snprintf(name, sizeof(name), "pins/%zu.der", pins++);
		rig_save(rig, name, buf_span(&der));
	}
	call_free(answer);
	assert_true(pins > 0);
}

static void use_public_list(struct trust_rig *rig,
                            const struct public_list *list)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes it */
	const char *data = getenv("CCCD_TEST_DATA");
	char path[RIG_PATH_LEN] = "";
	struct stat file = { 0 };

	if (data != NULL)
		(void)snprintf(path, sizeof(path), "%s/masterlists/%s", data,
		               list->file);
	if (data == NULL || stat(path, &file) != 0) {
		print_message("skipped: CCCD_TEST_DATA has no masterlists/%s\n",
		              list->file);
		skip();
	}
	make_pins(rig);
	EXPECT(rig, { "trust", "import", "--trust", "%", path }, 5,
	       list->refused, NULL);
	EXPECT(rig,
	       { "trust", "import", "--trust", "%", "--accept-list", path }, 0,
	       list->admitted, NULL);
	EXPECT(rig, { "trust", "verify", "-q", "--trust", "%" }, 0,
	       ", 0 not sound", NULL);
	pin_anchors_of(rig, list->state);
	remove_directory(rig->store);
	EXPECT(rig,
	       { "trust", "import", "--trust", "%", "--pins", "@pins", path },
	       0, list->admitted, NULL, "list on the operator's word");
}

static void import_takes_the_list_of_the_netherlands(void **state)
{
	use_public_list(*state, &public_lists[0]);
}

static void import_takes_the_list_of_germany(void **state)
{
	use_public_list(*state, &public_lists[1]);
}

/* Exit code, and what the store must still be: empty and sound. */
static void refuses(const struct trust_rig *rig, const char *name,
                    struct span bytes)
{
	const char *word = "@garbage";

	rig_save(rig, "garbage", bytes);
	print_message("%s\n", name);
	EXPECT(rig, { "trust", "import", "--trust", "%", word }, 5,
	       "admitted: 0, known already: 0, refused: 0", "[trust_refused]");
	EXPECT(rig,
	       { "trust", "import", "--accept-list", "--trust", "%", word }, 5,
	       "admitted: 0", "The certificate or list was not admitted.");
}

static void import_refuses_garbage(void **state)
{
	const struct trust_rig *rig = *state;
	const struct span csca = buf_span(&rig->fixture.csca);
	const struct span list = buf_span(&rig->fixture.list);
	BUF zeros = buf_make(LIST_MAX);

	for (size_t i = 0; i < 4096; i++)
		assert_int_equal(buf_append_byte(&zeros, 0), CCCD_OK);
	refuses(rig, "empty", span_text(""));
	refuses(rig, "a letter", span_text("Dear Sir or Madam\n"));
	refuses(rig, "zeros", buf_span(&zeros));
	refuses(rig, "half a certificate", span_of(csca.at, csca.len / 2));
	refuses(rig, "half a list", span_of(list.at, list.len / 2));
	refuses(rig, "an endless length",
	        span_text("\x30\x84\x7f\xff\xff\xff"));
	refuses(rig, "PEM without an end",
	        span_text("-----BEGIN CERTIFICATE-----\nMIIB\n"));
	refuses(rig, "PEM of a key",
	        span_text("-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n"
	                  "-----END EC PRIVATE KEY-----\n"));
	refuses(rig, "XML", span_text("<?xml version=\"1.0\"?><a/>"));
	refuses(rig, "LDIF of nothing", span_text("version: 1\ndn: c=VN\n\n"));
	EXPECT(rig, { "trust", "list", "--trust", "%" }, 0, "0 entries", NULL);
	EXPECT(rig, { "trust", "verify", "--trust", "%" }, 0, "0 not sound",
	       NULL);
}

static void import_names_the_file_that_cannot_be_read(void **state)
{
	const struct trust_rig *rig = *state;

	EXPECT(rig, { "trust", "import", "--trust", "%", "@nowhere" }, 1,
	       "admitted: 0", "/nowhere");
	make_pins(rig);
	EXPECT(rig, { "trust", "import", "--trust", "%", "@pins" }, 1,
	       "admitted: 0", "[file_error]");
	/* What came before it was admitted and stays. */
	EXPECT(rig,
	       { "trust", "import", "--trust", "%", "@csca.der", "@nowhere" },
	       1, "admitted: 1", "[file_error]");
	EXPECT(rig, { "trust", "list", "--trust", "%" }, 0, "1 entries", NULL);
}

/* The evidence of a simulated card, whose CSCA is a specimen. */
static void save_evidence(const struct trust_rig *rig)
{
	struct sim_device device = { .card = sim_card_of("cccd-2021") };
	struct cccd_session *session = sim_session(&device, "can");
	struct cccd_evidence *evidence = NULL;
	char *text = NULL;

	assert_int_equal(cccd_session_run(session), CCCD_OK);
	assert_int_equal(cccd_session_evidence(session, &evidence), CCCD_OK);
	assert_int_equal(json_evidence_text(evidence, &text), CCCD_OK);
	rig_save(rig, "evidence.json", span_text(text));
	json_text_free(text);
	cccd_evidence_free(evidence);
	cccd_session_free(session);
	sim_card_free(device.card);
}

/* The verdict of --json with this store, and whether it says specimen. */
static void proves(const struct trust_rig *rig, const char *how, int status,
                   const char *verdict, const char *reason, bool specimen)
{
	const char *const words[RIG_WORDS_MAX] = { "verify", "@evidence.json",
		                                   how, "%", "--json" };
	struct answer *answer = rig_start(rig, "en", words);
	cJSON *root = NULL;
	const cJSON *flag = NULL;

	call_finish(answer);
	root = call_json(answer);
	flag = cJSON_GetObjectItemCaseSensitive(root, "specimen");
	assert_int_equal(answer->status, status);
	assert_string_equal(
	        json_text_at(root, "checks.ds_certificate.trust.verdict"),
	        verdict);
	assert_string_equal(
	        json_text_at(root, "checks.ds_certificate.trust.reason"),
	        reason);
	assert_int_equal(cJSON_IsTrue(flag), specimen);
	cJSON_Delete(root);
	call_free(answer);
}

static void specimen_counts_in_demonstration_only(void **state)
{
	const struct trust_rig *rig = *state;
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes it */
	const char *pki = getenv("CCCD_SPECIMEN_PKI");
	char csca[RIG_PATH_LEN];
	char crl[RIG_PATH_LEN];

	(void)snprintf(csca, sizeof(csca), "%s/csca.der", pki);
	(void)snprintf(crl, sizeof(crl), "%s/crl.der", pki);
	save_evidence(rig);
	EXPECT(rig,
	       { "trust", "import", "--demo-trust", "%", "--specimen", csca,
	         crl },
	       0, "admitted: 2", NULL);
	EXPECT(rig, { "trust", "list", "--trust", "%" }, 0,
	       "CN=CSCA Specimen,O=SPECIMEN,C=VN (SPECIMEN)", NULL);
	proves(rig, "--trust", 11, "failed", "specimen_refused", true);
	proves(rig, "--demo-trust", 0, "successful", "", true);
	EXPECT(rig, { "trust", "verify", "--trust", "%" }, 5,
	       "a specimen, not for real documents", NULL);
	EXPECT(rig, { "trust", "verify", "--demo-trust", "%" }, 0,
	       "2 entries, 0 not sound", NULL);
	/* The flag does not go away by importing it once more. */
	EXPECT(rig, { "trust", "import", "--trust", "%", csca }, 0,
	       "known already: 1", NULL);
	proves(rig, "--trust", 11, "failed", "specimen_refused", true);
	/* Without the flag it is an anchor like any other: the flag tells. */
	remove_directory(rig->store);
	EXPECT(rig, { "trust", "import", "--trust", "%", csca, crl }, 0,
	       "admitted: 2", NULL);
	proves(rig, "--trust", 0, "successful", "", false);
}

static int free_keys(void **state)
{
	(void)state;
	zoo_keys_free();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIGGED(import_takes_der),
		RIGGED(import_takes_every_certificate_of_a_pem),
		RIGGED(import_takes_a_crl_of_a_csca_it_knows),
		RIGGED(import_takes_several_files_at_once),
		RIGGED(import_refuses_what_is_no_csca),
		RIGGED(import_refuses_a_list_that_no_pin_covers),
		RIGGED(import_admits_a_list_of_a_pinned_signer),
		RIGGED(import_needs_the_right_pins),
		RIGGED(import_takes_a_list_that_the_operator_accepts),
		RIGGED(import_takes_the_list_of_the_netherlands),
		RIGGED(import_takes_the_list_of_germany),
		RIGGED(import_refuses_garbage),
		RIGGED(import_names_the_file_that_cannot_be_read),
		RIGGED(specimen_counts_in_demonstration_only),
	};

	return cmocka_run_group_tests(tests, NULL, free_keys);
}
