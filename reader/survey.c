/* SPDX-License-Identifier: Apache-2.0 */
/* What keeps readers from working, and how to mend it. */
#include "reader/survey.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reader/identify.h"
#include "reader/pcsc_eye.h"
#include "reader/transport.h"

enum { GROUP_LINE_MAX = 1024, GROUP_NAME_MAX = 64, DECIMAL = 10 };

static const char virtual_reader[] = "Virtual PCD ";

/**
 * struct findings - what a survey has before it judges.
 * @service: CCCD_OK when pcscd answered
 * @problem: else what is wrong with it
 * @spare:   readers of pcscd whose device is not known
 */
struct findings {
	const struct host *host;
	struct usb_bus bus;
	struct pcsc_sight sight;
	enum cccd_err service;
	struct cccd_reader_problem problem;
	size_t spare;
};

PRINTF_LIKE(3, 4)
static void set_problem(struct cccd_reader_problem *ret, const char *code,
                        const char *format, ...)
{
	va_list arguments;

	host_copy(code, ret->code, sizeof(ret->code));
	va_start(arguments, format);
	(void)vsnprintf(ret->mend, sizeof(ret->mend), format, arguments);
	va_end(arguments);
}

/* "name:x:number:members" of the system's own groups; "" when not there. */
static void group_name(const struct host *host, gid_t group,
                       char ret[static GROUP_NAME_MAX])
{
	char path[HOST_PATH_MAX];
	char line[GROUP_LINE_MAX];
	FILE *file = NULL;

	ret[0] = '\0';
	if (!host_path(host, path, "/etc/group"))
		return;
	file = fopen(path, "re");
	if (file == NULL)
		return;
	while (ret[0] == '\0' && fgets(line, sizeof(line), file) != NULL) {
		size_t len = strcspn(line, ":");
		const char *number = strchr(line + len, ':');

		number = number == NULL ? NULL : strchr(number + 1, ':');
		if (number != NULL && len < GROUP_NAME_MAX &&
		    strtol(number + 1, NULL, DECIMAL) == (long)group)
			(void)snprintf(ret, GROUP_NAME_MAX, "%.*s", (int)len,
			               line);
	}
	(void)fclose(file);
}

/* Whoever is in its group may use the file. */
static void join_group(const struct host *host, const char *path,
                       const char *otherwise, const char *code,
                       struct cccd_reader_problem *ret)
{
	char group[GROUP_NAME_MAX] = "";
	struct stat found;

	if (stat(path, &found) == 0 && (found.st_mode & S_IRGRP) != 0 &&
	    (found.st_mode & S_IWGRP) != 0 && found.st_gid != 0)
		group_name(host, found.st_gid, group);
	if (group[0] == '\0')
		set_problem(ret, code, "%s", otherwise);
	else
		set_problem(ret, code, "sudo usermod -aG %s \"$USER\"", group);
}

static bool find_socket(const struct host *host, char ret[static HOST_PATH_MAX])
{
	const char *other = secure_getenv("PCSCLITE_CSOCK_NAME");

	if (other == NULL)
		return host_path(host, ret, "/run/pcscd/pcscd.comm");
	host_copy(other, ret, HOST_PATH_MAX);
	return true;
}

void survey_service(const struct host *host, struct cccd_reader_problem *ret)
{
	char socket[HOST_PATH_MAX];
	char program[HOST_PATH_MAX];

	if (find_socket(host, socket) && host_exists(socket)) {
		if (host_may_use(host, socket))
			set_problem(ret, "pcscd_not_running",
			            "sudo systemctl restart pcscd.socket");
		else
			join_group(host, socket,
			           "sudo systemctl restart pcscd.socket",
			           "pcscd_permission", ret);
		return;
	}
	if (host_path(host, program, "/usr/sbin/pcscd") && host_exists(program))
		set_problem(ret, "pcscd_not_running",
		            "sudo systemctl enable --now pcscd.socket");
	else
		set_problem(ret, "pcscd_missing", "sudo apt install pcscd");
}

