/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over a probe: every member that is told, in one place. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "lib/json/probe.h"
#include "lib/json/probe_words.h"

/* struct told - a teller with its context. */
struct told {
	const struct probe_teller *teller;
	void *context;
};

static void open_object(const struct told *to, const char *name)
{
	to->teller->open(to->context, name, false);
}

static void open_list(const struct told *to, const char *name)
{
	to->teller->open(to->context, name, true);
}

static void close_one(const struct told *to)
{
	to->teller->close(to->context);
}

static void number(const struct told *to, const char *name, double value)
{
	to->teller->number(to->context, name, value);
}

static void truth(const struct told *to, const char *name, bool value)
{
	to->teller->truth(to->context, name, value);
}

/* Left out when there is nothing to say. */
static void text(const struct told *to, const char *name, const char *value)
{
	if (value != NULL && value[0] != '\0')
		to->teller->text(to->context, name, value);
}

static void bytes(const struct told *to, const char *name, const uint8_t *at,
                  size_t len)
{
	char hex[2 * CCCD_PROBE_BYTES_MAX + 1];

	hex_encode(span_of(at, len), hex, sizeof(hex));
	text(to, name, hex);
}

static void status_word(const struct told *to, const char *name, uint16_t value)
{
	char hex[8];

	if (value == 0)
		return;
	(void)snprintf(hex, sizeof(hex), "%04X", value);
	text(to, name, hex);
}

static void tag(const struct told *to, const char *name, uint32_t value)
{
	char hex[12];

	(void)snprintf(hex, sizeof(hex), "%02X", (unsigned int)value);
	text(to, name, hex);
}

static void day(const struct told *to, const char *name, int64_t wall_s)
{
	char moment[CLOCK_TEXT_MAX];

	clock_text(wall_s, moment);
	moment[strcspn(moment, "T")] = '\0';
	text(to, name, moment);
}

static void tell_run(const struct told *to, const struct cccd_probe_run *run)
{
	open_object(to, "run");
	truth(to, "finished", run->finished);
	if (!run->finished) {
		text(to, "error", cccd_err_code(run->error));
		text(to, "step", run->step);
		status_word(to, "status_word", run->status_word);
		if (run->tries_left >= 0)
			number(to, "tries_left", run->tries_left);
	}
	truth(to, "specimen", run->specimen);
	close_one(to);
}

static void tell_capabilities(const struct told *to,
                              const struct cccd_card_capabilities *card)
{
	if (!card->present)
		return;
	open_object(to, "capabilities");
	truth(to, "select_by_df_name", card->select_by_df_name);
	truth(to, "short_ef_identifier", card->short_ef_identifier);
	truth(to, "command_chaining", card->command_chaining);
	truth(to, "extended_length", card->extended_length);
	truth(to, "extended_length_information",
	      card->extended_length_information);
	close_one(to);
}

static void tell_transport(const struct told *to,
                           const struct cccd_probe *probe)
{
	const struct cccd_transport_facts *facts = &probe->transport;

	open_object(to, "reader");
	text(to, "kind", facts->kind);
	text(to, "name", facts->reader);
	number(to, "max_command", facts->max_command);
	number(to, "max_response", facts->max_response);
	if (facts->bit_rate_kbps != 0)
		number(to, "bit_rate_kbps", facts->bit_rate_kbps);
	close_one(to);
	open_object(to, "card");
	bytes(to, "atr", facts->atr, facts->atr_len);
	tell_capabilities(to, &probe->historical);
	text(to, "extended_length", cccd_extended_name(facts->extended_length));
	number(to, "largest_le", probe->largest_le);
	number(to, "longest_response", probe->longest_response);
	number(to, "exchanges", (double)probe->exchange_total);
	number(to, "resumed", facts->resumed);
	close_one(to);
}

static void tell_access(const struct told *to, const struct cccd_access *access)
{
	open_object(to, "access");
	text(to, "protocol", word_of_protocol(access->protocol));
	text(to, "password", access->password);
	text(to, "mapping", access->mapping);
	text(to, "cipher", access->cipher);
	if (access->protocol == CCCD_ACCESS_PACE)
		number(to, "domain_parameters", access->domain_id);
	truth(to, "pace_visible", access->pace_visible);
	truth(to, "pace_offered", access->pace_offered);
	truth(to, "pace_constant", access->pace_constant);
	truth(to, "downgraded", access->downgraded);
	truth(to, "parameter_id_retried", access->parameter_id_retried);
	status_word(to, "pace_status_word", access->pace_status);
	close_one(to);
}

