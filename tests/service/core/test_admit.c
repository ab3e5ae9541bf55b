/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that a back end signed, and the profiles they are judged by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include <cccd/assertion.h>

#include "base/clock.h"
#include "base/file.h"
#include "service/core/keys.h"
#include "service/core/registry.h"
#include "tests/service/core/moves.h"

enum { TEXT = 1536, PATH = 256 };

#define REQUEST                                                       \
	"{\"nonce\":\"BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB\"," \
	"\"purpose\":\"kcb\",\"scopes\":[\"id\"]}"

static struct cccd_backend_key *backend;

static void write_text(const struct house *house, const char *name,
                       const char *text)
{
	char path[PATH];

	(void)snprintf(path, sizeof(path), "%s/%s", house->dir, name);
	assert_int_equal(file_write(path, span_text(text), NULL), CCCD_OK);
}

/* One who signs, with the keys of this text; read with the others. */
static void add_party(struct house *house, const char *rest)
{
	char text[TEXT];
	char path[PATH];
	struct cccd_error error = { .tries_left = -1 };
	struct registry *registry = NULL;

	(void)snprintf(text, sizeof(text),
	               "{\"schema\":\"urn:cccd:relying-party:1\","
	               "\"id\":\"back\",\"origins\":[\"https://back.example\"],"
	               "\"scopes_max\":[\"id\"],\"purposes\":[\"kcb\"],"
	               "\"consent\":\"none\",%s}",
	               rest);
	write_text(house, "rp/back.json", text);
	(void)snprintf(path, sizeof(path), "%s/rp", house->dir);
	if (registry_load(path, &error, &registry) != CCCD_OK)
		print_error("%s\n", error.text);
	assert_non_null(registry);
	sessions_set_registry(house->sessions, registry);
	registry_unref(registry);
}

/* The device's own key serves as some back end's: any PKCS#8 file does. */
static int setup(void **state)
{
	struct house *house = NULL;
	char path[PATH];
	char rest[TEXT];

	(void)moves_setup_reader(state);
	house = *state;
	(void)snprintf(path, sizeof(path), "%s/keys/device-key.pem",
	               house->dir);
	assert_int_equal(cccd_backend_key_load(path, NULL, NULL, &backend),
	                 CCCD_OK);
	(void)snprintf(rest, sizeof(rest),
	               "\"request_mode\":\"signed\",\"jwks\":%s",
	               cccd_backend_key_jwks(backend));
	add_party(house, rest);
	return 0;
}

static int teardown(void **state)
{
	cccd_backend_key_free(backend);
	return moves_teardown(state);
}

static char *sign(const struct house *house)
{
	const struct cccd_request request = {
		.rp = "back",
		.device = device_keys_thumbprint(house->keys),
		.request = REQUEST,
	};
	char *token = NULL;

	assert_int_equal(cccd_request_sign(backend, &request, NULL, &token),
	                 CCCD_OK);
	return token;
}

static enum cccd_err send(struct house *house, const char *token,
                          struct house_session *ret)
{
	const struct caller caller = house_page("back");
	struct json_request request = { .reader = "any", .rp = "back" };
	enum cccd_err err = CCCD_OK;

	request.request_jwt = strdup(token);
	assert_non_null(request.request_jwt);
	err = house_create(house, &caller, &request, "", ret);
	json_request_release(&request);
	return err;
}

static void signed_request_is_granted_once(void **state)
{
	struct house *house = *state;
	struct house_session made = { 0 };
	char *token = sign(house);
	char *log = NULL;
	struct session *session = NULL;

	assert_int_equal(send(house, token, &made), CCCD_OK);
	session = moves_find(house, "back", &made);
	assert_true(session->matter.grant.is_signed);
	assert_int_equal(session->matter.grant.nonce[0], 'B');
	sessions_cancel(house->sessions, session);
	assert_int_equal(send(house, token, &made), CCCD_ERR_REQUEST_SIGNATURE);
	log = house_log(house, true);
	assert_int_equal(house_count_text(log, "request_forged"), 1);
	free(log);
	free(token);
}

/* What it asks for is not done yet: nobody must sign anew for that. */
static void signed_request_waits_for_a_reader(void **state)
{
	struct house *house = *state;
	struct session *other = moves_take(house, "desk", "any");
	struct house_session made = { 0 };
	char *token = sign(house);

	assert_int_equal(send(house, token, &made), CCCD_ERR_READER_BUSY);
	sessions_cancel(house->sessions, other);
	assert_int_equal(send(house, token, &made), CCCD_OK);
	sessions_cancel(house->sessions, moves_find(house, "back", &made));
	assert_int_equal(send(house, token, &made), CCCD_ERR_REQUEST_SIGNATURE);
	free(token);
}

