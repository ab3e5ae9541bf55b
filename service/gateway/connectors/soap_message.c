/* SPDX-License-Identifier: Apache-2.0 */
/* The SOAP request and the headers that go with it. */
#include "service/gateway/connectors/soap_message.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/digest.h"

static const char *const element_words[] = { "qualified", "unqualified", NULL };
static const char *const time_words[] = { "milliseconds", "seconds", NULL };

#define AT(member) offsetof(struct soap_options, member)

/* Namespaces are names that the contract fixes; nothing is fetched there. */
const struct setting_rule soap_rules[] = {
	{ "request_namespace", SETTING_TEXT, "http://dancuquocgia.bca",
	  AT(dialect.request_namespace), NULL, 0, 0 },
	{ "answer_namespace", SETTING_TEXT, "http://www.mic.gov.vn/dancu/1.0",
	  AT(dialect.answer_namespace), NULL, 0, 0 },
	{ "sex_male", SETTING_TEXT, "1", AT(dialect.sex_male), NULL, 0, 0 },
	{ "sex_female", SETTING_TEXT, "2", AT(dialect.sex_female), NULL, 0, 0 },
	{ "elements", SETTING_WORD, "qualified", AT(unqualified), element_words,
	  0, 0 },
};
const size_t soap_rule_count = ARRAY_LEN(soap_rules);

const struct setting_rule soap_header_rules[] = {
	{ "client", SETTING_TEXT, "", AT(client), NULL, 0, 0 },
	{ "api_key_file", SETTING_SECRET, "", AT(api_key), NULL, 0, 0 },
	{ "user", SETTING_TEXT, "", AT(user), NULL, 0, 0 },
	{ "secret_file", SETTING_SECRET, "", AT(secret), NULL, 0, 0 },
	{ "service_url", SETTING_URL, "", AT(service_url), NULL, 0, 0 },
	{ "timestamp", SETTING_WORD, "milliseconds", AT(seconds), time_words, 0,
	  0 },
	{ "officer_keys", SETTING_PRIVATE, "", AT(officer_keys), NULL, 0, 0 },
	{ "soap_action", SETTING_TEXT, "", AT(action), NULL, 0, 0 },
};
const size_t soap_header_rule_count = ARRAY_LEN(soap_header_rules);

static CHECKED enum cccd_err put(struct buf *ret, const char *text)
{
	return buf_append(ret, span_text(text));
}

/* Text as XML's character data; fields hold no control characters. */
static CHECKED enum cccd_err put_escaped(struct buf *ret, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&': TRY(put(ret, "&amp;")); break;
		case '<': TRY(put(ret, "&lt;")); break;
		case '>': TRY(put(ret, "&gt;")); break;
		case '"': TRY(put(ret, "&quot;")); break;
		default: TRY(buf_append_byte(ret, (uint8_t)*text)); break;
		}
	}
	return CCCD_OK;
}

/* An element, whatever is in it. */
static CHECKED enum cccd_err put_any(struct buf *ret, const char *prefix,
                                     const char *name, const char *value)
{
	TRY(put(ret, "<"));
	TRY(put(ret, prefix));
	TRY(put(ret, name));
	TRY(put(ret, ">"));
	TRY(put_escaped(ret, value));
	TRY(put(ret, "</"));
	TRY(put(ret, prefix));
	TRY(put(ret, name));
	return put(ret, ">");
}

/* An element; left out when it is empty. */
static CHECKED enum cccd_err put_element(struct buf *ret, const char *prefix,
                                         const char *name, const char *value)
{
	return value[0] == '\0' ? CCCD_OK : put_any(ret, prefix, name, value);
}

static CHECKED enum cccd_err put_birth(struct buf *ret, const char *prefix,
                                       const struct fields *fields)
{
	TRY(put(ret, "<"));
	TRY(put(ret, prefix));
	TRY(put(ret, "NgayThangNamSinh>"));
	TRY(put_element(ret, prefix, "NgayThangNam", fields->date));
	TRY(put_element(ret, prefix, "Nam", fields->year));
	TRY(put(ret, "</"));
	TRY(put(ret, prefix));
	return put(ret, "NgayThangNamSinh>");
}

