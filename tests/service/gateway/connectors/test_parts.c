/* SPDX-License-Identifier: Apache-2.0 */
/* Token and message, with their clocks under control. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "lib/json/lgsp.h"
#include "service/gateway/connectors/citizen_cells.h"
#include "service/gateway/connectors/citizen_words.h"
#include "service/gateway/connectors/soap_message.h"
#include "service/gateway/connectors/token.h"

static uint64_t now_ms = 1000;

static uint64_t fake_clock(void)
{
	return now_ms;
}

/* A token server on paper. */
struct issuer {
	unsigned int asked;
	uint64_t lifetime_s;
	bool fails;
	unsigned int pause_ms;
};

static bool issue(void *context, uint64_t deadline_ms, struct token_lease *ret,
                  enum registry_outcome *ret_failure)
{
	struct issuer *issuer = context;

	(void)deadline_ms;
	issuer->asked++;
	if (issuer->pause_ms > 0)
		clock_sleep_ms(issuer->pause_ms);
	*ret_failure = REGISTRY_TLS_EXPIRED;
	if (issuer->fails)
		return false;
	(void)snprintf(ret->text, sizeof(ret->text), "token %u", issuer->asked);
	ret->lifetime_s = issuer->lifetime_s;
	return true;
}

static void assert_token(struct token_cache *cache, const char *spent,
                         const char *wanted, bool wanted_new)
{
	BUF token = buf_make(TOKEN_MAX);
	bool is_new = !wanted_new;

	assert_int_equal(token_get(cache, spent, clock_steady_ms() + 60000,
	                           &token, &is_new),
	                 REGISTRY_NOT_ASKED);
	assert_string_equal((const char *)token.at, wanted);
	assert_int_equal(is_new, wanted_new);
}

static void token_is_renewed_before_its_end(void **state)
{
	struct issuer issuer = { .lifetime_s = 1000 };
	struct token_cache *cache = NULL;

	(void)state;
	assert_int_equal(token_cache_new(issue, &issuer, fake_clock, &cache),
	                 CCCD_OK);
	assert_token(cache, NULL, "token 1", true);
	assert_token(cache, NULL, "token 1", false);
	now_ms += 939 * 1000;
	assert_token(cache, NULL, "token 1", false);
	now_ms += 1000; /* a minute is left */
	assert_token(cache, NULL, "token 2", true);
	/* The renewal fails: the old one lives on, and dies. */
	issuer.fails = true;
	now_ms += 950 * 1000;
	assert_token(cache, NULL, "token 2", true);
	assert_int_equal(issuer.asked, 3);
	now_ms += 50 * 1000;
	{
		BUF token = buf_make(TOKEN_MAX);
		bool is_new = false;

		assert_int_equal(token_get(cache, NULL,
		                           clock_steady_ms() + 60000, &token,
		                           &is_new),
		                 REGISTRY_TLS_EXPIRED);
		assert_int_equal(token.len, 0);
	}
	/* cppcheck-suppress redundantAssignment */
	issuer.fails = false;
	assert_token(cache, NULL, "token 5", true);
	token_cache_free(cache);
}

static void token_that_was_refused_is_not_given_again(void **state)
{
	struct issuer issuer = { .lifetime_s = 1000 };
	struct token_cache *cache = NULL;

	(void)state;
	assert_int_equal(token_cache_new(issue, &issuer, fake_clock, &cache),
	                 CCCD_OK);
	assert_token(cache, NULL, "token 1", true);
	assert_token(cache, "token 1", "token 2", true);
	/* Somebody else complains of the same one, too late. */
	assert_token(cache, "token 1", "token 2", false);
	token_cache_free(cache);
}

struct crowd {
	struct token_cache *cache;
	const char *spent;
};

static void *want(void *context)
{
	const struct crowd *crowd = context;
	BUF token = buf_make(TOKEN_MAX);
	bool is_new = false;

	return (void *)(uintptr_t)token_get(crowd->cache, crowd->spent,
	                                    clock_steady_ms() + 60000, &token,
	                                    &is_new);
}

static void run_crowd(struct crowd *crowd, enum registry_outcome wanted)
{
	pthread_t threads[8];

	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, want, crowd),
		                 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		void *got = NULL;

		assert_int_equal(pthread_join(threads[i], &got), 0);
		assert_int_equal((uintptr_t)got, wanted);
	}
}

