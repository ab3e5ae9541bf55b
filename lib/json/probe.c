/* SPDX-License-Identifier: Apache-2.0 */
/* The document urn:cccd:probe:1. */
#include "lib/json/probe.h"

#include "lib/json/make.h"

enum { DEPTH_MAX = 6 };

/* Where the walk is: one container a level. */
struct tree {
	struct json_maker maker;
	cJSON *levels[DEPTH_MAX];
	size_t depth;
};

static cJSON *here(const struct tree *tree)
{
	return tree->levels[tree->depth];
}

static void on_open(void *context, const char *name, bool list)
{
	struct tree *tree = context;
	cJSON *made = NULL;

	if (name == NULL) {
		made = list ? cJSON_CreateArray() : cJSON_CreateObject();
		make_item(&tree->maker, here(tree), made);
	} else if (list) {
		made = make_array(&tree->maker, here(tree), name);
	} else {
		made = make_object(&tree->maker, here(tree), name);
	}
	/* cJSON tolerates a NULL parent; the failure is noted. */
	if (tree->depth + 1 == DEPTH_MAX)
		tree->maker.failed = true;
	else
		tree->levels[++tree->depth] = tree->maker.failed ? NULL : made;
}

static void on_close(void *context)
{
	struct tree *tree = context;

	if (tree->depth > 0)
		tree->depth--;
}

static void on_text(void *context, const char *name, const char *value)
{
	struct tree *tree = context;

	if (name == NULL)
		make_item(&tree->maker, here(tree), cJSON_CreateString(value));
	else
		make_text(&tree->maker, here(tree), name, value);
}

static void on_number(void *context, const char *name, double value)
{
	struct tree *tree = context;

	make_number(&tree->maker, here(tree), name, value);
}

static void on_truth(void *context, const char *name, bool value)
{
	struct tree *tree = context;

	make_bool(&tree->maker, here(tree), name, value);
}

enum cccd_err json_probe_text(const struct cccd_probe *probe, char **ret)
{
	static const struct probe_teller teller = { on_open, on_close, on_text,
		                                    on_number, on_truth };
	CLEANUP(json_cleanup) cJSON *root = cJSON_CreateObject();
	struct tree tree = { .maker = { .failed = root == NULL } };

	tree.levels[0] = root;
	make_text(&tree.maker, root, "schema", "urn:cccd:probe:1");
	probe_tell(probe, &teller, &tree);
	return make_text_of(&tree.maker, root, true, ret);
}