static void tell_files(const struct told *to, const struct cccd_probe *probe)
{
	open_list(to, "files");
	for (unsigned int i = 1; i < CCCD_FILES_COUNT; i++) {
		const struct cccd_probe_file *file = &probe->files[i];

		open_object(to, NULL);
		text(to, "name", cccd_file_name((enum cccd_file)i));
		text(to, "state", cccd_file_state_name(file->state));
		if (file->state == CCCD_FILE_READ)
			number(to, file->rounded ? "size_at_most" : "size",
			       (double)file->size);
		if (i <= CCCD_FILE_DG16) {
			truth(to, "in_sod", file->in_sod);
			truth(to, "in_com", file->in_com);
		}
		close_one(to);
	}
	close_one(to);
}

static void tell_key(const struct told *to, const char *name,
                     const struct cccd_probe_key *key)
{
	open_object(to, name);
	text(to, "type", word_of_key(key->type));
	number(to, "bits", (double)key->bits);
	text(to, "algorithm", key->algorithm);
	text(to, "curve", key->curve);
	truth(to, "explicit_parameters", key->explicit_parameters);
	if (key->has_parameter_id)
		number(to, "parameter_id", key->parameter_id);
	close_one(to);
}

static void tell_info(const struct told *to, const struct cccd_probe_info *info)
{
	open_object(to, NULL);
	text(to, "kind", word_of_info(info->kind));
	text(to, "protocol", info->protocol);
	if (info->malformed)
		truth(to, "malformed", true);
	if (info->version != 0)
		number(to, "version", info->version);
	if (info->has_id)
		number(to, "id", info->id);
	text(to, "algorithm", info->algorithm);
	number(to, "length", (double)info->len);
	if (info->has_key)
		tell_key(to, "key", &info->key);
	close_one(to);
}

static void tell_infos(const struct told *to, const char *name,
                       const struct cccd_probe_infos *infos,
                       const struct cccd_probe_bytes *raw)
{
	if (!infos->present && (raw == NULL || !raw->withheld))
		return;
	open_object(to, name);
	if (raw != NULL) {
		bytes(to, "bytes", raw->bytes, raw->len);
		truth(to, "bytes_withheld", raw->withheld);
	}
	open_list(to, "infos");
	for (size_t i = 0; i < infos->count; i++)
		tell_info(to, &infos->infos[i]);
	close_one(to);
	close_one(to);
}

static void tell_atr_info(const struct told *to,
                          const struct cccd_probe_atr_info *info)
{
	if (!info->present)
		return;
	open_object(to, "atr_info");
	bytes(to, "bytes", info->raw.bytes, info->raw.len);
	truth(to, "bytes_withheld", info->raw.withheld);
	tell_capabilities(to, &info->info.capabilities);
	if (info->info.max_command != 0)
		number(to, "max_command", info->info.max_command);
	if (info->info.max_response != 0)
		number(to, "max_response", info->info.max_response);
	open_list(to, "objects");
	for (size_t i = 0; i < info->count; i++) {
		const struct cccd_probe_object *object = &info->objects[i];

		open_object(to, NULL);
		tag(to, "tag", object->tag);
		number(to, "length", (double)object->len);
		bytes(to, "value", object->value, object->value_len);
		close_one(to);
	}
	close_one(to);
	close_one(to);
}

static void tell_sod(const struct told *to, const struct cccd_probe_sod *sod)
{
	if (!sod->present)
		return;
	open_object(to, "sod");
	text(to, "content_type", sod->content_type);
	number(to, "version", sod->version);
	text(to, "lds_version", sod->lds_version);
	text(to, "unicode_version", sod->unicode_version);
	text(to, "digest", sod->digest);
	number(to, "data_groups", (double)sod->hash_count);
	truth(to, "indefinite_length", sod->indefinite);
	number(to, "cms_version", sod->cms_version);
	number(to, "certificates", (double)sod->certificate_count);
	number(to, "signers", (double)sod->signer_count);
	truth(to, "crls", sod->has_crls);
	number(to, "signer_version", sod->signer_version);
	truth(to, "signer_by_key_id", sod->by_key_id);
	truth(to, "signed_attributes", sod->signed_attributes);
	truth(to, "signing_time_present", sod->signing_time);
	text(to, "signer_digest", sod->signer_digest);
	text(to, "signer_algorithm", sod->signer_algorithm);
	text(to, "signer_algorithm_oid", sod->signer_oid);
	number(to, "signature_length", (double)sod->signature_len);
	close_one(to);
}

