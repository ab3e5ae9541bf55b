/* SPDX-License-Identifier: Apache-2.0 */
/* Which device a reader is, on systems made of files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "reader/pcsc_eye.h"
#include "reader/reader.h"
#include "tests/reader/fake_host.h"
#include "tests/reader/fake_pcscd.h"

#define assert_ok(expr) assert_int_equal((expr), CCCD_OK)

static const char acr_0[] = "ACS ACR122U PICC Interface 00 00";
static const char acr_1[] = "ACS ACR122U PICC Interface 01 00";

enum { CHANNEL_5 = 0x00200105, CHANNEL_6 = 0x00200106 };

static const struct fake_usb mouse = {
	.port = "1-4",
	.ids = "046d:c077",
	.class = "03",
	.address = 8,
	.maker = "Logitech",
	.model = "USB Optical Mouse",
};

struct scene {
	struct host host;
	struct usb_bus bus;
	struct pcsc_client client;
	struct pcsc_sight before;
	struct pcsc_sight sight;
};

static int begin(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	assert_non_null(scene);
	fake_host_make(&scene->host);
	fake_pcscd_run(true);
	pcsc_client_init(&scene->client);
	*state = scene;
	return 0;
}

static int end(void **state)
{
	struct scene *scene = *state;

	pcsc_client_drop(&scene->client);
	assert_int_equal(fake_pcscd_open(), 0);
	fake_host_remove(&scene->host);
	free(scene);
	return 0;
}

/* What is there now; what was there before stays who it was. */
static void look(struct scene *scene)
{
	scene->before = scene->sight;
	assert_ok(pcsc_eye_look(&scene->client, &scene->host, &scene->before,
	                        NULL, &scene->sight));
}

/* The same without any memory. */
static void look_afresh(struct scene *scene)
{
	memset(&scene->before, 0, sizeof(scene->before));
	assert_ok(pcsc_eye_look(&scene->client, &scene->host, NULL, NULL,
	                        &scene->sight));
}

static const struct pcsc_seen *seen(const struct scene *scene, const char *name)
{
	for (size_t i = 0; i < scene->sight.count; i++)
		if (strcmp(scene->sight.seen[i].info.name, name) == 0)
			return &scene->sight.seen[i];
	print_error("%s is not seen\n", name);
	abort();
}

static void keep_id(const struct scene *scene, const char *name,
                    char ret[static CCCD_READER_ID_MAX])
{
	memcpy(ret, seen(scene, name)->info.id, CCCD_READER_ID_MAX);
	assert_int_equal(strlen(ret), 17);
}

static void known_table_is_sorted_and_found_by_id(void **state)
{
	(void)state;
	assert_true(known_reader_count > 40);
	for (size_t i = 0; i < known_reader_count; i++) {
		const struct known_reader *row = &known_readers[i];
		uint32_t ids = (uint32_t)row->vendor << 16 | row->product;

		assert_ptr_equal(known_by_id(row->vendor, row->product), row);
		assert_true(i == 0 || ids > ((uint32_t)row[-1].vendor << 16 |
		                             row[-1].product));
		assert_true(known_is_ccid(row) || !row->extended);
	}
	assert_null(known_by_id(0x1234, 0x5678));
	assert_int_equal(known_by_id(0x076b, 0x5022)->quirks,
	                 KNOWN_PROBE_EXTENDED);
	assert_int_equal(known_by_id(0x072f, 0x2200)->quirks,
	                 KNOWN_UNBIND_PN533);
}

