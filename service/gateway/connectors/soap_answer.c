/* SPDX-License-Identifier: Apache-2.0 */
/* What a registry's SOAP answer says, read element by element. */
#include "service/gateway/connectors/soap_answer.h"

#include <strings.h>

#include <libxml/parser.h>

#include "base/buf.h"
#include "base/text.h"
#include "service/gateway/connectors/citizen_cells.h"

enum {
	DEPTH_MAX = 24,
	ELEMENTS_MAX = 2000,
	ANSWER_PATH_MAX = 128,
	ANSWER_TEXT_MAX = CITIZEN_TEXT_MAX * 2,
	ANSWER_MAX = 1024 * 1024,
	ATTRIBUTES_MAX = 256,
};

static const char envelope_1_1[] = "http://schemas.xmlsoap.org/soap/envelope/";
static const char envelope_1_2[] = "http://www.w3.org/2003/05/soap-envelope";

/**
 * struct reading - a document on its way in.
 * @path:     local names from the answer's root element, '/' between
 * @base:     depth of the answer's root element, 0 while outside
 * @text:     of the innermost element, where it is read
 * @has_text: something else than blanks was in it since a tag
 * @reads:    of each depth, whether the text of the open element is read
 * @outcome:  set once; REGISTRY_NOT_ASKED until something is wrong
 * @people:   CongDan elements seen
 * @stray:    something else was in the collection
 * @parents:  of each depth, whether an element was in the open one
 * @seen:     the envelope, its body and a root element
 * @is_unicode: whatever encoding is declared, the bytes are UTF-8
 */
struct reading {
	xmlParserCtxtPtr parser;
	const struct soap_dialect *dialect;
	enum registry_operation operation;
	struct citizen_reading person;
	enum registry_outcome outcome;
	enum cccd_err err;
	char path[ANSWER_PATH_MAX];
	size_t ends[DEPTH_MAX + 1];
	bool parents[DEPTH_MAX + 1];
	bool reads[DEPTH_MAX + 1];
	unsigned int depth;
	unsigned int base;
	unsigned int elements;
	unsigned int people;
	bool has_text;
	bool stray;
	bool is_unicode;
	bool in_body;
	bool seen_root;
	bool seen_collection;
	bool is_fault;
	bool fault_is_ours;
	enum registry_outcome verdict;
	struct buf text;
};

/* The first cause counts; the parser stops at once. */
static void stop(struct reading *reading, enum registry_outcome outcome)
{
	if (reading->outcome == REGISTRY_NOT_ASKED)
		reading->outcome = outcome;
	xmlStopParser(reading->parser);
}

static bool is(const xmlChar *text, const char *word)
{
	return text != NULL && strcmp((const char *)text, word) == 0;
}

/* true, false, 1, 0: the boolean of XML Schema. */
static void end_exists(struct reading *reading, struct span text)
{
	text = text_trim(text);
	if (reading->verdict != REGISTRY_NOT_ASKED)
		stop(reading, REGISTRY_AMBIGUOUS);
	else if (span_equal(text, span_text("true")) ||
	         span_equal(text, span_text("1")))
		reading->verdict = REGISTRY_CONFIRMED;
	else if (span_equal(text, span_text("false")) ||
	         span_equal(text, span_text("0")))
		reading->verdict = REGISTRY_NOT_FOUND;
	else
		stop(reading, REGISTRY_MALFORMED);
}

/* Whose fault: "Client", "Sender", with or without a prefix. */
static void end_fault_code(struct reading *reading, struct span text)
{
	static const char *const ours[] = { "Client", "Sender" };

	text = text_trim(text);
	for (size_t i = 0; i < ARRAY_LEN(ours); i++) {
		size_t len = strlen(ours[i]);

		for (size_t at = 0; at + len <= text.len; at++)
			if (memcmp(text.at + at, ours[i], len) == 0)
				reading->fault_is_ours = true;
	}
}

/* The path below CongDan, NULL anywhere else. */
static const char *below_person(const struct reading *reading)
{
	static const char person[] = "CongdanCollection/CongDan/";
	size_t len = sizeof(person) - 1;

	return strncmp(reading->path, person, len) == 0 ? reading->path + len
	                                                : NULL;
}

/* What nobody reads, a picture or a server's stack, may be of any length. */
static bool is_read(const struct reading *reading)
{
	const char *path = reading->path;
	const char *below = below_person(reading);

	if (reading->is_fault)
		return strcmp(path, "Fault/faultcode") == 0 ||
		       strcmp(path, "Fault/Code/Value") == 0;
	return strcmp(path, "KetQuaXacThuc/TonTai") == 0 ||
	       (below != NULL && citizen_reads(below));
}