static void tell_signer(const struct told *to,
                        const struct cccd_probe_signer *signer)
{
	if (!signer->present)
		return;
	open_object(to, "document_signer");
	text(to, "issuer", signer->issuer);
	text(to, "subject_form", signer->subject);
	day(to, "not_before", signer->not_before);
	day(to, "not_after", signer->not_after);
	text(to, "signed_with", signer->algorithm);
	text(to, "signed_with_oid", signer->algorithm_oid);
	tell_key(to, "key", &signer->key);
	truth(to, "usage_period", signer->usage_period);
	truth(to, "document_types", signer->document_types);
	truth(to, "subject_key_id", signer->subject_key_id);
	truth(to, "authority_key_id", signer->authority_key_id);
	truth(to, "alternative_name", signer->alt_name);
	truth(to, "unknown_critical", signer->unknown_critical);
	close_one(to);
}

static void tell_mrz(const struct told *to, const struct cccd_probe_mrz *mrz)
{
	if (!mrz->present)
		return;
	open_object(to, "dg1");
	text(to, "format", word_of_mrz(mrz->format));
	text(to, "document_code", mrz->document_code);
	text(to, "issuing_state", mrz->issuing_state);
	truth(to, "check_digits_correct", mrz->checks_correct);
	text(to, "birth", word_of_date_state(mrz->birth));
	text(to, "expiry",
	     mrz->no_expiry ? "no_expiry" : word_of_date_state(mrz->expiry));
	truth(to, "long_number", mrz->long_number);
	truth(to, "name_truncated", mrz->name_truncated);
	truth(to, "sex_stated", mrz->sex_stated);
	text(to, "optional_length", mrz->optional_length);
	text(to, "optional_2_length", mrz->optional_2_length);
	close_one(to);
}

static void tell_face(const struct told *to, const struct cccd_probe_face *face)
{
	if (!face->present)
		return;
	open_object(to, "dg2");
	number(to, "declared_count", face->declared_count);
	number(to, "faces", (double)face->face_count);
	text(to, "standard", word_of_standard(face->standard));
	number(to, "format_owner", face->format_owner);
	number(to, "format_type", face->format_type);
	text(to, "picture", word_of_image(face->format));
	text(to, "picture_size", face->size);
	number(to, "width", face->width);
	number(to, "height", face->height);
	number(to, "declared_width", face->declared_width);
	number(to, "declared_height", face->declared_height);
	close_one(to);
}

static void tell_field(const struct told *to, const char *name,
                       const struct cccd_probe_field *field)
{
	if (field->state == CCCD_FIELD_MISSING)
		return;
	open_object(to, name);
	if (name != NULL)
		; /* its number stands with the field it is in */
	else if (field->number > CCCD_PROBE_NUMBER_MAX)
		text(to, "number", "100+");
	else
		number(to, "number", field->number);
	text(to, "state", word_of_field(field->state));
	if (field->tag != 0)
		tag(to, "tag", field->tag);
	text(to, "type", word_of_tag(field->tag));
	text(to, "length", field->length);
	close_one(to);
}

static void tell_date(const struct told *to, const char *name,
                      const struct cccd_probe_date *date)
{
	open_object(to, name);
	text(to, "form", word_of_form(date->form));
	text(to, "precision", date->precision);
	text(to, "shape", date->shape);
	close_one(to);
}

