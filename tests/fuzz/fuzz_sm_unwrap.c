/* SPDX-License-Identifier: Apache-2.0 */
/* Secure messaging: any answer, as it is and with a right MAC put to it. */
#include "apdu/iso7816/secure_messaging.h"
#include "tests/support/sm_card.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t key_bytes[CIPHER_KEY_MAX] = { 1, 2, 4, 7, 8, 11 };

static void must(bool good)
{
	if (!good)
		__builtin_trap();
}

static void unwrap(enum cipher_id cipher, struct span rapdu)
{
	struct secure_messaging sm = { .cipher = CIPHER_NONE };
	struct span key = span_first(SPAN(key_bytes), cipher_key_len(cipher));
	struct response response = { 0 };
	BUF plain = buf_make(70000);
	enum cccd_err err = CCCD_OK;

	must(sm_open(&sm, cipher, key, key, span_of(NULL, 0)) == CCCD_OK);
	err = sm_unwrap(&sm, rapdu, &plain, &response);
	must(err == CCCD_OK || err == CCCD_ERR_SM_BROKEN);
	must(sm_is_open(&sm) == (err == CCCD_OK));
	must(sm.proven == (err == CCCD_OK ? 1U : 0U));
	must(err == CCCD_OK || plain.len == 0);
	sm_close(&sm);
}

/* Objects, the right MAC over them, a status word of 9000. */
static void sign_and_unwrap(enum cipher_id cipher, struct span objects)
{
	struct span key = span_first(SPAN(key_bytes), cipher_key_len(cipher));
	uint8_t ssc[CIPHER_BLOCK_MAX] = { 0 };
	uint8_t tail[] = { 0x8E, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0x90, 0x00 };
	BUF rapdu = buf_make(70000);
	BUF text = buf_make(70000);
	size_t block_len = cipher_block_len(cipher);

	ssc[block_len - 1] = 1;
	if (buf_append(&rapdu, objects) != CCCD_OK ||
	    buf_append(&text, objects) != CCCD_OK)
		return;
	if (cipher != CIPHER_3DES)
		must(pad_append(&text, block_len) == CCCD_OK);
	must(mac_compute(cipher, key, span_of(ssc, block_len), buf_span(&text),
	                 tail + 2) == CCCD_OK);
	must(buf_append(&rapdu, SPAN(tail)) == CCCD_OK);
	unwrap(cipher, buf_span(&rapdu));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1 || size > 65536)
		return 0;
	for (int id = CIPHER_3DES; id <= CIPHER_AES256; id++) {
		unwrap((enum cipher_id)id, span_of(data, size));
		sign_and_unwrap((enum cipher_id)id, span_of(data, size));
	}
	return 0;
}
