/* SPDX-License-Identifier: Apache-2.0 */
/* Getters: a raw file through its parser to a public structure. */
#include "lib/document.h"

#include <stdlib.h>
#include <time.h>

#include "apdu/lds/com.h"
#include "apdu/lds/dg1.h"
#include "apdu/lds/dg11.h"
#include "apdu/lds/dg12.h"
#include "apdu/lds/dg15.h"
#include "apdu/lds/dg16.h"
#include "apdu/lds/dg2.h"
#include "apdu/lds/dg5.h"
#include "apdu/lds/lds.h"
#include "apdu/lds/security_info.h"
#include "apdu/vnm/dg13.h"
#include "apdu/vnm/person.h"
#include "base/clock.h"
#include "base/secret.h"

const char *cccd_file_state_name(enum cccd_file_state state)
{
	static const char *const names[] = {
		[CCCD_FILE_NOT_READ] = "not_read",
		[CCCD_FILE_READ] = "read",
		[CCCD_FILE_MISSING] = "missing",
		[CCCD_FILE_LOCKED] = "locked",
		[CCCD_FILE_REFUSED] = "refused",
		[CCCD_FILE_BAD] = "bad",
		[CCCD_FILE_ABORTED] = "aborted",
	};

	return (unsigned int)state < ARRAY_LEN(names) ? names[state] : names[0];
}

const char *cccd_file_name(enum cccd_file file)
{
	const struct lds_file *row = lds_file(file);

	return row != NULL ? row->name : "";
}

enum cccd_file cccd_file_by_name(const char *name)
{
	const struct lds_file *row = lds_file_by_name(name);

	return row != NULL ? row->id : CCCD_FILE_NONE;
}

void document_clear(struct cccd_document *document)
{
	for (size_t i = 0; i < CCCD_FILES_COUNT; i++) {
		buf_release(&document->files[i]);
		document->states[i] = CCCD_FILE_NOT_READ;
	}
}

void result_clear(struct cccd_result *result)
{
	wipe(result, sizeof(*result));
	for (size_t i = 0; i < CCCD_CHECKS; i++)
		result->checks[i].reason = "";
	result->access = (struct cccd_access){
		.password = "none", .mapping = "", .cipher = "", .domain_id = -1
	};
}

enum cccd_file_state cccd_document_state(const struct cccd_document *document,
                                         enum cccd_file file)
{
	return (unsigned int)file < CCCD_FILES_COUNT ? document->states[file]
	                                             : CCCD_FILE_NOT_READ;
}

struct cccd_bytes cccd_document_file(const struct cccd_document *document,
                                     enum cccd_file file)
{
	if (cccd_document_state(document, file) != CCCD_FILE_READ)
		return (struct cccd_bytes){ 0 };
	return span_bytes(buf_span(&document->files[file]));
}

/* The raw file for a parser, or that it is not there. */
static enum cccd_err raw(const struct cccd_document *document,
                         enum cccd_file file, struct span *ret)
{
	if (cccd_document_state(document, file) != CCCD_FILE_READ)
		return CCCD_ERR_CARD_FILE_MISSING;
	*ret = buf_span(&document->files[file]);
	return CCCD_OK;
}

/* One getter is: find the bytes, parse them. */
#define GETTER(name, file, parser, type)                                \
	enum cccd_err cccd_document_##name(                             \
	        const struct cccd_document *document, struct type *ret) \
	{                                                               \
		struct span bytes = { 0 };                              \
                                                                        \
		TRY(raw(document, file, &bytes));                       \
		return parser(bytes, ret);                              \
	}

GETTER(dg1, CCCD_FILE_DG1, dg1_parse, cccd_mrz)
GETTER(dg2, CCCD_FILE_DG2, dg2_parse, cccd_dg2)
GETTER(dg7, CCCD_FILE_DG7, dg7_parse, cccd_images)
GETTER(dg11, CCCD_FILE_DG11, dg11_parse, cccd_dg11)
GETTER(dg12, CCCD_FILE_DG12, dg12_parse, cccd_dg12)
GETTER(dg13, CCCD_FILE_DG13, dg13_parse, cccd_dg13)
GETTER(dg14, CCCD_FILE_DG14, dg14_parse, cccd_security_infos)
GETTER(dg15, CCCD_FILE_DG15, dg15_parse, cccd_public_key)
GETTER(dg16, CCCD_FILE_DG16, dg16_parse, cccd_dg16)
GETTER(com, CCCD_FILE_COM, com_parse, cccd_com)
GETTER(card_access, CCCD_FILE_CARD_ACCESS, security_infos_parse,
       cccd_security_infos)

/* The groups a person is made of: too large for the stack. */
struct person_groups {
	struct cccd_mrz dg1;
	struct cccd_dg11 dg11;
	struct cccd_dg12 dg12;
	struct cccd_dg13 dg13;
};

static struct cccd_day today(void)
{
	time_t now = (time_t)clock_wall_s();
	struct tm parts = { 0 };

	if (gmtime_r(&now, &parts) == NULL)
		return (struct cccd_day){ 0 };
	return (struct cccd_day){
		.year = (uint16_t)(parts.tm_year + 1900),
		.month = (uint8_t)(parts.tm_mon + 1),
		.day = (uint8_t)parts.tm_mday,
	};
}

enum cccd_err cccd_document_person(const struct cccd_document *document,
                                   struct cccd_person *ret)
{
	struct person_groups *groups = calloc(1, sizeof(*groups));
	struct person_input input = { .today = today() };
	enum cccd_err err = CCCD_OK;

	if (groups == NULL)
		return CCCD_ERR_MEMORY;
	if (cccd_document_dg1(document, &groups->dg1) == CCCD_OK)
		input.dg1 = &groups->dg1;
	if (cccd_document_dg11(document, &groups->dg11) == CCCD_OK)
		input.dg11 = &groups->dg11;
	if (cccd_document_dg12(document, &groups->dg12) == CCCD_OK)
		input.dg12 = &groups->dg12;
	if (cccd_document_dg13(document, &groups->dg13) == CCCD_OK)
		input.dg13 = &groups->dg13;
	err = person_compose(&input, ret);
	wipe(groups, sizeof(*groups));
	free(groups);
	return err;
}