/* An element whose text was read. */
static void end_read(struct reading *reading, struct span text)
{
	const char *below = below_person(reading);

	if (reading->is_fault)
		end_fault_code(reading, text);
	else if (below == NULL)
		end_exists(reading, text);
	else if (!citizen_take(&reading->person, below, text))
		stop(reading, REGISTRY_MALFORMED);
}

/* Text beside elements, or the root's own, says what nobody here reads: it
 * must not pass for the value of an element, nor for an empty collection. */
static void check_text(struct reading *reading, bool is_leaf)
{
	if (reading->base != 0 && !reading->is_fault && !is_leaf &&
	    reading->has_text)
		stop(reading, REGISTRY_MALFORMED);
}

static void forget_text(struct reading *reading)
{
	reading->has_text = false;
	buf_reset(&reading->text);
}

static bool is_envelope_name(const xmlChar *uri)
{
	return is(uri, envelope_1_1) || is(uri, envelope_1_2);
}

/* Elements below the root are of the answer's namespace or of none. */
static bool is_ours(const struct reading *reading, const xmlChar *uri)
{
	return uri == NULL || is(uri, reading->dialect->answer_namespace) ||
	       is(uri, reading->dialect->request_namespace);
}

/* "…Response" around the answer, as some stacks write it. */
static bool is_wrapper(const struct reading *reading, const xmlChar *name)
{
	return is(name, reading->operation == REGISTRY_LOOKUP
	                        ? "TraCuuThongTinCongDanResponse"
	                        : "XacThucThongTinCongDanResponse");
}

/* Envelope, then Header (passed over) or Body. */
static void begin_envelope(struct reading *reading, const xmlChar *name,
                           const xmlChar *uri)
{
	bool outermost = reading->depth == 1;
	bool body = !outermost && is(name, "Body");
	bool known = body || is(name, outermost ? "Envelope" : "Header");

	if (!known)
		stop(reading, REGISTRY_MALFORMED);
	else if (!is_envelope_name(uri))
		stop(reading, REGISTRY_NAMESPACE);
	else
		reading->in_body = body;
}

/* The one element that answers. */
static void begin_root(struct reading *reading, const xmlChar *name,
                       const xmlChar *uri)
{
	bool lookup = reading->operation == REGISTRY_LOOKUP;

	if (reading->seen_root) {
		stop(reading, REGISTRY_AMBIGUOUS);
		return;
	}
	if (is(name, "Fault") && is_envelope_name(uri)) {
		reading->is_fault = true;
	} else if (is(name, lookup ? "CongdanCollection" : "KetQuaXacThuc")) {
		/* A look-up's namespace is established; the other's is not. */
		bool good = is(uri, reading->dialect->answer_namespace) ||
		            (!lookup &&
		             is(uri, reading->dialect->request_namespace));

		if (!good)
			stop(reading, REGISTRY_NAMESPACE);
	} else {
		stop(reading, is_ours(reading, uri) ? REGISTRY_MALFORMED
		                                    : REGISTRY_NAMESPACE);
	}
	reading->seen_root = true;
	reading->base = reading->depth;
}

static void begin_below(struct reading *reading, const xmlChar *name,
                        const xmlChar *uri)
{
	if (reading->is_fault)
		return;
	if (!is_ours(reading, uri))
		stop(reading, REGISTRY_NAMESPACE);
	if (reading->depth != reading->base + 1)
		return;
	if (!is(name, "CongDan"))
		reading->stray = true;
	else if (++reading->people > 1)
		stop(reading, REGISTRY_AMBIGUOUS);
}

static void begin(struct reading *reading, const xmlChar *name,
                  const xmlChar *uri)
{
	if (reading->depth <= 2)
		begin_envelope(reading, name, uri);
	else if (reading->base != 0)
		begin_below(reading, name, uri);
	else if (reading->in_body &&
	         (reading->depth > 3 || !is_wrapper(reading, name)))
		begin_root(reading, name, uri);
	else if (reading->in_body && !is_ours(reading, uri))
		stop(reading, REGISTRY_NAMESPACE);
}

/* Append "/name" where the answer has begun. */
static void push(struct reading *reading, const xmlChar *name)
{
	size_t used = strlen(reading->path);
	size_t len = strlen((const char *)name);

	reading->ends[reading->depth] = used;
	if (reading->base == 0)
		return;
	if (used + len + 2 > sizeof(reading->path)) {
		/* Nothing of ours is that deep or that long. */
		stop(reading, REGISTRY_MALFORMED);
		return;
	}
	if (used > 0)
		reading->path[used++] = '/';
	memcpy(reading->path + used, name, len + 1);
}

