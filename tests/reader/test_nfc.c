/* SPDX-License-Identifier: Apache-2.0 */
/* The NFC transport through the real libnfc against a simulated PN532. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#include "base/clock.h"
#include "reader/reader.h"
#include "tests/reader/chip.h"
#include "tests/reader/conformance.h"
#include "tests/reader/test_card.h"
#include "tests/support/child.h"
#include "tests/support/self.h"

#define assert_ok(expr) assert_int_equal((expr), CCCD_OK)

enum {
	KILLS = 100,
	SLOW_MS = 20,
	SHORT_MS = 400,
	URI_LEN = 160,
	COMMAND_262 = 262,
	FILES_MAX = 64,
};

static struct cccd_error fresh(void)
{
	return (struct cccd_error){ .tries_left = -1 };
}

static struct reader *open_chip(const struct chip *chip)
{
	struct cccd_error error = fresh();
	struct reader *reader = NULL;
	char uri[URI_LEN];
	enum cccd_err err;

	(void)snprintf(uri, sizeof(uri), "nfc:%s", chip_device(chip));
	err = reader_open(uri, &error, &reader);
	if (err != CCCD_OK)
		print_error("%s: %s\n", cccd_err_code(err), error.text);
	assert_ok(err);
	return reader;
}

static enum cccd_err connect_card(struct reader *reader)
{
	struct cccd_error error = fresh();
	enum cccd_err err = reader_connect(reader, &error);

	assert_int_equal(error.code, err);
	return err;
}

static enum cccd_err ask(struct reader *reader, enum test_ins ins,
                         unsigned int number)
{
	BUF response = buf_make(READER_RESPONSE_MAX);
	struct cccd_error error = fresh();
	uint8_t command[4];
	enum cccd_err err;

	test_card_command(ins, number, command);
	err = reader_transmit(reader, SPAN(command), &response, &error);
	assert_int_equal(error.code, err);
	return err;
}

/* The one child of this program. */
static pid_t child(void)
{
	return child_of(getpid());
}

static void connect_raises_the_bit_rate_and_says_so(void **state)
{
	struct chip *chip = *state;
	struct reader *reader = open_chip(chip);
	struct cccd_error error = fresh();

	assert_false(chip_field(chip));
	assert_ok(reader_wait(reader, SHORT_MS, &error));
	assert_ok(connect_card(reader));
	assert_int_equal(reader_card(reader)->bit_rate_kbps, 424);
	assert_int_equal(chip_bit_rate(chip), 424);
	assert_int_equal(reader_card(reader)->max_command, 261);
	assert_int_equal(reader_card(reader)->max_response, 258);
	assert_ok(ask(reader, TEST_INS_BYTES, 256));
	assert_true(chip_field(chip));
	reader_disconnect(reader);
	assert_false(chip_field(chip));
	reader_close(reader);
}

/* The rate fails with the first exchange: the next session stays at 106. */
static void connect_stays_slow_after_a_rate_that_failed(void **state)
{
	struct chip *chip = *state;
	struct reader *reader = open_chip(chip);

	assert_ok(connect_card(reader));
	assert_int_equal(reader_card(reader)->bit_rate_kbps, 424);
	chip_fault(chip, PN532_LOST, 0, 1);
	assert_int_equal(ask(reader, TEST_INS_BYTES, 1), CCCD_ERR_CARD_REMOVED);
	assert_ok(connect_card(reader));
	assert_int_equal(reader_card(reader)->bit_rate_kbps, 106);
	assert_ok(ask(reader, TEST_INS_BYTES, 1));
	reader_close(reader);
}

static void transmit_follows_chained_answers(void **state)
{
	struct chip *chip = *state;
	struct reader *reader = open_chip(chip);
	BUF response = buf_make(READER_RESPONSE_MAX);
	struct cccd_error error = fresh();
	uint8_t command[4];

	chip_chunk(chip, 40);
	assert_ok(connect_card(reader));
	test_card_command(TEST_INS_BYTES, 256, command);
	assert_ok(reader_transmit(reader, SPAN(command), &response, &error));
	assert_int_equal(response.len, 258);
	for (size_t i = 0; i < 256; i++)
		assert_int_equal(response.at[i], test_card_byte(i));
	chip_chunk(chip, 300);
	reader_close(reader);
}

