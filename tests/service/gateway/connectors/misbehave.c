/* SPDX-License-Identifier: Apache-2.0 */
/* The servers of misbehave.py, and connectors configured for them. */
#include "tests/service/gateway/connectors/misbehave.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/support/canary.h"

static void start_child(struct rig *rig, int in, int out)
{
	char script[512];

	(void)snprintf(script, sizeof(script),
	               "%s/tests/service/gateway/connectors/misbehave.py",
	               getenv("CCCD_SOURCE_DIR"));
	rig->pid = fork();
	assert_true(rig->pid >= 0);
	if (rig->pid != 0)
		return;
	(void)dup2(in, STDIN_FILENO);
	(void)dup2(out, STDOUT_FILENO);
	for (int fd = 3; fd < 64; fd++)
		(void)close(fd);
	(void)execlp("python3", "python3", script, rig->dir, (char *)NULL);
	_exit(127);
}

void rig_start(struct rig *rig)
{
	int in[2];
	int out[2];
	FILE *said = NULL;
	char line[64];

	rig->port_count = 0;
	(void)snprintf(rig->dir, sizeof(rig->dir), "/tmp/cccd-rig-XXXXXX");
	assert_non_null(mkdtemp(rig->dir));
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	start_child(rig, in[0], out[1]);
	(void)close(in[0]);
	(void)close(out[1]);
	rig->stdin_fd = in[1];
	said = fdopen(out[0], "r");
	assert_non_null(said);
	while (fgets(line, sizeof(line), said) != NULL &&
	       strcmp(line, "ready\n") != 0) {
		assert_true(rig->port_count < 8);
		assert_int_equal(sscanf(line, "%15s %u",
		                        rig->ports[rig->port_count].name,
		                        &rig->ports[rig->port_count].port),
		                 2);
		rig->port_count++;
	}
	(void)fclose(said);
	assert_int_equal(rig->port_count, 6);
	rig_write(rig, "secret", "s3cret\n");
	rig_write(rig, "api-key", "key-0001\n");
	rig_write(rig, "officers", "CB00 other:word\nCB01 name:pass\n");
}

void rig_stop(struct rig *rig)
{
	char command[128];
	int status = 0;
	pid_t pid = 0;

	(void)close(rig->stdin_fd);
	(void)kill(rig->pid, SIGKILL);
	(void)waitpid(rig->pid, &status, 0);
	(void)snprintf(command, sizeof(command), "%s", rig->dir);
	pid = fork();
	if (pid == 0) {
		(void)execlp("rm", "rm", "-r", command, (char *)NULL);
		_exit(127);
	}
	(void)waitpid(pid, &status, 0);
}

unsigned int rig_port(const struct rig *rig, const char *name)
{
	for (size_t i = 0; i < rig->port_count; i++)
		if (strcmp(rig->ports[i].name, name) == 0)
			return rig->ports[i].port;
	print_error("no server %s\n", name);
	assert_true(false);
	return 0;
}

unsigned int rig_count(const struct rig *rig, const char *path)
{
	size_t len = strcspn(path, "*");
	unsigned int count = 0;
	char name[128];
	char line[256];
	FILE *file = NULL;

	(void)snprintf(name, sizeof(name), "%s/requests", rig->dir);
	file = fopen(name, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (path[len] == '*' ? strncmp(line, path, len) == 0
		                     : strcmp(line, path) == 0)
			count++;
	}
	(void)fclose(file);
	return count;
}

