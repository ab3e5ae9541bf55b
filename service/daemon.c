/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon put together: parts, doors, their order of life. */
#include "service/daemon.h"

#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cccd/trust.h>
#include <cccd/version.h>

#include "base/macros.h"
#include "base/secret.h"
#include "lib/json/tables.h"
#include "service/api/api.h"
#include "service/core/audit.h"
#include "service/core/journal.h"
#include "service/core/keys.h"
#include "service/core/notify.h"
#include "service/core/registry.h"
#include "service/core/sessions.h"
#include "service/listen/listen.h"
#include "service/say.h"

enum {
	SOCKET_MODE = 0660,
	DECIMAL = 10,
	/* An address as in the configuration, and "localhost:" with a port. */
	HOSTS_MAX = 2 * CONFIG_LIST_MAX,
};

#define SOCKET_GROUP "cccd"
#define BUNDLE_DIR   "/var/lib/cccd/tables"
#define PINS_DIR     "/etc/cccd/pins"

struct daemon {
	struct config config;
	const char *nfc[CONFIG_LIST_MAX];
	char hosts[HOSTS_MAX][CONFIG_ADDRESS_MAX];
	const char *host_list[HOSTS_MAX + 1];
	struct notify *notify;
	struct journal *journal;
	struct device_keys *keys;
	struct audit *audit;
	struct cccd_trust *trust;
	struct json_tables tables;
	struct registry *registry;
	struct api *api;
	struct listen *listen;
	struct listen_timer *watchdog;
	struct sessions *sessions;
};

/* Trust: a store that is not there is no reason not to start: every issuer
 * is unknown then, health says so, and each result too. */
static enum cccd_err open_trust(struct daemon *daemon, struct cccd_error *error)
{
	const struct config *config = &daemon->config;
	bool demo = config->demo_trust[0] != '\0';
	const char *dir = demo ? config->demo_trust : config->trust;
	enum cccd_err err =
	        cccd_trust_open(dir, demo ? CCCD_TRUST_DEMO : CCCD_TRUST_REAL,
	                        error, &daemon->trust);

	if (err != CCCD_ERR_TRUST_STORE_MISSING || demo)
		return err;
	error_reset(error);
	say_warning("Chưa có kho chứng thư tin cậy: mọi kết quả sẽ là "
	            "\"chưa xác định\". Chạy: cccd trust import",
	            "There is no trust store: every result will be "
	            "undetermined. Run: cccd trust import");
	return CCCD_OK;
}

/* Words without codes are still words. */
static void open_tables(struct daemon *daemon)
{
	struct cccd_error error = { .tries_left = -1 };

	if (json_tables_load(daemon->config.tables, &error, &daemon->tables) !=
	            CCCD_OK ||
	    json_tables_load_bundle(&daemon->tables, BUNDLE_DIR, PINS_DIR,
	                            &error) != CCCD_OK)
		say_error(&error);
}

static enum cccd_err open_audit(struct daemon *daemon, struct cccd_error *error)
{
	struct secret key = { .len = DEVICE_KEYS_MAC_LEN };
	struct audit_config config = { .dir = daemon->config.audit,
		                       .journal = daemon->journal };
	enum cccd_err err =
	        device_keys_site_mac(daemon->keys, "document-reference",
	                             (struct span){ 0 }, key.bytes);

	config.site_key = secret_span(&key);
	if (err == CCCD_OK)
		err = audit_open(&config, error, &daemon->audit);
	secret_wipe(&key);
	return err;
}

static enum cccd_err open_parts(struct daemon *daemon, struct cccd_error *error)
{
	const struct config *config = &daemon->config;
	const struct device_keys_place place = { .dir = config->keys };

	TRY(notify_open(&daemon->notify));
	TRY(journal_open(NULL, &daemon->journal));
	TRY(registry_load(config->relying_parties, error, &daemon->registry));
	if (registry_count(daemon->registry) == 0)
		say_warning("Chưa đăng ký phần mềm nào. Chạy: cccd rp add",
		            "No front end is registered. Run: cccd rp add");
	TRY(open_trust(daemon, error));
	open_tables(daemon);
	TRY(device_keys_open(&place, error, &daemon->keys));
	return open_audit(daemon, error);
}