/* libnfc overruns its stack above 262 bytes; we stop at 261. */
static void transmit_refuses_what_libnfc_cannot_hold(void **state)
{
	struct reader *reader = open_chip(*state);
	BUF response = buf_make(READER_RESPONSE_MAX);
	struct cccd_error error = fresh();
	uint8_t command[COMMAND_262] = { 0x80, TEST_INS_DIGEST };

	assert_ok(connect_card(reader));
	assert_ok(reader_transmit(reader, span_of(command, 261), &response,
	                          &error));
	assert_int_equal(response.at[3], 261 - 256);
	assert_int_equal(reader_transmit(reader, span_of(command, COMMAND_262),
	                                 &response, &error),
	                 CCCD_ERR_READER_OVERSIZE);
	reader_close(reader);
}

/**
 * struct trouble - a fault in an exchange, and its name.
 * @again: what a connect says while the fault lasts
 */
struct trouble {
	enum pn532_fault fault;
	enum cccd_err err;
	unsigned int times;
	enum cccd_err again;
};

static const struct trouble troubles[] = {
	{ PN532_CHECKSUM, CCCD_ERR_READER_IO, 1, CCCD_OK },
	{ PN532_LENGTH, CCCD_ERR_READER_IO, 1, CCCD_OK },
	{ PN532_NO_ACK, CCCD_ERR_READER_TIMEOUT, 1, CCCD_OK },
	{ PN532_LOST, CCCD_ERR_CARD_REMOVED, 1, CCCD_OK },
	{ PN532_RELEASED, CCCD_ERR_CARD_REMOVED, 1, CCCD_OK },
	{ PN532_NOISE, CCCD_ERR_READER_IO, 1, CCCD_OK },
	{ PN532_WEDGED, CCCD_ERR_READER_TIMEOUT, 0, CCCD_ERR_READER_NONE },
	{ PN532_NAD, CCCD_ERR_READER_LOST, 1, CCCD_OK },
	{ PN532_OVERSIZE, CCCD_ERR_READER_IO, 1, CCCD_OK },
	{ PN532_ENDLESS, CCCD_ERR_READER_TIMEOUT, 0, CCCD_OK },
};

static void transmit_types_every_trouble_and_recovers(void **state)
{
	struct chip *chip = *state;

	for (size_t i = 0; i < ARRAY_LEN(troubles); i++) {
		const struct trouble *row = &troubles[i];
		struct reader *reader = open_chip(chip);
		enum cccd_err err;

		reader_set_timeout(reader, SHORT_MS);
		assert_ok(connect_card(reader));
		assert_ok(ask(reader, TEST_INS_BYTES, 100));
		chip_fault(chip, row->fault, 0, row->times);
		err = ask(reader, TEST_INS_BYTES, 100);
		if (err != row->err)
			print_error("fault %d: %s\n", row->fault,
			            cccd_err_code(err));
		assert_int_equal(err, row->err);
		reader_disconnect(reader);
		assert_int_equal(connect_card(reader), row->again);
		chip_fault(chip, PN532_FINE, 0, 0);
		assert_ok(connect_card(reader));
		assert_ok(ask(reader, TEST_INS_BYTES, 100));
		reader_close(reader);
	}
}

static void open_takes_noise_after_power_up(void **state)
{
	struct reader *reader = NULL;

	chip_fault(*state, PN532_NOISE, 0, 1);
	reader = open_chip(*state);
	assert_ok(connect_card(reader));
	reader_close(reader);
}

