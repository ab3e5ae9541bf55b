/* SPDX-License-Identifier: Apache-2.0 */
/* Readers that we know by their USB ids: udev/readers.list in code. */
#include "reader/known.h"

#include <string.h>
#include <strings.h>

static const char blanks[] = " []()/,";

const struct known_reader *known_by_id(unsigned int vendor,
                                       unsigned int product)
{
	for (size_t i = 0; i < known_reader_count; i++)
		if (known_readers[i].vendor == vendor &&
		    known_readers[i].product == product)
			return &known_readers[i];
	return NULL;
}

/* The next word at or after *@at; its length, 0 at the end. */
static size_t next_word(const char **at)
{
	*at += strspn(*at, blanks);
	return strcspn(*at, blanks);
}

/* How many words @words has when all stand in @name, else 0. */
static size_t words_in(const char *words, const char *name)
{
	size_t count = 0;
	size_t wanted;

	while ((wanted = next_word(&words)) > 0) {
		size_t len = next_word(&name);

		while (len > 0 &&
		       (len != wanted || strncasecmp(name, words, len) != 0)) {
			name += len;
			len = next_word(&name);
		}
		if (len == 0)
			return 0;
		name += len;
		words += wanted;
		count++;
	}
	return count;
}

bool known_words_in(const char *words, const char *name)
{
	return words_in(words, name) > 0;
}

const struct known_reader *known_by_name(const char *name)
{
	const struct known_reader *best = NULL;
	size_t most = 1;

	/* One word, a maker's name, says too little. */
	for (size_t i = 0; i < known_reader_count; i++) {
		size_t count = words_in(known_readers[i].name, name);

		if (count <= most)
			continue;
		most = count;
		best = &known_readers[i];
	}
	return best;
}

bool known_is_ccid(const struct known_reader *known)
{
	return strcmp(known->driver, "ccid") == 0;
}
