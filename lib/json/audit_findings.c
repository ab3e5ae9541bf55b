/* SPDX-License-Identifier: Apache-2.0 */
/* What cccd audit verify found, as the document urn:cccd:audit-findings:1. */
#include "lib/json/audit_findings.h"

#include <stdlib.h>

#include "lib/json/make.h"

struct audit_findings {
	struct json_maker maker;
	cJSON *list;
	size_t count;
};

static const char *const chain_names[AUDIT_CHAINS] = {
	[AUDIT_CHAIN_READS] = "reads",
	[AUDIT_CHAIN_SECURITY] = "security",
};

enum cccd_err audit_findings_new(struct audit_findings **ret)
{
	struct audit_findings *findings = calloc(1, sizeof(*findings));

	if (findings == NULL)
		return CCCD_ERR_MEMORY;
	findings->list = cJSON_CreateArray();
	if (findings->list == NULL) {
		free(findings);
		return CCCD_ERR_MEMORY;
	}
	*ret = findings;
	return CCCD_OK;
}

void audit_findings_add(void *context, const struct audit_finding *finding)
{
	struct audit_findings *findings = context;
	struct json_maker *maker = &findings->maker;
	cJSON *object = NULL;

	if (findings->count == AUDIT_FINDINGS_MAX)
		return;
	findings->count++;
	object = cJSON_CreateObject();
	make_text(maker, object, "log", chain_names[finding->chain]);
	make_text(maker, object, "finding", audit_fault_name(finding->fault));
	make_text_if(maker, object, "file", finding->file);
	if (finding->line != 0)
		make_number(maker, object, "line", (double)finding->line);
	if (finding->from != 0)
		make_number(maker, object, "from", (double)finding->from);
	if (finding->to != 0)
		make_number(maker, object, "to", (double)finding->to);
	if (finding->detail != NULL)
		make_text(maker, object, "detail", finding->detail);
	make_item(maker, findings->list, object);
}

static uint64_t put_logs(struct json_maker *maker, cJSON *root,
                         const struct audit_summary *summary)
{
	cJSON *logs = make_object(maker, root, "logs");
	uint64_t faults = 0;

	for (size_t i = 0; i < AUDIT_CHAINS; i++) {
		cJSON *log = make_object(maker, logs, chain_names[i]);

		make_number(maker, log, "files",
		            (double)summary->chains[i].files);
		make_number(maker, log, "lines",
		            (double)summary->chains[i].lines);
		make_number(maker, log, "faults",
		            (double)summary->chains[i].faults);
		make_number(maker, log, "repairs",
		            (double)summary->chains[i].repairs);
		make_number(maker, log, "sequence",
		            (double)summary->chains[i].last.sequence);
		make_text(maker, log, "hash", summary->chains[i].last.hash);
		faults += summary->chains[i].faults;
	}
	return faults;
}

enum cccd_err audit_findings_text(struct audit_findings *findings,
                                  const struct audit_summary *summary,
                                  char **ret)
{
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct json_maker *maker = &findings->maker;
	uint64_t faults = 0;

	if (root == NULL)
		return CCCD_ERR_MEMORY;
	make_text(maker, root, "schema", "urn:cccd:audit-findings:1");
	faults = put_logs(maker, root, summary);
	make_bool(maker, root, "sound", faults == 0);
	if (!cJSON_AddItemReferenceToObject(root, "findings", findings->list))
		return CCCD_ERR_MEMORY;
	return make_text_of(maker, root, true, ret);
}

void audit_findings_free(struct audit_findings *findings)
{
	if (findings == NULL)
		return;
	cJSON_Delete(findings->list);
	free(findings);
}