/* libnfc believes the length in an ATS; that is its process's end. */
static void connect_survives_a_lying_ats(void **state)
{
	struct reader *reader = open_chip(*state);
	enum cccd_err err;

	chip_fault(*state, PN532_WRONG_ATS, 0, 0);
	err = connect_card(reader);
	assert_int_equal(err, CCCD_ERR_READER_LOST);
	chip_fault(*state, PN532_FINE, 0, 0);
	assert_ok(connect_card(reader));
	assert_ok(ask(reader, TEST_INS_BYTES, 9));
	reader_close(reader);
}

static void present_leaves_a_session_alone(void **state)
{
	struct chip *chip = *state;
	struct reader *reader = open_chip(chip);
	struct cccd_error error = fresh();
	bool present = false;

	assert_ok(connect_card(reader));
	assert_ok(ask(reader, TEST_INS_BYTES, 9));
	assert_ok(reader_present(reader, &present, &error));
	assert_true(present);
	assert_int_equal(chip_bit_rate(chip), 424);
	assert_ok(ask(reader, TEST_INS_BYTES, 9));
	chip_lay(chip, false);
	assert_ok(reader_present(reader, &present, &error));
	assert_false(present);
	assert_int_equal(ask(reader, TEST_INS_BYTES, 9), CCCD_ERR_CARD_REMOVED);
	chip_lay(chip, true);
	reader_close(reader);
}

static void open_names_what_is_wrong_with_the_device(void **state)
{
	static const struct {
		const char *uri;
		enum cccd_err err;
	} rows[] = {
		{ "nfc:pn532_uart:/dev/cccd-no-such", CCCD_ERR_READER_NONE },
		{ "nfc:no_such_driver", CCCD_ERR_READER_NONE },
		{ "nfc:pn53x_usb", CCCD_ERR_READER_NONE },
		{ "nfc:\x01", CCCD_ERR_USAGE_ARGUMENT },
		{ "nfc:unix:relative", CCCD_ERR_USAGE_ARGUMENT },
		{ "nfc:unix:/run/cccd-no-such", CCCD_ERR_READER_SERVICE },
	};
	struct reader *reader = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cccd_error error = fresh();

		assert_int_equal(reader_open(rows[i].uri, &error, &reader),
		                 rows[i].err);
		assert_int_equal(error.code, rows[i].err);
		assert_null(reader);
	}
}

static void open_of_a_device_in_use_finds_it_busy(void **state)
{
	struct reader *first = open_chip(*state);
	struct reader *second = NULL;
	struct cccd_error error = fresh();
	char uri[URI_LEN];

	(void)snprintf(uri, sizeof(uri), "nfc:%s", chip_device(*state));
	assert_int_equal(reader_open(uri, &error, &second),
	                 CCCD_ERR_READER_BUSY);
	assert_ok(connect_card(first));
	reader_close(first);
}

static void open_says_when_the_program_is_missing(void **state)
{
	char *before = strdup(getenv("CCCD_NFC_CHILD"));
	struct reader *reader = NULL;
	struct cccd_error error = fresh();

	(void)state;
	assert_non_null(before);
	assert_int_equal(setenv("CCCD_NFC_CHILD", "/nowhere/cccd-nfc", 1), 0);
	assert_int_equal(reader_open("nfc:", &error, &reader),
	                 CCCD_ERR_READER_UNSUPPORTED);
	assert_int_equal(setenv("CCCD_NFC_CHILD", before, 1), 0);
	free(before);
}

static void transmit_notices_an_unplugged_device(void **state)
{
	struct chip *chip = chip_start();
	struct reader *reader = open_chip(chip);

	(void)state;
	assert_ok(connect_card(reader));
	chip_unplug(chip);
	assert_int_equal(ask(reader, TEST_INS_BYTES, 9), CCCD_ERR_READER_LOST);
	assert_int_equal(connect_card(reader), CCCD_ERR_READER_NONE);
	reader_close(reader);
	chip_stop(chip);
}