static void token_is_fetched_once_under_eight_threads(void **state)
{
	struct issuer issuer = { .lifetime_s = 1000, .pause_ms = 50 };
	struct crowd crowd = { .spent = NULL };

	(void)state;
	assert_int_equal(
	        token_cache_new(issue, &issuer, fake_clock, &crowd.cache),
	        CCCD_OK);
	run_crowd(&crowd, REGISTRY_NOT_ASKED);
	assert_int_equal(issuer.asked, 1);
	/* All of them were refused with it: renewed once. */
	crowd.spent = "token 1";
	run_crowd(&crowd, REGISTRY_NOT_ASKED);
	assert_int_equal(issuer.asked, 2);
	token_cache_free(crowd.cache);
}

static void token_waiters_keep_their_deadline(void **state)
{
	struct issuer issuer = { .lifetime_s = 1000, .pause_ms = 3000 };
	struct crowd crowd = { .spent = NULL };
	BUF token = buf_make(TOKEN_MAX);
	enum registry_outcome outcome = REGISTRY_NOT_ASKED;
	pthread_t fetcher;
	bool is_new = false;

	(void)state;
	assert_int_equal(
	        token_cache_new(issue, &issuer, fake_clock, &crowd.cache),
	        CCCD_OK);
	assert_int_equal(pthread_create(&fetcher, NULL, want, &crowd), 0);
	while (*(volatile unsigned int *)&issuer.asked == 0)
		clock_sleep_ms(1);
	outcome = token_get(crowd.cache, NULL, clock_steady_ms() + 10, &token,
	                    &is_new);
	/* On a machine that slept meanwhile the token may be there. */
	assert_true(outcome == REGISTRY_TIME_OUT ||
	            outcome == REGISTRY_NOT_ASKED);
	assert_int_equal(pthread_join(fetcher, NULL), 0);
	token_cache_free(crowd.cache);
}

static const struct fields sample = {
	.request = "req-1",
	.procedure = "1.0001",
	.integration = "037",
	.officer = "CB01",
	.agency = "G01",
	.account = "acc",
	.phone = "0900",
	.number = "001090000001",
	.name = "A & <B>",
	.year = "1990",
};

static void soap_message_keeps_the_order_and_escapes(void **state)
{
	static struct soap_options options = {
		.dialect = { .request_namespace = "urn:x", },
	};
	BUF message = buf_make(HTTP_REQUEST_MAX);
	char all[2048];

	(void)state;
	options.unqualified = 1;
	assert_int_equal(
	        soap_message_make(&options, REGISTRY_LOOKUP, &sample, &message),
	        CCCD_OK);
	(void)snprintf(all, sizeof(all), "%.*s", (int)message.len,
	               (const char *)message.at);
	assert_non_null(strstr(
	        all, "xmlns:dan=\"urn:x\"><soapenv:Header/><soapenv:Body>"
	             "<dan:TraCuuThongTinCongDan><MaYeuCau>req-1</MaYeuCau>"
	             "<MaDVC>1.0001</MaDVC><MaTichHop>037</MaTichHop>"
	             "<MaCanBo>CB01</MaCanBo><MaDonVi>G01</MaDonVi>"
	             "<TaiKhoan>acc</TaiKhoan><SoDienThoai>0900</SoDienThoai>"
	             "<SoDinhDanh>001090000001</SoDinhDanh>"
	             "<HoVaTen>A &amp; &lt;B&gt;</HoVaTen>"
	             "<NgayThangNamSinh><Nam>1990</Nam></NgayThangNamSinh>"
	             "</dan:TraCuuThongTinCongDan></soapenv:Body>"));
}

