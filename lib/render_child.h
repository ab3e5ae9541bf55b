/* SPDX-License-Identifier: Apache-2.0 */
/* The process cccd-render: started, fed, listened to, ended. */
#ifndef LIB_RENDER_CHILD_H
#define LIB_RENDER_CHILD_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

/**
 * render_child_start() - a fresh process on one end of a socket.
 * @program:  absolute path; NULL for the usual one
 * @side_max: its argument
 * @ret:      its number, to be given to render_child_end()
 * @ret_fd:   our end; the caller closes it
 *
 * Return: CCCD_OK; CCCD_ERR_RENDERER when it is not there;
 * CCCD_ERR_MEMORY when the machine lacks a process or descriptors.
 */
CHECKED enum cccd_err render_child_start(const char *program, uint32_t side_max,
                                         struct cccd_error *error, pid_t *ret,
                                         int *ret_fd);

/**
 * render_child_talk() - send the image, receive until the end.
 * @end: of clock_steady_ms()
 * @ret: its maximum is the cap
 *
 * Return: CCCD_OK when it hung up; CCCD_ERR_DATA_PICTURE at the deadline or
 * beyond the cap; CCCD_ERR_MEMORY.
 */
CHECKED enum cccd_err render_child_talk(int fd, struct span image, uint64_t end,
                                        struct cccd_error *error,
                                        struct buf *ret);

/**
 * render_child_end() - kill it, unless it ended itself, and reap it.
 *
 * Return: the signal that ended it; 0 when it left by itself, or when
 * somebody else reaped it.
 */
int render_child_end(pid_t pid);

#endif
