/* SPDX-License-Identifier: Apache-2.0 */
/* The crypto library fails at its n-th call: the session ends, always. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <cmocka.h>
#undef fail

#include "apdu/access/pace.h"
#include "apdu/lds/security_info.h"
#include "tests/apdu/access/pace_chip.h"
#include "tests/support/card_rig.h"

/* Calls until the failing one, counted on the reader's side only. */
static struct {
	long countdown;
	bool armed;
	bool struck;
} fault;

static bool strikes(void)
{
	if (!fault.armed || --fault.countdown != 0)
		return false;
	fault.struck = true;
	return true;
}

/* The linker's --wrap decides these names. */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
int __real_EC_POINT_mul(const EC_GROUP *group, EC_POINT *r, const BIGNUM *n,
                        const EC_POINT *q, const BIGNUM *m, BN_CTX *ctx);
int __wrap_EC_POINT_mul(const EC_GROUP *group, EC_POINT *r, const BIGNUM *n,
                        const EC_POINT *q, const BIGNUM *m, BN_CTX *ctx);
int __wrap_EC_POINT_mul(const EC_GROUP *group, EC_POINT *r, const BIGNUM *n,
                        const EC_POINT *q, const BIGNUM *m, BN_CTX *ctx)
{
	return strikes() ? 0 : __real_EC_POINT_mul(group, r, n, q, m, ctx);
}

int __real_BN_mod_exp_mont_consttime(BIGNUM *rr, const BIGNUM *a,
                                     const BIGNUM *p, const BIGNUM *m,
                                     BN_CTX *ctx, BN_MONT_CTX *mont);
int __wrap_BN_mod_exp_mont_consttime(BIGNUM *rr, const BIGNUM *a,
                                     const BIGNUM *p, const BIGNUM *m,
                                     BN_CTX *ctx, BN_MONT_CTX *mont);
int __wrap_BN_mod_exp_mont_consttime(BIGNUM *rr, const BIGNUM *a,
                                     const BIGNUM *p, const BIGNUM *m,
                                     BN_CTX *ctx, BN_MONT_CTX *mont)
{
	if (strikes())
		return 0;
	return __real_BN_mod_exp_mont_consttime(rr, a, p, m, ctx, mont);
}

int __real_EVP_MAC_final(EVP_MAC_CTX *ctx, unsigned char *out, size_t *outl,
                         size_t outsize);
int __wrap_EVP_MAC_final(EVP_MAC_CTX *ctx, unsigned char *out, size_t *outl,
                         size_t outsize);
int __wrap_EVP_MAC_final(EVP_MAC_CTX *ctx, unsigned char *out, size_t *outl,
                         size_t outsize)
{
	return strikes() ? 0 : __real_EVP_MAC_final(ctx, out, outl, outsize);
}

int __real_EVP_CipherUpdate(EVP_CIPHER_CTX *ctx, unsigned char *out, int *outl,
                            const unsigned char *in, int inl);
int __wrap_EVP_CipherUpdate(EVP_CIPHER_CTX *ctx, unsigned char *out, int *outl,
                            const unsigned char *in, int inl);
int __wrap_EVP_CipherUpdate(EVP_CIPHER_CTX *ctx, unsigned char *out, int *outl,
                            const unsigned char *in, int inl)
{
	if (strikes())
		return 0;
	return __real_EVP_CipherUpdate(ctx, out, outl, in, inl);
}

int __real_EVP_EncryptUpdate(EVP_CIPHER_CTX *ctx, unsigned char *out, int *outl,
                             const unsigned char *in, int inl);
int __wrap_EVP_EncryptUpdate(EVP_CIPHER_CTX *ctx, unsigned char *out, int *outl,
                             const unsigned char *in, int inl);
int __wrap_EVP_EncryptUpdate(EVP_CIPHER_CTX *ctx, unsigned char *out, int *outl,
                             const unsigned char *in, int inl)
{
	if (strikes())
		return 0;
	return __real_EVP_EncryptUpdate(ctx, out, outl, in, inl);
}

