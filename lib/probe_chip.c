/* SPDX-License-Identifier: Apache-2.0 */
/* Files about the chip: EF.CardAccess, EF.ATR/INFO, DG14, DG15. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apdu/auth/active_auth.h"
#include "apdu/auth/public_key.h"
#include "apdu/lds/atr_info.h"
#include "apdu/lds/dg15.h"
#include "apdu/tlv/tlv.h"
#include "lib/probe.h"
#include "lib/session.h"

_Static_assert((int)CCCD_PROBE_OID_MAX == (int)OID_TEXT_MAX, "identifiers fit");

/* Objects of EF.ATR/INFO that are the same on all cards of a kind
 * [ISO/IEC 7816-4 12.2.2]; issuers may put a serial number into others. */
enum {
	TAG_CARD_SERVICE_DATA = 0x43,
	TAG_CARD_CAPABILITIES = 0x47,
	TAG_EXTENDED_LENGTH = 0x7F66,
	TAG_PADDING = 0x00,
	TAG_PADDING_ONES = 0xFF,
};

void probe_key(struct span spki, struct cccd_probe_key *ret)
{
	struct cccd_public_key look = { 0 };
	PUBLIC_KEY key = { 0 };

	if (public_key_look(spki, &look) != CCCD_OK)
		return;
	ret->type = look.type;
	ret->bits = look.bits;
	ret->explicit_parameters = look.explicit_parameters;
	ret->has_parameter_id = look.has_parameter_id;
	ret->parameter_id = look.parameter_id;
	oid_text(bytes_span(look.algorithm), ret->algorithm);
	if (look.curve.at != NULL)
		oid_text(bytes_span(look.curve), ret->curve);
	/* A curve that is spelled out has a name when it is a known one. */
	if (public_key_parse(spki, &key) == CCCD_OK && key.curve != NULL)
		(void)snprintf(ret->curve, sizeof(ret->curve), "%s", key.curve);
}

/* Tells element @at of the list of its kind. */
typedef void info_teller(const struct cccd_security_infos *infos, size_t at,
                         struct cccd_probe_info *to);

static void tell_pace(const struct cccd_security_infos *infos, size_t at,
                      struct cccd_probe_info *to)
{
	to->version = infos->pace[at].version;
	to->has_id = infos->pace[at].has_parameter_id;
	to->id = infos->pace[at].parameter_id;
}

static void tell_pace_domain(const struct cccd_security_infos *infos, size_t at,
                             struct cccd_probe_info *to)
{
	to->has_id = infos->pace_domain[at].has_parameter_id;
	to->id = infos->pace_domain[at].parameter_id;
}

static void tell_chip_auth(const struct cccd_security_infos *infos, size_t at,
                           struct cccd_probe_info *to)
{
	to->version = infos->chip_auth[at].version;
	to->has_id = infos->chip_auth[at].has_key_id;
	to->id = infos->chip_auth[at].key_id;
}

static void tell_chip_auth_key(const struct cccd_security_infos *infos,
                               size_t at, struct cccd_probe_info *to)
{
	to->has_id = infos->chip_auth_key[at].has_key_id;
	to->id = infos->chip_auth_key[at].key_id;
	to->has_key = true;
	probe_key(bytes_span(infos->chip_auth_key[at].public_key), &to->key);
}

static void tell_terminal_auth(const struct cccd_security_infos *infos,
                               size_t at, struct cccd_probe_info *to)
{
	to->version = infos->terminal_auth[at].version;
}

static void tell_active_auth(const struct cccd_security_infos *infos, size_t at,
                             struct cccd_probe_info *to)
{
	to->version = infos->active_auth[at].version;
	oid_text(bytes_span(infos->active_auth[at].signature_algorithm),
	         to->algorithm);
}

/* @plain: every card of a kind has the same bytes here. */
static const struct {
	info_teller *tell;
	bool plain;
} kinds[] = {
	[CCCD_SECURITY_INFO_OTHER] = { NULL, false },
	[CCCD_SECURITY_INFO_PACE] = { tell_pace, true },
	[CCCD_SECURITY_INFO_PACE_DOMAIN] = { tell_pace_domain, false },
	[CCCD_SECURITY_INFO_CHIP_AUTH] = { tell_chip_auth, true },
	[CCCD_SECURITY_INFO_CHIP_AUTH_KEY] = { tell_chip_auth_key, false },
	[CCCD_SECURITY_INFO_TERMINAL_AUTH] = { tell_terminal_auth, true },
	[CCCD_SECURITY_INFO_ACTIVE_AUTH] = { tell_active_auth, true },
	[CCCD_SECURITY_INFO_EF_DIR] = { NULL, false },
};

/* Returns whether all elements are plain. */
static bool tell_infos(const struct cccd_security_infos *from,
                       struct cccd_probe_infos *to)
{
	size_t seen[ARRAY_LEN(kinds)] = { 0 };
	bool plain = true;

	to->present = true;
	to->count = from->count;
	for (size_t i = 0; i < from->count; i++) {
		const struct cccd_security_info *info = &from->all[i];
		struct cccd_probe_info *told = &to->infos[i];

		told->kind = info->kind;
		told->malformed = info->malformed;
		told->len = info->raw.len;
		oid_text(bytes_span(info->protocol), told->protocol);
		plain = plain && !info->malformed && kinds[info->kind].plain;
		/* A malformed one is in no list of its kind. */
		if (!info->malformed && kinds[info->kind].tell != NULL)
			kinds[info->kind].tell(from, seen[info->kind]++, told);
	}
	return plain;
}

