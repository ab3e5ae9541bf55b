/* SPDX-License-Identifier: Apache-2.0 */
/* One device of libnfc. */
#include "reader/nfc_child/device.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <nfc/nfc.h>

#include "base/clock.h"
#include "base/secret.h"
#include "reader/nfc_child/ats.h"
#include "reader/nfc_child/port.h"

enum {
	/* [ISO/IEC 14443-3 5.2]: 5.1 ms without a field reset any card. */
	FIELD_OFF_MS = 10,
	/* The same paragraph: 5 ms until the card must answer. */
	FIELD_ON_MS = 6,
	SELECT_TRIES = 3,
	OPEN_TRIES = 2,
	/* A buffer too small or lost data, as the chip's driver says it. */
	CHIP_ERROR = NFC_ECHIP,
};

/**
 * struct device - of this process; there is one.
 * @lock:     guards @open against an abort while it is closed
 * @port:     claim on the device file, or -1
 * @selected: a card is in a session
 * @raised:   that session runs above 106 kbit/s and has not answered yet
 * @rate:     what the card that was seen last takes; a hint, no identity
 * @slow:     a raised rate has failed: stay at 106
 * @found:    by the last scan; too long for a stack
 */
struct device {
	nfc_context *context;
	pthread_mutex_t lock;
	nfc_device *open;
	int port;
	bool selected;
	bool raised;
	bool slow;
	unsigned int rate;
	nfc_target target;
	nfc_connstring found[WIRE_DEVICES_MAX];
};

struct device *device_new(void)
{
	struct device *device = calloc(1, sizeof(*device));

	if (device == NULL)
		return NULL;
	device->port = -1;
	device->rate = 106;
	nfc_init(&device->context);
	if (device->context == NULL ||
	    pthread_mutex_init(&device->lock, NULL) != 0) {
		if (device->context != NULL)
			nfc_exit(device->context);
		free(device);
		return NULL;
	}
	return device;
}

static nfc_device *swap_open(struct device *device, nfc_device *open)
{
	nfc_device *before;

	(void)pthread_mutex_lock(&device->lock);
	before = device->open;
	device->open = open;
	(void)pthread_mutex_unlock(&device->lock);
	return before;
}

static void close_device(struct device *device)
{
	nfc_device *open = swap_open(device, NULL);

	device->selected = false;
	if (open != NULL)
		nfc_close(open);
	if (device->port >= 0)
		(void)close(device->port);
	device->port = -1;
}

void device_free(struct device *device)
{
	if (device == NULL)
		return;
	close_device(device);
	nfc_exit(device->context);
	(void)pthread_mutex_destroy(&device->lock);
	free(device);
}

void device_abort(struct device *device)
{
	(void)pthread_mutex_lock(&device->lock);
	if (device->open != NULL)
		(void)nfc_abort_command(device->open);
	(void)pthread_mutex_unlock(&device->lock);
}

/* One row per code of libnfc that has a meaning for us. */
static enum cccd_err translate(int code)
{
	switch (code) {
	case NFC_ENOTSUCHDEV: return CCCD_ERR_READER_LOST;
	case NFC_ETIMEOUT: return CCCD_ERR_READER_TIMEOUT;
	case NFC_EOPABORTED: return CCCD_ERR_CANCELLED;
	case NFC_ETGRELEASED: return CCCD_ERR_CARD_REMOVED;
	case NFC_EDEVNOTSUPP:
	case NFC_ENOTIMPL: return CCCD_ERR_READER_UNSUPPORTED;
	default: return CCCD_ERR_READER_IO;
	}
}

/* After these the device must be opened anew. */
static bool spoils_device(int code)
{
	return code == NFC_EIO || code == NFC_ENOTSUCHDEV ||
	       code == NFC_ETIMEOUT || code == NFC_ESOFT;
}

static enum cccd_err judge(struct device *device, int native,
                           struct cccd_error *error)
{
	enum cccd_err err = translate(native);

	if (spoils_device(native)) {
		if (port_gone(device->port))
			err = CCCD_ERR_READER_LOST;
		close_device(device);
	}
	return fail_native(error, err, native, "libnfc error %d", native);
}

/* Ours, not libnfc's: the device was spoiled or never opened. */
static enum cccd_err check_open(const struct device *device,
                                struct cccd_error *error)
{
	if (device->open == NULL)
		return fail(error, CCCD_ERR_READER_LOST,
		            "the device is not open");
	return CCCD_OK;
}

static enum cccd_err first_device(struct device *device,
                                  struct cccd_error *error, nfc_connstring ret)
{
	if (nfc_list_devices(device->context, device->found, 1) == 0)
		return fail(error, CCCD_ERR_READER_NONE,
		            "no NFC device was found");
	memcpy(ret, device->found[0], sizeof(nfc_connstring));
	ret[sizeof(nfc_connstring) - 1] = '\0';
	return CCCD_OK;
}

