/* SPDX-License-Identifier: Apache-2.0 */
/* Defects of a card's data are where the profile puts them, and its good
 * data are what the standards print. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail

#include <openssl/cms.h>
#include <openssl/x509v3.h>

#include "base/hex.h"
#include "tests/sim/terminal.h"

enum { GROUPS = 17 };

/* struct listing - the hashes of a SOD by data group. */
struct listing {
	unsigned int times[GROUPS];
	struct digest digests[GROUPS];
};

static void list_sod(const struct sim_card *card, struct listing *ret)
{
	struct span sod = sim_card_file(card, "sod");
	const uint8_t *at = sod.at + 4;
	CMS_ContentInfo *cms =
	        d2i_CMS_ContentInfo(NULL, &at, (long)sod.len - 4);
	ASN1_OCTET_STRING **content = CMS_get0_content(cms);
	struct span rest =
	        span_of((*content)->data, (size_t)(*content)->length);
	struct span list;
	struct span entry;
	uint32_t tag;

	*ret = (struct listing){ .times = { 0 } };
	assert_true(sim_der_next(&rest, &tag, &entry));
	for (int i = 0; i < 3; i++)
		assert_true(sim_der_next(&entry, &tag, &list));
	while (sim_der_next(&list, &tag, &entry)) {
		struct span number;
		struct span hash;

		assert_true(sim_der_find(entry, 0x02, &number));
		assert_true(sim_der_find(entry, 0x04, &hash));
		assert_true(number.at[0] < GROUPS);
		ret->times[number.at[0]]++;
		memcpy(ret->digests[number.at[0]].bytes, hash.at, hash.len);
		ret->digests[number.at[0]].len = hash.len;
	}
	CMS_ContentInfo_free(cms);
}

/* Whether the hash in the SOD is that of the bytes on the chip. */
static bool matches(const struct sim_card *card, const struct listing *listing,
                    unsigned int group)
{
	struct digest digest;
	char name[8];

	(void)snprintf(name, sizeof(name), "dg%u", group);
	assert_int_equal(digest_compute(DIGEST_SHA256,
	                                sim_card_file(card, name), &digest),
	                 CCCD_OK);
	return span_equal(digest_span(&digest),
	                  digest_span(&listing->digests[group]));
}

static void check_mismatch(const char *profile, unsigned int group)
{
	static const unsigned int groups[] = { 1, 2, 13, 14, 15 };
	struct terminal t;
	struct listing listing;

	terminal_open(&t, profile);
	list_sod(t.card, &listing);
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		assert_int_equal(matches(t.card, &listing, groups[i]),
		                 groups[i] != group);
	terminal_close(&t);
}

static void edited_group_does_not_match_its_hash(void **state)
{
	(void)state;
	check_mismatch("cccd-2021", 0);
	check_mismatch("bad-dg1-edited", 1);
	check_mismatch("bad-dg13-edited", 13);
	check_mismatch("bad-sod-hash", 2);
}

static void stripped_group_is_listed_but_gone(void **state)
{
	struct terminal t;
	struct listing listing;

	(void)state;
	terminal_open(&t, "bad-dg14-stripped");
	list_sod(t.card, &listing);
	assert_int_equal(listing.times[14], 1);
	assert_int_equal(sim_card_file(t.card, "dg14").len, 0);
	assert_int_equal(terminal_bac(&t), SW_OK);
	assert_int_equal(terminal_select(&t, 0x010E), 0x6A82);
	terminal_close(&t);
}

static void unlisted_and_doubled_groups_are_so(void **state)
{
	struct terminal t;
	struct listing listing;

	(void)state;
	terminal_open(&t, "bad-dg-not-in-sod");
	list_sod(t.card, &listing);
	assert_int_equal(listing.times[11], 0);
	assert_true(sim_card_file(t.card, "dg11").len > 0);
	terminal_close(&t);
	terminal_open(&t, "bad-sod-duplicate");
	list_sod(t.card, &listing);
	assert_int_equal(listing.times[1], 2);
	terminal_close(&t);
	terminal_open(&t, "bad-com-stripped");
	list_sod(t.card, &listing);
	assert_int_equal(listing.times[14], 1);
	assert_int_equal(sim_card_file(t.card, "com").at[19], 4);
	terminal_close(&t);
}