static void known_by_name_takes_the_longest_name(void **state)
{
	static const struct {
		const char *name;
		const char *row;
	} rows[] = {
		{ "ACS ACR122U PICC Interface 00 00", "ACS ACR122U" },
		{ "acs acr122u 00 00", "ACS ACR122U" },
		{ "HID Global OMNIKEY 5022 Smart Card Reader 00 00",
		  "HID OMNIKEY 5022" },
		{ "HID Global OMNIKEY 5427 CK CCID 00 00",
		  "HID OMNIKEY 5427 CK" },
		{ "Virtual PCD 00 00", NULL },
		{ "ACS 00 00", NULL },
		{ "ACR122U ACS 00 00", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct known_reader *row = known_by_name(rows[i].name);

		if (rows[i].row == NULL)
			assert_null(row);
		else
			assert_string_equal(row->name, rows[i].row);
	}
}

static void usb_scan_keeps_readers_only(void **state)
{
	struct scene *scene = *state;
	const struct usb_device *devices = scene->bus.devices;

	usb_scan(&scene->host, &scene->bus);
	assert_int_equal(scene->bus.count, 0);
	fake_host_plug(&scene->host, &fake_pn533);
	fake_host_plug(&scene->host, &mouse);
	fake_host_plug(&scene->host, &fake_acr_left);
	fake_host_plug(&scene->host, &fake_emv);
	fake_host_link(&scene->host,
	               "/sys/devices/pci0000:00/usb1/1-3:1.0/driver",
	               "../../../bus/usb/drivers/pn533_usb");
	fake_host_link(&scene->host,
	               "/sys/devices/pci0000:00/usb1/1-1:1.0/driver",
	               "../../../bus/usb/drivers/usbfs");
	usb_scan(&scene->host, &scene->bus);
	assert_int_equal(scene->bus.count, 3);
	assert_string_equal(devices[0].port, "1-1");
	assert_string_equal(devices[0].place,
	                    "/sys/devices/pci0000:00/usb1/1-1");
	assert_true(devices[0].ccid);
	assert_int_equal(devices[0].bus, 1);
	assert_int_equal(devices[0].address, 5);
	assert_string_equal(devices[0].taken_by, "");
	assert_string_equal(devices[0].known->name, "ACS ACR122U");
	assert_string_equal(devices[1].taken, "1-3:1.0");
	assert_string_equal(devices[1].taken_by, "pn533_usb");
	assert_false(devices[1].ccid);
	assert_string_equal(usb_nfc_driver(&devices[1]), "pn53x_usb");
	assert_string_equal(devices[2].maker, "Generic");
	assert_null(devices[2].known);
	assert_null(usb_nfc_driver(&devices[2]));
}

/* Files that a driver wrote badly, or that are cut, are no reason to fall. */
static void usb_scan_survives_odd_files(void **state)
{
	struct scene *scene = *state;
	const struct fake_usb odd = { .port = "1-9",
		                      .ids = "072f:2200",
		                      .class = "zz",
		                      .address = 3,
		                      .maker = "\x01\xff\t",
		                      .model = "",
		                      .serial = "\n" };

	fake_host_plug(&scene->host, &odd);
	fake_host_file(&scene->host, "/sys/bus/usb/devices/1-8", "a file");
	fake_host_file(&scene->host, "/sys/bus/usb/devices/1-7/idVendor", "");
	fake_host_file(&scene->host, "/sys/bus/usb/devices/1-6/idVendor",
	               "99999999999999999999\n");
	fake_host_link(&scene->host, "/sys/bus/usb/devices/1-5", "1-5");
	usb_scan(&scene->host, &scene->bus);
	assert_int_equal(scene->bus.count, 1);
	assert_string_equal(scene->bus.devices[0].maker, "???");
	assert_string_equal(scene->bus.devices[0].serial, "");
	assert_false(scene->bus.devices[0].ccid);
}

/* 072f:2200: pcscd first, libnfc when a rule says so. */
static void usb_nfc_driver_follows_the_udev_rule(void **state)
{
	struct scene *scene = *state;

	fake_host_plug(&scene->host, &fake_acr_left);
	usb_scan(&scene->host, &scene->bus);
	assert_null(usb_nfc_driver(&scene->bus.devices[0]));
	fake_host_file(&scene->host, "/run/udev/data/c189:4",
	               "I:1\nE:CCCD_NFC=1\nE:PCSCLITE_IGNORE=1\n");
	usb_scan(&scene->host, &scene->bus);
	assert_string_equal(usb_nfc_driver(&scene->bus.devices[0]),
	                    "acr122_usb");
	fake_host_file(&scene->host, "/run/udev/data/c189:4",
	               "E:PCSCLITE_IGNORE=0\n");
	usb_scan(&scene->host, &scene->bus);
	assert_null(usb_nfc_driver(&scene->bus.devices[0]));
}

static void look_names_device_limits_and_quirks(void **state)
{
	struct scene *scene = *state;
	const struct cccd_reader_info *info = NULL;

	fake_host_plug(&scene->host, &fake_acr_left);
	fake_pcscd_plug(acr_0, 0);
	fake_pcscd_plug("HID Global OMNIKEY 5022 00 00", 0);
	fake_pcscd_plug("Nobody knows it 00 00", 0);
	look(scene);
	info = &seen(scene, acr_0)->info;
	assert_int_equal(info->usb_vendor, 0x072f);
	assert_int_equal(info->usb_product, 0x2200);
	assert_string_equal(info->driver, "ccid");
	assert_string_equal(info->quirks, "unbind-pn533");
	assert_int_equal(info->max_command, 261);
	assert_int_equal(info->max_response, 258);
	assert_string_equal(seen(scene, acr_0)->port, "1-1");
	/* By its name alone. */
	info = &seen(scene, "HID Global OMNIKEY 5022 00 00")->info;
	assert_int_equal(info->usb_vendor, 0x076b);
	assert_string_equal(info->quirks, "probe-extended");
	assert_int_equal(info->max_command, READER_COMMAND_MAX);
	info = &seen(scene, "Nobody knows it 00 00")->info;
	assert_int_equal(info->usb_vendor, 0);
	assert_string_equal(info->driver, "");
	assert_int_equal(info->max_command, 0);
}

/* pcscd gives the next free number; the port stays what it is. */
static void id_is_the_same_after_replugging(void **state)
{
	struct scene *scene = *state;
	struct fake_usb later = fake_acr_left;
	char id[CCCD_READER_ID_MAX];
	char other[CCCD_READER_ID_MAX];

	fake_host_plug(&scene->host, &fake_acr_left);
	fake_pcscd_plug(acr_0, 0);
	look(scene);
	keep_id(scene, acr_0, id);
	fake_pcscd_unplug(acr_0);
	fake_host_unplug(&scene->host, "1-1");
	look(scene);
	assert_int_equal(scene->sight.count, 0);
	later.address = 17;
	fake_host_plug(&scene->host, &later);
	fake_pcscd_plug(acr_1, 0);
	look(scene);
	keep_id(scene, acr_1, other);
	assert_string_equal(id, other);
	look_afresh(scene);
	keep_id(scene, acr_1, other);
	assert_string_equal(id, other);
}

static void id_differs_in_another_port(void **state)
{
	struct scene *scene = *state;
	char id[CCCD_READER_ID_MAX];
	char other[CCCD_READER_ID_MAX];

	fake_host_plug(&scene->host, &fake_acr_left);
	fake_pcscd_plug(acr_0, 0);
	look_afresh(scene);
	keep_id(scene, acr_0, id);
	fake_host_unplug(&scene->host, "1-1");
	fake_host_plug(&scene->host, &fake_acr_right);
	look_afresh(scene);
	keep_id(scene, acr_0, other);
	assert_string_not_equal(id, other);
}

/* Two of a kind: their places are asked for, and no card is touched. */
static void identical_readers_differ_and_stay(void **state)
{
	struct scene *scene = *state;
	char left[CCCD_READER_ID_MAX];
	char right[CCCD_READER_ID_MAX];
	char id[CCCD_READER_ID_MAX];

	fake_host_plug(&scene->host, &fake_acr_left);
	fake_host_plug(&scene->host, &fake_acr_right);
	fake_pcscd_plug(acr_0, CHANNEL_5);
	fake_pcscd_plug(acr_1, CHANNEL_6);
	look_afresh(scene);
	keep_id(scene, acr_0, left);
	keep_id(scene, acr_1, right);
	assert_string_not_equal(left, right);
	/* Plugged in the other order, each keeps its own. */
	fake_pcscd_run(true);
	fake_pcscd_plug(acr_0, CHANNEL_6);
	fake_pcscd_plug(acr_1, CHANNEL_5);
	look_afresh(scene);
	keep_id(scene, acr_0, id);
	assert_string_equal(id, right);
	keep_id(scene, acr_1, id);
	assert_string_equal(id, left);
}

/* One reader is in use by a session: it is known already, and asked no
 * more; the new one is what is left. */
static void new_twin_does_not_disturb_a_session(void **state)
{
	struct scene *scene = *state;
	char left[CCCD_READER_ID_MAX];
	char id[CCCD_READER_ID_MAX];
	size_t connections;

	fake_host_plug(&scene->host, &fake_acr_left);
	fake_pcscd_plug(acr_0, CHANNEL_5);
	look(scene);
	keep_id(scene, acr_0, left);
	fake_pcscd_hold(acr_0, true);
	connections = fake_pcscd_connections();
	fake_host_plug(&scene->host, &fake_acr_right);
	fake_pcscd_plug(acr_1, 0);
	look(scene);
	/* The new one was asked, in vain. */
	assert_int_equal(fake_pcscd_connections(), connections + 1);
	keep_id(scene, acr_0, id);
	assert_string_equal(id, left);
	assert_string_equal(seen(scene, acr_0)->port, "1-1");
	assert_string_equal(seen(scene, acr_1)->port, "1-2");
	keep_id(scene, acr_1, id);
	assert_string_not_equal(id, left);
	/* Nor is anybody asked again. */
	look(scene);
	assert_int_equal(fake_pcscd_connections(), connections + 1);
}

/* pcscd forgot one and met its twin under the same name meanwhile. */
static void same_name_at_another_place_is_another_reader(void **state)
{
	struct scene *scene = *state;
	char left[CCCD_READER_ID_MAX];
	char id[CCCD_READER_ID_MAX];

	fake_host_plug(&scene->host, &fake_acr_left);
	fake_pcscd_plug(acr_0, 0);
	look(scene);
	keep_id(scene, acr_0, left);
	fake_host_unplug(&scene->host, "1-1");
	fake_host_plug(&scene->host, &fake_acr_right);
	look(scene);
	keep_id(scene, acr_0, id);
	assert_string_not_equal(id, left);
	assert_string_equal(seen(scene, acr_0)->port, "1-2");
}

static void serial_number_decides_between_twins(void **state)
{
	static const char name[] = "ACS ACR122U [PICC] (B7) 00 00";
	struct scene *scene = *state;
	struct fake_usb one = fake_acr_left;
	struct fake_usb two = fake_acr_right;
	size_t connections = fake_pcscd_connections();

	one.serial = "A3";
	two.serial = "B7";
	fake_host_plug(&scene->host, &one);
	fake_host_plug(&scene->host, &two);
	fake_pcscd_plug(name, 0);
	look(scene);
	assert_string_equal(seen(scene, name)->port, "1-2");
	assert_int_equal(fake_pcscd_connections(), connections);
}

/* A reader that pcscd calls by a name of its own says where it is. */
static void channel_finds_a_device_of_another_name(void **state)
{
	static const char name[] = "Alcor Micro AU9540 00 00";
	struct scene *scene = *state;

	fake_host_plug(&scene->host, &fake_emv);
	fake_pcscd_plug(name, 0x00200109);
	look(scene);
	assert_string_equal(seen(scene, name)->port, "1-5.1");
	assert_int_equal(seen(scene, name)->info.usb_vendor, 0x2ce3);
}

/* One device with two slots, and one with two readers of one name. */
static void readers_of_one_device_differ(void **state)
{
	struct scene *scene = *state;
	char ids[4][CCCD_READER_ID_MAX];
	static const char *const names[] = { "ACS ACR122U 00 00",
		                             "ACS ACR122U 00 01",
		                             "ACS ACR122U 01 00",
		                             "ACS ACR122U [SAM] 00 00" };

	fake_host_plug(&scene->host, &fake_acr_left);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		fake_pcscd_plug(names[i], 0);
	look(scene);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		keep_id(scene, names[i], ids[i]);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(ids[i], ids[j]);
	}
}