/* NOLINTNEXTLINE(readability-function-size): libxml2's parameters */
static void on_start(void *context, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *uri, int namespace_count,
                     const xmlChar **namespaces, int attribute_count,
                     int defaulted_count, const xmlChar **attributes)
{
	struct reading *reading = context;

	(void)namespace_count;
	(void)namespaces;
	(void)attribute_count;
	(void)defaulted_count;
	(void)attributes;
	if (reading->outcome != REGISTRY_NOT_ASKED)
		return;
	check_text(reading, false);
	reading->parents[reading->depth] = true;
	if (++reading->depth > DEPTH_MAX ||
	    ++reading->elements > ELEMENTS_MAX) {
		reading->depth--;
		stop(reading, REGISTRY_MALFORMED);
		return;
	}
	reading->parents[reading->depth] = false;
	begin(reading, name, uri);
	/* libxml2 complains of a prefix that nobody declared, and goes on. */
	if (prefix != NULL && uri == NULL)
		stop(reading, REGISTRY_NAMESPACE);
	push(reading, name);
	reading->reads[reading->depth] = is_read(reading);
	forget_text(reading);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix,
                   const xmlChar *uri)
{
	struct reading *reading = context;

	(void)name;
	(void)prefix;
	(void)uri;
	if (reading->outcome != REGISTRY_NOT_ASKED || reading->depth == 0)
		return;
	check_text(reading, reading->depth > reading->base &&
	                            !reading->parents[reading->depth]);
	if (reading->reads[reading->depth])
		end_read(reading, buf_span(&reading->text));
	if (reading->depth == reading->base) {
		/* Only one answer: base stays behind as seen_root. */
		reading->base = 0;
	}
	if (reading->depth == 2)
		reading->in_body = false;
	reading->path[reading->ends[reading->depth]] = '\0';
	reading->depth--;
	forget_text(reading);
}

static void on_text(void *context, const xmlChar *text, int len)
{
	struct reading *reading = context;
	struct span piece = span_of(text, (size_t)len);
	enum cccd_err err = CCCD_OK;

	if (reading->outcome != REGISTRY_NOT_ASKED)
		return;
	if (text_trim(piece).len > 0)
		reading->has_text = true;
	/* Whatever it says, an empty answer beside it is not all. */
	if (reading->base == 0 && reading->in_body && reading->has_text)
		stop(reading, REGISTRY_MALFORMED);
	if (!reading->reads[reading->depth])
		return;
	err = buf_append(&reading->text, piece);
	if (err == CCCD_ERR_MEMORY)
		reading->err = err;
	if (err != CCCD_OK)
		stop(reading, REGISTRY_MALFORMED);
}

/* Comes before anything of the DOCTYPE but its name has been read. */
static void on_doctype(void *context, const xmlChar *name,
                       const xmlChar *external, const xmlChar *system)
{
	(void)name;
	(void)external;
	(void)system;
	stop(context, REGISTRY_FORBIDDEN_MARKUP);
}

static xmlEntityPtr on_entity(void *context, const xmlChar *name)
{
	xmlEntityPtr known = xmlGetPredefinedEntity(name);

	if (known == NULL)
		stop(context, REGISTRY_FORBIDDEN_MARKUP);
	return known;
}

static void on_reference(void *context, const xmlChar *name)
{
	(void)name;
	stop(context, REGISTRY_FORBIDDEN_MARKUP);
}

/* libxml2 would write to standard error. */
static void on_complaint(void *context, const char *format, ...)
{
	(void)context;
	(void)format;
}

/* Answers are UTF-8; a second reading of the same bytes is none. Newer
 * libxml2 names the encoding that it was told to ignore. */
static void on_begin(void *context)
{
	static const xmlChar utf8[] = "UTF-8";
	struct reading *reading = context;
	const xmlChar *encoding = reading->parser->encoding;

	if (!reading->is_unicode && encoding != NULL &&
	    xmlStrcasecmp(encoding, utf8) != 0)
		stop(reading, REGISTRY_MALFORMED);
}