/* The group of our rules, or rules that were not applied yet. */
static void judge_node(const struct host *host, const char *path,
                       struct cccd_reader_problem *ret)
{
	join_group(host, path,
	           "sudo udevadm control --reload && "
	           "sudo udevadm trigger --subsystem-match=usb",
	           "device_permission", ret);
}

void survey_refused(const struct host *host, struct cccd_reader_info *info)
{
	const char *at = strchr(info->uri, '/');
	unsigned int bus = 0;
	unsigned int address = 0;
	char path[HOST_PATH_MAX] = "";
	const char *numbers = strchr(info->uri, ':');

	numbers = numbers == NULL ? NULL : strchr(numbers + 1, ':');
	if (at != NULL)
		(void)snprintf(path, sizeof(path), "%.*s",
		               (int)strcspn(at, ":"), at);
	else if (numbers != NULL &&
	         /* NOLINTNEXTLINE(cert-err34-c): our own three digits */
	         sscanf(numbers, ":%3u:%3u", &bus, &address) == 2)
		(void)host_path(host, path, "/dev/bus/usb/%03u/%03u", bus,
		                address);
	if (at != NULL)
		join_group(host, path, "sudo usermod -aG dialout \"$USER\"",
		           "device_permission", &info->problem);
	else
		judge_node(host, path, &info->problem);
}

static bool has_program(const struct host *host)
{
	const char *other = secure_getenv("CCCD_NFC_CHILD");
	char path[HOST_PATH_MAX];

	if (other != NULL && other[0] == '/')
		return access(other, X_OK) == 0;
	return host_path(host, path, "%s", CCCD_NFC_PROGRAM) &&
	       host_exists(path);
}

static bool is_taken(const struct usb_device *device)
{
	return strncmp(device->taken_by, "pn533", 5) == 0;
}

static void judge_taken(const struct usb_device *device,
                        struct cccd_reader_problem *ret)
{
	set_problem(ret, "kernel_driver",
	            "echo %s | sudo tee /sys/bus/usb/drivers/%s/unbind",
	            device->taken, device->taken_by);
}

static void judge_nfc(const struct host *host, const struct usb_device *device,
                      struct cccd_reader_problem *ret)
{
	char node[HOST_PATH_MAX];

	if (!has_program(host))
		set_problem(ret, "nfc_program_missing",
		            "sudo apt install --reinstall cccd");
	else if (is_taken(device))
		judge_taken(device, ret);
	else if (host_path(host, node, "/dev/bus/usb/%03u/%03u", device->bus,
	                   device->address) &&
	         host_exists(node) && !host_may_use(host, node))
		judge_node(host, node, ret);
}

/* libccid's bundle, which pcscd loads for the class and for known ids. */
static bool has_ccid_driver(const struct host *host)
{
	char path[HOST_PATH_MAX];

	return host_path(host, path, "/usr/lib/pcsc/drivers/ifd-ccid.bundle") &&
	       host_exists(path);
}

static void judge_ccid(const struct findings *findings,
                       const struct usb_device *device,
                       struct cccd_reader_problem *ret)
{
	if (is_taken(device))
		judge_taken(device, ret);
	else if (findings->service != CCCD_OK)
		*ret = findings->problem;
	else if (!has_ccid_driver(findings->host))
		set_problem(ret, "ccid_driver_missing",
		            "sudo apt install libccid");
	else if (device->ignored)
		set_problem(ret, "told_to_ignore",
		            "grep -rl PCSCLITE_IGNORE /etc/udev/rules.d");
	else
		set_problem(ret, "not_served", "sudo systemctl restart pcscd");
}

static bool is_served(const struct pcsc_sight *sight,
                      const struct usb_device *device)
{
	for (size_t i = 0; i < sight->count; i++)
		if (strcmp(sight->seen[i].port, device->port) == 0)
			return true;
	return false;
}

