/* SPDX-License-Identifier: Apache-2.0 */
/* The worked examples in tests/vectors/, by name. */
#include "tests/support/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

enum { KEPT_MAX = 4096 };

struct vectors {
	cJSON *root;
	uint8_t *kept[KEPT_MAX];
	size_t kept_count;
};

static void die(const char *what, const char *name)
{
	(void)fprintf(stderr, "vectors: %s: %s\n", what, name);
	exit(99);
}

static char *slurp(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = NULL;
	long size = 0;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0)
		die("cannot open", path);
	size = ftell(file);
	rewind(file);
	text = calloc((size_t)size + 1, 1);
	if (text == NULL || fread(text, 1, (size_t)size, file) != (size_t)size)
		die("cannot read", path);
	(void)fclose(file);
	return text;
}

struct vectors *vectors_open(const char *name)
{
	const char *root = getenv("CCCD_SOURCE_DIR");
	struct vectors *vectors = calloc(1, sizeof(*vectors));
	char path[2048];
	char *text = NULL;

	(void)snprintf(path, sizeof(path), "%s/tests/vectors/%s.json",
	               root != NULL ? root : ".", name);
	text = slurp(path);
	if (vectors == NULL)
		die("no memory", name);
	vectors->root = cJSON_Parse(text);
	free(text);
	if (vectors->root == NULL)
		die("not JSON", path);
	return vectors;
}

void vectors_close(struct vectors *vectors)
{
	for (size_t i = 0; i < vectors->kept_count; i++)
		free(vectors->kept[i]);
	cJSON_Delete(vectors->root);
	free(vectors);
}

static const char *string_of(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(
	        cJSON_GetObjectItemCaseSensitive(object, name));
}

static unsigned int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'A' && c <= 'F')
		return (unsigned int)(c - 'A') + 10U;
	die("not upper-case hexadecimal", (char[]){ c, '\0' });
	return 0;
}

static struct span keep_hex(struct vectors *vectors, const char *hex)
{
	size_t len = strlen(hex) / 2;
	uint8_t *bytes = malloc(len + 1);

	if (bytes == NULL || vectors->kept_count == KEPT_MAX)
		die("no room", hex);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(nibble(hex[2 * i]) << 4 |
		                     nibble(hex[2 * i + 1]));
	vectors->kept[vectors->kept_count++] = bytes;
	return span_of(bytes, len);
}

static const cJSON *values_of(const struct vectors *vectors)
{
	return cJSON_GetObjectItemCaseSensitive(vectors->root, "values");
}

bool vectors_has(const struct vectors *vectors, const char *name)
{
	return string_of(values_of(vectors), name) != NULL;
}

const char *vectors_text(const struct vectors *vectors, const char *name)
{
	return string_of(values_of(vectors), name);
}

struct span vectors_bytes(struct vectors *vectors, const char *name)
{
	const char *hex = string_of(values_of(vectors), name);

	if (hex == NULL)
		die("no value", name);
	return keep_hex(vectors, hex);
}

static const cJSON *apdus_of(const struct vectors *vectors)
{
	return cJSON_GetObjectItemCaseSensitive(vectors->root, "apdus");
}

size_t vectors_apdu_count(const struct vectors *vectors)
{
	return (size_t)cJSON_GetArraySize(apdus_of(vectors));
}

const char *vectors_apdu_name(const struct vectors *vectors, size_t index)
{
	return string_of(cJSON_GetArrayItem(apdus_of(vectors), (int)index),
	                 "name");
}

struct span vectors_apdu(struct vectors *vectors, const char *name,
                         const char *field)
{
	const cJSON *apdu = NULL;

	cJSON_ArrayForEach(apdu, apdus_of(vectors))
	{
		if (strcmp(string_of(apdu, "name"), name) != 0)
			continue;
		if (string_of(apdu, field) == NULL)
			die("APDU lacks a field", field);
		return keep_hex(vectors, string_of(apdu, field));
	}
	die("no APDU", name);
	return span_of(NULL, 0);
}

void vectors_each(const struct vectors *vectors,
                  void (*each)(const char *name, const char *value,
                               void *context),
                  void *context)
{
	const cJSON *value = NULL;

	cJSON_ArrayForEach(value, values_of(vectors))
	        each(value->string, cJSON_GetStringValue(value), context);
}