static void lying_lengths_lie(void **state)
{
	static const uint8_t head[] = { 0x61, 0x84, 0x00, 0xFF, 0xFF, 0xFF };
	struct terminal t;
	struct span dg1;

	(void)state;
	terminal_open(&t, "bad-length-lies");
	dg1 = sim_card_file(t.card, "dg1");
	assert_int_equal(dg1.len, 95 - 2 + 6);
	assert_memory_equal(dg1.at, head, sizeof(head));
	terminal_close(&t);
}

static uint32_t key_usage(const char *profile)
{
	struct terminal t;
	struct span der;
	const uint8_t *at;
	X509 *ds;
	uint32_t usage;

	terminal_open(&t, profile);
	der = sim_card_certificate(t.card, "ds");
	at = der.at;
	ds = d2i_X509(NULL, &at, (long)der.len);
	assert_non_null(ds);
	usage = X509_get_key_usage(ds);
	X509_free(ds);
	terminal_close(&t);
	return usage;
}

/* [9303-12 7.1.1] */
static void document_signer_may_sign_and_no_more(void **state)
{
	(void)state;
	assert_int_equal(key_usage("cccd-2021"), KU_DIGITAL_SIGNATURE);
	assert_int_equal(key_usage("bad-ds-key-usage"), KU_KEY_ENCIPHERMENT);
}

static void check_mrz(const char *document, const char *lines,
                      const char *information)
{
	char profile[512];
	struct terminal t;

	(void)snprintf(profile, sizeof(profile), "{\"document\":{%s}}",
	               document);
	terminal_open(&t, profile);
	assert_string_equal(sim_card_secret(t.card, "mrz_lines"), lines);
	assert_string_equal(sim_card_secret(t.card, "mrz"), information);
	terminal_close(&t);
}

/* [9303-4 appendix B; 9303-5 appendix B; 9303-6 appendix B] */
static void mrz_lines_are_those_of_the_standard(void **state)
{
	(void)state;
	check_mrz("\"format\":\"td3\",\"code\":\"P<\",\"state\":\"UTO\","
	          "\"nationality\":\"UTO\",\"number\":\"L898902C3\","
	          "\"name\":\"ERIKSSON<<ANNA<MARIA\",\"birth\":\"740812\","
	          "\"sex\":\"F\",\"expiry\":\"120415\","
	          "\"optional\":\"ZE184226B\"",
	          "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
	          "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
	          "L898902C3674081221204159");
	check_mrz("\"format\":\"td2\",\"code\":\"I<\",\"state\":\"UTO\","
	          "\"nationality\":\"UTO\",\"number\":\"D23145890\","
	          "\"name\":\"ERIKSSON<<ANNA<MARIA\",\"birth\":\"740812\","
	          "\"sex\":\"F\",\"expiry\":\"120415\"",
	          "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<"
	          "D231458907UTO7408122F1204159<<<<<<<6",
	          "D23145890774081221204159");
	/* A number of twelve goes on in the optional data. */
	check_mrz("\"format\":\"td1\",\"code\":\"I<\",\"state\":\"UTO\","
	          "\"nationality\":\"UTO\",\"number\":\"D23145890734\","
	          "\"name\":\"STEVENSON<<PETER<JOHN\",\"birth\":\"340712\","
	          "\"sex\":\"M\",\"expiry\":\"950712\"",
	          "I<UTOD23145890<7349<<<<<<<<<<<"
	          "3407127M9507122UTO<<<<<<<<<<<2"
	          "STEVENSON<<PETER<JOHN<<<<<<<<<",
	          "D23145890734934071279507122");
}

static unsigned int big_endian(const uint8_t *at, size_t len)
{
	unsigned int ret = 0;

	while (len-- > 0)
		ret = ret << 8 | *at++;
	return ret;
}

