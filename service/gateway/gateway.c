/* SPDX-License-Identifier: Apache-2.0 */
/* The gateway put together: parts, doors, their order of life. */
#include "service/gateway/gateway.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/private_file.h"
#include "base/random.h"
#include "lib/json/tables.h"
#include "service/core/notify.h"
#include "service/gateway/api.h"
#include "service/listen/listen.h"
#include "service/say.h"

enum {
	SOCKET_MODE = 0660,
	DECIMAL = 10,
	HOSTS_MAX = 3 * GATEWAY_LIST_MAX,
	KEY_LEN = 32,
	CONNINFO_MAX = 4096,
};

struct gateway {
	const char *path;
	const struct gateway_config *config;
	struct notify *notify;
	struct store *store;
	struct connector *connector;
	struct json_tables tables;
	struct match_provinces *provinces;
	struct check_parts check;
	struct gateway_api *api;
	struct listen *listen;
	struct listen_timer *watchdog;
	char hosts[HOSTS_MAX][GATEWAY_TEXT_MAX];
	const char *host_list[HOSTS_MAX + 1];
};

enum cccd_err gateway_store_open(const struct gateway_config *config,
                                 bool existing, struct cccd_error *error,
                                 struct store **ret)
{
	BUF conninfo = buf_make(CONNINFO_MAX);
	struct store_place place = { .path = config->store,
		                     .connections = config->workers,
		                     .existing = existing };
	size_t len = 0;

	if (config->conninfo_file[0] == '\0')
		return store_open(&place, error, ret);
	TRY(private_file_read(config->conninfo_file, PRIVATE_FILE_OWN, error,
	                      &conninfo));
	TRY(buf_append_byte(&conninfo, '\0'));
	/* The end of its last line is no part of it. */
	len = strlen((const char *)conninfo.at);
	while (len > 0 && isspace(conninfo.at[len - 1]))
		conninfo.at[--len] = '\0';
	place.conninfo = (const char *)conninfo.at;
	return store_open(&place, error, ret);
}

/* Made at the first start; several gateways share one by hand. */
static enum cccd_err load_log_key(struct gateway *gateway,
                                  struct cccd_error *error)
{
	const char *path = gateway->config->log_key;
	BUF key = buf_make(SECRET_MAX);
	struct cccd_error cause = { .tries_left = -1 };
	enum cccd_err err = CCCD_OK;

	if (gateway->config->log_numbers)
		return CCCD_OK;
	if (access(path, F_OK) != 0 && errno == ENOENT) {
		uint8_t fresh[KEY_LEN];

		TRY(random_fill(&random_system, fresh, sizeof(fresh)));
		err = file_write(path, SPAN(fresh), &cause);
		wipe(fresh, sizeof(fresh));
		if (err != CCCD_OK)
			return fail_path(error, err, cause.native, path,
			                 cause.text);
	}
	TRY(private_file_read(path, PRIVATE_FILE_OWN, error, &key));
	if (key.len < KEY_LEN)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "%.100s: fewer than %d bytes", path, KEY_LEN);
	return secret_set(&gateway->check.log_key, buf_span(&key));
}

static enum cccd_err open_connector(const struct gateway_connector *own,
                                    struct cccd_error *error,
                                    struct connector **ret)
{
	struct connector_setting settings[GATEWAY_SETTINGS_MAX];
	const struct connector_section section = {
		.name = own->name,
		.kind = own->kind,
		/* One thread so far. NOLINTNEXTLINE(concurrency-mt-unsafe) */
		.credentials = getenv("CREDENTIALS_DIRECTORY"),
		.settings = settings,
		.count = own->count,
	};

	for (size_t i = 0; i < own->count; i++)
		/* cppcheck-suppress unreadVariable */
		settings[i] = (struct connector_setting){ own->keys[i],
			                                  own->values[i] };
	return connector_open(&section, error, ret);
}

/* The first start makes what is missing here; a look makes nothing. */
static enum cccd_err check_log_key(const char *path, struct cccd_error *error)
{
	BUF key = buf_make(SECRET_MAX);

	if (access(path, F_OK) != 0 && errno == ENOENT)
		return CCCD_OK;
	TRY(private_file_read(path, PRIVATE_FILE_OWN, error, &key));
	return key.len >= KEY_LEN
	               ? CCCD_OK
	               : fail(error, CCCD_ERR_POLICY_CONFIG,
	                      "%.100s: fewer than %d bytes", path, KEY_LEN);
}

/* The SQLite file that a directory reads; "" for any other connector. */
static const char *directory_path(const struct gateway_connector *own)
{
	const char *path = "";

	for (size_t i = 0; i < own->count; i++) {
		if (strcmp(own->keys[i], "path") == 0)
			path = own->values[i];
		if (strcmp(own->keys[i], "engine") == 0 &&
		    strcmp(own->values[i], "sqlite") != 0)
			return "";
	}
	return strcmp(own->kind, "directory") == 0 ? path : "";
}

