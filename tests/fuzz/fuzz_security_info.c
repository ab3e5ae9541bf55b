/* SPDX-License-Identifier: Apache-2.0 */
/* SecurityInfos of EF.CardAccess. */
#include "apdu/lds/security_info.h"

#include "tests/fuzz/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cccd_security_infos infos;
	struct span file = span_of(data, size);

	if (security_infos_parse(file, &infos) != CCCD_OK)
		return 0;
	for (size_t i = 0; i < infos.count; i++) {
		check_inside(infos.all[i].raw, file);
		check_inside(infos.all[i].protocol,
		             infos.all[i].raw.at ? bytes_span(infos.all[i].raw)
		                                 : file);
	}
	for (size_t i = 0; i < infos.chip_auth_count; i++)
		(void)security_infos_key_of(&infos, &infos.chip_auth[i]);
	for (size_t i = 0; i < infos.chip_auth_key_count; i++)
		check_inside(infos.chip_auth_key[i].public_key, file);
	for (size_t i = 0; i < infos.pace_domain_count; i++)
		check_inside(infos.pace_domain[i].algorithm, file);
	if (!security_infos_contain(&infos, &infos))
		abort();
	return 0;
}
