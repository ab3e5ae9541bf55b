/* SPDX-License-Identifier: Apache-2.0 */
/* Another system's files in a directory: sysfs, udev, device nodes. */
#ifndef TESTS_READER_FAKE_HOST_H
#define TESTS_READER_FAKE_HOST_H

#include <sys/stat.h>

#include "reader/host.h"

/* A user who is in no group of that system, which has no reader. */
void fake_host_make(struct host *ret);
void fake_host_remove(const struct host *host);

/* A file with @text, its directories made on the way. */
void fake_host_file(const struct host *host, const char *path,
                    const char *text);

/* The group cccd there. */
gid_t fake_host_group(void);

/* A file of another owner; @ours: of group cccd. */
void fake_host_node(const struct host *host, const char *path, mode_t mode,
                    bool ours);

void fake_host_link(const struct host *host, const char *path,
                    const char *target);

/* What is at the path, and all below it, away. */
void fake_host_delete(const struct host *host, const char *path);

/**
 * struct fake_usb - a device to plug in.
 * @port:  "1-1.2"
 * @ids:   "072f:2200"
 * @class: of its one interface, two digits
 */
struct fake_usb {
	const char *port;
	const char *ids;
	const char *class;
	unsigned int address;
	const char *maker;
	const char *model;
	const char *serial;
};

/* Two readers of one kind, a chip without CCID, a reader nobody knows. */
extern const struct fake_usb fake_acr_left;
extern const struct fake_usb fake_acr_right;
extern const struct fake_usb fake_pn533;
extern const struct fake_usb fake_emv;

void fake_host_plug(const struct host *host, const struct fake_usb *usb);
void fake_host_unplug(const struct host *host, const char *port);

#endif