/* It may come later, so the start does not wait for it; but it is told. */
static void warn_of_absent(const struct gateway_config *config)
{
	const char *code = cccd_err_code(CCCD_ERR_USAGE_FILE);
	const char *path = directory_path(&config->connector);

	if (path[0] == '/' && access(path, R_OK) != 0)
		say_warning("Không đọc được tệp danh bạ (%s: %.200s): mọi lượt "
		            "kiểm tra sẽ là chưa kiểm tra được. Hãy tạo tệp "
		            "đó cho người dùng của dịch vụ; không cần khởi "
		            "động lại.",
		            "The directory's file cannot be read (%s: %.200s): "
		            "every check will be undetermined. Make it, "
		            "readable for the service's user; no restart is "
		            "needed.",
		            code, path);
	path = config->tables;
	if (path[0] != '\0' && access(path, R_OK | X_OK) != 0)
		say_warning("Không đọc được thư mục bảng mã (%s: %.200s): địa "
		            "chỉ chỉ được so theo từ. Hãy sửa tables trong tệp "
		            "cấu hình (hoặc ghi none) rồi khởi động lại.",
		            "The folder of code tables cannot be read (%s: "
		            "%.200s): addresses are compared by their words "
		            "only. Mend tables in the configuration (or write "
		            "none) and restart.",
		            code, path);
}

enum cccd_err gateway_check(const struct gateway_config *config,
                            struct cccd_error *error)
{
	BUF conninfo = buf_make(CONNINFO_MAX);
	struct connector *connector = NULL;

	if (config->conninfo_file[0] != '\0')
		TRY(private_file_read(config->conninfo_file, PRIVATE_FILE_OWN,
		                      error, &conninfo));
	if (!config->log_numbers)
		TRY(check_log_key(config->log_key, error));
	TRY(open_connector(&config->connector, error, &connector));
	connector_close(connector);
	warn_of_absent(config);
	return CCCD_OK;
}

/* Without tables an address is compared by its words. */
static enum cccd_err open_tables(struct gateway *gateway)
{
	struct cccd_error error = { .tries_left = -1 };
	const char *dir = gateway->config->tables;

	if (dir[0] == '\0')
		return CCCD_OK;
	if (json_tables_load(dir, &error, &gateway->tables) != CCCD_OK) {
		say_error(&error);
		return CCCD_OK;
	}
	gateway->provinces = calloc(1, sizeof(*gateway->provinces));
	if (gateway->provinces == NULL)
		return CCCD_ERR_MEMORY;
	return match_provinces_make(&gateway->tables.view, gateway->provinces);
}

static enum cccd_err open_parts(struct gateway *gateway,
                                struct cccd_error *error)
{
	const struct gateway_config *config = gateway->config;
	struct check_parts *check = &gateway->check;

	TRY(notify_open(&gateway->notify));
	TRY(gateway_store_open(config, false, error, &gateway->store));
	TRY(load_log_key(gateway, error));
	TRY(open_connector(&config->connector, error, &gateway->connector));
	TRY(open_tables(gateway));
	check->store = gateway->store;
	check->keys = check_keys_new();
	if (check->keys == NULL)
		return CCCD_ERR_MEMORY;
	check->connector = gateway->connector;
	check->ask = connector_query;
	check->capabilities = connector_capabilities(gateway->connector);
	check->source = connector_name(gateway->connector);
	check->audience = config->id;
	check->leeway_s = config->leeway_s;
	check->check_ms = config->check_ms;
	check->log_numbers = config->log_numbers;
	check->log_officer_names = config->log_officer_names;
	check->rules.diacritics_count = config->diacritics_count;
	check->rules.provinces = gateway->provinces;
	return CCCD_OK;
}

static void reload(struct gateway *gateway)
{
	struct cccd_error error = { .tries_left = -1 };
	struct gateway_config *fresh = NULL;

	notify_reloading(gateway->notify);
	if (gateway_config_load(gateway->path, &error, &fresh) == CCCD_OK) {
		gateway_api_set_callers(gateway->api, &fresh->callers);
		say_info("Đã đọc lại danh sách bên gọi.",
		         "The callers were read again.");
	} else {
		say_error(&error);
	}
	gateway_config_free(fresh);
	notify_ready(gateway->notify, NULL);
}

static void on_signal(void *context, int number)
{
	struct gateway *gateway = context;

	if (number == SIGHUP) {
		reload(gateway);
		return;
	}
	notify_stopping(gateway->notify);
	listen_stop(gateway->listen);
}

static void on_watchdog(void *context)
{
	struct gateway *gateway = context;

	notify_watchdog(gateway->notify);
	listen_timer_set(gateway->watchdog,
	                 notify_watchdog_ms(gateway->notify));
}

/* "[::1]:24080" into an address without brackets and a port. */
static enum cccd_err bind_one(struct gateway *gateway, const char *where,
                              struct cccd_error *error)
{
	char address[GATEWAY_TEXT_MAX];
	char *bare = address;
	char *colon = NULL;

	(void)snprintf(address, sizeof(address), "%s", where);
	colon = strrchr(address, ':');
	*colon = '\0';
	if (bare[0] == '[' && colon[-1] == ']') {
		colon[-1] = '\0';
		bare++;
	}
	return listen_add_tcp(gateway->listen, bare,
	                      (uint16_t)strtoul(colon + 1, NULL, DECIMAL),
	                      error);
}

