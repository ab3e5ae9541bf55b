/* SPDX-License-Identifier: Apache-2.0 */
/* Answers as other stacks would write them, legal and otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail

#include "base/buf.h"
#include "service/gateway/connectors/soap_answer.h"

#define ENVELOPE_NS "http://schemas.xmlsoap.org/soap/envelope/"
#define ANSWER_NS   "http://www.mic.gov.vn/dancu/1.0"
#define REQUEST_NS  "http://dancuquocgia.bca"

#define BODY(inner)                                                    \
	"<s:Envelope xmlns:s=\"" ENVELOPE_NS "\" xmlns:n=\"" ANSWER_NS \
	"\"><s:Body>" inner "</s:Body></s:Envelope>"
#define COLLECTION(inner) "<n:CongdanCollection>" inner "</n:CongdanCollection>"
#define WRAPPED(inner)                                                \
	BODY("<d:TraCuuThongTinCongDanResponse xmlns:d=\"" REQUEST_NS \
	     "\">" inner "</d:TraCuuThongTinCongDanResponse>")
#define PERSON(first)                                                    \
	first "<n:HoVaTen><n:Ho/><n:Ten>Nguy\xe1\xbb\x85n An</n:Ten>"    \
	      "</n:HoVaTen><n:NgayThangNamSinh><n:NgayThangNam>19900131" \
	      "</n:NgayThangNam></n:NgayThangNamSinh>"
#define NUMBER      "<n:SoDinhDanh>001090000001</n:SoDinhDanh>"
#define ONE(inner)  COLLECTION("<n:CongDan>" PERSON(inner) "</n:CongDan>")
#define DECLARATION "<?xml version=\"1.0\" encoding=\"utf-8\"?>"

static const struct {
	const char *name;
	const char *document;
	enum registry_outcome outcome;
} rows[] = {
	{ "plain", BODY(ONE(NUMBER)), REGISTRY_FOUND },
	{ "mark and declaration", "\xef\xbb\xbf" DECLARATION BODY(ONE(NUMBER)),
	  REGISTRY_FOUND },
	{ "default namespace",
	  "<Envelope xmlns=\"" ENVELOPE_NS "\"><Body><CongdanCollection"
	  " xmlns=\"" ANSWER_NS "\"><CongDan><SoDinhDanh>001090000001"
	  "</SoDinhDanh><HoVaTen>An</HoVaTen></CongDan></CongdanCollection>"
	  "</Body></Envelope>",
	  REGISTRY_FOUND },
	{ "in pieces",
	  BODY(ONE("<n:SoDinhDanh> 001<!-- -->09<?p i?><![CDATA[0000]]>&#48;01"
	           "\n</n:SoDinhDanh>")),
	  REGISTRY_FOUND },
	{ "blanks around", BODY("\n " COLLECTION("") "\t<!-- -->\n"),
	  REGISTRY_NOT_FOUND },
	{ "wrapped", WRAPPED("\n" COLLECTION("") "\n"), REGISTRY_NOT_FOUND },
	{ "text of a header",
	  "<s:Envelope xmlns:s=\"" ENVELOPE_NS "\"><s:Header><t xmlns=\"\">7"
	  "</t></s:Header><s:Body><CongdanCollection xmlns=\"" ANSWER_NS
	  "\"/></s:Body></s:Envelope>",
	  REGISTRY_NOT_FOUND },
	{ "text in the body", BODY("ERROR 99" COLLECTION("")),
	  REGISTRY_MALFORMED },
	{ "text behind", BODY(COLLECTION("") " ERROR 99"), REGISTRY_MALFORMED },
	{ "data behind", BODY(COLLECTION("") "<![CDATA[99]]>"),
	  REGISTRY_MALFORMED },
	{ "text in the wrapper", WRAPPED("99" COLLECTION("")),
	  REGISTRY_MALFORMED },
	{ "prefix of nobody",
	  BODY(ONE("<q:SoDinhDanh>001090000001</q:SoDinhDanh>")),
	  REGISTRY_NAMESPACE },
	{ "collection of nobody", BODY("<q:CongdanCollection/>"),
	  REGISTRY_NAMESPACE },
};

static struct registry_answer *parse(enum soap_source source,
                                     struct span document)
{
	static const struct soap_dialect dialect = {
		.request_namespace = REQUEST_NS,
		.answer_namespace = ANSWER_NS,
		.sex_male = "1",
		.sex_female = "2",
	};
	struct registry_answer *answer = registry_answer_new();

	assert_non_null(answer);
	assert_int_equal(soap_answer_parse(document, source, REGISTRY_LOOKUP,
	                                   &dialect, answer),
	                 CCCD_OK);
	return answer;
}

static void soap_answers_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct registry_answer *answer =
		        parse(SOAP_OCTETS, span_text(rows[i].document));

		if (answer->outcome != rows[i].outcome)
			print_error("%s\n", rows[i].name);
		assert_int_equal(answer->outcome, rows[i].outcome);
		if (answer->outcome == REGISTRY_FOUND)
			assert_string_equal(answer->citizen.id_number,
			                    "001090000001");
		registry_answer_free(answer);
	}
}

/* Where a long text stands: "%" is its place. */
static const struct {
	const char *name;
	const char *document;
	enum registry_outcome outcome;
} places[] = {
	{ "picture", BODY(ONE(NUMBER "<n:Anh>%</n:Anh>")), REGISTRY_FOUND },
	{ "data", BODY(ONE(NUMBER "<n:Anh><![CDATA[%]]></n:Anh>")),
	  REGISTRY_FOUND },
	{ "part", BODY(ONE(NUMBER "<n:Con><n:Anh>%</n:Anh></n:Con>")),
	  REGISTRY_FOUND },
	{ "name's part",
	  BODY(ONE(NUMBER "<n:Cha><n:HoVaTen><n:Anh>%</n:Anh>"
	                  "<n:Ten>A</n:Ten></n:HoVaTen></n:Cha>")),
	  REGISTRY_FOUND },
	{ "before",
	  BODY(COLLECTION(
	          "<n:Anh>%</n:Anh><n:CongDan>" PERSON(NUMBER) "</n:CongDan>")),
	  REGISTRY_FOUND },
	{ "fault",
	  BODY("<s:Fault><faultcode>s:Server</faultcode><faultstring>%"
	       "</faultstring><detail>%</detail></s:Fault>"),
	  REGISTRY_FAULT },
	{ "nobody", BODY(COLLECTION("<n:Anh>%</n:Anh>")), REGISTRY_MALFORMED },
	{ "collection", BODY(COLLECTION("%")), REGISTRY_MALFORMED },
	{ "beside a person", BODY("%" ONE(NUMBER)), REGISTRY_MALFORMED },
	{ "between", BODY(ONE(NUMBER "%")), REGISTRY_MALFORMED },
	{ "head of a part", BODY(ONE(NUMBER "<n:Con>%<n:Anh/></n:Con>")),
	  REGISTRY_MALFORMED },
	{ "tail of a part", BODY(ONE(NUMBER "<n:Con><n:Anh/>%</n:Con>")),
	  REGISTRY_MALFORMED },
	{ "number", BODY(ONE("<n:SoDinhDanh>%</n:SoDinhDanh>")),
	  REGISTRY_MALFORMED },
	{ "place",
	  BODY(ONE(NUMBER "<n:ThuongTru><n:ChiTiet>%</n:ChiTiet>"
	                  "</n:ThuongTru>")),
	  REGISTRY_MALFORMED },
	{ "sex", BODY(ONE(NUMBER "<n:GioiTinh>%</n:GioiTinh>")),
	  REGISTRY_MALFORMED },
	{ "year", BODY(ONE(NUMBER "<n:Nam>%</n:Nam>")), REGISTRY_MALFORMED },
	{ "father",
	  BODY(ONE(NUMBER "<n:Cha><n:HoVaTen><n:Ten>%</n:Ten></n:HoVaTen>"
	                  "</n:Cha>")),
	  REGISTRY_MALFORMED },
};