/* Hosts that browsers name: our addresses, and localhost at their ports. */
static void name_hosts(struct daemon *daemon)
{
	const struct config_list *list = &daemon->config.listen;
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		const char *colon = strrchr(list->items[i], ':');
		unsigned long port = strtoul(colon + 1, NULL, DECIMAL);
		int address = (int)(colon - list->items[i]);

		/* A free port was asked for: there is one by now. */
		if (port == 0)
			port = listen_port(daemon->listen);
		(void)snprintf(daemon->hosts[count++], CONFIG_ADDRESS_MAX,
		               "%.*s:%lu", address, list->items[i], port);
		(void)snprintf(daemon->hosts[count++], CONFIG_ADDRESS_MAX,
		               "localhost:%lu", port);
	}
}

static enum cccd_err bind_tcp(struct daemon *daemon, struct cccd_error *error)
{
	const struct config_list *list = &daemon->config.listen;

	for (size_t i = 0; i < list->count; i++) {
		char address[CONFIG_ADDRESS_MAX];
		char *colon = NULL;
		char *bare = address;

		(void)snprintf(address, sizeof(address), "%s", list->items[i]);
		colon = strrchr(address, ':');
		*colon = '\0';
		/* [::1] goes without its brackets. */
		if (*bare == '[') {
			bare++;
			bare[strlen(bare) - 1] = '\0';
		}
		TRY(listen_add_tcp(daemon->listen, bare,
		                   (uint16_t)strtoul(colon + 1, NULL, DECIMAL),
		                   error));
	}
	return CCCD_OK;
}

static enum cccd_err bind_unix(struct daemon *daemon, struct cccd_error *error)
{
	const struct config *config = &daemon->config;
	/* One thread so far. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	const struct group *group = getgrnam(SOCKET_GROUP);
	gid_t gid = group == NULL || geteuid() != 0 ? (gid_t)-1 : group->gr_gid;

	if (config->api_socket[0] != '\0')
		TRY(listen_add_unix(daemon->listen, config->api_socket,
		                    SOCKET_MODE, gid, LISTEN_DOOR_UNIX, error));
	if (config->agent_socket[0] != '\0')
		TRY(listen_add_unix(daemon->listen, config->agent_socket,
		                    SOCKET_MODE, gid, LISTEN_DOOR_AGENT,
		                    error));
	return CCCD_OK;
}

/* The socket unit's sockets, or our own: never some of both. */
static enum cccd_err bind_doors(struct daemon *daemon, struct cccd_error *error)
{
	size_t adopted = 0;

	TRY(listen_adopt(daemon->listen, error, &adopted));
	if (adopted == 0) {
		TRY(bind_tcp(daemon, error));
		TRY(bind_unix(daemon, error));
	}
	name_hosts(daemon);
	return CCCD_OK;
}

static void reload(struct daemon *daemon)
{
	struct cccd_error error = { .tries_left = -1 };
	struct registry *registry = NULL;

	notify_reloading(daemon->notify);
	if (registry_load(daemon->config.relying_parties, &error, &registry) ==
	    CCCD_OK) {
		/* Those who lose their sessions hear of it, then leave. */
		sessions_set_registry(daemon->sessions, registry);
		api_set_registry(daemon->api, registry);
		registry_unref(daemon->registry);
		daemon->registry = registry;
	} else {
		const struct audit_entry entry = {
			.kind = AUDIT_REGISTRY_REFUSED, .detail = error.text
		};

		say_error(&error);
		if (audit_append(daemon->audit, &entry, NULL) != CCCD_OK)
			say_error(&error);
	}
	error_reset(&error);
	if (device_keys_reload(daemon->keys, &error) != CCCD_OK)
		say_error(&error);
	notify_ready(daemon->notify, NULL);
}

static void on_signal(void *context, int number)
{
	struct daemon *daemon = context;

	if (number == SIGHUP) {
		reload(daemon);
		return;
	}
	notify_stopping(daemon->notify);
	listen_stop(daemon->listen);
}

static void on_watchdog(void *context)
{
	struct daemon *daemon = context;

	notify_watchdog(daemon->notify);
	listen_timer_set(daemon->watchdog, notify_watchdog_ms(daemon->notify));
}

static enum cccd_err open_loop(struct daemon *daemon, struct cccd_error *error)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
	const struct config *config = &daemon->config;
	const struct api_parts parts = {
		.audit = daemon->audit,
		.keys = daemon->keys,
		.trust = daemon->trust,
		.demo_trust = config->demo_trust[0] != '\0',
		.streams_max = config->max_event_listeners,
		.signal = on_signal,
		.signal_context = daemon,
	};
	const struct listen_rules rules = { .hosts = daemon->host_list };
	const struct listen_limits limits = {
		.connections = config->max_connections,
		.per_origin = config->max_connections_per_origin,
		.head_ms = config->head_ms,
		.idle_ms = config->idle_ms,
		.hello_ms = config->hello_ms,
	};
	struct listen_handlers handlers;