static void list_names_devices_only_when_asked(void **state)
{
	struct cccd_reader_list *list = calloc(1, sizeof(*list));
	struct cccd_error error = fresh();

	assert_non_null(list);
	assert_int_equal(setenv("LIBNFC_DEVICE", chip_device(*state), 1), 0);
	/* There is no pcscd here. */
	assert_int_equal(reader_list(&error, list), CCCD_ERR_READER_SERVICE);
	assert_int_equal(error.code, CCCD_ERR_READER_SERVICE);
	assert_int_equal(list->count, 0);
	assert_int_equal(setenv("CCCD_NFC_SCAN", "1", 1), 0);
	error = fresh();
	assert_ok(reader_list(&error, list));
	assert_int_equal(error.code, CCCD_OK);
	assert_int_equal(list->count, 1);
	assert_string_equal(list->readers[0].kind, "nfc");
	assert_string_equal(list->readers[0].name, chip_device(*state));
	assert_non_null(strstr(list->readers[0].uri, "nfc:pn532_uart:/"));
	(void)unsetenv("CCCD_NFC_SCAN");
	(void)unsetenv("LIBNFC_DEVICE");
	free(list);
}

/* "nfc:" is the first device that libnfc knows. */
static void open_without_name_takes_the_first_device(void **state)
{
	struct reader *reader = NULL;
	struct cccd_error error = fresh();

	assert_int_equal(setenv("LIBNFC_DEVICE", chip_device(*state), 1), 0);
	assert_ok(reader_open("nfc:", &error, &reader));
	assert_ok(connect_card(reader));
	assert_non_null(strstr(reader_card(reader)->reader, "defined"));
	reader_close(reader);
	(void)unsetenv("LIBNFC_DEVICE");
}

static void *kill_soon(void *context)
{
	const unsigned int *after_ms = context;
	pid_t pid = 0;

	clock_sleep_ms(*after_ms);
	/* Our own child, still unreaped; zero would be all of us. */
	pid = child();
	if (pid > 0)
		(void)kill(pid, SIGKILL);
	return NULL;
}

static void *ask_slowly(void *reader)
{
	enum cccd_err err;

	do
		err = ask(reader, TEST_INS_SLEEP, SLOW_MS);
	while (err == CCCD_OK);
	assert_int_equal(err, CCCD_ERR_READER_LOST);
	return NULL;
}

static void a_killed_child_costs_one_read_and_nothing_else(void **state)
{
	struct reader *reader = open_chip(*state);
	size_t files;

	assert_ok(connect_card(reader));
	files = self_descriptors();
	for (unsigned int i = 0; i < KILLS; i++) {
		unsigned int after_ms = i % SLOW_MS;
		pthread_t thread;

		assert_int_equal(
		        pthread_create(&thread, NULL, kill_soon, &after_ms), 0);
		(void)ask_slowly(reader);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_int_equal(child(), 0);
		assert_ok(connect_card(reader));
		assert_ok(ask(reader, TEST_INS_BYTES, 200));
	}
	assert_int_equal(self_descriptors(), files);
	reader_close(reader);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* A program that forgot O_CLOEXEC hands nothing to cccd-nfc. */
static void child_inherits_the_socket_only(void **state)
{
	struct reader *reader = NULL;
	struct stat ours = { 0 };
	unsigned int seen = 0;
	unsigned int hidden = 0;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fstat(ends[0], &ours), 0);
	reader = open_chip(*state);
	for (int fd = 0; fd < FILES_MAX; fd++) {
		struct stat theirs = { 0 };
		char path[64];

		(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d",
		               (int)child(), fd);
		if (stat(path, &theirs) != 0) {
			hidden += errno == EACCES;
			continue;
		}
		seen++;
		assert_false(theirs.st_dev == ours.st_dev &&
		             theirs.st_ino == ours.st_ino);
	}
	reader_close(reader);
	(void)close(ends[0]);
	(void)close(ends[1]);
	/* It hides itself from whoever is not root. */
	if (hidden == FILES_MAX && geteuid() != 0) {
		print_message("skipped: only root may look at the files of "
		              "cccd-nfc\n");
		skip();
	}
	/* Its three streams and the device at least. */
	assert_true(seen >= 4);
}

