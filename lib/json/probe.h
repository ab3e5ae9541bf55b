/* SPDX-License-Identifier: Apache-2.0 */
/* What a probe tells, for a file and for the eyes: the same, always. */
#ifndef LIB_JSON_PROBE_H
#define LIB_JSON_PROBE_H

#include <cccd/probe.h>

#include "base/macros.h"
#include "lib/json/result.h"

/**
 * struct probe_teller - takes the report, member by member.
 * @open:   an object, or a list of what follows; @name is NULL in a list
 * @close:  its end
 * @text, @number, @truth: a member; @name is NULL in a list
 *
 * One walk feeds the file and the screen, so that nothing can be in the one
 * that was not on the other.
 */
struct probe_teller {
	void (*open)(void *context, const char *name, bool list);
	void (*close)(void *context);
	void (*text)(void *context, const char *name, const char *value);
	void (*number)(void *context, const char *name, double value);
	void (*truth)(void *context, const char *name, bool value);
};

/* Hand all of @probe to @teller, in the order of the document. */
void probe_tell(const struct cccd_probe *probe,
                const struct probe_teller *teller, void *context);

/**
 * json_probe_text() - the document urn:cccd:probe:1.
 * @ret: freed with json_text_free()
 */
CHECKED enum cccd_err json_probe_text(const struct cccd_probe *probe,
                                      char **ret);

#endif
