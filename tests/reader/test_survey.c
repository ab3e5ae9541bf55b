/* SPDX-License-Identifier: Apache-2.0 */
/* What keeps readers from working, on systems made of files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "base/error.h"
#include "reader/survey.h"
#include "tests/reader/fake_host.h"
#include "tests/reader/fake_pcscd.h"

#define assert_ok(expr) assert_int_equal((expr), CCCD_OK)

static const char acr_0[] = "ACS ACR122U PICC Interface 00 00";
static const char bundle[] = "/usr/lib/pcsc/drivers/ifd-ccid.bundle/Info.plist";
static const char node[] = "/dev/bus/usb/001/007";
static const char socket_path[] = "/run/pcscd/pcscd.comm";

struct scene {
	struct host host;
	struct cccd_reader_list list;
};

static int begin(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	assert_non_null(scene);
	fake_host_make(&scene->host);
	fake_host_file(&scene->host, bundle, "");
	fake_host_file(&scene->host, "/usr/sbin/pcscd", "");
	fake_pcscd_run(true);
	/* A program that is there; nothing starts it here. */
	assert_int_equal(setenv("CCCD_NFC_CHILD", "/bin/true", 1), 0);
	(void)unsetenv("PCSCLITE_CSOCK_NAME");
	(void)unsetenv("CCCD_NFC_SCAN");
	*state = scene;
	return 0;
}

static int end(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(fake_pcscd_open(), 0);
	fake_host_remove(&scene->host);
	free(scene);
	return 0;
}

static void look(struct scene *scene)
{
	assert_ok(survey(&scene->host, NULL, &scene->list));
}

/* The one reader, and what is wrong with it. */
static const struct cccd_reader_info *only(struct scene *scene,
                                           const char *code, const char *mend)
{
	const struct cccd_reader_info *info = &scene->list.readers[0];

	look(scene);
	assert_int_equal(scene->list.count, 1);
	assert_string_equal(info->problem.code, code);
	assert_string_equal(info->problem.mend, mend);
	assert_int_equal(strlen(info->id), 17);
	return info;
}

static void expect_service(struct scene *scene, const char *code,
                           const char *mend)
{
	look(scene);
	assert_int_equal(scene->list.problem_count, 1);
	assert_string_equal(scene->list.problems[0].code, code);
	assert_string_equal(scene->list.problems[0].mend, mend);
}

static void nothing_is_wrong_with_a_served_reader(void **state)
{
	struct scene *scene = *state;
	const struct cccd_reader_info *info = NULL;

	fake_host_plug(&scene->host, &fake_acr_left);
	fake_pcscd_plug(acr_0, 0);
	fake_pcscd_lay(acr_0, true);
	info = only(scene, "", "");
	assert_string_equal(info->kind, "pcsc");
	assert_true(info->card_present);
	assert_int_equal(info->atr_len, 4);
	assert_int_equal(scene->list.problem_count, 0);
}

static void service_is_not_installed(void **state)
{
	struct scene *scene = *state;

	fake_pcscd_run(false);
	fake_host_delete(&scene->host, "/usr/sbin/pcscd");
	expect_service(scene, "pcscd_missing", "sudo apt install pcscd");
}

static void service_does_not_run(void **state)
{
	struct scene *scene = *state;
	const struct cccd_reader_info *info = NULL;

	fake_pcscd_run(false);
	fake_host_plug(&scene->host, &fake_acr_left);
	expect_service(scene, "pcscd_not_running",
	               "sudo systemctl enable --now pcscd.socket");
	/* The reader that waits for it is shown, with the same. */
	info = only(scene, "pcscd_not_running",
	            "sudo systemctl enable --now pcscd.socket");
	assert_string_equal(info->name, "ACS ACR122U");
	assert_string_equal(info->kind, "pcsc");
	assert_string_equal(info->driver, "ccid");
	assert_string_equal(info->uri, "");
	assert_string_equal(info->quirks, "unbind-pn533");
}

static void service_left_its_socket_behind(void **state)
{
	struct scene *scene = *state;

	fake_pcscd_run(false);
	fake_host_node(&scene->host, socket_path, 0666, false);
	expect_service(scene, "pcscd_not_running",
	               "sudo systemctl restart pcscd.socket");
}

static void service_is_for_a_group(void **state)
{
	struct scene *scene = *state;

	fake_pcscd_run(false);
	fake_host_node(&scene->host, socket_path, 0660, true);
	expect_service(scene, "pcscd_permission",
	               "sudo usermod -aG cccd \"$USER\"");
	/* A member has another trouble. */
	scene->host.groups[scene->host.group_count++] = fake_host_group();
	expect_service(scene, "pcscd_not_running",
	               "sudo systemctl restart pcscd.socket");
}

static void service_is_for_root_only(void **state)
{
	struct scene *scene = *state;

	fake_pcscd_run(false);
	fake_host_node(&scene->host, socket_path, 0600, false);
	expect_service(scene, "pcscd_permission",
	               "sudo systemctl restart pcscd.socket");
}

static void reader_is_served_by_nobody(void **state)
{
	struct scene *scene = *state;
	const struct cccd_reader_info *info = NULL;

	fake_host_plug(&scene->host, &fake_emv);
	fake_pcscd_plug("Virtual PCD 00 00", 0);
	look(scene);
	assert_int_equal(scene->list.count, 2);
	fake_pcscd_unplug("Virtual PCD 00 00");
	info = only(scene, "not_served", "sudo systemctl restart pcscd");
	assert_string_equal(info->name, "Generic EMV Smartcard Reader");
	assert_int_equal(info->usb_vendor, 0x2ce3);
	/* One that pcscd calls by a name of its own may be it. */
	fake_pcscd_plug("Alcor Micro AU9540 00 00", 0);
	(void)only(scene, "", "");
}