/* The text consists of @len bytes of letters. */
static void assert_place(size_t index, const char *letter, size_t len)
{
	BUF document = buf_make(1024 * 1024);
	struct registry_answer *answer = NULL;

	for (const char *at = places[index].document; *at != '\0'; at++) {
		if (*at != '%')
			assert_int_equal(
			        buf_append_byte(&document, (uint8_t)*at),
			        CCCD_OK);
		for (size_t i = 0; *at == '%' && i < len; i += strlen(letter))
			assert_int_equal(
			        buf_append(&document, span_text(letter)),
			        CCCD_OK);
	}
	answer = parse(SOAP_OCTETS, buf_span(&document));
	if (answer->outcome != places[index].outcome)
		print_error("%s, %zu of %s\n", places[index].name, len, letter);
	assert_int_equal(answer->outcome, places[index].outcome);
	registry_answer_free(answer);
}

static void soap_answers_pass_over_long_texts_nobody_reads(void **state)
{
	static const char *const letters[] = { "A", "\xe1\xbb\x85" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		for (size_t j = 0; j < ARRAY_LEN(letters); j++) {
			assert_place(i, letters[j], 3000);
			assert_place(i, letters[j], 300000);
		}
	}
}

/* Parts of a name that nobody asked for must not become somebody's. */
static void soap_answers_keep_names_of_others_apart(void **state)
{
	static const char *const documents[] = {
		BODY(COLLECTION("<n:CongDan>" NUMBER
		                "<n:Con><n:HoVaTen><n:Ten>B</n:Ten></n:HoVaTen>"
		                "</n:Con><n:HoVaTen>A</n:HoVaTen>"
		                "</n:CongDan>")),
		BODY(COLLECTION("<n:CongDan>" NUMBER
		                "<n:Con><n:HoVaTen><n:Ho>B</n:Ho></n:HoVaTen>"
		                "</n:Con><n:HoVaTen><n:Ten>A</n:Ten>"
		                "</n:HoVaTen></n:CongDan>")),
		BODY(COLLECTION("<n:CongDan>" NUMBER
		                "<n:HoVaTen><n:Ten>A</n:Ten></n:HoVaTen>"
		                "<n:Cha><n:Con><n:HoVaTen><n:Ten>B</n:Ten>"
		                "</n:HoVaTen></n:Con><n:HoVaTen>C</n:HoVaTen>"
		                "</n:Cha></n:CongDan>")),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		struct registry_answer *answer =
		        parse(SOAP_OCTETS, span_text(documents[i]));

		assert_int_equal(answer->outcome, REGISTRY_FOUND);
		assert_string_equal(answer->citizen.full_name, "A");
		assert_string_equal(answer->citizen.father.full_name,
		                    i == 2 ? "C" : "");
		registry_answer_free(answer);
	}
}

