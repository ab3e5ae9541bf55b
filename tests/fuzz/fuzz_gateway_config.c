/* SPDX-License-Identifier: Apache-2.0 */
/* cccd-gateway.conf: refused with a reason, or whole and within its bounds. */
#include <stdlib.h>
#include <string.h>

#include "service/gateway/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

static bool is_ended(const char *text, size_t max)
{
	return memchr(text, '\0', max) != NULL;
}

static void check_list(const struct gateway_list *list)
{
	must(list->count <= GATEWAY_LIST_MAX);
	for (size_t i = 0; i < list->count; i++)
		must(list->items[i][0] != '\0' &&
		     is_ended(list->items[i], GATEWAY_TEXT_MAX));
}

/* Whoever calls has a name and a token of its own. */
static void check_callers(const struct gateway_callers *callers)
{
	must(callers->count <= GATEWAY_CALLERS_MAX);
	for (size_t i = 0; i < callers->count; i++) {
		const struct gateway_caller *caller = &callers->list[i];

		must(caller->name[0] != '\0');
		must(is_ended(caller->name, GATEWAY_CALLER_MAX));
		must(caller->per_minute >= 1 && caller->per_minute <= 1000000);
		for (size_t j = 0; j < i; j++) {
			must(strcmp(callers->list[j].name, caller->name) != 0);
			must(memcmp(callers->list[j].bearer, caller->bearer,
			            GATEWAY_HASH_LEN) != 0);
		}
	}
}

static void check_connector(const struct gateway_connector *connector)
{
	must(connector->name[0] != '\0' && connector->kind[0] != '\0');
	must(connector->count <= GATEWAY_SETTINGS_MAX);
	for (size_t i = 0; i < connector->count; i++)
		must(is_ended(connector->keys[i], GATEWAY_CALLER_MAX) &&
		     is_ended(connector->values[i], GATEWAY_VALUE_MAX) &&
		     strcmp(connector->keys[i], "kind") != 0);
}

static void check_whole(const struct gateway_config *config)
{
	must(config->id[0] != '\0' && is_ended(config->id, GATEWAY_ID_MAX));
	must(config->listen.count > 0 || config->socket[0] == '/');
	must(config->store[0] == '/' || config->conninfo_file[0] == '/');
	must(config->log_numbers || config->log_key[0] == '/');
	must(config->nonce_s >= 10 && config->nonce_s <= 900);
	must(config->check_ms >= 100 && config->check_ms <= 60000);
	must(config->interrupted_s * 1000 >= config->check_ms + 5000);
	must(config->workers >= 1 && config->workers <= 64);
	must(config->queue >= 1 && config->max_body >= 4096);
	check_list(&config->listen);
	check_list(&config->hosts);
	check_list(&config->origins);
	for (size_t i = 0; i < config->listen.count && !config->any_address;
	     i++)
		must(strncmp(config->listen.items[i], "127.0.0.1:", 10) == 0 ||
		     strncmp(config->listen.items[i], "[::1]:", 6) == 0);
	for (size_t i = 0; i < config->origins.count; i++)
		must(strncmp(config->origins.items[i], "http", 4) == 0 &&
		     strchr(config->origins.items[i], '*') == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cccd_error error = { .tries_left = -1 };
	struct gateway_config *config = NULL;

	if (gateway_config_parse(span_of(data, size), "x", &error, &config) !=
	    CCCD_OK) {
		must(error.code == CCCD_ERR_POLICY_CONFIG &&
		     error.text[0] == 'x' && config == NULL);
		return 0;
	}
	check_whole(config);
	check_callers(&config->callers);
	check_connector(&config->connector);
	must(gateway_caller_find(&config->callers, span_of(data, size)) ==
	     NULL);
	gateway_config_free(config);
	return 0;
}
