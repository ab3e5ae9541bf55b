/* SPDX-License-Identifier: Apache-2.0 */
/* Names in certificates: RFC 5280 4.1.2.4, Doc 9303-12 7.1.1.1, 7.1.1.2. */
#include "apdu/auth/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "apdu/auth/oid.h"

enum {
	NAME_MAX_LEN = 2048,
	TAG_DIRECTORY_NAME = 0xA4,
	PARTS_MAX = 64,
};

/* Letters in upper case; false when they are none or too many. */
static bool copy_state(struct span value, char ret[static STATE_TEXT_MAX])
{
	char text[STATE_TEXT_MAX] = "";

	if (value.len == 0 || value.len >= STATE_TEXT_MAX)
		return false;
	for (size_t i = 0; i < value.len; i++) {
		char c = (char)value.at[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (c < 'A' || c > 'Z')
			return false;
		text[i] = c;
	}
	memcpy(ret, text, STATE_TEXT_MAX);
	return true;
}

/* One AttributeTypeAndValue; true when it was @oid and readable. */
static bool attribute_is(struct span value, const char *oid,
                         char ret[static STATE_TEXT_MAX])
{
	struct tlv_reader reader = tlv_open(value);
	struct span type = { 0 };
	struct tlv text = { 0 };

	return tlv_expect(&reader, TAG_OID, &type) == CCCD_OK &&
	       oid_is(type, oid) && tlv_next(&reader, &text) == CCCD_OK &&
	       copy_state(text.value, ret);
}

static bool rdn_find(struct span set, const char *oid,
                     char ret[static STATE_TEXT_MAX])
{
	struct tlv_reader reader = tlv_open(set);
	struct span value = { 0 };

	for (size_t i = 0; i < PARTS_MAX; i++) {
		if (tlv_expect(&reader, TAG_SEQUENCE, &value) != CCCD_OK)
			return false;
		if (attribute_is(value, oid, ret))
			return true;
	}
	return false;
}

/* The first attribute @oid that looks like a state's code. */
static void name_find(struct span name, const char *oid,
                      char ret[static STATE_TEXT_MAX])
{
	struct tlv_reader reader = { 0 };
	struct span value = { 0 };

	ret[0] = '\0';
	if (tlv_only(name, TAG_SEQUENCE, &value) != CCCD_OK)
		return;
	reader = tlv_open(value);
	for (size_t i = 0; i < PARTS_MAX; i++) {
		if (tlv_expect(&reader, TAG_SET, &value) != CCCD_OK)
			return;
		if (rdn_find(value, oid, ret))
			return;
	}
}

void certificate_country(struct span name, char ret[static STATE_TEXT_MAX])
{
	name_find(name, OID_COUNTRY, ret);
}

void certificate_alt_state(const struct certificate *certificate,
                           char ret[static STATE_TEXT_MAX])
{
	struct tlv_reader reader = tlv_open(certificate->ext.alt_name);
	struct tlv name = { 0 };

	ret[0] = '\0';
	for (size_t i = 0; i < PARTS_MAX && ret[0] == '\0'; i++) {
		if (tlv_next(&reader, &name) != CCCD_OK)
			return;
		if (name.tag != TAG_DIRECTORY_NAME)
			continue;
		/* stateOrProvinceName is there when L alone is ambiguous. */
		name_find(name.value, OID_STATE, ret);
		if (ret[0] == '\0')
			name_find(name.value, OID_LOCALITY, ret);
	}
}

static void name_cleanup(X509_NAME **name)
{
	X509_NAME_free(*name);
}

static X509_NAME *name_decode(struct span name)
{
	const uint8_t *at = name.at;

	if (name.len == 0 || name.len > NAME_MAX_LEN)
		return NULL;
	return d2i_X509_NAME(NULL, &at, (long)name.len);
}

void certificate_name_text(struct span name, char *text, size_t cap)
{
	CLEANUP(name_cleanup) X509_NAME *decoded = name_decode(name);
	BIO *bio = decoded == NULL ? NULL : BIO_new(BIO_s_mem());
	int len = 0;

	text[0] = '\0';
	if (bio != NULL &&
	    X509_NAME_print_ex(bio, decoded, 0,
	                       (XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB)) >= 0)
		len = BIO_read(bio, text, (int)cap - 1);
	text[len > 0 ? len : 0] = '\0';
	BIO_free(bio);
	ERR_clear_error();
}

bool certificate_names_equal(struct span a, struct span b)
{
	CLEANUP(name_cleanup) X509_NAME *name_a = NULL;
	CLEANUP(name_cleanup) X509_NAME *name_b = NULL;
	bool equal = false;

	if (span_equal(a, b))
		return true;
	name_a = name_decode(a);
	name_b = name_decode(b);
	/* [RFC 5280 7.1] string types, case and blanks make no difference */
	equal = name_a != NULL && name_b != NULL &&
	        X509_NAME_cmp(name_a, name_b) == 0;
	ERR_clear_error();
	return equal;
}