static void copy_text(const char *text, struct wire_text *ret)
{
	size_t len = text == NULL ? 0 : strlen(text);

	if (len > WIRE_TEXT_MAX)
		len = WIRE_TEXT_MAX;
	for (size_t i = 0; i < len; i++)
		if (text[i] >= ' ' && text[i] <= '~')
			ret->text[i] = text[i];
		else
			ret->text[i] = '?';
	ret->text[len] = '\0';
}

static int set_field(struct device *device, bool on)
{
	int code = nfc_device_set_property_bool(device->open, NP_ACTIVATE_FIELD,
	                                        on);

	if (code >= 0)
		clock_sleep_ms(on ? FIELD_ON_MS : FIELD_OFF_MS);
	return code;
}

/* As an initiator that looks briefly and keeps no card powered. */
static int prepare(struct device *device)
{
	int code = nfc_initiator_init(device->open);

	if (code >= 0)
		code = nfc_device_set_property_bool(device->open,
		                                    NP_INFINITE_SELECT, false);
	if (code >= 0)
		code = set_field(device, false);
	return code;
}

static bool is_usb(const char *connstring)
{
	return strstr(connstring, "usb") != NULL;
}

enum cccd_err device_open(struct device *device, const char *connstring,
                          struct cccd_error *error, struct wire_text *ret)
{
	nfc_connstring name = { 0 };
	nfc_device *open = NULL;
	int code;

	close_device(device);
	if (strlen(connstring) >= sizeof(name))
		return fail(error, CCCD_ERR_READER_NONE, "name too long");
	memcpy(name, connstring, strlen(connstring) + 1);
	if (name[0] == '\0')
		TRY(first_device(device, error, name));
	TRY(port_claim(name, error, &device->port));
	/* A chip that just got its power may begin with noise: ask again. */
	for (int i = 0; i < OPEN_TRIES && open == NULL; i++)
		open = nfc_open(device->context, name);
	if (open == NULL) {
		close_device(device);
		return fail(error, CCCD_ERR_READER_NONE,
		            is_usb(name)
		                    ? "no such USB device, or no permission"
		                    : "no NFC chip answers there");
	}
	(void)swap_open(device, open);
	code = prepare(device);
	if (code < 0)
		return judge(device, code, error);
	copy_text(nfc_device_get_name(open), ret);
	return CCCD_OK;
}

enum cccd_err device_list(struct device *device, struct wire_devices *ret)
{
	size_t count = nfc_list_devices(device->context, device->found,
	                                WIRE_DEVICES_MAX);

	ret->count = 0;
	for (size_t i = 0; i < count && i < WIRE_DEVICES_MAX; i++) {
		char *name = device->found[i];

		name[sizeof(nfc_connstring) - 1] = '\0';
		if (name[0] != '\0')
			copy_text(name, &ret->devices[ret->count++]);
	}
	return CCCD_OK;
}

static nfc_baud_rate baud_of(unsigned int rate)
{
	if (rate >= 424)
		return NBR_424;
	return rate >= 212 ? NBR_212 : NBR_106;
}

static struct span ats_of(const nfc_target *target)
{
	const nfc_iso14443a_info *info = &target->nti.nai;
	size_t len = info->szAtsLen;

	if (target->nm.nmt != NMT_ISO14443A || len > sizeof(info->abtAts))
		len = 0;
	return span_of(info->abtAts, len);
}

/* A type A chip that does not speak ISO/IEC 14443-4 is none of ours. */
static bool is_ours(const nfc_target *target)
{
	enum { SAK_ISO_DEP = 0x20 };

	return target->nm.nmt == NMT_ISO14443B ||
	       (target->nti.nai.btSak & SAK_ISO_DEP) != 0;
}

/* 1 when a card was selected into the device, 0 for none, or libnfc's. */
static int select_type(struct device *device, nfc_modulation_type type,
                       unsigned int rate)
{
	const nfc_modulation modulation = { .nmt = type, .nbr = baud_of(rate) };
	nfc_target target = { 0 };
	int code = nfc_initiator_select_passive_target(device->open, modulation,
	                                               NULL, 0, &target);

	if (code == NFC_ERFTRANS || code == NFC_ECHIP)
		return 0;
	if (code <= 0)
		return code;
	if (!is_ours(&target))
		return 0;
	device->target = target;
	return 1;
}

/* Type A first: the citizen card is one. */
static int select_any(struct device *device, unsigned int rate)
{
	int code = select_type(device, NMT_ISO14443A, rate);

	if (code == 0 && rate > 106)
		return 0;
	return code != 0 ? code : select_type(device, NMT_ISO14443B, 106);
}

static int restart_field(struct device *device)
{
	int code = set_field(device, false);

	return code < 0 ? code : set_field(device, true);
}

static int select_fresh(struct device *device, unsigned int rate)
{
	int code = restart_field(device);

	return code < 0 ? code : select_any(device, rate);
}

static int let_go(struct device *device)
{
	device->selected = false;
	if (nfc_initiator_deselect_target(device->open) == NFC_EIO)
		return NFC_EIO;
	return set_field(device, false);
}

