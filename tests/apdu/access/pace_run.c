/* SPDX-License-Identifier: Apache-2.0 */
/* A run of PACE out of a vector file. */
#include "tests/apdu/access/pace_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <openssl/bn.h>

#include <cmocka.h>
#undef fail

enum { NAME_MAX_LEN = 64 };

struct span value(struct run *run, const char *name)
{
	char full[NAME_MAX_LEN];

	(void)snprintf(full, sizeof(full), "%s%s", run->prefix, name);
	return vectors_bytes(run->vectors, full);
}

bool has(struct run *run, const char *name)
{
	char full[NAME_MAX_LEN];

	(void)snprintf(full, sizeof(full), "%s%s", run->prefix, name);
	return vectors_has(run->vectors, full);
}

const char *text(struct run *run, const char *name)
{
	char full[NAME_MAX_LEN];

	(void)snprintf(full, sizeof(full), "%s%s", run->prefix, name);
	return vectors_text(run->vectors, full);
}

struct span apdu(struct run *run, const char *name, const char *field)
{
	char full[NAME_MAX_LEN];

	(void)snprintf(full, sizeof(full), "%s%s", run->prefix, name);
	return vectors_apdu(run->vectors, full, field);
}

void password(struct run *run, enum password_type type, const char *name)
{
	assert_int_equal(
	        password_set(type, span_text(text(run, name)), &run->password),
	        CCCD_OK);
}

void open_run(struct run *run, const char *file, const char *prefix)
{
	memset(run, 0, sizeof(*run));
	run->prefix = prefix;
	run->vectors = vectors_open(file);
	card_rig_init(&run->rig);
	assert_int_equal(security_infos_parse(
	                         value(run, has(run, "ef_card_access")
	                                            ? "ef_card_access"
	                                            : "ef_card_access_minimal"),
	                         &run->infos),
	                 CCCD_OK);
	assert_int_equal(run->infos.pace_count, 1);
}

void close_run(struct run *run)
{
	card_rig_close(&run->rig);
	password_wipe(&run->password);
	vectors_close(run->vectors);
}

const char *const step_names[PACE_STEPS] = {
	"mse_set_at", "general_authenticate_1", "general_authenticate_2",
	"general_authenticate_3", "general_authenticate_4"
};

void add_steps(struct run *run, size_t count)
{
	for (size_t i = 0; i < count; i++)
		script_add(&run->rig.script,
		           apdu(run, step_names[i], "command"),
		           apdu(run, step_names[i], "response"));
}

/* The examples' private keys may be longer than the order. */
static void add_private(struct run *run, const char *name)
{
	uint8_t bytes[DOMAIN_ELEMENT_MAX];
	struct span key = value(run, name);
	BIGNUM *number = BN_bin2bn(key.at, (int)key.len, NULL);
	BIGNUM *order = NULL;
	BN_CTX *ctx = BN_CTX_new();

	if (has(run, "group_q")) {
		struct span q = value(run, "group_q");

		order = BN_bin2bn(q.at, (int)q.len, NULL);
		assert_int_equal(BN_mod(number, number, order, ctx), 1);
		key.len = q.len;
	}
	assert_int_equal(BN_bn2binpad(number, bytes, (int)key.len), key.len);
	tape_add(&run->rig.tape, span_of(bytes, key.len));
	BN_free(number);
	BN_free(order);
	BN_CTX_free(ctx);
}

void add_randomness(struct run *run)
{
	if (has(run, "nonce_t"))
		tape_add(&run->rig.tape, value(run, "nonce_t"));
	else
		add_private(run, "map_ifd_private");
	add_private(run, "eph_ifd_private");
}

enum cccd_err start(struct run *run)
{
	card_rig_open(&run->rig, NULL);
	return pace_run(&run->rig.card, &run->infos.pace[0], &run->options,
	                &run->password, &run->result);
}