static void nfc_ids_follow_the_port_not_the_name(void **state)
{
	struct scene *scene = *state;
	struct cccd_reader_info one = { .uri = "nfc:pn532_uart:/dev/pn532" };
	struct cccd_reader_info two = {
		.uri = "nfc:pn532_uart:/dev/ttyUSB1:115200"
	};
	struct cccd_reader_info usb = { .uri = "nfc:pn53x_usb:001:007" };
	struct cccd_reader_info service = { .uri = "nfc:unix:/run/a.sock" };

	fake_host_plug(&scene->host, &fake_pn533);
	fake_host_file(&scene->host, "/dev/ttyUSB0", "");
	fake_host_file(&scene->host, "/dev/ttyUSB1", "");
	fake_host_link(&scene->host, "/dev/pn532", "ttyUSB0");
	fake_host_file(&scene->host, "/sys/devices/usb1/1-6/1-6:1.0/ttyUSB0/x",
	               "");
	fake_host_file(&scene->host, "/sys/devices/usb1/1-6/1-6:1.0/ttyUSB1/x",
	               "");
	fake_host_link(&scene->host, "/sys/class/tty/ttyUSB0/device",
	               "../../../devices/usb1/1-6/1-6:1.0/ttyUSB0");
	fake_host_link(&scene->host, "/sys/class/tty/ttyUSB1/device",
	               "../../../devices/usb1/1-6/1-6:1.0/ttyUSB1");
	usb_scan(&scene->host, &scene->bus);
	identify_nfc(&scene->host, &scene->bus, &one);
	identify_nfc(&scene->host, &scene->bus, &two);
	identify_nfc(&scene->host, &scene->bus, &usb);
	identify_nfc(&scene->host, &scene->bus, &service);
	assert_string_equal(one.id, two.id);
	assert_string_not_equal(one.id, usb.id);
	assert_string_not_equal(usb.id, service.id);
	assert_string_equal(one.driver, "pn532_uart");
	assert_string_equal(usb.driver, "pn53x_usb");
	assert_int_equal(usb.usb_product, 0x2533);
	assert_string_equal(usb.quirks, "unbind-pn533");
	assert_string_equal(service.driver, "cccd-nfc");
	assert_int_equal(service.max_command, 261);
}

