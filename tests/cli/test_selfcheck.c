/* SPDX-License-Identifier: Apache-2.0 */
/* cccd selfcheck over a machine made of files: every rule passes, and every
 * rule fails when its one thing is wrong. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include <cjson/cJSON.h>

#include <cccd/cccd.h>

#include "base/macros.h"
#include "tests/e2e/call.h"

enum { PATH_LEN = 400, REQUEST_MAX = 2048, RULES = 19 };

/* struct server - who answers on a Unix socket of the machine. */
struct server {
	pthread_t thread;
	int fd;
	bool started;
	const char *health;
	const char *info;
};

/* struct machine - a root directory. */
struct machine {
	char root[64];
	struct server api;
	int pcscd;
};

static void path_of(const struct machine *machine, const char *path,
                    char ret[static PATH_LEN])
{
	(void)snprintf(ret, PATH_LEN, "%s%s", machine->root, path);
}

/* A directory and all above it. */
static void make_dir(const struct machine *machine, const char *path,
                     mode_t mode)
{
	char whole[PATH_LEN];

	path_of(machine, path, whole);
	for (char *at = whole + strlen(machine->root) + 1;
	     (at = strchr(at, '/')) != NULL; at++) {
		*at = '\0';
		assert_true(mkdir(whole, 0755) == 0 || errno == EEXIST);
		*at = '/';
	}
	assert_true(mkdir(whole, mode) == 0 || errno == EEXIST);
	assert_int_equal(chmod(whole, mode), 0);
}

static void put_file(const struct machine *machine, const char *path,
                     const char *text, mode_t mode)
{
	char whole[PATH_LEN];
	FILE *out = NULL;

	path_of(machine, path, whole);
	out = fopen(whole, "w");
	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(chmod(whole, mode), 0);
}

static int listen_at(const struct machine *machine, const char *path,
                     mode_t mode)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char whole[PATH_LEN];
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	path_of(machine, path, whole);
	assert_true(strlen(whole) < sizeof(address.sun_path));
	memcpy(address.sun_path, whole, strlen(whole));
	assert_int_equal(
	        bind(fd, (const struct sockaddr *)&address, sizeof(address)),
	        0);
	assert_int_equal(listen(fd, 128), 0);
	assert_int_equal(chmod(whole, mode), 0);
	return fd;
}

static void *serve(void *context)
{
	const struct server *server = context;

	for (;;) {
		char request[REQUEST_MAX];
		const char *answer = NULL;
		int fd = accept(server->fd, NULL, NULL);
		ssize_t got = 0;

		if (fd < 0)
			return NULL;
		got = recv(fd, request, sizeof(request) - 1, 0);
		request[got > 0 ? got : 0] = '\0';
		answer = strncmp(request, "GET /v1/info ", 13) == 0
		                 ? server->info
		                 : server->health;
		if (answer != NULL)
			(void)send(fd, answer, strlen(answer), MSG_NOSIGNAL);
		(void)close(fd);
	}
}

static void api_start(struct machine *machine)
{
	static char info[200];

	(void)snprintf(info, sizeof(info),
	               "HTTP/1.1 200 OK\r\n\r\n{\"version\":\"%s\"}",
	               cccd_version());
	machine->api.health = "HTTP/1.1 200 OK\r\nContent-Type: "
	                      "application/json\r\n\r\n{\"status\":\"ok\"}";
	machine->api.info = info;
	machine->api.fd = listen_at(machine, "/run/cccdd/api.sock", 0660);
	assert_int_equal(pthread_create(&machine->api.thread, NULL, serve,
	                                &machine->api),
	                 0);
	machine->api.started = true;
}

static void api_stop(struct machine *machine)
{
	char path[PATH_LEN];

	if (!machine->api.started)
		return;
	(void)shutdown(machine->api.fd, SHUT_RDWR);
	(void)pthread_join(machine->api.thread, NULL);
	(void)close(machine->api.fd);
	machine->api.started = false;
	path_of(machine, "/run/cccdd/api.sock", path);
	(void)unlink(path);
}

