/* SPDX-License-Identifier: Apache-2.0 */
/* Another system's files in a directory: sysfs, udev, device nodes. */
#include "tests/reader/fake_host.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SOMEBODY = 54321, CCCD_GROUP = 991, FILES_OPEN = 8 };

const struct fake_usb fake_acr_left = {
	.port = "1-1",
	.ids = "072f:2200",
	.class = "0b",
	.address = 5,
	.maker = "ACS",
	.model = "ACR122U PICC Interface",
};

const struct fake_usb fake_acr_right = {
	.port = "1-2",
	.ids = "072f:2200",
	.class = "0b",
	.address = 6,
	.maker = "ACS",
	.model = "ACR122U PICC Interface",
};

const struct fake_usb fake_pn533 = {
	.port = "1-3",
	.ids = "04cc:2533",
	.class = "ff",
	.address = 7,
	.maker = "NXP",
	.model = "PN533",
};

const struct fake_usb fake_emv = {
	.port = "1-5.1",
	.ids = "2ce3:9563",
	.class = "0b",
	.address = 9,
	.maker = "Generic",
	.model = "EMV Smartcard Reader",
};

static void give_up(const char *what)
{
	perror(what);
	abort();
}

/* Only root may give files away. */
gid_t fake_host_group(void)
{
	return geteuid() == 0 ? CCCD_GROUP : getegid();
}

void fake_host_make(struct host *ret)
{
	char template[] = "/tmp/cccd-host-XXXXXX";
	char groups[64];

	if (mkdtemp(template) == NULL)
		give_up("mkdtemp");
	*ret = (struct host){ .user = SOMEBODY,
		              .groups = { SOMEBODY },
		              .group_count = 1 };
	memcpy(ret->root, template, sizeof(template));
	(void)snprintf(groups, sizeof(groups), "root:x:0:\ncccd:x:%u:\n",
	               (unsigned int)fake_host_group());
	fake_host_file(ret, "/etc/group", groups);
}

static int remove_one(const char *path, const struct stat *found, int type,
                      struct FTW *walk)
{
	(void)found;
	(void)type;
	(void)walk;
	return remove(path);
}

void fake_host_delete(const struct host *host, const char *path)
{
	char whole[HOST_PATH_MAX];

	if (!host_path(host, whole, "%s", path) ||
	    nftw(whole, remove_one, FILES_OPEN, FTW_DEPTH | FTW_PHYS) != 0)
		give_up(path);
}

void fake_host_remove(const struct host *host)
{
	fake_host_delete(host, "");
}

static void make_parents(char *path)
{
	for (char *at = strchr(path + 1, '/'); at != NULL;
	     at = strchr(at + 1, '/')) {
		*at = '\0';
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			give_up(path);
		*at = '/';
	}
}

void fake_host_file(const struct host *host, const char *path, const char *text)
{
	char whole[HOST_PATH_MAX];
	FILE *file = NULL;

	if (!host_path(host, whole, "%s", path))
		give_up(path);
	make_parents(whole);
	file = fopen(whole, "w");
	if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
		give_up(whole);
}

void fake_host_node(const struct host *host, const char *path, mode_t mode,
                    bool ours)
{
	char whole[HOST_PATH_MAX];

	fake_host_file(host, path, "");
	if (!host_path(host, whole, "%s", path) || chmod(whole, mode) != 0 ||
	    chown(whole, (uid_t)-1, ours ? fake_host_group() : (gid_t)-1) != 0)
		give_up(path);
}

void fake_host_link(const struct host *host, const char *path,
                    const char *target)
{
	char whole[HOST_PATH_MAX];

	if (!host_path(host, whole, "%s", path))
		give_up(path);
	make_parents(whole);
	if (symlink(target, whole) != 0)
		give_up(whole);
}

static void attribute(const struct host *host, const char *directory,
                      const char *name, const char *text)
{
	char path[HOST_PATH_MAX];

	if (text == NULL)
		return;
	(void)snprintf(path, sizeof(path), "%.200s/%.40s", directory, name);
	fake_host_file(host, path, text);
}

/* In sysfs the bus has links only; the devices lie below their hubs. */
static void link_into_bus(const struct host *host, const char *port)
{
	char path[HOST_PATH_MAX];
	char target[HOST_PATH_MAX];

	(void)snprintf(path, sizeof(path), "/sys/bus/usb/devices/%s", port);
	(void)snprintf(target, sizeof(target),
	               "../../../devices/pci0000:00/usb1/%s", port);
	fake_host_link(host, path, target);
}

void fake_host_plug(const struct host *host, const struct fake_usb *usb)
{
	char directory[HOST_PATH_MAX / 2];
	char number[32];

	(void)snprintf(directory, sizeof(directory),
	               "/sys/devices/pci0000:00/usb1/%s", usb->port);
	(void)snprintf(number, sizeof(number), "%.4s\n", usb->ids);
	attribute(host, directory, "idVendor", number);
	attribute(host, directory, "idProduct", usb->ids + 5);
	attribute(host, directory, "busnum", "1\n");
	(void)snprintf(number, sizeof(number), "%u\n", usb->address);
	attribute(host, directory, "devnum", number);
	(void)snprintf(number, sizeof(number), "189:%u\n", usb->address - 1);
	attribute(host, directory, "dev", number);
	attribute(host, directory, "manufacturer", usb->maker);
	attribute(host, directory, "product", usb->model);
	attribute(host, directory, "serial", usb->serial);
	link_into_bus(host, usb->port);
	(void)snprintf(directory, sizeof(directory),
	               "/sys/devices/pci0000:00/usb1/%s:1.0", usb->port);
	attribute(host, directory, "bInterfaceClass", usb->class);
	(void)snprintf(directory, sizeof(directory), "%s:1.0", usb->port);
	link_into_bus(host, directory);
}

void fake_host_unplug(const struct host *host, const char *port)
{
	static const char *const forms[] = {
		"/sys/bus/usb/devices/%s",
		"/sys/bus/usb/devices/%s:1.0",
		"/sys/devices/pci0000:00/usb1/%s",
		"/sys/devices/pci0000:00/usb1/%s:1.0",
	};

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		char path[HOST_PATH_MAX];
		const char *at = strstr(forms[i], "%s");

		(void)snprintf(path, sizeof(path), "%.*s%s%s",
		               (int)(at - forms[i]), forms[i], port, at + 2);
		fake_host_delete(host, path);
	}
}