/* The registry reads them by their order. */
static CHECKED enum cccd_err put_fields(struct buf *ret, const char *prefix,
                                        const struct fields *fields)
{
	const struct {
		const char *name;
		const char *value;
	} elements[] = {
		{ "MaTichHop", fields->integration },
		{ "MaCanBo", fields->officer },
		{ "MaDonVi", fields->agency },
		{ "TaiKhoan", fields->account },
		{ "SoDienThoai", fields->phone },
		{ "SoDinhDanh", fields->number },
		{ "SoCMND", fields->old_number },
		{ "HoVaTen", fields->name },
	};

	TRY(put_element(ret, prefix, "MaYeuCau", fields->request));
	if (fields->empty_procedure)
		TRY(put_any(ret, prefix, "MaDVC", ""));
	TRY(put_element(ret, prefix, "MaDVC", fields->procedure));
	for (size_t i = 0; i < ARRAY_LEN(elements); i++)
		TRY(put_element(ret, prefix, elements[i].name,
		                elements[i].value));
	return put_birth(ret, prefix, fields);
}

enum cccd_err soap_message_make(const struct soap_options *options,
                                enum registry_operation operation,
                                const struct fields *fields, struct buf *ret)
{
	const char *name = operation == REGISTRY_LOOKUP
	                           ? "TraCuuThongTinCongDan"
	                           : "XacThucThongTinCongDan";

	buf_reset(ret);
	TRY(put(ret, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
	             "<soapenv:Envelope xmlns:soapenv="
	             "\"http://schemas.xmlsoap.org/soap/envelope/\""
	             " xmlns:dan=\""));
	TRY(put_escaped(ret, options->dialect.request_namespace));
	TRY(put(ret, "\"><soapenv:Header/><soapenv:Body><dan:"));
	TRY(put(ret, name));
	TRY(put(ret, ">"));
	TRY(put_fields(ret, options->unqualified != 0 ? "" : "dan:", fields));
	TRY(put(ret, "</dan:"));
	TRY(put(ret, name));
	return put(ret, "></soapenv:Body></soapenv:Envelope>");
}

/* lowerhex(SHA-256(service URL, user, timestamp, secret)), nothing between. */
static CHECKED enum cccd_err make_password(const struct soap_options *options,
                                           const char *url,
                                           const char *timestamp,
                                           char ret[static 65])
{
	static const char digits[] = "0123456789abcdef";
	BUF text = buf_make((size_t)4 * SETTING_SECRET_MAX);
	struct digest digest = { .len = 0 };

	TRY(put(&text,
	        options->service_url[0] != '\0' ? options->service_url : url));
	TRY(put(&text, options->user));
	TRY(put(&text, timestamp));
	TRY(put(&text, options->secret));
	TRY(digest_compute(DIGEST_SHA256, buf_span(&text), &digest));
	for (size_t i = 0; i < digest.len; i++) {
		ret[2 * i] = digits[digest.bytes[i] >> 4];
		ret[2 * i + 1] = digits[digest.bytes[i] & 15];
	}
	ret[2 * digest.len] = '\0';
	return CCCD_OK;
}

static CHECKED enum cccd_err add_basic(const struct soap_options *options,
                                       const char *url, const char *timestamp,
                                       struct headers *ret)
{
	BUF basic = buf_make(HEADER_LINE_MAX);
	char password[65] = "";

	TRY(make_password(options, url, timestamp, password));
	TRY(headers_basic(options->user, password, &basic));
	return headers_add(ret, "Authorization", "Basic ",
	                   (const char *)basic.at);
}

enum cccd_err soap_headers_make(const struct soap_options *options,
                                const char *url, int64_t now_ms,
                                const char *auth_hash, struct headers *ret)
{
	char timestamp[24] = "";
	char action[SETTING_TEXT_MAX + 2] = "";

	(void)snprintf(timestamp, sizeof(timestamp), "%" PRId64,
	               options->seconds != 0 ? now_ms / 1000 : now_ms);
	(void)snprintf(action, sizeof(action), "\"%s\"", options->action);
	TRY(headers_add(ret, "SOAPAction", "", action));
	TRY(headers_add(ret, "Timestamp", "", timestamp));
	if (options->client[0] != '\0')
		TRY(headers_add(ret, "X-Road-Client", "", options->client));
	if (options->api_key[0] != '\0')
		TRY(headers_add(ret, "ApiKey", "", options->api_key));
	if (auth_hash != NULL)
		TRY(headers_add(ret, "AuthHash", "", auth_hash));
	if (options->user[0] != '\0')
		TRY(add_basic(options, url, timestamp, ret));
	return CCCD_OK;
}
