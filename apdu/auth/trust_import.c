/* SPDX-License-Identifier: Apache-2.0 */
/* Importing trust: PEM, DER, master lists, deviation lists, LDIF. */
#include "apdu/auth/trust_import.h"

#include <stdlib.h>

#include "apdu/auth/admission.h"
#include "apdu/auth/cms.h"
#include "apdu/auth/ldif.h"
#include "apdu/auth/master_list.h"
#include "apdu/auth/oid.h"
#include "apdu/auth/pem.h"

enum { LINK_ROUNDS = 8 };

static enum cccd_err tell(const struct trust_import *import,
                          const struct trust_judgement *what)
{
	return import->judged == NULL ? CCCD_OK
	                              : import->judged(what, import->context);
}

static const char *basis_of(const struct admission *admission,
                            enum admission_basis basis)
{
	if (admission->kind == CCCD_TRUST_LINK)
		return "link";
	if (admission->kind != CCCD_TRUST_ANCHOR)
		return "issuer";
	return basis == ADMISSION_LIST ? "master_list" : "operator";
}

/* Into the store, then into the report. */
static enum cccd_err settle(const struct trust_import *import,
                            struct admission *admission,
                            enum admission_basis basis, struct span der)
{
	struct trust_judgement what = {
		.kind = admission->kind,
		.der = der,
		.specimen = import->specimen || admission->specimen,
	};
	enum cccd_err err = CCCD_OK;

	if (admission->admitted)
		err = csca_store_add(import->store, admission->kind, der,
		                     what.specimen);
	if (err == CCCD_ERR_MEMORY)
		return err;
	if (err != CCCD_OK) {
		admission->admitted = false;
		admission->reason = err == CCCD_ERR_DATA_DUPLICATE
		                            ? "already_there"
		                            : "store_refused";
	}
	what.admitted = admission->admitted;
	what.reason = admission->reason;
	what.note = admission->admitted ? admission->note : "";
	what.basis = basis_of(admission, basis);
	return tell(import, &what);
}

static enum cccd_err import_certificate(const struct trust_import *import,
                                        struct span der)
{
	struct admission admission = { 0 };

	TRY(admission_certificate(import->store, der, ADMISSION_OPERATOR,
	                          import->now_s, &admission));
	return settle(import, &admission, ADMISSION_OPERATOR, der);
}

static enum cccd_err import_crl(const struct trust_import *import,
                                struct span der)
{
	struct admission admission = { 0 };

	TRY(admission_crl(import->store, der, import->now_s, &admission));
	return settle(import, &admission, ADMISSION_OPERATOR, der);
}

static enum cccd_err import_deviations(const struct trust_import *import,
                                       struct span der)
{
	struct admission admission = { 0 };

	TRY(admission_deviation(import->store, der, import->now_s, &admission));
	return settle(import, &admission, ADMISSION_OPERATOR, der);
}

/* struct waiting - certificates whose issuer has not been met yet. */
struct waiting {
	struct span *at;
	size_t count;
	size_t cap;
};

static void waiting_release(struct waiting *waiting)
{
	free(waiting->at);
}

static enum cccd_err wait_for_issuer(struct waiting *waiting, struct span der)
{
	size_t cap = waiting->cap == 0 ? 64 : 2 * waiting->cap;
	struct span *at = NULL;

	if (waiting->count == waiting->cap) {
		if (cap > TRUST_OBJECTS_MAX)
			return CCCD_ERR_DATA_TOO_LARGE;
		at = realloc(waiting->at, cap * sizeof(*at));
		if (at == NULL)
			return CCCD_ERR_MEMORY;
		waiting->at = at;
		waiting->cap = cap;
	}
	waiting->at[waiting->count++] = der;
	return CCCD_OK;
}

/* @waiting NULL: the last word. */
static enum cccd_err import_listed(const struct trust_import *import,
                                   struct span der, struct waiting *waiting)
{
	struct admission admission = { 0 };

	TRY(admission_certificate(import->store, der, ADMISSION_LIST,
	                          import->now_s, &admission));
	if (admission.retry && waiting != NULL)
		return wait_for_issuer(waiting, der);
	/* Document signers have no place in a list of CSCAs. */
	if (admission.admitted && admission.kind == CCCD_TRUST_SIGNER) {
		admission.admitted = false;
		admission.reason = "not_a_ca";
	}
	return settle(import, &admission, ADMISSION_LIST, der);
}