static void tell_dg13(const struct told *to, const struct cccd_probe_dg13 *dg13)
{
	if (!dg13->present)
		return;
	open_object(to, "dg13");
	truth(to, "national", dg13->national);
	open_list(to, "facts");
	for (unsigned int bit = 0; bit < PROBE_FACT_BITS; bit++)
		if ((dg13->facts & 1U << bit) != 0)
			text(to, NULL, word_of_fact(bit));
	close_one(to);
	open_list(to, "fields");
	for (size_t i = 1; i < CCCD_DG13_FIELDS; i++)
		tell_field(to, NULL, &dg13->fields[i]);
	close_one(to);
	tell_field(to, "father", &dg13->father);
	tell_field(to, "mother", &dg13->mother);
	tell_field(to, "spouse", &dg13->spouse);
	tell_date(to, "birth", &dg13->birth);
	tell_date(to, "issue", &dg13->issue);
	tell_date(to, "expiry", &dg13->expiry);
	open_list(to, "extras");
	for (size_t i = 0; i < dg13->extra_count; i++)
		tell_field(to, NULL, &dg13->extras[i]);
	close_one(to);
	close_one(to);
}

static void tell_proofs(const struct told *to,
                        const struct cccd_probe_proofs *proofs)
{
	open_object(to, "chip_authentication");
	text(to, "outcome", proofs->ca_outcome);
	status_word(to, "status_word", proofs->ca_status_word);
	close_one(to);
	open_object(to, "active_authentication");
	text(to, "outcome", proofs->aa_outcome);
	status_word(to, "status_word", proofs->aa_status_word);
	text(to, "digest", proofs->aa_digest);
	if (proofs->aa_signature_len != 0) {
		text(to, "signature_form",
		     !proofs->aa_is_ec ? "iso9796_2"
		     : proofs->aa_der  ? "ecdsa_der"
		                       : "ecdsa_plain");
		number(to, "signature_length",
		       (double)proofs->aa_signature_len);
	}
	close_one(to);
}

static void tell_checks(const struct told *to, const struct cccd_probe *probe)
{
	open_list(to, "checks");
	for (unsigned int i = 0; i < CCCD_CHECKS; i++) {
		const struct cccd_check *check = &probe->checks[i];

		if (check->verdict == CCCD_NOT_RUN)
			continue;
		open_object(to, NULL);
		text(to, "name", cccd_check_name((enum cccd_check_id)i));
		text(to, "verdict", cccd_verdict_name(check->verdict));
		text(to, "reason", check->reason);
		close_one(to);
	}
	close_one(to);
	open_list(to, "defects");
	for (size_t i = 0; i < probe->defect_count; i++) {
		open_object(to, NULL);
		text(to, "code", probe->defects[i].code);
		if (probe->defects[i].group != 0)
			number(to, "data_group", probe->defects[i].group);
		close_one(to);
	}
	close_one(to);
}

static void tell_exchange(const struct told *to,
                          const struct cccd_exchange *exchange)
{
	uint32_t tenths = 0;

	open_object(to, NULL);
	text(to, "step", exchange->step);
	tag(to, "ins", exchange->ins);
	truth(to, "secured", exchange->secured);
	truth(to, "extended", exchange->extended);
	number(to, "command", (double)exchange->command_len);
	number(to, "response", (double)exchange->response_len);
	status_word(to, "status_word", exchange->status_word);
	if (exchange->result != CCCD_OK)
		text(to, "error", cccd_err_code(exchange->result));
	/* Tenths of a millisecond: finer says nothing of a card. */
	tenths = exchange->us / 100;
	number(to, "ms", tenths / 10.0);
	close_one(to);
}

void probe_tell(const struct cccd_probe *probe,
                const struct probe_teller *teller, void *context)
{
	const struct told to = { teller, context };

	tell_run(&to, &probe->run);
	tell_transport(&to, probe);
	tell_access(&to, &probe->access);
	tell_files(&to, probe);
	tell_infos(&to, "card_access", &probe->card_access,
	           &probe->card_access_bytes);
	tell_atr_info(&to, &probe->atr_info);
	tell_infos(&to, "dg14", &probe->dg14, NULL);
	if (probe->has_dg15)
		tell_key(&to, "dg15", &probe->dg15);
	tell_sod(&to, &probe->sod);
	tell_signer(&to, &probe->signer);
	tell_mrz(&to, &probe->dg1);
	tell_face(&to, &probe->dg2);
	tell_dg13(&to, &probe->dg13);
	tell_proofs(&to, &probe->proofs);
	tell_checks(&to, probe);
	open_list(&to, "exchanges");
	for (size_t i = 0; i < probe->exchange_count; i++)
		tell_exchange(&to, &probe->exchanges[i]);
	close_one(&to);
}
