/* SPDX-License-Identifier: Apache-2.0 */
/* A trust store that only the program touches, and files to import. */
#include "tests/cli/trust_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#include "base/digest.h"
#include "base/file.h"

enum { PEM_BYTES = 48, PEM_TEXT = 65, INDEX_MAX = 1 << 20 };

int trust_rig_set_up(void **state)
{
	struct trust_rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	make_directory(rig->files);
	make_directory(rig->store);
	fixture_make(MASTER_LIST_SIGNER, ZOO_RIGHT, &rig->fixture);
	rig_save(rig, "csca.der", buf_span(&rig->fixture.csca));
	rig_save(rig, "second.der", buf_span(&rig->fixture.second));
	rig_save(rig, "list.ml", buf_span(&rig->fixture.list));
	*state = rig;
	return 0;
}

int trust_rig_tear_down(void **state)
{
	struct trust_rig *rig = *state;

	remove_directory(rig->files);
	remove_directory(rig->store);
	fixture_release(&rig->fixture);
	free(rig);
	return 0;
}

void rig_file(const struct trust_rig *rig, const char *name,
              char ret[static RIG_PATH_LEN])
{
	(void)snprintf(ret, RIG_PATH_LEN, "%s/%s", rig->files, name);
}

void rig_stored(const struct trust_rig *rig, const char *name,
                char ret[static RIG_PATH_LEN])
{
	int len = snprintf(ret, RIG_PATH_LEN, "%s/%s", rig->store, name);

	assert_true(len > 0 && len < RIG_PATH_LEN);
}

void rig_hash(struct span der, char ret[static CCCD_TRUST_SHA256_TEXT])
{
	struct digest digest = { 0 };

	assert_int_equal(digest_compute(DIGEST_SHA256, der, &digest), CCCD_OK);
	for (size_t i = 0; i < 32; i++)
		(void)snprintf(ret + 2 * i, 3, "%02x", digest.bytes[i]);
}

void rig_object(const struct trust_rig *rig, const char *folder,
                struct span der, char ret[static RIG_PATH_LEN])
{
	char hash[CCCD_TRUST_SHA256_TEXT];
	char name[128];

	rig_hash(der, hash);
	(void)snprintf(name, sizeof(name), "%s/%s.der", folder, hash);
	rig_stored(rig, name, ret);
}

void rig_write(const char *path, struct span bytes)
{
	assert_int_equal(file_write(path, bytes, NULL), CCCD_OK);
}

void rig_save(const struct trust_rig *rig, const char *name, struct span bytes)
{
	char path[RIG_PATH_LEN];

	rig_file(rig, name, path);
	rig_write(path, bytes);
}

static void put_text(struct buf *out, const char *text)
{
	assert_int_equal(buf_append(out, span_text(text)), CCCD_OK);
}

void rig_pem(struct span der, const char *label, struct buf *out)
{
	unsigned char line[PEM_TEXT + 3];

	put_text(out, "-----BEGIN ");
	put_text(out, label);
	put_text(out, "-----\n");
	for (size_t at = 0; at < der.len; at += PEM_BYTES) {
		size_t len = der.len - at;

		len = len < PEM_BYTES ? len : PEM_BYTES;
		(void)EVP_EncodeBlock(line, der.at + at, (int)len);
		put_text(out, (const char *)line);
		put_text(out, "\n");
	}
	put_text(out, "-----END ");
	put_text(out, label);
	put_text(out, "-----\n");
}

void rig_edit_index(const struct trust_rig *rig, const char *was,
                    const char *is)
{
	BUF edited = buf_make(INDEX_MAX);
	char path[RIG_PATH_LEN];
	size_t len = 0;
	char *text = NULL;
	char *at = NULL;

	rig_stored(rig, "index.json", path);
	text = file_text(path, &len);
	assert_non_null(text);
	at = strstr(text, was);
	assert_non_null(at);
	*at = '\0';
	put_text(&edited, text);
	put_text(&edited, is);
	put_text(&edited, at + strlen(was));
	rig_write(path, buf_span(&edited));
	free(text);
}

struct answer *rig_start(const struct trust_rig *rig, const char *language,
                         const char *const *words)
{
	struct call call = { .language = language };
	char paths[RIG_WORDS_MAX][RIG_PATH_LEN];

	for (size_t i = 0; i < RIG_WORDS_MAX && words[i] != NULL; i++) {
		call.args[i] = words[i];
		if (words[i][0] == '@')
			rig_file(rig, words[i] + 1, paths[i]);
		if (words[i][0] == '@')
			call.args[i] = paths[i];
		if (strcmp(words[i], "%") == 0)
			call.args[i] = rig->store;
	}
	return call_start(&call);
}

static bool holds(const char *text, const char *wanted)
{
	return wanted == NULL ? text[0] == '\0' : strstr(text, wanted) != NULL;
}

void rig_expect(const struct trust_rig *rig, const struct expected *expected)
{
	struct answer *answer = rig_start(rig, "en", expected->words);
	bool good = false;

	call_finish(answer);
	good = answer->status == expected->status &&
	       holds(answer->out, expected->out) &&
	       holds(answer->err, expected->err) &&
	       (expected->absent == NULL ||
	        (strstr(answer->out, expected->absent) == NULL &&
	         strstr(answer->err, expected->absent) == NULL));
	if (!good)
		print_error("cccd %s %s: exit %d (not %d)\n%s%s"
		            "wanted: \"%s\" / \"%s\"\n",
		            expected->words[0], expected->words[1],
		            answer->status, expected->status, answer->out,
		            answer->err, expected->out, expected->err);
	call_free(answer);
	assert_true(good);
}
