/* SPDX-License-Identifier: Apache-2.0 */
/* A resolver that answers nobody: this program's own, in libcurl's place. */
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>
#include <curl/curl.h>
#undef fail

#include "base/clock.h"
#include "cccd/export.h"
#include "service/gateway/connectors/connector.h"

enum { STALL_S = 60, DEADLINE_MS = 500 };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t change;
	unsigned int asked;
	unsigned int done;
	bool released;
	bool gave_up;
} resolver = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.change = PTHREAD_COND_INITIALIZER,
};

/* Stands in front of libc's for the libraries as well. */
CCCD_EXPORT int getaddrinfo(const char *name, const char *service,
                            const struct addrinfo *hints, struct addrinfo **ret)
{
	struct timespec until = { 0 };

	(void)name;
	(void)service;
	(void)hints;
	(void)ret;
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += STALL_S;
	(void)pthread_mutex_lock(&resolver.lock);
	resolver.asked++;
	while (!resolver.released && !resolver.gave_up)
		resolver.gave_up =
		        pthread_cond_timedwait(&resolver.change, &resolver.lock,
		                               &until) == ETIMEDOUT;
	resolver.done++;
	(void)pthread_cond_signal(&resolver.change);
	(void)pthread_mutex_unlock(&resolver.lock);
	return EAI_AGAIN;
}

static struct connector *open_connector(void)
{
	static const struct connector_setting settings[] = {
		{ "url", "http://registry.invalid/" },
		{ "plain_http", "yes" },
		{ "agency", "G01" },
		{ "procedure", "1.0001" },
		{ "connect_time", "60 s" },
		{ "request_time", "60 s" },
	};
	static const struct connector_section section = {
		.name = "registry",
		.kind = "soap",
		.settings = settings,
		.count = ARRAY_LEN(settings),
	};
	struct connector *connector = NULL;

	assert_int_equal(connector_open(&section, NULL, &connector), CCCD_OK);
	return connector;
}

/* Let the threads go, so that nothing of them is left at the end. */
static void release(void)
{
	(void)pthread_mutex_lock(&resolver.lock);
	resolver.released = true;
	(void)pthread_cond_broadcast(&resolver.change);
	while (resolver.done < resolver.asked)
		(void)pthread_cond_wait(&resolver.change, &resolver.lock);
	(void)pthread_mutex_unlock(&resolver.lock);
}

/* c-ares has a resolver of its own, which no deadline waits for; libcurl 7.87
 * is the first that need not wait. */
static bool asks_us(void)
{
	const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);

	return info->version_num >= 0x075700 && info->ares == NULL;
}

/* Neither the question nor the end waits for the resolver's minute. */
static void connector_waits_for_no_resolver(void **state)
{
	static const struct registry_question question = {
		.operation = REGISTRY_LOOKUP,
		.request_id = "r-1",
		.id_number = "001090000001",
		.old_number = "",
		.full_name = "An",
		.date_of_birth = "1990",
		.sex = "",
		.officer_id = "CB01",
		.officer_name = "",
		.service_code = "",
		.procedure_code = "",
	};
	struct registry_answer *answer = registry_answer_new();
	struct connector *connector = open_connector();

	(void)state;
	if (!asks_us()) {
		connector_close(connector);
		registry_answer_free(answer);
		skip();
	}
	assert_non_null(answer);
	assert_int_equal(connector_query(connector, &question,
	                                 clock_steady_ms() + DEADLINE_MS,
	                                 answer),
	                 CCCD_OK);
	connector_close(connector);
	release();
	assert_int_equal(answer->outcome, REGISTRY_TIME_OUT);
	assert_int_equal(resolver.asked, 1);
	assert_false(resolver.gave_up);
	registry_answer_free(answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connector_waits_for_no_resolver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