/* Ports of a machine without USB share one parent. */
static void nfc_ids_of_two_serial_ports_differ(void **state)
{
	struct scene *scene = *state;
	struct cccd_reader_info one = { .uri = "nfc:pn532_uart:/dev/ttyS0" };
	struct cccd_reader_info two = { .uri = "nfc:pn532_uart:/dev/ttyS1" };

	fake_host_file(&scene->host, "/dev/ttyS0", "");
	fake_host_file(&scene->host, "/dev/ttyS1", "");
	fake_host_file(&scene->host, "/sys/devices/platform/serial8250/x", "");
	fake_host_link(&scene->host, "/sys/class/tty/ttyS0/device",
	               "../../../devices/platform/serial8250");
	fake_host_link(&scene->host, "/sys/class/tty/ttyS1/device",
	               "../../../devices/platform/serial8250");
	identify_nfc(&scene->host, &scene->bus, &one);
	identify_nfc(&scene->host, &scene->bus, &two);
	assert_string_not_equal(one.id, two.id);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(known_table_is_sorted_and_found_by_id),
		TEST(known_by_name_takes_the_longest_name),
		TEST(usb_scan_keeps_readers_only),
		TEST(usb_scan_survives_odd_files),
		TEST(usb_nfc_driver_follows_the_udev_rule),
		TEST(look_names_device_limits_and_quirks),
		TEST(id_is_the_same_after_replugging),
		TEST(id_differs_in_another_port),
		TEST(identical_readers_differ_and_stay),
		TEST(new_twin_does_not_disturb_a_session),
		TEST(same_name_at_another_place_is_another_reader),
		TEST(serial_number_decides_between_twins),
		TEST(channel_finds_a_device_of_another_name),
		TEST(readers_of_one_device_differ),
		TEST(nfc_ids_follow_the_port_not_the_name),
		TEST(nfc_ids_of_two_serial_ports_differ),
	};

	return cmocka_run_group_tests_name("identify", tests, NULL, NULL);
}