/* The specimen's certificates, admitted here as if they were real. */
static void put_trust(const struct machine *machine)
{
	char store[PATH_LEN];
	char csca[PATH_LEN];
	char crl[PATH_LEN];
	struct call call = { .args = { "trust", "import", "--trust", store,
		                       csca, crl },
		             .language = "en" };
	struct answer *answer = NULL;

	path_of(machine, "/var/lib/cccd/trust", store);
	(void)snprintf(csca, sizeof(csca), "%s/csca.der",
	               getenv("CCCD_SPECIMEN_PKI"));
	(void)snprintf(crl, sizeof(crl), "%s/crl.der",
	               getenv("CCCD_SPECIMEN_PKI"));
	answer = call_run(&call);
	assert_int_equal(answer->status, 0);
	call_free(answer);
}

static const char party[] =
        "{\"schema\":\"urn:cccd:relying-party:1\",\"id\":\"reception\","
        "\"origins\":[\"https://front-end.example\"],"
        "\"request_mode\":\"origin\",\"scopes_max\":[\"id\"],"
        "\"purposes\":[\"kcb\"],\"consent\":\"operator\","
        "\"formats\":[\"json\"]}";

/* Listeners: 127.0.0.1:24012, [::1]:24012, and another port everywhere. */
static const char tcp4[] =
        "  sl  local_address rem_address   st\n"
        "   0: 0100007F:5DCC 00000000:0000 0A 00000000:00000000\n"
        "   1: 00000000:0016 00000000:0000 0A 00000000:00000000\n"
        "   2: 0A00A8C0:A000 0B00A8C0:5DCC 01 00000000:00000000\n";
static const char tcp6[] =
        "  sl  local_address                         remote_address  st\n"
        "   0: 00000000000000000000000001000000:5DCC "
        "00000000000000000000000000000000:0000 0A\n";

static int machine_setup(void **state)
{
	struct machine *machine = calloc(1, sizeof(*machine));

	assert_non_null(machine);
	make_directory(machine->root);
	make_dir(machine, "/etc/cccd/relying-parties.d", 0755);
	put_file(machine, "/etc/cccd/relying-parties.d/a.json", party, 0644);
	put_file(machine, "/etc/cccd/cccdd.conf", "", 0644);
	make_dir(machine, "/var/lib/cccdd/keys", 0700);
	put_file(machine, "/var/lib/cccdd/keys/device-key", "x", 0600);
	make_dir(machine, "/var/lib/cccd/audit", 0700);
	put_trust(machine);
	make_dir(machine, "/proc/net", 0755);
	put_file(machine, "/proc/net/tcp", tcp4, 0444);
	put_file(machine, "/proc/net/tcp6", tcp6, 0444);
	put_file(machine, "/proc/modules", "usbcore 1 0 - Live 0x0\n", 0444);
	make_dir(machine, "/run/cccdd", 0755);
	make_dir(machine, "/run/pcscd", 0755);
	make_dir(machine, "/run/systemd/timesync", 0755);
	put_file(machine, "/run/systemd/timesync/synchronized", "", 0644);
	make_dir(machine, "/lib/udev/rules.d", 0755);
	put_file(machine, "/lib/udev/rules.d/99-cccd.rules", "", 0644);
	make_dir(machine, LIBEXEC "/cccd", 0755);
	put_file(machine, LIBEXEC "/cccd/cccd-render", "", 0755);
	put_file(machine, LIBEXEC "/cccd/cccd-nfc", "", 0755);
	machine->pcscd = listen_at(machine, "/run/pcscd/pcscd.comm", 0660);
	api_start(machine);
	*state = machine;
	return 0;
}

static int machine_teardown(void **state)
{
	struct machine *machine = *state;
	char command[PATH_LEN];

	api_stop(machine);
	(void)close(machine->pcscd);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", machine->root);
	assert_int_equal(system(command), 0);
	free(machine);
	return 0;
}

static struct answer *look(const struct machine *machine, cJSON **ret)
{
	const struct call call = {
		.args = { "selfcheck", "--json", "--root", machine->root },
		.language = "en",
	};
	struct answer *answer = call_run(&call);