/* [ISO/IEC 19794-5 5.4 to 5.7] */
static void check_face(const char *profile, uint8_t type,
                       const uint8_t signature[static 4])
{
	struct terminal t;
	struct span value;
	struct span inner;

	terminal_open(&t, profile);
	assert_true(sim_der_find(sim_card_file(t.card, "dg2"), 0x75, &value));
	assert_true(sim_der_find(value, 0x7F61, &inner));
	assert_true(sim_der_find(inner, 0x7F60, &value));
	assert_true(sim_der_find(value, 0x5F2E, &inner));
	assert_memory_equal(inner.at,
	                    "FAC\0"
	                    "010\0",
	                    8);
	assert_int_equal(big_endian(inner.at + 8, 4), inner.len);
	assert_int_equal(big_endian(inner.at + 14, 4), inner.len - 14);
	assert_int_equal(inner.at[35], type);
	assert_int_equal(big_endian(inner.at + 36, 2), 360);
	assert_int_equal(big_endian(inner.at + 38, 2), 480);
	assert_memory_equal(inner.at + 46, signature, 4);
	terminal_close(&t);
}

static void portrait_headers_describe_the_image(void **state)
{
	static const uint8_t jpeg[] = { 0xFF, 0xD8, 0xFF, 0xE0 };
	static const uint8_t padded[] = { 0xFF, 0xD8, 0xFF, 0xFE };
	static const uint8_t jp2[] = { 0, 0, 0, 0x0C };

	(void)state;
	check_face("cccd-2021", 0, jpeg);
	check_face("model-files", 0, padded);
	check_face("portrait-jp2", 1, jp2);
}

/* struct capture - the last command of an instruction. */
struct capture {
	char text[128];
};

static void capture_token(void *context, const struct sim_exchange *exchange,
                          struct buf *response)
{
	struct capture *capture = context;

	(void)response;
	if (exchange->command.at[1] == 0x82)
		hex_encode(exchange->command, capture->text,
		           sizeof(capture->text));
}

/* [9303-11 4.3.1] A recorded token fits no other challenge. */
static void replayed_bac_token_is_refused(void **state)
{
	struct terminal t;
	struct capture capture = { .text = "" };

	(void)state;
	terminal_open(&t, "bac-only");
	sim_card_set_tap(t.card, capture_token, &capture);
	assert_int_equal(terminal_bac(&t), SW_OK);
	sim_card_set_tap(t.card, NULL, NULL);
	sim_card_power(t.card, true);
	assert_int_equal(terminal_send(&t, "00A4040C07A0000002471001"), SW_OK);
	assert_int_equal(terminal_send(&t, "0084000008"), SW_OK);
	assert_int_equal(terminal_send(&t, capture.text), 0x6982);
	terminal_close(&t);
}

static uint16_t map_with(const char *key)
{
	struct terminal t;
	char command[64];
	uint16_t sw;

	terminal_open(&t, "pace-dh");
	assert_int_equal(
	        terminal_send(&t, "0022C1A40F800A04007F00070202040102830102"),
	        SW_OK);
	assert_int_equal(terminal_send(&t, "10860000027C0000"), SW_OK);
	(void)snprintf(command, sizeof(command), "10860000057C0381%02X%s00",
	               (unsigned int)strlen(key) / 2, key);
	sw = terminal_send(&t, command);
	terminal_close(&t);
	return sw;
}

/* [RFC 2631 2.1.5; 9303-11 4.4.3.3.1] One, and a number outside the
 * subgroup. */
static void pace_refuses_keys_outside_the_subgroup(void **state)
{
	(void)state;
	assert_int_equal(map_with("01"), 0x6A80);
	assert_int_equal(map_with("02"), 0x6A80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edited_group_does_not_match_its_hash),
		cmocka_unit_test(stripped_group_is_listed_but_gone),
		cmocka_unit_test(unlisted_and_doubled_groups_are_so),
		cmocka_unit_test(lying_lengths_lie),
		cmocka_unit_test(document_signer_may_sign_and_no_more),
		cmocka_unit_test(mrz_lines_are_those_of_the_standard),
		cmocka_unit_test(portrait_headers_describe_the_image),
		cmocka_unit_test(replayed_bac_token_is_refused),
		cmocka_unit_test(pace_refuses_keys_outside_the_subgroup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
