/* SPDX-License-Identifier: Apache-2.0 */
/* A table of one's own: the pilot, the training room, a patient index. */
#include "service/gateway/connectors/directory.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "service/gateway/connectors/citizen_words.h"
#include "service/gateway/connectors/kinds.h"
#include "service/gateway/connectors/pool.h"

const char directory_select[] =
        "id_number, old_number, full_name, date_of_birth, sex, nationality, "
        "ethnicity, religion, origin, residence, current_residence, "
        "father_name, mother_name, spouse_name";

static const char *const engine_words[] = { "sqlite", "postgresql", NULL };

/** struct own_options - see docs/gateway-connectors.md. */
struct own_options {
	unsigned int engine;
	char table[SETTING_TEXT_MAX];
	struct directory_source source;
};

#define AT(member) offsetof(struct own_options, member)

static const struct setting_rule own_rules[] = {
	{ "engine", SETTING_WORD, "sqlite", AT(engine), engine_words, 0, 0 },
	{ "path", SETTING_PATH, "", AT(source.path), NULL, 0, 0 },
	{ "conninfo_file", SETTING_SECRET, "", AT(source.conninfo), NULL, 0,
	  0 },
	{ "table", SETTING_TEXT, "citizens", AT(table), NULL, 0, 0 },
	{ "connect_time", SETTING_TIME, "3 s", AT(source.connect_ms), NULL, 10,
	  60000 },
	{ "request_time", SETTING_TIME, "5 s", AT(source.request_ms), NULL, 10,
	  120000 },
};

struct connector_state {
	struct own_options own;
	const struct directory_engine *engine;
	struct pool pool;
};

/* "schema.table" of lower-case words: fit to stand in a statement. */
static bool is_table(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
	size_t dots = 0;
	bool begins = true;

	for (; *name != '\0'; name++) {
		if (*name == '.' && !begins && dots++ == 0) {
			begins = true;
			continue;
		}
		if (strchr(letters, *name) == NULL &&
		    (begins || *name < '0' || *name > '9'))
			return false;
		begins = false;
	}
	return !begins;
}

static CHECKED enum cccd_err check(const struct connector_section *section,
                                   const struct own_options *own,
                                   struct cccd_error *error)
{
	bool postgresql = own->engine == 1;

	if (!is_table(own->table) || strlen(own->table) > 127)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "connector %.40s: table is no table's name",
		            section->name);
	if (postgresql && directory_postgresql == NULL)
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "connector %.40s: built without libpq",
		            section->name);
	if (postgresql ? own->source.conninfo[0] == '\0'
	               : own->source.path[0] == '\0')
		return fail(error, CCCD_ERR_POLICY_CONFIG,
		            "connector %.40s: %s is missing", section->name,
		            postgresql ? "conninfo_file" : "path");
	return CCCD_OK;
}

/* Numbers of nine digits were given twice: a row with twelve is found by
 * these, or it is somebody else's. */
static void write_statements(const char *table, const char *placeholder,
                             struct directory_source *source)
{
#define WITHOUT_ID " AND coalesce(trim(id_number), '') = ''"
	static const struct {
		const char *column;
		const char *further;
	} wanted[DIRECTORY_STATEMENTS] = {
		[DIRECTORY_BY_ID] = { "id_number", "" },
		[DIRECTORY_BY_OLD] = { "old_number", "" },
		[DIRECTORY_BY_OLD_ONLY] = { "old_number", WITHOUT_ID },
	};
#undef WITHOUT_ID

	for (size_t i = 0; i < DIRECTORY_STATEMENTS; i++)
		(void)snprintf(source->statements[i],
		               sizeof(source->statements[i]),
		               "SELECT %s FROM %s WHERE %s = %s%s LIMIT 2",
		               directory_select, table, wanted[i].column,
		               placeholder, wanted[i].further);
}

static CHECKED enum cccd_err open_state(const struct connector_section *section,
                                        struct cccd_error *error,
                                        struct connector_state *state)
{
	const struct setting_table table = { own_rules, ARRAY_LEN(own_rules),
		                             &state->own };

	TRY(settings_read(section, &table, 1, error));
	TRY(check(section, &state->own, error));
	state->engine = state->own.engine == 1 ? directory_postgresql
	                                       : &directory_sqlite;
	write_statements(state->own.table, state->engine->placeholder,
	                 &state->own.source);
	return pool_init(&state->pool, state->engine->close) ? CCCD_OK
	                                                     : CCCD_ERR_MEMORY;
}

static enum cccd_err directory_open(const struct connector_section *section,
                                    struct cccd_error *error,
                                    struct connector_state **ret)
{
	struct connector_state *state = calloc(1, sizeof(*state));
	enum cccd_err err = CCCD_OK;

	if (state == NULL)
		return CCCD_ERR_MEMORY;
	err = open_state(section, error, state);
	if (err != CCCD_OK) {
		wipe(state, sizeof(*state));
		free(state);
		return err;
	}
	*ret = state;
	return CCCD_OK;
}

static void directory_close(struct connector_state *state)
{
	if (state == NULL)
		return;
	pool_release(&state->pool);
	wipe(state, sizeof(*state));
	free(state);
}