/* Links whose CSCA, or whose former link, has been admitted meanwhile. */
static enum cccd_err import_waiting(const struct trust_import *import,
                                    struct waiting *waiting)
{
	for (size_t round = 0; round < LINK_ROUNDS; round++) {
		size_t before = waiting->count;
		size_t count = before;

		waiting->count = 0;
		for (size_t i = 0; i < count; i++)
			TRY(import_listed(import, waiting->at[i], waiting));
		if (waiting->count == 0 || waiting->count == before)
			break;
	}
	for (size_t i = 0; i < waiting->count; i++)
		TRY(import_listed(import, waiting->at[i], NULL));
	return CCCD_OK;
}

static enum cccd_err import_content(const struct trust_import *import,
                                    struct span content)
{
	CLEANUP(waiting_release) struct waiting waiting = { 0 };
	struct tlv_reader reader = { 0 };
	struct tlv object = { 0 };

	TRY(master_list_open(content, &reader));
	for (size_t i = 0; !tlv_at_end(&reader); i++) {
		if (i == TRUST_OBJECTS_MAX)
			return CCCD_ERR_DATA_TOO_LARGE;
		TRY(tlv_next(&reader, &object));
		TRY(import_listed(import, object.whole, &waiting));
	}
	return import_waiting(import, &waiting);
}

/* Every certificate of a list that is not believed, by name. */
static enum cccd_err refuse_content(const struct trust_import *import,
                                    struct span content, const char *reason)
{
	struct trust_judgement what = { .kind = CCCD_TRUST_ANCHOR,
		                        .reason = reason,
		                        .note = "",
		                        .basis = "master_list" };
	struct tlv_reader reader = { 0 };
	struct tlv object = { 0 };

	TRY(master_list_open(content, &reader));
	for (size_t i = 0; !tlv_at_end(&reader) && i < TRUST_OBJECTS_MAX; i++) {
		TRY(tlv_next(&reader, &object));
		what.der = object.whole;
		TRY(tell(import, &what));
	}
	return CCCD_OK;
}

/* Why a list is not believed; NULL when it is. */
static const char *list_fault(const struct pa_object *object, bool accept)
{
	const struct auth_check *const checks[] = {
		&object->hash,
		&object->signature,
		&object->ds_validity,
	};

	for (size_t i = 0; i < ARRAY_LEN(checks); i++)
		if (checks[i]->verdict != CCCD_SUCCESSFUL)
			return auth_check_reason(checks[i]);
	if (object->ds_trust.verdict == CCCD_SUCCESSFUL || accept)
		return NULL;
	return object->ds_trust.verdict == CCCD_UNDETERMINED
	               ? "list_not_pinned"
	               : auth_check_reason(&object->ds_trust);
}

static enum cccd_err judge_list(const struct trust_import *import,
                                const struct pa_object *object)
{
	const char *fault = list_fault(object, import->accept_list);
	struct trust_judgement what = {
		.is_list = true,
		.admitted = fault == NULL,
		.note = auth_check_reason(&object->ds_validity),
		.basis = "operator",
		.der = buf_span(&object->ds_der),
	};
	enum cccd_err err = CCCD_OK;

	what.reason = fault;
	if (fault == NULL)
		what.reason = object->ds_trust.verdict == CCCD_SUCCESSFUL
		                      ? "list_pinned"
		                      : "list_by_operator";
	TRY(tell(import, &what));
	if (object->content.len == 0)
		return CCCD_OK;
	err = fault == NULL ? import_content(import, buf_span(&object->content))
	                    : refuse_content(import, buf_span(&object->content),
	                                     fault);
	if (cccd_err_domain(err) != CCCD_DOMAIN_DATA)
		return err;
	what.admitted = false;
	what.reason = "malformed";
	return tell(import, &what);
}

static enum cccd_err import_master_list(const struct trust_import *import,
                                        struct span der)
{
	struct pa_object object = { 0 };
	enum cccd_err err =
	        master_list_check(der, import->pins, import->now_s, &object);

	if (err == CCCD_OK)
		err = judge_list(import, &object);
	pa_object_release(&object);
	return err;
}

/* The content type of SignedData; false for anything else. */
static bool is_signed(struct span der, const char *content_type)
{
	struct cms_signed cms = { 0 };

	return cms_parse(der, &cms) == CCCD_OK &&
	       (content_type == NULL || oid_is(cms.content_type, content_type));
}

