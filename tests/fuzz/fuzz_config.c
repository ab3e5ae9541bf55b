/* SPDX-License-Identifier: Apache-2.0 */
/* cccdd.conf: refused with a line, or every setting within its bounds. */
#include <stdlib.h>
#include <string.h>

#include "service/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cccd_error error = { .tries_left = -1 };
	struct config *config = malloc(sizeof(*config));

	must(config != NULL);
	memset(config, 0xFF, sizeof(*config));
	if (config_parse(span_of(data, size), "x", &error, config) != CCCD_OK) {
		must(error.code == CCCD_ERR_POLICY_CONFIG &&
		     error.text[0] == 'x');
		free(config);
		return 0;
	}
	for (size_t i = 0; i < config->listen.count; i++)
		must(strncmp(config->listen.items[i], "127.0.0.1:", 10) == 0 ||
		     strncmp(config->listen.items[i], "[::1]:", 6) == 0);
	must(config->listen.count <= CONFIG_LIST_MAX);
	must(config->nfc.count <= CONFIG_LIST_MAX);
	must(config->trust[0] == '/' && config->audit[0] == '/');
	must(memchr(config->keys, '\0', sizeof(config->keys)) != NULL);
	must(config->max_connections >= 1 &&
	     config->max_connections_per_origin <= config->max_connections);
	must(config->assertion_s >= 10 && config->assertion_s <= 300);
	must(config->lease_ms >= 1000 && config->lease_ms <= 600000);
	free(config);
	return 0;
}