static struct span text_of(const char *value)
{
	return value != NULL ? span_text(value) : span_of(NULL, 0);
}

/* Each text into its place; the first row counts, a second is only seen. */
static bool take(void *context, const char *const *values)
{
	struct citizen *citizen = context;
	const struct {
		enum directory_column column;
		char *place;
		size_t cap;
	} texts[] = {
#define TEXT(c, m) { c, citizen->m, sizeof(citizen->m) }
		TEXT(COLUMN_FULL_NAME, full_name),
		TEXT(COLUMN_SEX, sex),
		TEXT(COLUMN_NATIONALITY, nationality),
		TEXT(COLUMN_ETHNICITY, ethnicity),
		TEXT(COLUMN_RELIGION, religion),
		TEXT(COLUMN_ORIGIN, origin.text),
		TEXT(COLUMN_RESIDENCE, permanent_residence.text),
		TEXT(COLUMN_CURRENT_RESIDENCE, current_residence.text),
		TEXT(COLUMN_FATHER_NAME, father.full_name),
		TEXT(COLUMN_MOTHER_NAME, mother.full_name),
		TEXT(COLUMN_SPOUSE_NAME, spouse.full_name),
#undef TEXT
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (!citizen_set_text(text_of(values[texts[i].column]),
		                      texts[i].place, texts[i].cap))
			return false;
	return citizen_set_number(text_of(values[COLUMN_ID_NUMBER]), 12,
	                          citizen->id_number) &&
	       citizen_set_number(text_of(values[COLUMN_OLD_NUMBER]), 9,
	                          citizen->old_number) &&
	       citizen_set_date(text_of(values[COLUMN_DATE_OF_BIRTH]),
	                        citizen->date_of_birth) &&
	       citizen_is_somebody(citizen);
}

static enum registry_outcome outcome_of(unsigned int rows)
{
	if (rows == 0)
		return REGISTRY_NOT_FOUND;
	return rows == 1 ? REGISTRY_FOUND : REGISTRY_AMBIGUOUS;
}

/* The asks one after the other until there are rows. */
static enum registry_outcome look_up(const struct directory_engine *engine,
                                     void *connection,
                                     const struct directory_ask *asks,
                                     size_t count, unsigned int *ret_rows)
{
	enum registry_outcome outcome = REGISTRY_NOT_ASKED;
	unsigned int rows = 0;

	for (size_t i = 0;
	     i < count && rows == 0 && outcome == REGISTRY_NOT_ASKED; i++)
		outcome = engine->query(connection, &asks[i], &rows);
	*ret_rows = rows;
	return outcome;
}

static enum registry_outcome run(struct connector_state *state,
                                 const struct directory_ask *asks, size_t count,
                                 bool *ret_kept)
{
	void *connection = pool_take(&state->pool);
	enum registry_outcome outcome = REGISTRY_NOT_ASKED;
	unsigned int rows = 0;

	*ret_kept = connection != NULL;
	if (connection == NULL)
		outcome = state->engine->connect(
		        &state->own.source, asks->deadline_ms, &connection);
	if (outcome != REGISTRY_NOT_ASKED)
		return outcome;
	outcome = look_up(state->engine, connection, asks, count, &rows);
	if (outcome != REGISTRY_NOT_ASKED) {
		state->engine->close(connection);
		return outcome;
	}
	pool_give(&state->pool, connection);
	return outcome_of(rows);
}

/* By twelve digits; by nine where there are no twelve, or no row has them. */
static size_t plan(const struct registry_question *question,
                   struct directory_ask asks[static 2])
{
	const char *id = question->id_number;
	const char *old = question->old_number;
	size_t count = 0;

	if (id[0] != '\0') {
		asks[count].statement = DIRECTORY_BY_ID;
		asks[count++].number = id;
	}
	if (strlen(old) == 9 && text_is_digits(span_text(old))) {
		asks[count].statement =
		        count > 0 ? DIRECTORY_BY_OLD_ONLY : DIRECTORY_BY_OLD;
		asks[count++].number = old;
	}
	return count;
}

static enum cccd_err directory_query(struct connector_state *state,
                                     const struct registry_question *question,
                                     uint64_t deadline_ms,
                                     struct registry_answer *ret)
{
	uint64_t own = clock_steady_ms() + state->own.source.request_ms;
	const struct directory_ask base = {
		.deadline_ms = own < deadline_ms ? own : deadline_ms,
		.take = take,
		.context = &ret->citizen,
	};
	struct directory_ask asks[] = { base, base };
	size_t count = plan(question, asks);
	bool kept = false;

	/* A server that was restarted left us dead connections, perhaps as
	 * many as the pool holds; reading again is reading once. What a
	 * fresh one says counts. */
	do {
		citizen_wipe(&ret->citizen);
		ret->outcome = run(state, asks, count, &kept);
	} while (ret->outcome == REGISTRY_BROKEN_OFF && kept &&
	         clock_steady_ms() < base.deadline_ms);
	ret->attempts = 1;
	return CCCD_OK;
}

const struct connector_ops connector_directory = {
	.kind = "directory",
	.capabilities = REGISTRY_LOOKUP,
	.open = directory_open,
	.query = directory_query,
	.close = directory_close,
};
