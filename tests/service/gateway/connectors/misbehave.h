/* SPDX-License-Identifier: Apache-2.0 */
/* The servers of misbehave.py, and connectors configured for them. */
#ifndef TESTS_SERVICE_GATEWAY_CONNECTORS_MISBEHAVE_H
#define TESTS_SERVICE_GATEWAY_CONNECTORS_MISBEHAVE_H

#include <sys/types.h>

#include "service/gateway/connectors/connector.h"

enum { RIG_SETTINGS_MAX = 40, RIG_VALUE_MAX = 400, RIG_WAIT_MS = 60000 };

/** struct rig - running servers. @dir holds certificates and secrets. */
struct rig {
	pid_t pid;
	int stdin_fd;
	char dir[64];
	struct {
		char name[16];
		unsigned int port;
	} ports[8];
	size_t port_count;
};

/** struct rig_section - a section under construction, and its texts. */
struct rig_section {
	struct connector_section section;
	struct connector_setting settings[RIG_SETTINGS_MAX];
	char values[RIG_SETTINGS_MAX][RIG_VALUE_MAX];
};

/* Waits until every server listens; ends the test when it cannot. */
void rig_start(struct rig *rig);
void rig_stop(struct rig *rig);

unsigned int rig_port(const struct rig *rig, const char *name);

/* Requests so far whose path is @path; one that begins so for a '*' last. */
unsigned int rig_count(const struct rig *rig, const char *path);

/* A private file in the rig's directory. */
void rig_write(const struct rig *rig, const char *name, const char *text);

/* Everything that @kind needs, towards "https://127.0.0.1:PORT/KIND/CASE". */
void rig_section_make(const struct rig *rig, const char *kind,
                      const char *server, const char *test_case,
                      struct rig_section *ret);

/* Set, or replace; NULL takes the setting out. */
void rig_set(struct rig_section *section, const char *key, const char *value);

/* The question every server knows the answer to. */
struct registry_question rig_question(enum registry_operation operation);

/* Open; ends the test when that fails. */
struct connector *rig_open(const struct rig_section *section);

/* Ask with a deadline that a busy machine keeps. */
void rig_ask(struct connector *connector,
             const struct registry_question *question,
             struct registry_answer *ret);

/* Whether nothing is left of anybody. */
bool rig_is_zero(const struct citizen *citizen);

/* What is said of a failure names nobody. */
void rig_assert_no_canary(const char *text);

#endif