static struct cccd_reader_info *add(struct cccd_reader_list *list)
{
	struct cccd_reader_info *info = NULL;

	if (list->count == CCCD_READERS_MAX)
		return NULL;
	info = &list->readers[list->count++];
	memset(info, 0, sizeof(*info));
	return info;
}

static void add_ccid(struct findings *findings, const struct usb_device *device,
                     struct cccd_reader_list *list)
{
	struct cccd_reader_info *info = NULL;

	if (is_served(&findings->sight, device))
		return;
	/* One that pcscd lists under a name of its own may be it. */
	if (findings->spare > 0) {
		findings->spare--;
		return;
	}
	info = add(list);
	if (info == NULL)
		return;
	identify_unserved(device, info);
	judge_ccid(findings, device, &info->problem);
}

static struct cccd_reader_info *find_uri(struct cccd_reader_list *list,
                                         const char *connstring)
{
	for (size_t i = 0; i < list->count; i++)
		if (strncmp(list->readers[i].uri, "nfc:", 4) == 0 &&
		    strcmp(list->readers[i].uri + 4, connstring) == 0)
			return &list->readers[i];
	return NULL;
}

static void add_nfc(const struct findings *findings,
                    const struct usb_device *device,
                    struct cccd_reader_list *list)
{
	struct cccd_reader_info *info = NULL;
	char connstring[USB_TEXT_MAX];

	if (!usb_nfc_name(device, connstring))
		return;
	info = find_uri(list, connstring);
	if (info == NULL) {
		info = add(list);
		if (info == NULL)
			return;
		identify_unserved(device, info);
	}
	judge_nfc(findings->host, device, &info->problem);
}

static void look_at_pcscd(struct findings *findings,
                          struct cccd_reader_list *list)
{
	struct cccd_error error = { .tries_left = -1 };
	struct pcsc_client client;

	pcsc_client_init(&client);
	findings->service = pcsc_eye_look(&client, findings->host, NULL, &error,
	                                  &findings->sight);
	pcsc_client_drop(&client);
	if (findings->service == CCCD_ERR_READER_PERMISSION)
		set_problem(&findings->problem, "pcscd_refused",
		            "loginctl session-status");
	else if (findings->service != CCCD_OK)
		survey_service(findings->host, &findings->problem);
	if (findings->service != CCCD_OK) {
		findings->sight.count = 0;
		list->problems[list->problem_count++] = findings->problem;
	}
	for (size_t i = 0; i < findings->sight.count; i++) {
		const struct pcsc_seen *seen = &findings->sight.seen[i];
		struct cccd_reader_info *info = add(list);

		if (info != NULL)
			*info = seen->info;
		findings->spare += seen->port[0] == '\0' &&
		                   strncmp(seen->info.name, virtual_reader,
		                           strlen(virtual_reader)) != 0;
	}
}

enum cccd_err survey(const struct host *host, struct cccd_error *error,
                     struct cccd_reader_list *ret)
{
	struct findings *findings = calloc(1, sizeof(*findings));

	if (findings == NULL)
		return fail(error, CCCD_ERR_MEMORY, "no memory for readers");
	memset(ret, 0, sizeof(*ret));
	findings->host = host;
	usb_scan(host, &findings->bus);
	look_at_pcscd(findings, ret);
	/* A scan that failed leaves what sysfs showed. */
	if (transport_nfc.list != NULL &&
	    transport_nfc.list(host, NULL, ret) == CCCD_ERR_MEMORY) {
		free(findings);
		return fail(error, CCCD_ERR_MEMORY, "no memory for readers");
	}
	for (size_t i = 0; i < findings->bus.count; i++) {
		const struct usb_device *device = &findings->bus.devices[i];

		if (usb_nfc_driver(device) != NULL)
			add_nfc(findings, device, ret);
		else
			add_ccid(findings, device, ret);
	}
	free(findings);
	return CCCD_OK;
}