/* @ret_known: it was something we know. */
static enum cccd_err import_der(const struct trust_import *import,
                                struct span file, bool *ret_known)
{
	BUF der = buf_make(CSCA_LIST_MAX);
	struct certificate certificate = { 0 };
	struct crl crl = { 0 };
	size_t used = 0;
	enum cccd_err err = tlv_normalise(file, &der, &used);

	*ret_known = true;
	if (err == CCCD_ERR_MEMORY)
		return err;
	if (err == CCCD_OK && is_signed(buf_span(&der), OID_MASTER_LIST))
		return import_master_list(import, buf_span(&der));
	if (err == CCCD_OK && is_signed(buf_span(&der), OID_DEVIATION_LIST))
		return import_deviations(import, buf_span(&der));
	if (certificate_parse(file, &certificate) == CCCD_OK)
		return import_certificate(import, file);
	if (crl_parse(file, &crl) == CCCD_OK)
		return import_crl(import, file);
	*ret_known = false;
	return CCCD_OK;
}

static enum cccd_err import_pem(const struct trust_import *import,
                                struct span file, bool *ret_known)
{
	BUF der = buf_make(CSCA_LIST_MAX);
	enum pem_label label = PEM_OTHER;

	while (label != PEM_NONE) {
		enum cccd_err err = pem_next(&file, &der, &label);
		bool known = false;

		if (err == CCCD_ERR_MEMORY)
			return err;
		if (err == CCCD_OK && label != PEM_NONE)
			TRY(import_der(import, buf_span(&der), &known));
		*ret_known = *ret_known || known;
	}
	return CCCD_OK;
}

/* Attributes of the PKD [9303-12 5.1]. */
static bool holds_object(const char *name)
{
	static const char *const names[] = {
		"usercertificate",           "cacertificate",
		"certificaterevocationlist", "cscamasterlistdata",
		"pkdmasterlistcontent",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void attribute_release(struct ldif_attribute *attribute)
{
	buf_release(&attribute->value);
}

static enum cccd_err import_ldif(const struct trust_import *import,
                                 struct span file, bool *ret_known)
{
	CLEANUP(attribute_release)
	struct ldif_attribute attribute = { .value = buf_make(CSCA_LIST_MAX) };
	struct ldif_reader reader = ldif_open(file);
	bool end = false;

	while (!end) {
		enum cccd_err err = ldif_next(&reader, &attribute, &end);
		bool known = false;

		if (err == CCCD_ERR_MEMORY)
			return err;
		if (err == CCCD_OK && !end && holds_object(attribute.name))
			TRY(import_der(import, buf_span(&attribute.value),
			               &known));
		*ret_known = *ret_known || known;
	}
	return CCCD_OK;
}

enum cccd_err trust_import(const struct trust_import *import, struct span file)
{
	bool known = false;

	if (file.len > TRUST_IMPORT_MAX)
		return CCCD_ERR_DATA_TOO_LARGE;
	if (ldif_is(file))
		TRY(import_ldif(import, file, &known));
	else if (pem_is(file))
		TRY(import_pem(import, file, &known));
	else
		TRY(import_der(import, file, &known));
	return known ? CCCD_OK : CCCD_ERR_TRUST_REFUSED;
}

static enum cccd_err pin_certificate(struct csca_store *pins, struct span der)
{
	struct certificate certificate = { 0 };

	if (certificate_parse(der, &certificate) != CCCD_OK)
		return CCCD_ERR_TRUST_REFUSED;
	return csca_store_add(pins,
	                      certificate.ext.is_ca ? CCCD_TRUST_ANCHOR
	                                            : CCCD_TRUST_SIGNER,
	                      der, false);
}

enum cccd_err trust_pins_add(struct csca_store *pins, struct span file)
{
	BUF der = buf_make(CSCA_CERTIFICATE_MAX);
	enum pem_label label = PEM_OTHER;
	size_t count = 0;

	if (!pem_is(file))
		return pin_certificate(pins, file);
	while (label != PEM_NONE) {
		TRY(pem_next(&file, &der, &label));
		if (label != PEM_CERTIFICATE)
			continue;
		TRY(pin_certificate(pins, buf_span(&der)));
		count++;
	}
	return count > 0 ? CCCD_OK : CCCD_ERR_TRUST_REFUSED;
}