static void keep_bytes(struct cccd_bytes file, bool plain,
                       struct cccd_probe_bytes *to)
{
	to->withheld = !plain || file.len > sizeof(to->bytes);
	if (to->withheld || file.len == 0)
		return;
	memcpy(to->bytes, file.at, file.len);
	to->len = file.len;
}

static bool is_plain_object(uint32_t tag)
{
	return tag == TAG_CARD_SERVICE_DATA || tag == TAG_CARD_CAPABILITIES ||
	       tag == TAG_EXTENDED_LENGTH;
}

static bool at_padding(const struct tlv_reader *reader)
{
	return tlv_at_end(reader) || reader->rest.at[0] == TAG_PADDING ||
	       reader->rest.at[0] == TAG_PADDING_ONES;
}

static void tell_object(const struct tlv *object, struct cccd_probe_object *to)
{
	to->tag = object->tag;
	to->len = object->value.len;
	if (!is_plain_object(object->tag) ||
	    object->value.len > sizeof(to->value))
		return;
	memcpy(to->value, object->value.at, object->value.len);
	to->value_len = object->value.len;
}

static void tell_atr_info(struct span file, struct cccd_probe_atr_info *to)
{
	struct tlv_reader reader = tlv_open(file);
	struct tlv object = { 0 };
	bool plain = true;

	to->present = true;
	if (atr_info_parse(file, &to->info) != CCCD_OK)
		to->info = (struct cccd_atr_info){ 0 };
	while (!at_padding(&reader) && to->count < CCCD_PROBE_OBJECTS_MAX) {
		if (tlv_next(&reader, &object) != CCCD_OK)
			break;
		tell_object(&object, &to->objects[to->count++]);
		plain = plain && is_plain_object(object.tag);
	}
	for (size_t i = 0; i < reader.rest.len; i++)
		plain = plain && (reader.rest.at[i] == TAG_PADDING ||
		                  reader.rest.at[i] == TAG_PADDING_ONES);
	keep_bytes(span_bytes(file), plain, &to->raw);
}

static void tell_dg15(const struct cccd_document *document,
                      struct cccd_probe *ret)
{
	struct cccd_public_key key = { 0 };

	if (cccd_document_dg15(document, &key) != CCCD_OK)
		return;
	ret->has_dg15 = true;
	probe_key(bytes_span(key.whole), &ret->dg15);
}

enum cccd_err probe_chip_files(const struct cccd_document *document,
                               struct cccd_probe *ret)
{
	struct cccd_security_infos *infos = calloc(1, sizeof(*infos));
	struct cccd_bytes file = { 0 };

	if (infos == NULL)
		return CCCD_ERR_MEMORY;
	file = cccd_document_file(document, CCCD_FILE_CARD_ACCESS);
	if (cccd_document_card_access(document, infos) == CCCD_OK)
		keep_bytes(file, tell_infos(infos, &ret->card_access),
		           &ret->card_access_bytes);
	else
		ret->card_access_bytes.withheld = file.len > 0;
	if (cccd_document_dg14(document, infos) == CCCD_OK)
		(void)tell_infos(infos, &ret->dg14);
	free(infos);
	file = cccd_document_file(document, CCCD_FILE_ATR_INFO);
	if (file.len > 0)
		tell_atr_info(bytes_span(file), &ret->atr_info);
	tell_dg15(document, ret);
	return CCCD_OK;
}

static struct span announced_algorithm(const struct cccd_document *document,
                                       struct cccd_security_infos *infos)
{
	if (cccd_document_dg14(document, infos) != CCCD_OK ||
	    infos->active_auth_count == 0)
		return span_of(NULL, 0);
	return bytes_span(infos->active_auth[0].signature_algorithm);
}

/* Digest and form were found by trying: try again, off the card. */
static enum cccd_err verify_again(const struct cccd_session *session,
                                  struct active_auth_result *ret)
{
	const struct cccd_active_auth_facts *facts =
	        &session_facts(session)->active_auth;
	const struct cccd_document *document = cccd_session_document(session);
	struct cccd_security_infos *infos = NULL;
	struct cccd_public_key key = { 0 };
	enum cccd_err err = CCCD_OK;

	if (facts->signature_len == 0 ||
	    cccd_document_dg15(document, &key) != CCCD_OK)
		return CCCD_OK;
	infos = calloc(1, sizeof(*infos));
	if (infos == NULL)
		return CCCD_ERR_MEMORY;
	err = active_auth_verify(
	        bytes_span(key.whole), announced_algorithm(document, infos),
	        SPAN(facts->challenge),
	        span_of(facts->signature, facts->signature_len), ret);
	free(infos);
	return err;
}

enum cccd_err probe_active_auth(const struct cccd_session *session,
                                struct cccd_probe_proofs *ret)
{
	struct active_auth_result result = { 0 };

	TRY(verify_again(session, &result));
	ret->aa_signature_len =
	        session_facts(session)->active_auth.signature_len;
	ret->aa_is_ec = result.is_ec;
	ret->aa_der = result.der;
	if (result.digest != DIGEST_NONE)
		(void)snprintf(ret->aa_digest, sizeof(ret->aa_digest), "%s",
		               digest_name(result.digest));
	return CCCD_OK;
}
