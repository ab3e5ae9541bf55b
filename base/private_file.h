/* SPDX-License-Identifier: Apache-2.0 */
/* Files that nobody else may read: keys. */
#ifndef BASE_PRIVATE_FILE_H
#define BASE_PRIVATE_FILE_H

#include "base/buf.h"
#include "base/error.h"

/** enum private_file - who put it there. */
enum private_file {
	PRIVATE_FILE_OWN,        /* we did: ours, mode 0600 or less */
	PRIVATE_FILE_CREDENTIAL, /* systemd did: ours or root's, and a group
	                            bit that is an ACL's mask is no group */
};

/**
 * private_file_read() - a secret, if it is one.
 * @ret: emptied first; its release wipes
 *
 * What is judged is what is read: links are not followed, and there is no
 * moment between the two.
 *
 * Return: CCCD_OK; CCCD_ERR_POLICY_CONFIG when others may read or write it,
 * somebody else owns it, or it is no plain file; CCCD_ERR_USAGE_FILE with
 * errno; CCCD_ERR_DATA_TOO_LARGE; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err private_file_read(const char *path,
                                        enum private_file kind,
                                        struct cccd_error *error,
                                        struct buf *ret);

#endif
