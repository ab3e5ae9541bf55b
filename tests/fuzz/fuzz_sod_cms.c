/* SPDX-License-Identifier: Apache-2.0 */
/* EF.SOD under a trust anchor; input: length, anchor, EF.SOD. */
#include <stdlib.h>

#include "apdu/auth/csca_store.h"
#include "apdu/auth/passive_auth.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1795392000, GROUPS_READ = 16 };

/* What may never be, whatever the bytes are. */
static void check_invariants(const struct passive_auth_sod *sod,
                             const struct passive_auth_groups *groups)
{
	bool proved = sod->object.hash.verdict == CCCD_SUCCESSFUL &&
	              sod->object.signature.verdict == CCCD_SUCCESSFUL;

	if (sod->object.content.len > 0 && !proved)
		abort();
	if (sod->trusted_content && !proved)
		abort();
	if (sod->object.ds_trust.verdict == CCCD_SUCCESSFUL &&
	    sod->object.ds_signature.verdict != CCCD_SUCCESSFUL)
		abort();
	for (unsigned int i = 1; i <= PA_GROUPS; i++)
		if (groups->state[i] == PA_IDENTICAL && !proved)
			abort();
}

static void judge(const struct csca_store *store, struct span file)
{
	const struct trust_input input = {
		.store = store,
		.now_s = NOW,
		.relaxations = PA_RELAX_LEGACY_CONTENT_TYPE |
		               PA_RELAX_SDU_CONTENT_TYPE,
	};
	const struct pa_document document = { .type = span_text("I<"),
		                              .number = span_text("C1"),
		                              .issued_s = NOW };
	struct passive_auth_sod *sod = calloc(1, sizeof(*sod));
	struct passive_auth_groups *groups = calloc(1, sizeof(*groups));
	struct pa_object object = { 0 };
	struct pa_files files = { .com = file, .com_state = PA_GROUP_READ };

	if (sod == NULL || groups == NULL)
		abort();
	for (unsigned int i = 1; i <= GROUPS_READ; i++) {
		files.read[i] = (enum pa_group_read)(i % 5);
		files.group[i] = file;
	}
	if (passive_auth_check_sod(file, &input, sod) == CCCD_OK &&
	    passive_auth_check_groups(sod, &files, groups) == CCCD_OK &&
	    passive_auth_apply_deviations(&input, &document, sod, groups) ==
	            CCCD_OK)
		check_invariants(sod, groups);
	passive_auth_check_issue(sod, NOW);
	(void)passive_auth_check_state(&sod->object, span_text("VNM"));
	(void)passive_auth_verdict(sod, groups);
	if (card_security_check(file, &input, &object) == CCCD_OK)
		pa_object_release(&object);
	passive_auth_sod_release(sod);
	free(sod);
	free(groups);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = span_of(data, size);
	struct csca_store *store = NULL;
	size_t len = 0;

	if (size < 2)
		return 0;
	len = (size_t)data[0] << 8 | data[1];
	input = span_after(input, 2);
	if (csca_store_new(CCCD_TRUST_REAL, &store) != CCCD_OK)
		abort();
	if (csca_store_add(store, CCCD_TRUST_ANCHOR, span_first(input, len),
	                   false) != CCCD_OK)
		len = 0;
	judge(store, span_after(input, len));
	csca_store_free(store);
	return 0;
}
