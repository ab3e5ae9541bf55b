/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of the zoo, made once and kept in the build tree. */
#include "tests/apdu/auth/zoo/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "tests/apdu/auth/zoo/der.h"

enum { KEYS_MAX = 64 };

static struct {
	char name[64];
	EVP_PKEY *key;
} keys[KEYS_MAX];
static size_t key_count;

static void need(bool good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "zoo: %s\n", what);
	abort();
}

static EVP_PKEY *make_dsa(int bits)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
	EVP_PKEY *params = NULL;
	EVP_PKEY *key = NULL;

	need(EVP_PKEY_paramgen_init(ctx) == 1 &&
	             EVP_PKEY_CTX_set_dsa_paramgen_bits(ctx, bits) == 1 &&
	             EVP_PKEY_CTX_set_dsa_paramgen_q_bits(ctx, 256) == 1 &&
	             EVP_PKEY_paramgen(ctx, &params) == 1,
	     "DSA parameters");
	EVP_PKEY_CTX_free(ctx);
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, params, NULL);
	need(EVP_PKEY_keygen_init(ctx) == 1 && EVP_PKEY_keygen(ctx, &key) == 1,
	     "DSA key");
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(params);
	return key;
}

static EVP_PKEY *make_rsa(const char *type, unsigned int bits, unsigned int e)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	BIGNUM *exponent = BN_new();
	EVP_PKEY *key = NULL;

	need(BN_set_word(exponent, e) == 1 && EVP_PKEY_keygen_init(ctx) == 1 &&
	             EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, (int)bits) == 1 &&
	             EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, exponent) == 1 &&
	             EVP_PKEY_keygen(ctx, &key) == 1,
	     "RSA key");
	BN_free(exponent);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* "rsa2048" after "rsa" is 2048; 0 when @kind begins otherwise. */
static unsigned int bits_after(const char *kind, const char *prefix)
{
	size_t len = strlen(prefix);

	if (strncmp(kind, prefix, len) != 0)
		return 0;
	return (unsigned int)strtoul(kind + len, NULL, 10);
}

static EVP_PKEY *make_key(const char *kind)
{
	EVP_PKEY *key = NULL;

	if (bits_after(kind, "rsapss") != 0)
		return make_rsa("RSA-PSS", bits_after(kind, "rsapss"), 65537);
	if (strncmp(kind, "rsa3e", 5) == 0)
		return make_rsa("RSA", bits_after(kind, "rsa3e"), 3);
	if (bits_after(kind, "rsa") != 0)
		return make_rsa("RSA", bits_after(kind, "rsa"), 65537);
	if (bits_after(kind, "dsa") != 0)
		return make_dsa((int)bits_after(kind, "dsa"));
	key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", kind);
	need(key != NULL, kind);
	return key;
}

static void key_path(const char *name, const char *suffix, char ret[512])
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes it */
	const char *build = getenv("CCCD_BUILD_DIR");

	(void)snprintf(ret, 512, "%s/zoo", build == NULL ? "." : build);
	(void)mkdir(ret, 0755);
	(void)snprintf(ret, 512, "%s/zoo/%s.pem%s", build == NULL ? "." : build,
	               name, suffix);
}

static EVP_PKEY *load_key(const char *name)
{
	char path[512];
	EVP_PKEY *key = NULL;
	FILE *file = NULL;

	key_path(name, "", path);
	file = fopen(path, "r");
	if (file == NULL)
		return NULL;
	key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	(void)fclose(file);
	return key;
}

static void save_key(const char *name, EVP_PKEY *key)
{
	char path[512];
	char final[512];
	char suffix[32];
	FILE *file = NULL;

	(void)snprintf(suffix, sizeof(suffix), ".%ld", (long)getpid());
	key_path(name, suffix, path);
	key_path(name, "", final);
	file = fopen(path, "w");
	if (file == NULL)
		return;
	need(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1,
	     "writing a key");
	need(fclose(file) == 0 && rename(path, final) == 0, "keeping a key");
}

EVP_PKEY *zoo_key(const char *owner, const char *kind)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "%s-%s", owner, kind);
	for (size_t i = 0; i < key_count; i++)
		if (strcmp(keys[i].name, name) == 0)
			return keys[i].key;
	need(key_count < KEYS_MAX, "too many keys");
	(void)snprintf(keys[key_count].name, sizeof(keys[key_count].name), "%s",
	               name);
	keys[key_count].key = load_key(name);
	if (keys[key_count].key == NULL) {
		keys[key_count].key = make_key(kind);
		save_key(name, keys[key_count].key);
	}
	return keys[key_count++].key;
}

void zoo_keys_free(void)
{
	for (size_t i = 0; i < key_count; i++)
		EVP_PKEY_free(keys[i].key);
	key_count = 0;
}

void zoo_spki(EVP_PKEY *key, bool spelled_out, struct buf *ret)
{
	EVP_PKEY *copy = EVP_PKEY_dup(key);
	uint8_t *der = NULL;
	int len = 0;

	if (spelled_out)
		need(EVP_PKEY_set_utf8_string_param(copy,
		                                    OSSL_PKEY_PARAM_EC_ENCODING,
		                                    "explicit") == 1,
		     "explicit parameters");
	len = i2d_PUBKEY(copy, &der);
	need(len > 0, "public key");
	der_raw(ret, span_of(der, (size_t)len));
	OPENSSL_free(der);
	EVP_PKEY_free(copy);
}