	*ret = call_json(answer);
	return answer;
}

/* The one rule has this verdict, and all others pass. */
static void only(const struct machine *machine, const char *rule,
                 const char *verdict)
{
	cJSON *root = NULL;
	struct answer *answer = look(machine, &root);
	const cJSON *rules = cJSON_GetObjectItem(root, "rules");
	const cJSON *item = NULL;
	unsigned int count = 0;
	bool failed = strcmp(verdict, "fail") == 0;

	cJSON_ArrayForEach(item, rules)
	{
		bool mine = strcmp(json_text_at(item, "rule"), rule) == 0;
		const char *wanted = mine ? verdict : "pass";

		count++;
		if (strcmp(json_text_at(item, "verdict"), wanted) != 0)
			print_error("%s: %s, %s\n", json_text_at(item, "rule"),
			            json_text_at(item, "verdict"),
			            json_text_at(item, "detail"));
		assert_string_equal(json_text_at(item, "verdict"), wanted);
		/* What is wrong comes with its remedy. */
		assert_int_equal(strcmp(wanted, "pass") != 0,
		                 json_text_at(item, "mend")[0] != '\0');
	}
	assert_int_equal(count, RULES);
	assert_string_equal(json_text_at(root, "verdict"), verdict);
	assert_int_equal(answer->status, failed ? 5 : 0);
	cJSON_Delete(root);
	call_free(answer);
}

static void every_rule_passes(void **state)
{
	const struct machine *machine = *state;

	only(machine, "none", "pass");
}

static void bind_addresses_fails_off_loopback(void **state)
{
	const struct machine *machine = *state;
	static const char *const open[] = {
		"h\n 0: 00000000:5DCC 00000000:0000 0A 0\n",
		"h\n 0: 0A00A8C0:5DCC 00000000:0000 0A 0\n",
		"h\n 0: 00000000000000000000000000000000:5DCC "
		"00000000000000000000000000000000:0000 0A 0\n",
		"h\n 0: 0000000000000000FFFF00000A00A8C0:5DCC "
		"00000000000000000000000000000000:0000 0A 0\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(open); i++) {
		put_file(machine, "/proc/net/tcp6", open[i], 0644);
		only(machine, "bind_addresses", "fail");
	}
	put_file(machine, "/proc/net/tcp6",
	         "h\n 0: 0000000000000000FFFF00000100007F:5DCC "
	         "00000000000000000000000000000000:0000 0A 0\n",
	         0644);
	only(machine, "none", "pass");
}

static void service_fails_without_an_answer(void **state)
{
	struct machine *machine = *state;

	machine->api.health = "HTTP/1.1 503 Service Unavailable\r\n\r\n";
	only(machine, "service", "fail");
	machine->api.health = "SSH-2.0-OpenSSH\r\n\r\n";
	only(machine, "service", "fail");
	machine->api.health = NULL;
	only(machine, "service", "fail");
	/* Not registered is an answer. */
	machine->api.health = "HTTP/1.1 403 Forbidden\r\n\r\n";
	only(machine, "none", "pass");
}

static void version_warns_of_another_one(void **state)
{
	struct machine *machine = *state;

	machine->api.info = "HTTP/1.1 200 OK\r\n\r\n{\"version\":\"9.9\"}";
	only(machine, "version", "warn");
	machine->api.info = NULL;
	only(machine, "version", "warn");
	/* Not registered: it does not say. */
	machine->api.info = "HTTP/1.1 403 Forbidden\r\n\r\n";
	only(machine, "none", "pass");
}

/* struct mode_row - a path whose mode is wrong. */
struct mode_row {
	const char *rule;
	const char *path;
	mode_t mode;
	const char *verdict;
};

