/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords and the keys made of them: Doc 9303-11 9.7.2, 9.7.3. */
#include "apdu/access/password.h"

#include "apdu/crypto/kdf.h"
#include "base/digest.h"

enum {
	/* [9303-11 4.3.2] 9 + 1 + 6 + 1 + 6 + 1, more for long numbers. */
	MRZ_MIN = 24,
	MRZ_MAX = 40,
	DIGITS_MIN = 4,
	DIGITS_MAX = 16,
	BAC_SEED_LEN = 16,
};

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_mrz(uint8_t c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || c == '<';
}

static bool has_form(struct span text, size_t min, size_t max,
                     bool (*is_member)(uint8_t c))
{
	if (text.len < min || text.len > max)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!is_member(text.at[i]))
			return false;
	return true;
}

enum cccd_err password_set(enum password_type type, struct span text,
                           struct password *ret)
{
	bool good = false;

	if (type < PASSWORD_MRZ || type > PASSWORD_PUK || text.len == 0)
		return CCCD_ERR_USAGE_KEY_MISSING;
	if (type == PASSWORD_MRZ)
		good = has_form(text, MRZ_MIN, MRZ_MAX, is_mrz);
	else
		good = has_form(text, DIGITS_MIN, DIGITS_MAX, is_digit);
	if (!good)
		return CCCD_ERR_USAGE_KEY_MALFORMED;
	TRY(secret_set(&ret->value, text));
	ret->type = type;
	return CCCD_OK;
}

void password_wipe(struct password *password)
{
	if (password != NULL)
		wipe(password, sizeof(*password));
}

const char *password_type_name(enum password_type type)
{
	static const char *const names[] = { "none", "mrz", "can", "pin",
		                             "puk" };
	size_t index = (size_t)type;

	return names[index < ARRAY_LEN(names) ? index : 0];
}

static void digest_wipe(struct digest *digest)
{
	wipe(digest, sizeof(*digest));
}

/* [9303-11 table 14] the characters themselves, hashed for the MRZ. */
enum cccd_err password_key(const struct password *password,
                           enum cipher_id cipher, struct secret *ret)
{
	CLEANUP(digest_wipe) struct digest digest = { .len = 0 };
	struct span value = secret_span(&password->value);

	if (password->type == PASSWORD_NONE || value.len == 0)
		return CCCD_ERR_USAGE_KEY_MISSING;
	if (password->type == PASSWORD_MRZ) {
		TRY(digest_compute(DIGEST_SHA1, value, &digest));
		value = digest_span(&digest);
	}
	return kdf_derive(cipher, value, KDF_PASSWORD, ret);
}

/* [9303-11 4.3.2] the first 16 bytes of the hash are the seed. */
enum cccd_err password_bac_keys(const struct password *password,
                                struct secret *ret_enc, struct secret *ret_mac)
{
	CLEANUP(digest_wipe) struct digest digest = { .len = 0 };

	if (password->type != PASSWORD_MRZ || password->value.len == 0)
		return CCCD_ERR_USAGE_KEY_MISSING;
	TRY(digest_compute(DIGEST_SHA1, secret_span(&password->value),
	                   &digest));
	return kdf_session(CIPHER_3DES,
	                   span_first(digest_span(&digest), BAC_SEED_LEN),
	                   ret_enc, ret_mac);
}
