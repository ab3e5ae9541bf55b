/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the table of errors, and the steps that they share. */
#ifndef BASE_ERROR_TABLE_H
#define BASE_ERROR_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include <cccd/error.h>

/**
 * struct next_step - what a person can do.
 * @code: stable
 * @text: by enum cccd_lang
 */
struct next_step {
	const char *code;
	const char *text[2];
};

/**
 * struct error_row - one error.
 * @code:      stable, snake_case
 * @retryable: the same call may succeed later
 * @text:      by enum cccd_lang
 */
struct error_row {
	enum cccd_err err;
	const char *code;
	int http_status;
	bool retryable;
	const struct next_step *next;
	const char *text[2];
};

/* The last row stands for unknown errors. */
extern const struct error_row error_rows[];
extern const size_t error_row_count;

extern const struct next_step next_none;
extern const struct next_step next_reader;
extern const struct next_step next_service;
extern const struct next_step next_wait;
extern const struct next_step next_card;
extern const struct next_step next_key;
extern const struct next_step next_other_card;
extern const struct next_step next_doubt;
extern const struct next_step next_photo;
extern const struct next_step next_trust;
extern const struct next_step next_config;
extern const struct next_step next_usage;
extern const struct next_step next_support;
extern const struct next_step next_pause;
extern const struct next_step next_again;
extern const struct next_step next_front_end;
extern const struct next_step next_registry;
extern const struct next_step next_agent;
extern const struct next_step next_consent;
extern const struct next_step next_device;
extern const struct next_step next_devices;
extern const struct next_step next_new_key;
extern const struct next_step next_log;
extern const struct next_step next_token;

#endif