static void modes_are_judged(void **state)
{
	static const struct mode_row rows[] = {
		{ "config_mode", "/etc/cccd/cccdd.conf", 0666, "fail" },
		{ "config_mode", "/etc/cccd/cccdd.conf", 0664, "fail" },
		{ "registry_mode", "/etc/cccd/relying-parties.d", 0777,
		  "fail" },
		{ "registry_mode", "/etc/cccd/relying-parties.d/a.json", 0646,
		  "fail" },
		{ "key_mode", "/var/lib/cccdd/keys", 0750, "fail" },
		{ "key_mode", "/var/lib/cccdd/keys/device-key", 0644, "fail" },
		{ "audit_mode", "/var/lib/cccd/audit", 0755, "fail" },
		{ "trust_mode", "/var/lib/cccd/trust", 0775, "fail" },
		{ "trust_mode", "/var/lib/cccd/trust/index.json", 0666,
		  "fail" },
		{ "pcscd_mode", "/run/pcscd/pcscd.comm", 0666, "warn" },
	};
	const struct machine *machine = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char path[PATH_LEN];
		struct stat status = { 0 };

		path_of(machine, rows[i].path, path);
		assert_int_equal(stat(path, &status), 0);
		assert_int_equal(chmod(path, rows[i].mode), 0);
		only(machine, rows[i].rule, rows[i].verdict);
		assert_int_equal(chmod(path, status.st_mode & 07777), 0);
	}
	only(machine, "none", "pass");
}

/* Files of a stranger: only root can give them away. */
static void owners_are_judged(void **state)
{
	static const struct mode_row rows[] = {
		{ "config_mode", "/etc/cccd/cccdd.conf", 0, "fail" },
		{ "registry_mode", "/etc/cccd/relying-parties.d/a.json", 0,
		  "fail" },
		{ "key_mode", "/var/lib/cccdd/keys/device-key", 0, "fail" },
	};
	const struct machine *machine = *state;

	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char path[PATH_LEN];

		path_of(machine, rows[i].path, path);
		assert_int_equal(chown(path, 12345, 12345), 0);
		only(machine, rows[i].rule, rows[i].verdict);
		assert_int_equal(chown(path, 0, 0), 0);
	}
	/* The daemon's own user, as the machine's passwd has it. */
	{
		char path[PATH_LEN];

		path_of(machine, rows[2].path, path);
		put_file(machine, "/etc/passwd",
		         "root:x:0:0::/:/bin/sh\ncccdd:x:12345:12345::/:/x\n",
		         0644);
		assert_int_equal(chown(path, 12345, 12345), 0);
		only(machine, "none", "pass");
	}
}

static void registry_fails_for_a_bad_file(void **state)
{
	const struct machine *machine = *state;
	char path[PATH_LEN];

	put_file(machine, "/etc/cccd/relying-parties.d/b.json", "{\"id\":1}",
	         0644);
	only(machine, "registry", "fail");
	path_of(machine, "/etc/cccd/relying-parties.d/b.json", path);
	assert_int_equal(unlink(path), 0);
	path_of(machine, "/etc/cccd/relying-parties.d/a.json", path);
	assert_int_equal(unlink(path), 0);
	only(machine, "registry", "warn");
}

static void audit_log_fails_when_it_is_not_sound(void **state)
{
	const struct machine *machine = *state;

	put_file(machine, "/var/lib/cccd/audit/2026-11.jsonl", "{}\n", 0600);
	only(machine, "audit_log", "fail");
}

static void crl_age_warns_of_none(void **state)
{
	const struct machine *machine = *state;
	char path[PATH_LEN];

	path_of(machine, "/var/lib/cccd/trust/crls", path);
	remove_directory(path);
	make_dir(machine, "/var/lib/cccd/trust/crls", 0755);
	only(machine, "crl_age", "warn");
}