void rig_write(const struct rig *rig, const char *name, const char *text)
{
	char path[128];
	int fd = 0;

	(void)snprintf(path, sizeof(path), "%s/%s", rig->dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	(void)close(fd);
}

void rig_set(struct rig_section *section, const char *key, const char *value)
{
	size_t at = 0;

	while (at < section->section.count &&
	       strcmp(section->settings[at].key, key) != 0)
		at++;
	if (value == NULL) {
		assert_true(at < section->section.count);
		section->settings[at] =
		        section->settings[--section->section.count];
		return;
	}
	assert_true(at < RIG_SETTINGS_MAX);
	if (at == section->section.count) {
		section->settings[at].key = key;
		section->settings[at].value = section->values[at];
		section->section.count++;
	}
	(void)snprintf((char *)(uintptr_t)section->settings[at].value,
	               RIG_VALUE_MAX, "%s", value);
}

static void set_path(const struct rig *rig, const char *key, const char *file,
                     struct rig_section *ret)
{
	char path[RIG_VALUE_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", rig->dir, file);
	rig_set(ret, key, path);
}

static void set_soap(const struct rig *rig, struct rig_section *ret)
{
	rig_set(ret, "client", "VN/GOV/1/unit");
	set_path(rig, "api_key_file", "api-key", ret);
	rig_set(ret, "user", "desk");
	set_path(rig, "secret_file", "secret", ret);
	rig_set(ret, "service_url", "https://service.example/soap");
	set_path(rig, "officer_keys", "officers", ret);
}

static void set_token(const struct rig *rig, const char *kind,
                      struct rig_section *ret)
{
	char url[RIG_VALUE_MAX];

	(void)snprintf(url, sizeof(url), "https://127.0.0.1:%u/token/%s",
	               rig_port(rig, "tls"),
	               strcmp(kind, "lgsp_json") == 0 ? "lgsp" : "rest");
	rig_set(ret, "token_url", url);
	if (strcmp(kind, "lgsp_json") == 0) {
		rig_set(ret, "token_auth", "lgsp");
		rig_set(ret, "access_key", "access");
		set_path(rig, "secret_key_file", "secret", ret);
		rig_set(ret, "app_name", "desk");
		rig_set(ret, "partner_code", "P1");
		rig_set(ret, "partner_code_cus", "C1");
	} else {
		rig_set(ret, "client_id", "client");
		set_path(rig, "client_secret_file", "secret", ret);
	}
}

void rig_section_make(const struct rig *rig, const char *kind,
                      const char *server, const char *test_case,
                      struct rig_section *ret)
{
	char url[RIG_VALUE_MAX];
	const char *word = strcmp(kind, "lgsp_json") == 0     ? "lgsp"
	                   : strcmp(kind, "rest_oauth2") == 0 ? "rest"
	                                                      : "soap";

	memset(ret, 0, sizeof(*ret));
	ret->section.name = "test";
	ret->section.kind = kind;
	ret->section.settings = ret->settings;
	(void)snprintf(url, sizeof(url), "%s://127.0.0.1:%u/%s/%s",
	               strcmp(server, "plain") == 0 ? "http" : "https",
	               rig_port(rig, server), word, test_case);
	rig_set(ret, "url", url);
	rig_set(ret, "agency", "G01.001");
	rig_set(ret, "connect_time", "60 s");
	rig_set(ret, "request_time", "60 s");
	rig_set(ret, "breaker_failures", "0");
	set_path(rig, "ca", "ca.pem", ret);
	set_path(rig, "certificate", "client.pem", ret);
	set_path(rig, "key", "client.key", ret);
	if (strcmp(kind, "soap") == 0)
		set_soap(rig, ret);
	else
		set_token(rig, kind, ret);
}

struct registry_question rig_question(enum registry_operation operation)
{
	return (struct registry_question){
		.operation = operation,
		.request_id = "req-1",
		.id_number = "001090000001",
		.old_number = "012345678",
		.full_name = "Nguyễn Văn An",
		.date_of_birth = "1990-01-31",
		.sex = "male",
		.officer_id = "CB01",
		.officer_name = "Officer",
		.service_code = "",
		.procedure_code = "1.0001",
	};
}

struct connector *rig_open(const struct rig_section *section)
{
	struct connector *connector = NULL;
	struct cccd_error error = { 0 };
	enum cccd_err err =
	        connector_open(&section->section, &error, &connector);

	if (err != CCCD_OK)
		print_error("%s\n", error.text);
	assert_int_equal(err, CCCD_OK);
	return connector;
}

void rig_ask(struct connector *connector,
             const struct registry_question *question,
             struct registry_answer *ret)
{
	assert_int_equal(connector_query(connector, question,
	                                 clock_steady_ms() + RIG_WAIT_MS, ret),
	                 CCCD_OK);
}

bool rig_is_zero(const struct citizen *citizen)
{
	const uint8_t *bytes = (const uint8_t *)citizen;

	for (size_t i = 0; i < sizeof(*citizen); i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

void rig_assert_no_canary(const char *text)
{
	static const char *const secrets[] = { "001090000001",  "012345678",
		                               "Nguyễn Văn An", "NGUYỄN VĂN AN",
		                               "NGUYEN VAN",    "s3cret",
		                               "key-0001" };

	for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
		assert_null(
		        canary_sings(span_text(text), span_text(secrets[i])));
}