	for (size_t i = 0; i < 2 * config->listen.count; i++)
		daemon->host_list[i] = daemon->hosts[i];
	TRY(api_new(&parts, &daemon->api));
	api_set_registry(daemon->api, daemon->registry);
	handlers = api_handlers(daemon->api);
	TRY(listen_new(&handlers, &rules, &limits, &daemon->listen));
	TRY(api_set_loop(daemon->api, daemon->listen));
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		TRY(listen_signal(daemon->listen, signals[i]));
	if (notify_watchdog_ms(daemon->notify) > 0) {
		TRY(listen_timer_new(daemon->listen, on_watchdog, daemon,
		                     &daemon->watchdog));
		listen_timer_set(daemon->watchdog, 0);
	}
	return bind_doors(daemon, error);
}

static enum cccd_err open_sessions(struct daemon *daemon)
{
	const struct config *config = &daemon->config;
	const struct sessions_parts parts = {
		.audit = daemon->audit,
		.keys = daemon->keys,
		.trust = daemon->trust,
		.profiles = config->profiles,
		.demo_trust = config->demo_trust[0] != '\0',
		.pcsc = config->pcsc,
		.nfc_uris = daemon->nfc,
		.nfc_count = config->nfc.count,
		.lease_ms = config->lease_ms,
		.grace_ms = config->grace_ms,
		.sessions_max = config->max_sessions,
		.kept = config->events_kept,
		.tables = &daemon->tables.view,
		.renderer =
		        config->renderer[0] != '\0' ? config->renderer : NULL,
		.read_ms = config->read_ms,
		.assertion_s = config->assertion_s,
		.session_ms = config->session_ms,
		.card_wait_ms = config->card_wait_ms,
		.heartbeat_ms = config->heartbeat_ms,
	};
	const struct sessions_hooks hooks = api_hooks(daemon->api);

	for (size_t i = 0; i < config->nfc.count; i++)
		daemon->nfc[i] = config->nfc.items[i];
	TRY(sessions_new(&parts, &hooks, daemon->registry, &daemon->sessions));
	api_set_sessions(daemon->api, daemon->sessions);
	return CCCD_OK;
}

static enum cccd_err tell_start(struct daemon *daemon, struct cccd_error *error)
{
	const struct audit_entry entry = { .kind = AUDIT_START };

	TRY(audit_append(daemon->audit, &entry, error));
	return audit_expire(daemon->audit, daemon->config.audit_retention_days,
	                    error);
}

static void daemon_cleanup(struct daemon **daemon)
{
	daemon_free(*daemon);
}

enum cccd_err daemon_new(const struct config *config, struct cccd_error *error,
                         struct daemon **ret)
{
	CLEANUP(daemon_cleanup)
	struct daemon *daemon = calloc(1, sizeof(*daemon));

	if (daemon == NULL)
		return CCCD_ERR_MEMORY;
	daemon->config = *config;
	TRY(open_parts(daemon, error));
	TRY(open_loop(daemon, error));
	TRY(open_sessions(daemon));
	TRY(tell_start(daemon, error));
	*ret = daemon;
	daemon = NULL;
	return CCCD_OK;
}

void daemon_free(struct daemon *daemon)
{
	if (daemon == NULL)
		return;
	/* Its workers wake the loop until they are joined. */
	sessions_free(daemon->sessions);
	listen_timer_free(daemon->watchdog);
	api_free(daemon->api);
	listen_free(daemon->listen);
	audit_close(daemon->audit);
	device_keys_close(daemon->keys);
	json_tables_release(&daemon->tables);
	cccd_trust_close(daemon->trust);
	registry_unref(daemon->registry);
	journal_close(daemon->journal);
	notify_close(daemon->notify);
	free(daemon);
}

static void say_doors(const struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->config.listen.count; i++)
		say_info("Đang phục vụ tại http://%s", "Serving at http://%s",
		         daemon->hosts[2 * i]);
	if (daemon->config.api_socket[0] != '\0')
		say_info("Đang phục vụ tại %s", "Serving at %s",
		         daemon->config.api_socket);
}

void daemon_run(struct daemon *daemon)
{
	const struct audit_entry entry = { .kind = AUDIT_STOP };

	say_doors(daemon);
	notify_ready(daemon->notify, NULL);
	listen_run(daemon->listen);
	sessions_free(daemon->sessions);
	daemon->sessions = NULL;
	if (audit_append(daemon->audit, &entry, NULL) != CCCD_OK)
		say_warning("Không ghi được nhật ký lúc dừng.",
		            "The log could not be told of the end.");
}
