/* SPDX-License-Identifier: Apache-2.0 */
/* cccd-sim --tell-keys: the session keys, for who searches a memory. */
#include "tests/sim/tell_keys.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "tests/sim/crypto.h"

enum { KEY_TEXT = 2 * SIM_KEY_MAX + 1, LINE = 2 * KEY_TEXT + 2 };

/* One write a line, so that two programs may tell the same file. */
static bool append(const char *path, const char *line)
{
	size_t len = strlen(line);
	bool good = false;
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0)
		return false;
	good = write(fd, line, len) == (ssize_t)len;
	return close(fd) == 0 && good;
}

void tell_keys(void *path, struct span k_enc, struct span k_mac)
{
	char enc[KEY_TEXT];
	char mac[KEY_TEXT];
	char line[LINE];

	if (path == NULL)
		return;
	hex_encode(k_enc, enc, sizeof(enc));
	hex_encode(k_mac, mac, sizeof(mac));
	(void)snprintf(line, sizeof(line), "%s %s\n", enc, mac);
	if (!append(path, line))
		perror("cccd-sim: --tell-keys");
}