/* What init does for a service with one process for each connection. */
struct service {
	int listener;
	const char *device;
	pid_t pid;
};

static void *serve_one(void *context)
{
	struct service *service = context;
	int fd = accept(service->listener, NULL, NULL);

	assert_true(fd >= 0);
	service->pid = fork();
	if (service->pid == 0) {
		(void)dup2(fd, STDIN_FILENO);
		(void)execl(getenv("CCCD_NFC_CHILD"), "cccd-nfc",
		            service->device, (char *)NULL);
		_exit(127);
	}
	(void)close(fd);
	return NULL;
}

static void read_works_through_the_socket_of_a_service(void **state)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	struct service service = { .device = chip_device(*state) };
	struct reader *reader = NULL;
	struct cccd_error error = fresh();
	char directory[] = "/tmp/cccd-nfc-XXXXXX";
	char uri[URI_LEN];
	pthread_t thread;

	assert_non_null(mkdtemp(directory));
	(void)snprintf(name.sun_path, sizeof(name.sun_path), "%s/s", directory);
	service.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
	        bind(service.listener, (struct sockaddr *)&name, sizeof(name)),
	        0);
	assert_int_equal(listen(service.listener, 1), 0);
	assert_int_equal(pthread_create(&thread, NULL, serve_one, &service), 0);
	(void)snprintf(uri, sizeof(uri), "nfc:unix:%s", name.sun_path);
	assert_ok(reader_open(uri, &error, &reader));
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_ok(connect_card(reader));
	assert_ok(ask(reader, TEST_INS_BYTES, 77));
	assert_int_equal(kill(service.pid, SIGKILL), 0);
	assert_int_equal(waitpid(service.pid, NULL, 0), service.pid);
	assert_int_equal(ask(reader, TEST_INS_BYTES, 77), CCCD_ERR_READER_LOST);
	reader_close(reader);
	(void)close(service.listener);
	(void)unlink(name.sun_path);
	(void)rmdir(directory);
}

static int clear(void **state)
{
	chip_fault(*state, PN532_FINE, 0, 0);
	chip_lay(*state, true);
	return 0;
}

static struct reader *open_bed(struct bed *bed)
{
	chip_lay(bed->context, true);
	return open_chip(bed->context);
}

static void lay_bed(struct bed *bed, struct reader *reader, bool present)
{
	(void)reader;
	chip_lay(bed->context, present);
}

#define TEST(function)                                      \
	{                                                   \
		.name = #function, .test_func = (function), \
		.setup_func = clear, .initial_state = chip, \
	}

int main(void)
{
	struct chip *chip = chip_start();
	const struct CMUnitTest tests[] = {
		TEST(connect_raises_the_bit_rate_and_says_so),
		TEST(connect_stays_slow_after_a_rate_that_failed),
		TEST(transmit_follows_chained_answers),
		TEST(transmit_refuses_what_libnfc_cannot_hold),
		TEST(transmit_types_every_trouble_and_recovers),
		TEST(open_takes_noise_after_power_up),
		TEST(connect_survives_a_lying_ats),
		TEST(present_leaves_a_session_alone),
		TEST(open_names_what_is_wrong_with_the_device),
		TEST(open_of_a_device_in_use_finds_it_busy),
		TEST(open_says_when_the_program_is_missing),
		TEST(transmit_notices_an_unplugged_device),
		TEST(list_names_devices_only_when_asked),
		TEST(open_without_name_takes_the_first_device),
		TEST(child_inherits_the_socket_only),
		TEST(a_killed_child_costs_one_read_and_nothing_else),
		TEST(read_works_through_the_socket_of_a_service),
	};
	struct bed bed = {
		.name = "nfc",
		.capabilities = READER_CAN_WAIT | READER_CAN_CANCEL |
		                READER_CAN_PRESENCE,
		.open = open_bed,
		.lay = lay_bed,
		.context = chip,
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	failed += conformance_run(&bed, conformance_check);
	chip_stop(chip);
	return failed;
}