static enum cccd_err bind_doors(struct gateway *gateway,
                                struct cccd_error *error)
{
	const struct gateway_config *config = gateway->config;

	for (size_t i = 0; i < config->listen.count; i++)
		TRY(bind_one(gateway, config->listen.items[i], error));
	if (config->socket[0] != '\0')
		TRY(listen_add_unix(gateway->listen, config->socket,
		                    SOCKET_MODE, (gid_t)-1, LISTEN_DOOR_UNIX,
		                    error));
	return CCCD_OK;
}

/* What callers and proxies may name as Host. */
static void name_hosts(struct gateway *gateway)
{
	const struct gateway_config *config = gateway->config;
	size_t count = 0;

	for (size_t i = 0; i < config->listen.count; i++) {
		const char *item = config->listen.items[i];
		const char *colon = strrchr(item, ':');
		unsigned long port = strtoul(colon + 1, NULL, DECIMAL);

		if (port == 0)
			port = listen_port(gateway->listen);
		(void)snprintf(gateway->hosts[count++], GATEWAY_TEXT_MAX,
		               "%.*s:%lu", (int)(colon - item), item, port);
		(void)snprintf(gateway->hosts[count++], GATEWAY_TEXT_MAX,
		               "localhost:%lu", port);
	}
	for (size_t i = 0; i < config->hosts.count; i++)
		(void)snprintf(gateway->hosts[count++], GATEWAY_TEXT_MAX, "%s",
		               config->hosts.items[i]);
}

static enum cccd_err open_timers(struct gateway *gateway)
{
	if (notify_watchdog_ms(gateway->notify) == 0)
		return CCCD_OK;
	TRY(listen_timer_new(gateway->listen, on_watchdog, gateway,
	                     &gateway->watchdog));
	listen_timer_set(gateway->watchdog, 0);
	return CCCD_OK;
}

static enum cccd_err open_loop(struct gateway *gateway,
                               struct cccd_error *error)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
	const struct gateway_config *config = gateway->config;
	const struct gateway_api_parts parts = { .config = config,
		                                 .check = &gateway->check,
		                                 .signal = on_signal,
		                                 .context = gateway };
	const struct listen_rules rules = { .hosts = gateway->host_list,
		                            .origin_optional = true,
		                            .any_address =
		                                    config->any_address };
	const struct listen_limits limits = {
		.connections = config->max_connections,
		.per_origin = config->max_connections,
		.body_bytes = config->max_body,
		.drain_ms = config->check_ms,
	};
	struct listen_handlers handlers;

	for (size_t i = 0; i < 2 * config->listen.count + config->hosts.count;
	     i++)
		gateway->host_list[i] = gateway->hosts[i];
	TRY(gateway_api_new(&parts, &gateway->api));
	handlers = gateway_api_handlers(gateway->api);
	TRY(listen_new(&handlers, &rules, &limits, &gateway->listen));
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		TRY(listen_signal(gateway->listen, signals[i]));
	TRY(open_timers(gateway));
	TRY(bind_doors(gateway, error));
	name_hosts(gateway);
	return gateway_api_start(gateway->api, gateway->listen);
}

enum cccd_err gateway_new(const char *path, const struct gateway_config *config,
                          struct cccd_error *error, struct gateway **ret)
{
	struct gateway *gateway = calloc(1, sizeof(*gateway));
	enum cccd_err err = CCCD_OK;

	if (gateway == NULL)
		return CCCD_ERR_MEMORY;
	gateway->path = path;
	gateway->config = config;
	err = open_parts(gateway, error);
	if (err == CCCD_OK)
		err = open_loop(gateway, error);
	if (err == CCCD_OK)
		*ret = gateway;
	else
		gateway_free(gateway);
	return err;
}

void gateway_run(struct gateway *gateway)
{
	const struct gateway_config *config = gateway->config;

	for (size_t i = 0; i < config->listen.count; i++)
		say_info("Đang phục vụ tại http://%s", "Serving at http://%s",
		         gateway->hosts[2 * i]);
	if (config->socket[0] != '\0')
		say_info("Đang phục vụ tại %s", "Serving at %s",
		         config->socket);
	if (config->callers.count == 0)
		say_warning("Chưa có bên gọi nào trong tệp cấu hình.",
		            "The configuration has no caller.");
	warn_of_absent(config);
	notify_ready(gateway->notify, NULL);
	listen_run(gateway->listen);
}

void gateway_free(struct gateway *gateway)
{
	if (gateway == NULL)
		return;
	/* Its threads wake the loop until they are joined. */
	gateway_api_free(gateway->api);
	listen_timer_free(gateway->watchdog);
	listen_free(gateway->listen);
	connector_close(gateway->connector);
	store_close(gateway->store);
	check_keys_free(gateway->check.keys);
	free(gateway->provinces);
	json_tables_release(&gateway->tables);
	secret_wipe(&gateway->check.log_key);
	notify_close(gateway->notify);
	free(gateway);
}