static void missing_things_are_told(void **state)
{
	static const struct mode_row rows[] = {
		{ "clock", "/run/systemd/timesync/synchronized", 0, "warn" },
		{ "udev_rules", "/lib/udev/rules.d/99-cccd.rules", 0, "warn" },
		{ "renderer", LIBEXEC "/cccd/cccd-render", 0, "warn" },
		{ "nfc_child", LIBEXEC "/cccd/cccd-nfc", 0, "warn" },
		{ "pcscd", "/run/pcscd/pcscd.comm", 0, "fail" },
		{ "none", "/etc/cccd/cccdd.conf", 0, "pass" },
		{ "none", "/proc/modules", 0, "pass" },
		{ "none", "/var/lib/cccdd/keys", 0, "pass" },
		{ "audit_log", "/var/lib/cccd/audit", 0, "warn" },
		{ "registry", "/etc/cccd/relying-parties.d", 0, "warn" },
	};
	const struct machine *machine = *state;

	/* What is not there is readable by nobody. */
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char path[PATH_LEN];
		char away[PATH_LEN];

		path_of(machine, rows[i].path, path);
		path_of(machine, "/away", away);
		assert_int_equal(rename(path, away), 0);
		only(machine, rows[i].rule, rows[i].verdict);
		assert_int_equal(rename(away, path), 0);
	}
}

static void trust_store_fails_without_an_anchor(void **state)
{
	const struct machine *machine = *state;
	char path[PATH_LEN];
	char away[PATH_LEN];
	cJSON *root = NULL;
	struct answer *answer = NULL;
	const cJSON *item = NULL;
	unsigned int seen = 0;

	path_of(machine, "/var/lib/cccd/trust", path);
	path_of(machine, "/away", away);
	assert_int_equal(rename(path, away), 0);
	answer = look(machine, &root);
	cJSON_ArrayForEach(item, cJSON_GetObjectItem(root, "rules"))
	{
		if (strcmp(json_text_at(item, "rule"), "trust_store") != 0)
			continue;
		seen++;
		assert_string_equal(json_text_at(item, "verdict"), "fail");
	}
	assert_int_equal(seen, 1);
	cJSON_Delete(root);
	call_free(answer);
}

static void kernel_modules_warns_of_a_taker(void **state)
{
	const struct machine *machine = *state;

	put_file(machine, "/proc/modules",
	         "pn533_usb 20480 0 - Live 0x0\npn533 45056 1 pn533_usb\n",
	         0644);
	only(machine, "kernel_modules", "warn");
	/* A name that only begins so is another module. */
	put_file(machine, "/proc/modules", "pn533x 20480 0 - Live 0x0\n", 0644);
	only(machine, "none", "pass");
}

static void text_speaks_both_languages(void **state)
{
	const struct machine *machine = *state;
	struct call call = { .args = { "selfcheck", "--root", machine->root },
		             .language = "vi" };
	struct answer *answer = call_run(&call);

	assert_int_equal(answer->status, 0);
	assert_non_null(strstr(answer->out, "[đạt] Dịch vụ cccdd trả lời"));
	call_free(answer);
	put_file(machine, "/proc/modules", "pn533 45056 1\n", 0644);
	call.language = "en";
	call.args[3] = "--quiet";
	answer = call_run(&call);
	assert_int_equal(answer->status, 0);
	assert_memory_equal(answer->out, "[warn] The kernel takes no reader",
	                    33);
	assert_non_null(strstr(answer->out, "    # printf 'blacklist"));
	assert_null(strstr(answer->out, "[pass]"));
	call_free(answer);
	call.args[2] = "/nonexistent";
	answer = call_run(&call);
	assert_int_equal(answer->status, 1);
	assert_non_null(strstr(answer->err, "/nonexistent"));
	call_free(answer);
}

#define ON_MACHINE(test) \
	cmocka_unit_test_setup_teardown(test, machine_setup, machine_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_MACHINE(every_rule_passes),
		ON_MACHINE(bind_addresses_fails_off_loopback),
		ON_MACHINE(service_fails_without_an_answer),
		ON_MACHINE(version_warns_of_another_one),
		ON_MACHINE(modes_are_judged),
		ON_MACHINE(owners_are_judged),
		ON_MACHINE(registry_fails_for_a_bad_file),
		ON_MACHINE(audit_log_fails_when_it_is_not_sound),
		ON_MACHINE(trust_store_fails_without_an_anchor),
		ON_MACHINE(crl_age_warns_of_none),
		ON_MACHINE(missing_things_are_told),
		ON_MACHINE(kernel_modules_warns_of_a_taker),
		ON_MACHINE(text_speaks_both_languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