size_t __real_EC_POINT_point2oct(const EC_GROUP *group, const EC_POINT *p,
                                 point_conversion_form_t form,
                                 unsigned char *buf, size_t len, BN_CTX *ctx);
size_t __wrap_EC_POINT_point2oct(const EC_GROUP *group, const EC_POINT *p,
                                 point_conversion_form_t form,
                                 unsigned char *buf, size_t len, BN_CTX *ctx);
size_t __wrap_EC_POINT_point2oct(const EC_GROUP *group, const EC_POINT *p,
                                 point_conversion_form_t form,
                                 unsigned char *buf, size_t len, BN_CTX *ctx)
{
	if (strikes())
		return 0;
	return __real_EC_POINT_point2oct(group, p, form, buf, len, ctx);
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

/* The chip computes without faults. */
static enum cccd_err sound_chip(void *context, struct span command,
                                struct buf *response)
{
	bool armed = fault.armed;
	enum cccd_err err = CCCD_OK;

	fault.armed = false;
	err = pace_chip_answer(context, command, response);
	fault.armed = armed;
	return err;
}

struct session {
	uint8_t oid[10];
	struct cccd_pace_info info;
	struct password password;
	struct pace_result result;
	struct pace_chip chip;
	struct card_rig rig;
};

static void prepare(struct session *s, uint8_t agreement, uint8_t cipher,
                    unsigned int id)
{
	static const uint8_t stem[] = { 0x04, 0x00, 0x7F, 0x00, 0x07,
		                        0x02, 0x02, 0x04, 0x00, 0x00 };

	memset(s, 0, sizeof(*s));
	memcpy(s->oid, stem, sizeof(stem));
	s->oid[8] = agreement;
	s->oid[9] = cipher;
	assert_true(pace_protocol(SPAN(s->oid), &s->info));
	s->info.version = 2;
	s->info.parameter_id = id;
	s->info.has_parameter_id = true;
	assert_int_equal(
	        password_set(PASSWORD_CAN, span_text("123456"), &s->password),
	        CCCD_OK);
	s->chip.oid = SPAN(s->oid);
	s->chip.mapping = s->info.mapping;
	s->chip.cipher = (enum cipher_id)cipher;
	s->chip.parameter_id = id;
	assert_int_equal(
	        password_key(&s->password, s->chip.cipher, &s->chip.k_pi),
	        CCCD_OK);
	card_rig_init(&s->rig);
	s->rig.script.answer = sound_chip;
	s->rig.script.context = &s->chip;
	card_rig_open(&s->rig, &random_system);
}

/* One run in which call @n fails; false when there is no such call. */
static bool run_with_fault(uint8_t agreement, uint8_t cipher, unsigned int id,
                           long n)
{
	static struct session s;
	enum cccd_err err = CCCD_OK;

	prepare(&s, agreement, cipher, id);
	fault.countdown = n;
	fault.struck = false;
	fault.armed = true;
	err = pace_run(&s.rig.card, &s.info, NULL, &s.password, &s.result);
	fault.armed = false;
	if (fault.struck) {
		assert_int_not_equal(err, CCCD_OK);
		assert_false(sm_is_open(&s.rig.card.sm));
	} else {
		assert_int_equal(err, CCCD_OK);
		assert_true(sm_is_open(&s.rig.card.sm));
	}
	card_rig_close(&s.rig);
	pace_chip_release(&s.chip);
	return fault.struck;
}

static void every_call(uint8_t agreement, uint8_t cipher, unsigned int id,
                       long at_least)
{
	long n = 1;

	while (run_with_fault(agreement, cipher, id, n))
		n++;
	assert_true(n - 1 >= at_least);
}

static void pitfall_04_pace_run_ends_when_the_library_fails(void **state)
{
	(void)state;
	every_call(2, 1, 12, 10); /* ECDH, generic, 3DES */
	every_call(2, 2, 13, 10);
	every_call(4, 2, 13, 8); /* integrated */
	every_call(4, 1, 12, 8);
	every_call(1, 2, 0, 6); /* DH */
	every_call(3, 4, 0, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		        pitfall_04_pace_run_ends_when_the_library_fails),
	};

	return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}