enum cccd_err device_find(struct device *device, bool *ret,
                          struct cccd_error *error)
{
	int code;
	int released;

	TRY(check_open(device, error));
	code = select_fresh(device, 106);
	if (code < 0)
		return judge(device, code, error);
	if (code > 0)
		device->rate = ats_bit_rate(ats_of(&device->target));
	released = let_go(device);
	if (released < 0 && spoils_device(released))
		return judge(device, released, error);
	*ret = code > 0;
	return CCCD_OK;
}

/*
 * At the highest rate that is known to work: what the card said when it was
 * seen, or says now. A rate that the chip cannot agree on is no failure.
 */
static int select_best(struct device *device, unsigned int *ret_rate)
{
	unsigned int rate = device->slow ? 106 : device->rate;
	int code = 0;

	for (int i = 0; i < SELECT_TRIES && code == 0; i++) {
		unsigned int better;

		code = select_fresh(device, rate);
		if (code == 0)
			rate = 106;
		if (code <= 0)
			continue;
		better = ats_bit_rate(ats_of(&device->target));
		if (rate < better && !device->slow) {
			rate = better;
			device->rate = better;
			code = 0;
		}
	}
	if (code == 0)
		code = select_fresh(device, rate = 106);
	*ret_rate = rate;
	return code;
}

static void describe(const nfc_target *target, unsigned int rate,
                     struct wire_card *ret)
{
	const nfc_iso14443b_info *b = &target->nti.nbi;
	struct ats_atr atr = target->nm.nmt == NMT_ISO14443A
	                             ? ats_atr(ats_of(target))
	                             : ats_atr_of_b(b->abtApplicationData,
	                                            b->abtProtocolInfo);

	*ret = (struct wire_card){ .bit_rate = rate, .atr_len = atr.len };
	memcpy(ret->atr, atr.bytes, atr.len);
}

enum cccd_err device_select(struct device *device, struct cccd_error *error,
                            struct wire_card *ret)
{
	unsigned int rate = 106;
	int code;

	TRY(check_open(device, error));
	code = select_best(device, &rate);
	if (code < 0)
		return judge(device, code, error);
	if (code == 0) {
		device->rate = 106;
		(void)set_field(device, false);
		return fail(error, CCCD_ERR_READER_NO_CARD, "no card answers");
	}
	device->selected = true;
	device->raised = rate > 106;
	describe(&device->target, rate, ret);
	return CCCD_OK;
}

/*
 * The air failed. libnfc does not tell a card that has gone from one that
 * is silent: ask for it. A raised rate that never worked is not tried again.
 */
static enum cccd_err judge_air(struct device *device, struct cccd_error *error)
{
	int code =
	        nfc_initiator_target_is_present(device->open, &device->target);

	if (device->raised)
		device->slow = true;
	device->selected = false;
	if (spoils_device(code))
		return judge(device, code, error);
	return fail_native(error,
	                   code == NFC_SUCCESS ? CCCD_ERR_CARD_MUTE
	                                       : CCCD_ERR_CARD_REMOVED,
	                   NFC_ERFTRANS, "no answer over the air");
}

enum cccd_err device_exchange(struct device *device,
                              const struct wire_timed *request,
                              struct buf *response, struct cccd_error *error)
{
	uint8_t answer[WIRE_RESPONSE_MAX];
	enum cccd_err err;
	int code;

	TRY(check_open(device, error));
	if (!device->selected)
		return fail(error, CCCD_ERR_CARD_REMOVED, "no card selected");
	/* libnfc copies without looking: this bound is its only one. */
	if (request->command.len > WIRE_COMMAND_MAX)
		return fail(error, CCCD_ERR_READER_OVERSIZE, "command of %zu",
		            request->command.len);
	/* To libnfc no time at all means for ever. */
	code = nfc_initiator_transceive_bytes(
	        device->open, request->command.at, request->command.len, answer,
	        sizeof(answer),
	        request->timeout_ms > 0 ? (int)request->timeout_ms : 1);
	if (code == NFC_ERFTRANS)
		return judge_air(device, error);
	if (code < 0) {
		device->selected = device->selected && code == CHIP_ERROR;
		return judge(device, code, error);
	}
	device->raised = false;
	err = buf_append(response, span_of(answer, (size_t)code));
	wipe(answer, sizeof(answer));
	return err;
}

enum cccd_err device_release(struct device *device, struct cccd_error *error)
{
	int code;

	TRY(check_open(device, error));
	code = let_go(device);
	return code < 0 ? judge(device, code, error) : CCCD_OK;
}

enum cccd_err device_present(struct device *device, bool *ret,
                             struct cccd_error *error)
{
	int code;

	TRY(check_open(device, error));
	if (!device->selected)
		return device_find(device, ret, error);
	code = nfc_initiator_target_is_present(device->open, &device->target);
	if (spoils_device(code))
		return judge(device, code, error);
	*ret = code == NFC_SUCCESS;
	return CCCD_OK;
}
