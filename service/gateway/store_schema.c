/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a gateway, version by version; one text for both databases. */
#include "service/gateway/store_engine.h"

/* clang-format off */
/* Steps are only ever added: somebody has what the earlier ones made. */
const struct store_step store_steps[] = {
	{ 1, "CREATE TABLE gateway_nonces ("
		" nonce TEXT PRIMARY KEY,"
		" caller TEXT NOT NULL,"
		" expires BIGINT NOT NULL,"
		/* 0 issued, 1 spent, 2 spent and told of in the log */
		" state BIGINT NOT NULL,"
		" request_id TEXT NOT NULL,"
		" spent BIGINT NOT NULL)" },
	{ 1, "CREATE INDEX gateway_nonces_request ON gateway_nonces (request_id)" },
	{ 1, "CREATE INDEX gateway_nonces_expires ON gateway_nonces (expires)" },
	{ 1, "CREATE TABLE gateway_devices ("
		" thumbprint TEXT PRIMARY KEY,"
		" name TEXT NOT NULL,"
		" jwk TEXT NOT NULL,"
		" added TEXT NOT NULL,"
		" revoked TEXT NOT NULL)" },
	{ 1, "CREATE TABLE usage_log ("
		" seq BIGINT PRIMARY KEY,"
		" time TEXT NOT NULL, request_id TEXT NOT NULL UNIQUE,"
		" transaction_id TEXT NOT NULL, caller TEXT NOT NULL,"
		" origin TEXT NOT NULL, officer_id TEXT NOT NULL,"
		" officer_name TEXT NOT NULL, purpose TEXT NOT NULL,"
		" service_code TEXT NOT NULL, procedure_code TEXT NOT NULL,"
		" device TEXT NOT NULL, subject TEXT NOT NULL, card TEXT NOT NULL,"
		" result TEXT NOT NULL, reason TEXT NOT NULL, fields TEXT NOT NULL,"
		" source TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL)" },
	{ 1, "CREATE INDEX usage_log_time ON usage_log (time)" },
	/* One row: where the chain begins, and its head. */
	{ 1, "CREATE TABLE usage_chain ("
		" one BIGINT PRIMARY KEY CHECK (one = 1),"
		" base_seq BIGINT NOT NULL, base_hash TEXT NOT NULL,"
		" seq BIGINT NOT NULL, hash TEXT NOT NULL)" },
	{ 1, "INSERT INTO usage_chain (one, base_seq, base_hash, seq, hash)"
		" VALUES (1, 0, '', 0, '')" },
	{ 2, "ALTER TABLE gateway_nonces"
	     " ADD COLUMN transaction_id TEXT NOT NULL DEFAULT ''" },
	/* The few whose line is still missing. */
	{ 2, "CREATE INDEX gateway_nonces_untold ON gateway_nonces (spent)"
	     " WHERE state = 1" },
	{ 2, "CREATE INDEX usage_log_transaction"
	     " ON usage_log (transaction_id)" },
	/* Counted up to see whether a change reaches the disk. */
	{ 2, "ALTER TABLE usage_chain"
	     " ADD COLUMN looked BIGINT NOT NULL DEFAULT 0" },
	{ 0, NULL },
};

const char *const usage_names[USAGE_COLUMNS] = {
	[USAGE_TIME] = "time",
	[USAGE_REQUEST_ID] = "request_id",
	[USAGE_TRANSACTION] = "transaction_id",
	[USAGE_CALLER] = "caller",
	[USAGE_ORIGIN] = "origin",
	[USAGE_OFFICER_ID] = "officer_id",
	[USAGE_OFFICER_NAME] = "officer_name",
	[USAGE_PURPOSE] = "purpose",
	[USAGE_SERVICE_CODE] = "service_code",
	[USAGE_PROCEDURE_CODE] = "procedure_code",
	[USAGE_DEVICE] = "device",
	[USAGE_SUBJECT] = "subject",
	[USAGE_CARD] = "card",
	[USAGE_RESULT] = "result",
	[USAGE_REASON] = "reason",
	[USAGE_FIELDS] = "fields",
	[USAGE_SOURCE] = "source",
};
/* clang-format on */