/* Which encodings may be declared: of octets, and of text. */
static const struct {
	const char *declaration;
	bool octets;
	bool text;
} declared[] = {
	{ "<?xml version=\"1.0\"?>", true, true },
	{ "<?xml version='1.0' encoding='UTF-8'?>", true, true },
	{ "<?xml version='1.0' encoding='utf-16'?>", true, true },
	{ "<?xml version=\"1.0\" encoding=\"UTF-16\"?>", true, true },
	{ "\xef\xbb\xbf<?xml version='1.0' encoding = 'utf-16' ?>", true,
	  true },
	{ "<?xml version='1.0' encoding='utf-16' standalone='yes'?>", true,
	  true },
	/* These would be other letters. */
	{ "<?xml version='1.0' encoding='ISO-8859-1'?>", false, true },
	{ "<?xml version='1.0' encoding='windows-1258'?>", false, true },
	{ "<?xml version='1.0' encoding='utf-16le'?>", false, true },
	{ "<?xml version='1.0' encoding='nobody'?>", false, true },
	{ "<?xml version='1.0' encoding='ISO-8859-1'?><!-- 'utf-16' -->", false,
	  true },
	/* Not well-formed, wherever the word stands. */
	{ "<?xml version='utf-16' encoding='ISO-8859-1'?>", false, false },
	{ "<?xml version='1.0' encoding='ISO-8859-1' standalone='utf-16'?>",
	  false, false },
	{ "<?xml version='1.0' encoding='ISO-8859-1' x='utf-16'?>", false,
	  false },
	{ "<!-- 'utf-16' --><?xml version='1.0' encoding='ISO-8859-1'?>", false,
	  false },
	{ "<?xml version='1.0' encoding='utf-16\"?>", false, false },
	{ "<?xml version='1.0' encoding=''?>", false, false },
};

static void assert_declared(const char *declaration, enum soap_source source,
                            bool good)
{
	char document[2048];
	struct registry_answer *answer = NULL;

	(void)snprintf(document, sizeof(document), "%s%s", declaration,
	               BODY(ONE(NUMBER)));
	answer = parse(source, span_text(document));
	if ((answer->outcome == REGISTRY_FOUND) != good)
		print_error("%s\n", declaration);
	assert_int_equal(answer->outcome,
	                 good ? REGISTRY_FOUND : REGISTRY_MALFORMED);
	assert_string_equal(answer->citizen.full_name,
	                    good ? "Nguy\xe1\xbb\x85n An" : "");
	registry_answer_free(answer);
}

static void soap_answers_are_utf8_whatever_a_string_declares(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(declared); i++) {
		assert_declared(declared[i].declaration, SOAP_OCTETS,
		                declared[i].octets);
		assert_declared(declared[i].declaration, SOAP_TEXT,
		                declared[i].text);
	}
}

static void assert_wide(bool big_endian, bool marked, enum soap_source source)
{
	static const char narrow[] =
	        "<?xml version=\"1.0\" encoding=\"utf-16\"?>" BODY(
	                COLLECTION(""));
	uint8_t wide[2 * sizeof(narrow)];
	struct registry_answer *answer = NULL;
	size_t low = big_endian ? 1 : 0;
	size_t used = 0;

	if (marked) {
		wide[low] = 0xff;
		wide[1 - low] = 0xfe;
		used = 2;
	}
	for (size_t i = 0; i < sizeof(narrow) - 1; i++, used += 2) {
		wide[used + low] = (uint8_t)narrow[i];
		wide[used + 1 - low] = 0;
	}
	answer = parse(source, span_of(wide, used));
	assert_int_equal(answer->outcome, REGISTRY_MALFORMED);
	registry_answer_free(answer);
}

static void soap_answers_in_utf16_are_malformed(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 8; i++)
		assert_wide((i & 1) != 0, (i & 2) != 0,
		            (i & 4) != 0 ? SOAP_TEXT : SOAP_OCTETS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(soap_answers_are_told_apart),
		cmocka_unit_test(
		        soap_answers_pass_over_long_texts_nobody_reads),
		cmocka_unit_test(soap_answers_keep_names_of_others_apart),
		cmocka_unit_test(
		        soap_answers_are_utf8_whatever_a_string_declares),
		cmocka_unit_test(soap_answers_in_utf16_are_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