/* Signed for the key of before, come after the rotation. */
static void signed_request_survives_a_rotation(void **state)
{
	struct house *house = *state;
	struct house_session made = { 0 };
	char *token = sign(house);

	assert_int_equal(device_keys_rotate(house->keys, clock_wall_s(), NULL),
	                 CCCD_OK);
	assert_int_equal(send(house, token, &made), CCCD_OK);
	free(token);
}

static void altered_request_is_refused_and_told(void **state)
{
	struct house *house = *state;
	struct house_session made = { 0 };
	char *token = sign(house);
	char *log = NULL;
	char *last = strrchr(token, '.') + 1;

	*last = *last == 'A' ? 'B' : 'A';
	assert_int_equal(send(house, token, &made), CCCD_ERR_REQUEST_SIGNATURE);
	log = house_log(house, true);
	assert_int_equal(house_count_text(log, "request_forged"), 1);
	free(log);
	free(token);
}

/* Whoever must sign is not asked in any other way. */
static void unsigned_request_of_a_signer_is_refused(void **state)
{
	struct house *house = *state;
	const struct caller caller = house_page("back");
	struct json_request request = { 0 };
	struct house_session made = { 0 };

	house_request("back", "\"id\"", &request);
	assert_int_equal(house_create(house, &caller, &request, "", &made),
	                 CCCD_ERR_REQUEST_SIGNATURE);
	json_request_release(&request);
}

static enum cccd_err ask_with_profile(struct house *house, const char *name)
{
	char rest[TEXT];
	struct house_session made = { 0 };
	enum cccd_err err = CCCD_OK;

	(void)snprintf(rest, sizeof(rest),
	               "\"request_mode\":\"origin\",\"profile\":\"%s\"", name);
	add_party(house, rest);
	err = moves_ask(house, "back", "any", &made);
	if (err == CCCD_OK)
		assert_string_equal(moves_find(house, "back", &made)
		                            ->matter.grant.profile.name,
		                    name);
	return err;
}

/* A profile that is not there is no reason to judge by another. */
static void profile_comes_from_its_file_or_not_at_all(void **state)
{
	struct house *house = *state;

	house->sessions->parts.profiles = house->dir;
	assert_int_equal(ask_with_profile(house, "kiosk"),
	                 CCCD_ERR_POLICY_CONFIG);
	write_text(house, "kiosk.json",
	           "{\"schema\":\"urn:cccd:profile:1\",\"name\":\"kiosk\","
	           "\"checks\":{\"passive_authentication\":\"mandatory\"}}");
	assert_int_equal(ask_with_profile(house, "kiosk"), CCCD_OK);
}

static void registry_without(struct house *house, const char *name)
{
	char path[PATH];
	struct registry *registry = NULL;

	(void)snprintf(path, sizeof(path), "%s/rp/%s", house->dir, name);
	assert_int_equal(unlink(path), 0);
	(void)snprintf(path, sizeof(path), "%s/rp", house->dir);
	assert_int_equal(registry_load(path, NULL, &registry), CCCD_OK);
	sessions_set_registry(house->sessions, registry);
	registry_unref(registry);
}

/* Taken out of the registry, it gets nothing any more: not what it waits
 * for, and no picture that it had not taken. */
static void removed_party_loses_its_sessions(void **state)
{
	struct house *house = *state;
	struct session *taken = moves_bring(house, SESSION_DELIVERED);
	struct session *ready = moves_bring(house, SESSION_READY);
	struct session *other = moves_take(house, "other", "r0");

	assert_int_equal(taken->portrait, PORTRAIT_READY);
	registry_without(house, "desk.json");
	assert_int_equal(taken->state, SESSION_DELIVERED);
	assert_int_equal(taken->portrait, PORTRAIT_GONE);
	assert_int_equal(ready->state, SESSION_CANCELLED);
	moves_assert_wiped(taken);
	moves_assert_wiped(ready);
	assert_int_equal(other->ended_ms, 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(signed_request_is_granted_once),
		CASE(signed_request_waits_for_a_reader),
		CASE(signed_request_survives_a_rotation),
		CASE(altered_request_is_refused_and_told),
		CASE(unsigned_request_of_a_signer_is_refused),
		CASE(removed_party_loses_its_sessions),
		CASE(profile_comes_from_its_file_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