static const xmlSAXHandler handler = {
	.initialized = XML_SAX2_MAGIC,
	.startDocument = on_begin,
	.internalSubset = on_doctype,
	.externalSubset = on_doctype,
	.getEntity = on_entity,
	.reference = on_reference,
	.startElementNs = on_start,
	.endElementNs = on_end,
	.characters = on_text,
	.ignorableWhitespace = on_text,
	.cdataBlock = on_text,
	.warning = on_complaint,
	.error = on_complaint,
	.fatalError = on_complaint,
};

static void finish(struct reading *reading, bool well_formed)
{
	if (reading->outcome != REGISTRY_NOT_ASKED)
		return;
	if (!well_formed || !reading->seen_root)
		reading->outcome = REGISTRY_MALFORMED;
	else if (reading->is_fault)
		reading->outcome = reading->fault_is_ours ? REGISTRY_REFUSED
		                                          : REGISTRY_FAULT;
	else if (reading->operation == REGISTRY_AUTHENTICATE)
		reading->outcome = reading->verdict != REGISTRY_NOT_ASKED
		                           ? reading->verdict
		                           : REGISTRY_MALFORMED;
	else if (reading->people == 0)
		/* Nobody is there only where nothing is: an error's number,
		 * or a person under another name, is no answer. */
		reading->outcome = reading->stray ? REGISTRY_MALFORMED
		                                  : REGISTRY_NOT_FOUND;
	else
		reading->outcome = citizen_finish(&reading->person,
		                                  reading->dialect->sex_male,
		                                  reading->dialect->sex_female)
		                           ? REGISTRY_FOUND
		                           : REGISTRY_MALFORMED;
}

static CHECKED enum cccd_err read_document(struct span document,
                                           struct reading *reading)
{
	xmlSAXHandler handlers = handler;
	int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
	bool well_formed = false;

	if (reading->is_unicode)
		options |= XML_PARSE_IGNORE_ENC;
	reading->parser =
	        xmlCreatePushParserCtxt(&handlers, reading, NULL, 0, NULL);
	if (reading->parser == NULL)
		return CCCD_ERR_MEMORY;
	(void)xmlCtxtUseOptions(reading->parser, options);
	well_formed = xmlParseChunk(reading->parser, (const char *)document.at,
	                            (int)document.len, 1) == 0 &&
	              reading->parser->wellFormed != 0;
	finish(reading, well_formed);
	xmlFreeDoc(reading->parser->myDoc);
	xmlFreeParserCtxt(reading->parser);
	return reading->err;
}

/* libxml2 compares each attribute of an element with all others before it
 * tells of one, for minutes when there are many. Each has its '=', and in
 * UTF-8 there is no '<' between them. */
static bool has_few_attributes(struct span document)
{
	size_t count = 0;

	for (size_t i = 0; i < document.len && count <= ATTRIBUTES_MAX; i++) {
		if (document.at[i] == '<')
			count = 0;
		else if (document.at[i] == '=')
			count++;
	}
	return count <= ATTRIBUTES_MAX;
}

/* Whether UTF-16 is declared, as writers of strings in memory do. No other
 * value of a declaration can be this word, and none can hold a '>'. */
static bool declares_utf16(struct span document)
{
	static const char word[] = "utf-16";
	size_t len = sizeof(word) - 1;

	for (size_t i = 0; i + len + 2 <= document.len; i++) {
		const char *at = (const char *)document.at + i;

		if (*at == '>')
			return false;
		if ((*at == '"' || *at == '\'') && at[len + 1] == *at &&
		    strncasecmp(at + 1, word, len) == 0)
			return true;
	}
	return false;
}

enum cccd_err soap_answer_parse(struct span document, enum soap_source source,
                                enum registry_operation operation,
                                const struct soap_dialect *dialect,
                                struct registry_answer *ret)
{
	struct reading reading = {
		.dialect = dialect,
		.operation = operation,
		.person = { .citizen = &ret->citizen },
		.text = buf_make(ANSWER_TEXT_MAX),
	};
	enum cccd_err err = CCCD_OK;

	citizen_wipe(&ret->citizen);
	ret->outcome = REGISTRY_MALFORMED;
	if (document.len == 0 || document.len > ANSWER_MAX ||
	    !text_is_utf8(document) || !has_few_attributes(document))
		return CCCD_OK;
	/* Nor does UTF-16 get here: its '<' comes with a NUL. */
	reading.is_unicode = source == SOAP_TEXT || declares_utf16(document);
	err = read_document(document, &reading);
	ret->outcome = reading.outcome;
	if (ret->outcome != REGISTRY_FOUND)
		citizen_wipe(&ret->citizen);
	buf_release(&reading.text);
	wipe(&reading, sizeof(reading));
	return err;
}