static const char *digest_oid(enum digest_id digest)
{
	static const char *const oids[] = {
		[DIGEST_NONE] = "1.2.840.113549.2.5", /* MD5 */
		[DIGEST_SHA1] = "1.3.14.3.2.26",
		[DIGEST_SHA224] = "2.16.840.1.101.3.4.2.4",
		[DIGEST_SHA256] = "2.16.840.1.101.3.4.2.1",
		[DIGEST_SHA384] = "2.16.840.1.101.3.4.2.2",
		[DIGEST_SHA512] = "2.16.840.1.101.3.4.2.3",
	};

	return oids[digest];
}

void zoo_digest_algorithm(enum digest_id digest, struct buf *ret)
{
	size_t mark = der_begin(ret);

	der_oid(ret, digest_oid(digest));
	der_null(ret);
	der_end(ret, mark, 0x30);
}

static void pss_parameters(enum digest_id digest, struct buf *ret)
{
	size_t whole = der_begin(ret);
	size_t mark = der_begin(ret);

	zoo_digest_algorithm(digest, ret);
	der_end(ret, mark, 0xA0);
	mark = der_begin(ret);
	der_oid(ret, "1.2.840.113549.1.1.8");
	zoo_digest_algorithm(digest, ret);
	der_end(ret, mark, 0x30);
	der_end(ret, mark, 0xA1);
	mark = der_begin(ret);
	der_number(ret, digest_len(digest));
	der_end(ret, mark, 0xA2);
	der_end(ret, whole, 0x30);
}

void zoo_algorithm(enum zoo_alg alg, enum digest_id digest, struct buf *ret)
{
	static const char *const rsa[] = {
		[DIGEST_SHA1] = "1.2.840.113549.1.1.5",
		[DIGEST_SHA224] = "1.2.840.113549.1.1.14",
		[DIGEST_SHA256] = "1.2.840.113549.1.1.11",
		[DIGEST_SHA384] = "1.2.840.113549.1.1.12",
		[DIGEST_SHA512] = "1.2.840.113549.1.1.13",
	};
	static const char *const dsa[] = {
		[DIGEST_SHA1] = "1.2.840.10040.4.3",
		[DIGEST_SHA224] = "2.16.840.1.101.3.4.3.1",
		[DIGEST_SHA256] = "2.16.840.1.101.3.4.3.2",
	};
	static const char *const ecdsa[] = {
		[DIGEST_SHA1] = "1.2.840.10045.4.1",
		[DIGEST_SHA224] = "1.2.840.10045.4.3.1",
		[DIGEST_SHA256] = "1.2.840.10045.4.3.2",
		[DIGEST_SHA384] = "1.2.840.10045.4.3.3",
		[DIGEST_SHA512] = "1.2.840.10045.4.3.4",
	};
	static const char *const plain[] = {
		[DIGEST_SHA1] = "0.4.0.127.0.7.1.1.4.1.1",
		[DIGEST_SHA224] = "0.4.0.127.0.7.1.1.4.1.2",
		[DIGEST_SHA256] = "0.4.0.127.0.7.1.1.4.1.3",
		[DIGEST_SHA384] = "0.4.0.127.0.7.1.1.4.1.4",
		[DIGEST_SHA512] = "0.4.0.127.0.7.1.1.4.1.5",
	};
	size_t mark = der_begin(ret);

	switch (alg) {
	case ZOO_RSA:
		der_oid(ret, rsa[digest]);
		der_null(ret);
		break;
	case ZOO_RSA_BARE:
		der_oid(ret, "1.2.840.113549.1.1.1");
		der_null(ret);
		break;
	case ZOO_PSS:
		der_oid(ret, "1.2.840.113549.1.1.10");
		pss_parameters(digest, ret);
		break;
	case ZOO_DSA: der_oid(ret, dsa[digest]); break;
	case ZOO_ECDSA: der_oid(ret, ecdsa[digest]); break;
	case ZOO_PLAIN: der_oid(ret, plain[digest]); break;
	case ZOO_MD5:
		der_oid(ret, "1.2.840.113549.1.1.4");
		der_null(ret);
		break;
	}
	der_end(ret, mark, 0x30);
}

/* DER to r || s, each as long as the order. */
static void to_plain(EVP_PKEY *key, struct buf *signature)
{
	const uint8_t *at = signature->at;
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)signature->len);
	int half = (EVP_PKEY_get_bits(key) + 7) / 8;
	uint8_t bytes[132];

	need(sig != NULL &&
	             BN_bn2binpad(ECDSA_SIG_get0_r(sig), bytes, half) == half &&
	             BN_bn2binpad(ECDSA_SIG_get0_s(sig), bytes + half, half) ==
	                     half,
	     "plain signature");
	buf_reset(signature);
	der_raw(signature, span_of(bytes, 2 * (size_t)half));
	ECDSA_SIG_free(sig);
}

void zoo_sign(EVP_PKEY *key, enum zoo_alg alg, enum digest_id digest,
              struct span data, struct buf *ret)
{
	const EVP_MD *md = alg == ZOO_MD5
	                           ? EVP_md5()
	                           : EVP_get_digestbyname(digest_name(digest));
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	uint8_t bytes[1024];
	size_t len = sizeof(bytes);

	need(EVP_DigestSignInit(ctx, &pctx, md, NULL, key) == 1, "signing");
	if (alg == ZOO_PSS)
		need(EVP_PKEY_CTX_set_rsa_padding(pctx,
		                                  RSA_PKCS1_PSS_PADDING) == 1 &&
		             EVP_PKEY_CTX_set_rsa_pss_saltlen(
		                     pctx, RSA_PSS_SALTLEN_DIGEST) == 1,
		     "PSS");
	need(EVP_DigestSign(ctx, bytes, &len, data.at, data.len) == 1,
	     "signing");
	buf_reset(ret);
	der_raw(ret, span_of(bytes, len));
	if (alg == ZOO_PLAIN)
		to_plain(key, ret);
	EVP_MD_CTX_free(ctx);
}
