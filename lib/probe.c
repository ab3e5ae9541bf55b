/* SPDX-License-Identifier: Apache-2.0 */
/* What kind of card this is: the run, its files, its exchanges. */
#include <cccd/probe.h>

#include <stdio.h>
#include <string.h>

#include "apdu/lds/atr_info.h"
#include "base/secret.h"
#include "lib/probe.h"
#include "lib/session.h"

enum {
	INS_READ_BINARY = 0xB0,
	INS_READ_BINARY_ODD = 0xB1,
	/* A status word alone tells nothing of a file. */
	STATUS_LEN = 2,
	LE_SHORT_MAX = 256,
	/* ATR [ISO/IEC 7816-3 8.2]: T0 and the interface bytes it announces. */
	ATR_PROTOCOLS_MAX = 8,
};

size_t probe_round(size_t len)
{
	return (len + CCCD_PROBE_ROUNDING - 1) / CCCD_PROBE_ROUNDING *
	       CCCD_PROBE_ROUNDING;
}

const char *probe_length_class(size_t len)
{
	static const struct {
		size_t most;
		const char *name;
	} classes[] = {
		{ 0, "0" },      { 8, "1-8" },    { 16, "9-16" },
		{ 32, "17-32" }, { 64, "33-64" },
	};

	for (size_t i = 0; i < ARRAY_LEN(classes); i++)
		if (len <= classes[i].most)
			return classes[i].name;
	return "65+";
}

static size_t told_response_len(const struct cccd_exchange *exchange)
{
	bool reads = exchange->ins == INS_READ_BINARY ||
	             exchange->ins == INS_READ_BINARY_ODD;

	if (!reads || exchange->response_len <= STATUS_LEN)
		return exchange->response_len;
	return probe_round(exchange->response_len);
}

static void on_exchange(const struct cccd_exchange *exchange, void *context)
{
	struct cccd_probe *probe = context;
	struct cccd_exchange told = *exchange;

	told.response_len = told_response_len(exchange);
	if (told.response_len > probe->longest_response)
		probe->longest_response = (uint32_t)told.response_len;
	if (probe->exchange_count < CCCD_PROBE_EXCHANGES_MAX)
		probe->exchanges[probe->exchange_count++] = told;
	probe->exchange_total++;
}

void cccd_probe_watch(struct cccd_session *session, struct cccd_probe *probe)
{
	memset(probe, 0, sizeof(*probe));
	cccd_session_set_exchange_observer(session, on_exchange, probe);
}

static void fill_run(const struct cccd_session *session,
                     struct cccd_probe_run *run)
{
	const struct cccd_error *error = cccd_session_error(session);

	run->error = error->code;
	run->finished = error->code == CCCD_OK;
	(void)snprintf(run->step, sizeof(run->step), "%.*s",
	               (int)sizeof(run->step) - 1, error->step);
	run->status_word = error->status_word;
	run->tries_left = error->tries_left;
	run->specimen = cccd_session_result(session)->specimen;
}

/* "Vendor Model (serial) 00 00": what stands in brackets goes. */
static void strip_serial(char *name)
{
	unsigned int depth = 0;
	size_t used = 0;

	for (size_t i = 0; name[i] != '\0'; i++) {
		depth += name[i] == '(';
		if (depth == 0)
			name[used++] = name[i];
		depth -= name[i] == ')' && depth > 0;
	}
	name[used] = '\0';
}

/* [ISO/IEC 7816-3 8.2] T0 says how many; interface bytes come first. */
static struct span historical_bytes(struct span atr)
{
	size_t at = 2;
	size_t count = 0;
	unsigned int announced = 0;

	if (atr.len < 2)
		return span_of(NULL, 0);
	count = atr.at[1] & 0x0F;
	announced = atr.at[1] >> 4;
	for (unsigned int i = 0; i < ATR_PROTOCOLS_MAX && announced != 0; i++) {
		bool more = (announced & 0x8) != 0;

		at += (announced & 1) + (announced >> 1 & 1) +
		      (announced >> 2 & 1) + (more ? 1 : 0);
		if (at > atr.len)
			return span_of(NULL, 0);
		announced = more ? atr.at[at - 1] >> 4 : 0;
	}
	return span_first(span_after(atr, at), count);
}

static void fill_transport(const struct cccd_result *result,
                           struct cccd_probe *ret)
{
	size_t le = result->transport.largest_read;

	ret->transport = result->transport;
	strip_serial(ret->transport.reader);
	ret->historical = historical_bytes_look(historical_bytes(
	        span_of(ret->transport.atr, ret->transport.atr_len)));
	ret->largest_le = (uint32_t)(le > LE_SHORT_MAX ? probe_round(le) : le);
	ret->transport.largest_read = ret->largest_le;
}

static void fill_result(const struct cccd_result *result,
                        struct cccd_probe *ret)
{
	ret->access = result->access;
	memcpy(ret->checks, result->checks, sizeof(ret->checks));
	/* Whether the document is still in force is the person's affair. */
	ret->checks[CCCD_CHECK_DOCUMENT_EXPIRY] =
	        (struct cccd_check){ .reason = "" };
	memcpy(ret->defects, result->defects, sizeof(ret->defects));
	ret->defect_count = result->defect_count;
}

/* Files whose exact size tells of a name, an address or a face. */
static bool is_personal(enum cccd_file file)
{
	return file >= CCCD_FILE_DG1 && file <= CCCD_FILE_DG16 &&
	       file != CCCD_FILE_DG14 && file != CCCD_FILE_DG15;
}

static void fill_file_rows(const struct cccd_document *document,
                           struct cccd_probe *ret)
{
	struct cccd_com com = { 0 };

	for (unsigned int i = 1; i < CCCD_FILES_COUNT; i++) {
		enum cccd_file file = (enum cccd_file)i;
		struct cccd_probe_file *row = &ret->files[i];
		size_t len = cccd_document_file(document, file).len;

		row->state = cccd_document_state(document, file);
		row->rounded = is_personal(file);
		row->size = row->rounded ? probe_round(len) : len;
	}
	if (cccd_document_com(document, &com) != CCCD_OK)
		return;
	for (size_t i = 0; i < com.file_count; i++)
		ret->files[com.files[i]].in_com = true;
}

static enum cccd_err fill_proofs(const struct cccd_session *session,
                                 struct cccd_probe_proofs *ret)
{
	const struct cccd_evidence_facts *facts = session_facts(session);

	(void)snprintf(ret->ca_outcome, sizeof(ret->ca_outcome), "%s",
	               facts->chip_auth.outcome);
	ret->ca_status_word = facts->chip_auth.status_word;
	(void)snprintf(ret->aa_outcome, sizeof(ret->aa_outcome), "%s",
	               facts->active_auth.outcome);
	ret->aa_status_word = facts->active_auth.status_word;
	return probe_active_auth(session, ret);
}

enum cccd_err cccd_probe_fill(const struct cccd_session *session,
                              struct cccd_probe *ret)
{
	const struct cccd_document *document = cccd_session_document(session);
	const struct cccd_result *result = cccd_session_result(session);

	fill_run(session, &ret->run);
	fill_transport(result, ret);
	fill_result(result, ret);
	fill_file_rows(document, ret);
	TRY(probe_chip_files(document, ret));
	TRY(probe_sod(document, ret));
	TRY(probe_person_files(document, ret));
	TRY(probe_dg13(document, &ret->dg13));
	return fill_proofs(session, &ret->proofs);
}