static void driver_of_usb_readers_is_missing(void **state)
{
	struct scene *scene = *state;

	fake_host_delete(&scene->host, "/usr/lib/pcsc/drivers");
	fake_host_plug(&scene->host, &fake_acr_left);
	(void)only(scene, "ccid_driver_missing", "sudo apt install libccid");
}

static void rule_hides_a_reader_from_pcscd(void **state)
{
	struct scene *scene = *state;

	fake_host_plug(&scene->host, &fake_emv);
	fake_host_file(&scene->host, "/run/udev/data/c189:8",
	               "E:PCSCLITE_IGNORE=1\n");
	(void)only(scene, "told_to_ignore",
	           "grep -rl PCSCLITE_IGNORE /etc/udev/rules.d");
}

static void kernel_holds_a_reader_of_pcscd(void **state)
{
	struct scene *scene = *state;

	fake_host_plug(&scene->host, &fake_acr_left);
	fake_host_link(&scene->host,
	               "/sys/devices/pci0000:00/usb1/1-1:1.0/driver",
	               "../../../bus/usb/drivers/pn533_usb");
	(void)only(scene, "kernel_driver",
	           "echo 1-1:1.0 | sudo tee "
	           "/sys/bus/usb/drivers/pn533_usb/unbind");
}

#ifdef TEST_NFC
static void kernel_holds_a_reader_of_libnfc(void **state)
{
	struct scene *scene = *state;
	const struct cccd_reader_info *info = NULL;

	fake_host_plug(&scene->host, &fake_pn533);
	fake_host_node(&scene->host, node, 0666, false);
	info = only(scene, "", "");
	assert_string_equal(info->uri, "nfc:pn53x_usb:001:007");
	assert_string_equal(info->name, "NXP PN533");
	assert_string_equal(info->kind, "nfc");
	fake_host_link(&scene->host,
	               "/sys/devices/pci0000:00/usb1/1-3:1.0/driver",
	               "../../../bus/usb/drivers/pn533_usb");
	(void)only(scene, "kernel_driver",
	           "echo 1-3:1.0 | sudo tee "
	           "/sys/bus/usb/drivers/pn533_usb/unbind");
}

static void device_node_is_for_a_group(void **state)
{
	struct scene *scene = *state;

	fake_host_plug(&scene->host, &fake_pn533);
	fake_host_node(&scene->host, node, 0660, true);
	(void)only(scene, "device_permission",
	           "sudo usermod -aG cccd \"$USER\"");
	scene->host.groups[scene->host.group_count++] = fake_host_group();
	(void)only(scene, "", "");
}

static void rules_were_not_applied_yet(void **state)
{
	struct scene *scene = *state;

	fake_host_plug(&scene->host, &fake_pn533);
	fake_host_node(&scene->host, node, 0644, false);
	(void)only(scene, "device_permission",
	           "sudo udevadm control --reload && "
	           "sudo udevadm trigger --subsystem-match=usb");
	scene->host.user = 0;
	(void)only(scene, "", "");
}

/* Shown once: through pcscd, or through libnfc where a rule says so. */
static void reader_with_two_drivers_is_shown_once(void **state)
{
	struct scene *scene = *state;
	const struct cccd_reader_info *info = NULL;

	fake_host_plug(&scene->host, &fake_acr_left);
	fake_pcscd_plug(acr_0, 0);
	info = only(scene, "", "");
	assert_string_equal(info->kind, "pcsc");
	fake_pcscd_unplug(acr_0);
	fake_host_file(&scene->host, "/run/udev/data/c189:4",
	               "E:PCSCLITE_IGNORE=1\n");
	info = only(scene, "", "");
	assert_string_equal(info->kind, "nfc");
	assert_string_equal(info->uri, "nfc:acr122_usb:001:005");
}
#endif

static void program_for_nfc_is_missing(void **state)
{
	struct scene *scene = *state;

	fake_host_plug(&scene->host, &fake_pn533);
	assert_int_equal(setenv("CCCD_NFC_CHILD", "/nowhere/cccd-nfc", 1), 0);
	(void)only(scene, "nfc_program_missing",
	           "sudo apt install --reinstall cccd");
}

static void refused_port_names_its_group(void **state)
{
	struct scene *scene = *state;
	struct cccd_reader_info info = { .uri = "nfc:pn53x_usb:001:007" };
	struct cccd_reader_info port = { .uri = "nfc:pn532_uart:/dev/null" };

	fake_host_node(&scene->host, node, 0660, true);
	survey_refused(&scene->host, &info);
	assert_string_equal(info.problem.code, "device_permission");
	assert_string_equal(info.problem.mend,
	                    "sudo usermod -aG cccd \"$USER\"");
	survey_refused(&scene->host, &port);
	assert_string_equal(port.problem.mend,
	                    "sudo usermod -aG dialout \"$USER\"");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_wrong_with_a_served_reader),
		TEST(service_is_not_installed),
		TEST(service_does_not_run),
		TEST(service_left_its_socket_behind),
		TEST(service_is_for_a_group),
		TEST(service_is_for_root_only),
		TEST(reader_is_served_by_nobody),
		TEST(driver_of_usb_readers_is_missing),
		TEST(rule_hides_a_reader_from_pcscd),
		TEST(kernel_holds_a_reader_of_pcscd),
#ifdef TEST_NFC
		TEST(kernel_holds_a_reader_of_libnfc),
		TEST(device_node_is_for_a_group),
		TEST(rules_were_not_applied_yet),
		TEST(reader_with_two_drivers_is_shown_once),
#endif
		TEST(program_for_nfc_is_missing),
		TEST(refused_port_names_its_group),
	};

	return cmocka_run_group_tests_name("survey", tests, NULL, NULL);
}
