/* SPDX-License-Identifier: Apache-2.0 */
/* A WebSocket client that writes its frames by hand, true or not. */
#ifndef TESTS_SERVICE_LISTEN_FRAMES_H
#define TESTS_SERVICE_LISTEN_FRAMES_H

#include "tests/service/listen/daemon.h"

enum {
	FRAME_MAX = 70000,
	/* First byte of a frame. */
	FIN = 0x80,
	RSV1 = 0x40,
	RSV2 = 0x20,
	RSV3 = 0x10,
	MORE = 0x00, /* with FIN: the last of a message */
	TEXT = 0x01,
	BINARY = 0x02,
	CLOSE = 0x08,
	PING = 0x09,
	PONG = 0x0A,
	MASKED = 0x80,
	NO_CODE = 1005,
};

/* A frame as it was received. */
struct frame {
	unsigned int first;
	size_t len;
	char payload[FRAME_MAX];
};

/* What is to be sent stands in @bytes. */
struct frames {
	struct daemon daemon;
	struct frame frame;
	uint8_t bytes[FRAME_MAX];
	size_t len;
};

extern const uint8_t frames_mask[4];

/* A connection that has become a WebSocket, as it should. */
int frames_upgrade(struct daemon *daemon);

void frames_put(struct frames *frames, const void *bytes, size_t len);

/* A head whose length need not be true; @bytes of it: 0, 2 or 8. */
void frames_put_head(struct frames *frames, unsigned int first,
                     unsigned int masked, size_t bytes, uint64_t len);

/* A good frame, masked. */
void frames_put_frame(struct frames *frames, unsigned int first,
                      const void *payload, size_t len);
void frames_put_text(struct frames *frames, unsigned int first,
                     const char *text);

/* A close frame with a reason of up to 128 bytes. */
void frames_put_close(struct frames *frames, unsigned int code,
                      const char *reason);

/* Sends what was put, and forgets it. */
bool frames_send(struct frames *frames, int fd);

/* False at the end of the connection. A server's frame is never masked. */
bool frames_read(struct frames *frames, int fd);

unsigned int frames_close_code(const struct frame *frame);

/* The next frame is a close frame with this code, then the end. */
void frames_expect_end(struct frames *frames, int fd, unsigned int code);

void frames_expect_text(struct frames *frames, int fd, const char *text);

/* What was put ends a fresh connection with this code. */
void frames_sent_end_with(struct frames *frames, unsigned int code);

#endif
