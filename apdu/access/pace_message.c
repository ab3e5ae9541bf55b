/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of PACE and their data objects: Doc 9303-11 4.4.4, 4.4.5. */
#include "apdu/access/pace_private.h"

#include "apdu/tlv/tlv.h"
#include "base/error.h"

enum {
	INS_MANAGE_SECURITY_ENVIRONMENT = 0x22,
	INS_GENERAL_AUTHENTICATE = 0x86,
	P1_SET_MUTUAL = 0xC1,
	P2_AUTHENTICATION = 0xA4,
	DO_MECHANISM = 0x80,
	DO_PASSWORD = 0x83,
	DO_PARAMETER_ID = 0x84,
	/* Public key templates [9303-11 9.4, tables 10 and 11]. */
	TAG_PUBLIC_KEY = 0x7F49,
	DO_PUBLIC_DH = 0x84,
	DO_PUBLIC_EC = 0x86,
	/* Answers longer than this need more than a short APDU. */
	SHORT_ANSWER_MAX = 240,
};

enum cccd_err pace_set_at(struct pace *pace, bool parameter_id,
                          uint16_t *ret_sw)
{
	uint8_t bytes[PACE_OID_MAX + 16];
	struct tlv_writer writer = tlv_writer(bytes, sizeof(bytes));
	const uint8_t reference = (uint8_t)pace->password->type;
	const uint8_t id = (uint8_t)pace->info->parameter_id;
	struct command command = { .ins = INS_MANAGE_SECURITY_ENVIRONMENT,
		                   .p1 = P1_SET_MUTUAL,
		                   .p2 = P2_AUTHENTICATION };
	struct response response = { 0 };

	tlv_put(&writer, DO_MECHANISM, bytes_span(pace->info->protocol));
	tlv_put(&writer, DO_PASSWORD, span_of(&reference, 1));
	if (parameter_id)
		tlv_put(&writer, DO_PARAMETER_ID, span_of(&id, 1));
	TRY(tlv_written(&writer, &command.data));
	/* A case-3 command: no Le, which some chips refuse here. */
	TRY(card_exchange(pace->card, &command, &response));
	pace->result->status_word = response.sw;
	pace->result->failed_step = 0;
	pace->result->sent_parameter_id = parameter_id;
	*ret_sw = response.sw;
	return CCCD_OK;
}

static size_t expected_len(const struct pace *pace)
{
	if (pace->card->extended &&
	    domain_field_len(pace->static_domain) > SHORT_ANSWER_MAX)
		return LE_MAX_EXTENDED;
	return LE_MAX_SHORT;
}

static enum cccd_err encode(uint32_t tag, struct span value,
                            struct tlv_writer *writer, struct span *ret)
{
	size_t mark = tlv_begin(writer, DO_DYNAMIC);

	if (tag != 0)
		tlv_put(writer, tag, value);
	tlv_finish(writer, mark);
	return tlv_written(writer, ret);
}

enum cccd_err pace_authenticate(struct pace *pace, unsigned int step,
                                uint32_t tag, struct span value,
                                struct response *ret)
{
	uint8_t bytes[PACE_MESSAGE_MAX];
	struct tlv_writer writer = tlv_writer(bytes, sizeof(bytes));
	struct command command = { .ins = INS_GENERAL_AUTHENTICATE };

	/* [9303-11 4.4.4.3] */
	command.cla = step < PACE_LAST_STEP ? CLA_CHAINING : 0;
	command.le = expected_len(pace);
	TRY(encode(tag, value, &writer, &command.data));
	pace->result->failed_step = step;
	TRY(card_exchange(pace->card, &command, ret));
	pace->result->status_word = ret->sw;
	if (ret->sw != SW_OK)
		return CCCD_OK;
	if (tlv_only(ret->data, DO_DYNAMIC, &ret->data) != CCCD_OK)
		return fail(pace->card->error, CCCD_ERR_DATA_MALFORMED,
		            "PACE step %u: no template 7C", step);
	return CCCD_OK;
}

enum cccd_err pace_expect_ok(struct pace *pace, uint16_t sw)
{
	if (sw == SW_OK)
		return CCCD_OK;
	if (sw == SW_BLOCKED)
		return fail_sw(pace->card->error, CCCD_ERR_CARD_BLOCKED, sw,
		               "PACE step %u: the password is blocked",
		               pace->result->failed_step);
	return fail_sw(pace->card->error, CCCD_ERR_CARD_REFUSED, sw,
	               "PACE step %u refused", pace->result->failed_step);
}

enum cccd_err pace_only_object(struct pace *pace, struct span answer,
                               uint32_t tag, struct span *ret)
{
	enum cccd_err err = tlv_only(answer, tag, ret);

	if (err != CCCD_OK)
		return fail(pace->card->error, err,
		            "PACE step %u: object %02X expected",
		            pace->result->failed_step, (unsigned int)tag);
	return CCCD_OK;
}

enum cccd_err pace_token(const struct pace *pace,
                         const struct public_value *key,
                         uint8_t ret[static MAC_LEN])
{
	uint8_t bytes[PACE_MESSAGE_MAX];
	struct tlv_writer writer = tlv_writer(bytes, sizeof(bytes));
	bool ec = domain_kind(pace->static_domain) == DOMAIN_EC;
	size_t mark = tlv_begin(&writer, TAG_PUBLIC_KEY);
	struct span input = { 0 };

	tlv_put(&writer, TAG_OID, bytes_span(pace->info->protocol));
	tlv_put(&writer, ec ? DO_PUBLIC_EC : DO_PUBLIC_DH,
	        public_value_span(key));
	tlv_finish(&writer, mark);
	TRY(tlv_written(&writer, &input));
	return mac_compute(pace->cipher, secret_span(&pace->k_mac), input,
	                   span_of(NULL, 0), ret);
}