/* The code of the procedure: there, not there, there without a value. */
static void soap_message_sends_an_empty_procedure(void **state)
{
	static const struct soap_options options = {
		.dialect = { .request_namespace = "urn:x", },
	};
	static const struct {
		const char *code;
		bool empty;
		const char *wanted;
	} rows[] = {
		{ "1.0001", false, "</dan:MaYeuCau><dan:MaDVC>1.0001</" },
		{ "", false, "</dan:MaYeuCau><dan:MaTichHop>" },
		{ "", true,
		  "</dan:MaYeuCau><dan:MaDVC></dan:MaDVC><dan:MaTichHop>" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		BUF message = buf_make(HTTP_REQUEST_MAX);
		struct fields fields = sample;

		(void)snprintf(fields.procedure, sizeof(fields.procedure), "%s",
		               rows[i].code);
		fields.empty_procedure = rows[i].empty;
		assert_int_equal(soap_message_make(&options, REGISTRY_LOOKUP,
		                                   &fields, &message),
		                 CCCD_OK);
		assert_int_equal(buf_append_byte(&message, 0), CCCD_OK);
		assert_non_null(
		        strstr((const char *)message.at, rows[i].wanted));
	}
}

static void lgsp_object_leaves_out_what_is_empty(void **state)
{
	static const struct lgsp_pair pairs[] = { { "a", "1" },
		                                  { "b", "" },
		                                  { "c", NULL } };
	BUF object = buf_make(64);

	(void)state;
	assert_int_equal(lgsp_object_make(pairs, ARRAY_LEN(pairs), &object),
	                 CCCD_OK);
	assert_true(span_equal(buf_span(&object),
	                       span_text("{\"a\":\"1\",\"c\":\"\"}")));
}

static const char *line_of(const struct headers *headers, const char *name)
{
	for (size_t i = 0; i < headers->count; i++) {
		const char *line = (const char *)headers->lines[i].at;

		if (strncmp(line, name, strlen(name)) == 0)
			return line;
	}
	return "";
}

/* base64("u:" sha256("https://a/u1500p")), worked out with coreutils. */
#define BASIC                                              \
	"dTo5NTdhNzgzYjIwMDg4MDczMzNlYWE3ZjU5M2I4NTAwYzg3" \
	"NTQzZGE3ZDhlOTI1NTJhYjhiMjU5MWRjNWY1ZDcw"

static void soap_headers_hash_without_separators(void **state)
{
	static struct soap_options options = { .user = "u", .secret = "p" };
	HEADERS headers = { .count = 0 };
	HEADERS later = { .count = 0 };

	(void)state;
	assert_int_equal(
	        soap_headers_make(&options, "https://a/", 1500, NULL, &headers),
	        CCCD_OK);
	assert_string_equal(line_of(&headers, "Timestamp"), "Timestamp: 1500");
	assert_string_equal(line_of(&headers, "SOAPAction"),
	                    "SOAPAction: \"\"");
	assert_string_equal(line_of(&headers, "Authorization"),
	                    "Authorization: Basic " BASIC);
	assert_string_equal(line_of(&headers, "ApiKey"), "");
	assert_string_equal(line_of(&headers, "X-Road-Client"), "");
	options.seconds = 1;
	assert_int_equal(
	        soap_headers_make(&options, "https://a/", 1500, "aGg=", &later),
	        CCCD_OK);
	assert_string_equal(line_of(&later, "Timestamp"), "Timestamp: 1");
	assert_string_equal(line_of(&later, "AuthHash"), "AuthHash: aGg=");
	assert_string_not_equal(line_of(&later, "Authorization"),
	                        line_of(&headers, "Authorization"));
}

static void headers_refuse_a_second_line(void **state)
{
	HEADERS headers = { .count = 0 };

	(void)state;
	assert_int_equal(headers_add(&headers, "A", "", "b\r\nC: d"),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(headers_add(&headers, "A\nB", "", "c"),
	                 CCCD_ERR_DATA_MALFORMED);
	assert_int_equal(headers.count, 0);
}

static void fields_follow_the_options(void **state)
{
	static struct field_options options = { .agency = "G01",
		                                .integration = "037" };
	struct registry_question question = {
		.operation = REGISTRY_LOOKUP,
		.request_id = "r",
		.id_number = "",
		.old_number = "012345678",
		.full_name = "Nguyễn văn an",
		.date_of_birth = "1990-01-31",
		.sex = "",
		.officer_id = "CB",
		.officer_name = "",
		.service_code = "",
		.procedure_code = "1",
	};
	struct fields fields;

	(void)state;
	assert_null(fields_make(&options, &question, &fields));
	assert_string_equal(fields.old_number, "012345678");
	assert_string_equal(fields.number, "");
	assert_string_equal(fields.name, "NGUYỄN VĂN AN");
	assert_string_equal(fields.date, "19900131");
	assert_string_equal(fields.year, "");
	assert_string_equal(fields.integration, "037");
	options.date_dashed = 1;
	options.name_as_is = 1;
	question.service_code = "041";
	assert_null(fields_make(&options, &question, &fields));
	assert_string_equal(fields.name, "Nguyễn văn an");
	assert_string_equal(fields.date, "1990-01-31");
	assert_string_equal(fields.integration, "041");
	question.date_of_birth = "1990-01";
	assert_null(fields_make(&options, &question, &fields));
	assert_string_equal(fields.date, "");
	assert_string_equal(fields.year, "1990");
	options.agency[0] = '\0';
	assert_string_equal(fields_make(&options, &question, &fields),
	                    "agency");
}

static void fields_say_what_no_procedure_means(void **state)
{
	static struct field_options options = { .agency = "G01" };
	struct registry_question question = {
		.operation = REGISTRY_LOOKUP,
		.request_id = "r",
		.id_number = "001090000001",
		.old_number = "",
		.full_name = "An",
		.date_of_birth = "1990",
		.officer_id = "CB",
		.service_code = "",
		.procedure_code = "",
	};
	struct fields fields;

	(void)state;
	assert_string_equal(fields_make(&options, &question, &fields),
	                    "procedure code");
	options.without_procedure = 1;
	assert_null(fields_make(&options, &question, &fields));
	assert_string_equal(fields.procedure, "");
	assert_false(fields.empty_procedure);
	options.without_procedure = 2;
	assert_null(fields_make(&options, &question, &fields));
	assert_true(fields.empty_procedure);
	(void)snprintf(options.procedure, sizeof(options.procedure), "2.0002");
	assert_null(fields_make(&options, &question, &fields));
	assert_string_equal(fields.procedure, "2.0002");
	assert_false(fields.empty_procedure);
	question.procedure_code = "3.0003";
	assert_null(fields_make(&options, &question, &fields));
	assert_string_equal(fields.procedure, "3.0003");
}

/* Nine digits are an old number; the twelve of later cards are none. */
static void citizen_old_number_has_nine_digits(void **state)
{
	static const struct {
		const char *text;
		bool good;
		const char *wanted;
	} rows[] = {
		{ "012345678", true, "012345678" },
		{ "001090000001", true, "" },
		{ "01234567", false, "" },
		{ "01234567a", false, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		static struct citizen citizen;
		struct citizen_reading reading = { .citizen = &citizen };

		citizen_wipe(&citizen);
		assert_int_equal(citizen_take(&reading, "SoCMND",
		                              span_text(rows[i].text)),
		                 rows[i].good);
		assert_string_equal(citizen.old_number, rows[i].wanted);
	}
}

static void citizen_dates_are_days_that_exist(void **state)
{
	static const struct {
		const char *text;
		const char *wanted; /* NULL: refused */
	} rows[] = {
		{ "19900131", "1990-01-31" },
		{ "1990-01-31", "1990-01-31" },
		{ "1990", "1990" },
		{ "199001", "1990-01" },
		{ "1990-01", "1990-01" },
		{ "19900100", "1990-01" },
		{ "19900000", "1990" },
		{ " 1990 ", "1990" },
		{ "", "" },
		{ "20000229", "2000-02-29" },
		{ "19000229", NULL },
		{ "19901301", NULL },
		{ "19900132", NULL },
		{ "19900001", NULL },
		{ "0000", NULL },
		{ "199", NULL },
		{ "1990-1-31", NULL },
		{ "31011990", NULL },
		{ "1990013112", NULL },
		{ "199x", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char date[CITIZEN_DATE_MAX] = "";
		bool good = citizen_set_date(span_text(rows[i].text), date);

		if (good != (rows[i].wanted != NULL))
			print_error("row %zu\n", i);
		assert_int_equal(good, rows[i].wanted != NULL);
		if (rows[i].wanted != NULL)
			assert_string_equal(date, rows[i].wanted);
	}
}

/* A registry that writes words in place of codes says no less. */
static void citizen_sex_is_a_code_or_a_word(void **state)
{
	static const struct {
		const char *text;
		const char *wanted;
	} rows[] = {
		{ "1", "male" },
		{ "2", "female" },
		{ "Nam", "male" },
		{ "NAM", "male" },
		{ "Nữ", "female" },
		{ "nu", "female" },
		{ "M", "male" },
		{ "F", "female" },
		{ "Male", "male" },
		{ "0", "unspecified" },
		{ "01", "unspecified" },
		{ "N", "unspecified" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char sex[CITIZEN_CODE_MAX] = "";

		citizen_set_sex(rows[i].text, "1", "2", sex);
		assert_string_equal(sex, rows[i].wanted);
	}
}

/* What the settings say of a word counts before what the word says. */
static void citizen_sex_by_settings_comes_first(void **state)
{
	char sex[CITIZEN_CODE_MAX] = "";

	(void)state;
	citizen_set_sex("M", "B", "M", sex);
	assert_string_equal(sex, "female");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(token_is_renewed_before_its_end),
		cmocka_unit_test(token_that_was_refused_is_not_given_again),
		cmocka_unit_test(token_is_fetched_once_under_eight_threads),
		cmocka_unit_test(token_waiters_keep_their_deadline),
		cmocka_unit_test(soap_message_keeps_the_order_and_escapes),
		cmocka_unit_test(soap_message_sends_an_empty_procedure),
		cmocka_unit_test(lgsp_object_leaves_out_what_is_empty),
		cmocka_unit_test(soap_headers_hash_without_separators),
		cmocka_unit_test(headers_refuse_a_second_line),
		cmocka_unit_test(fields_follow_the_options),
		cmocka_unit_test(fields_say_what_no_procedure_means),
		cmocka_unit_test(citizen_old_number_has_nine_digits),
		cmocka_unit_test(citizen_dates_are_days_that_exist),
		cmocka_unit_test(citizen_sex_is_a_code_or_a_word),
		cmocka_unit_test(citizen_sex_by_settings_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
