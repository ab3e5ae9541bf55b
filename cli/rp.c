/* SPDX-License-Identifier: Apache-2.0 */
/* cccd rp: who may use the service, without editing JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/rp.h"
#include "lib/json/result.h"

static int help(void)
{
	(void)fputs(
	        cli_text(
	                "Cách dùng: cccd rp add TÊN [TUỲ CHỌN]\n"
	                "           cccd rp list [--json] [--dir THƯ_MỤC]\n"
	                "           cccd rp remove TÊN [--dir THƯ_MỤC]\n"
	                "\n"
	                "      --origin ĐỊA_CHỈ       trang được gọi, vd. "
	                "https://his.example\n"
	                "      --local-user TÊN|SỐ    người dùng của phần mềm "
	                "trên máy này\n"
	                "      --scopes DANH_SÁCH     id,demographic,address,"
	                "portrait,age_over_18…\n"
	                "      --purpose DANH_SÁCH    mục đích, vd. "
	                "kcb-reception\n"
	                "      --consent CÁCH         operator, prompt, none\n"
	                "      --mode CÁCH            origin, signed\n"
	                "      --jwks TỆP             khoá công khai của máy "
	                "chủ\n"
	                "      --audience TÊN=NƠI     nơi nhận kết quả đã ký\n"
	                "      --key-from DANH_SÁCH   front_end,agent,scanner\n"
	                "      --format DANH_SÁCH     json,jwt\n"
	                "      --rendering DANH_SÁCH  "
	                "csdldc,bhyt,xml130,fhir\n"
	                "      --profile TÊN          bộ quy tắc kiểm chứng\n"
	                "      --quota SỐ             số lượt mỗi giờ\n"
	                "      --replace              thay đăng ký đã có\n"
	                "      --dir THƯ_MỤC          thay cho " CLI_RP_DIR "\n"
	                "      --json                 in JSON\n",
	                "Usage: cccd rp add ID [OPTION]\n"
	                "       cccd rp list [--json] [--dir DIR]\n"
	                "       cccd rp remove ID [--dir DIR]\n"
	                "\n"
	                "      --origin ORIGIN      a page that may call, e.g. "
	                "https://his.example\n"
	                "      --local-user USER    user of a program on this "
	                "machine\n"
	                "      --scopes LIST        id,demographic,address,"
	                "portrait,age_over_18…\n"
	                "      --purpose LIST       e.g. kcb-reception\n"
	                "      --consent MODE       operator, prompt, none\n"
	                "      --mode MODE          origin, signed\n"
	                "      --jwks FILE          public keys of the back "
	                "end\n"
	                "      --audience NAME=AUD  receiver of signed "
	                "results\n"
	                "      --key-from LIST      front_end,agent,scanner\n"
	                "      --format LIST        json,jwt\n"
	                "      --rendering LIST     csdldc,bhyt,xml130,fhir\n"
	                "      --profile NAME       check profile\n"
	                "      --quota NUMBER       sessions an hour\n"
	                "      --replace            in place of what is there\n"
	                "      --dir DIR            instead of " CLI_RP_DIR "\n"
	                "      --json               print JSON\n"),
	        stdout);
	return EXIT_OK;
}

/* The reason stands in English, as all technical text does. */
static int refuse(const char *what, const char *reason)
{
	(void)fprintf(stderr, "cccd: %s: %s\n  %s: cccd rp --help\n", what,
	              reason, cli_text("Xem", "See"));
	return EXIT_USAGE;
}

/* Who else is one of these callers already. */
static int check_clash(const struct rp_store *store,
                       const struct rp_options *options)
{
	for (size_t i = 0; i < store->count; i++) {
		const struct rp_entry *entry = &store->entries[i];
		const char *what = NULL;

		if (entry->party == NULL ||
		    strcmp(entry->party->id, options->party->id) == 0)
			continue;
		what = json_relying_party_clash(entry->party, options->party);
		if (what == NULL)
			continue;
		(void)fprintf(stderr, "cccd: %s: %s %s\n", options->party->id,
		              what,
		              cli_text("đã thuộc về", "is already that of"));
		(void)fprintf(stderr, "  %s\n", entry->party->id);
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

/* The words of the file; what is wrong with the options is said. */
static int make_text(const struct rp_options *options, char **ret)
{
	struct cccd_error error = { .tries_left = -1 };
	struct json_relying_party *again = NULL;
	char *text = NULL;
	enum cccd_err err =
	        json_relying_party_text(options->party, &error, &text);

	if (err == CCCD_OK)
		err = json_relying_party_parse(span_text(text), &error, &again);
	json_text_free(text);
	if (err == CCCD_OK)
		err = json_relying_party_text(again, &error, ret);
	json_relying_party_free(again);
	if (err == CCCD_ERR_POLICY_CONFIG) {
		/* Its lines are those of a file that nobody sees. */
		const char *reason = strchr(error.text, '"');

		return refuse("rp add", reason != NULL ? reason : error.text);
	}
	return err == CCCD_OK ? EXIT_OK : cli_complain(&error);
}

static void tell_added(const struct rp_options *options, const char *name,
                       bool replaced)
{
	const struct json_relying_party *party = options->party;

	(void)printf("%s: %s/%s\n",
	             replaced ? cli_text("Đã thay", "Replaced")
	                      : cli_text("Đã ghi", "Written"),
	             options->dir, name);
	if (party->request_mode == JSON_REQUEST_ORIGIN)
		(void)printf("  %s\n",
		             cli_text("Yêu cầu không cần chữ ký của máy chủ; "
		                      "nên dùng --mode signed.",
		                      "Requests need no signature of the back "
		                      "end; --mode signed is better."));
	if (party->consent == JSON_CONSENT_NONE)
		(void)printf("  %s\n",
		             cli_text("Không hỏi sự đồng ý: chỉ khi luật cho "
		                      "phép.",
		                      "Nobody asks for consent: only where "
		                      "the law says so."));
	(void)printf("  %s: systemctl reload cccdd\n",
	             cli_text("Để áp dụng", "To apply it"));
}

static int write_party(const struct rp_options *options,
                       const struct rp_entry *old, const char *text)
{
	struct cccd_error error = { .tries_left = -1 };
	char name[RP_STORE_NAME_MAX];

	(void)snprintf(name, sizeof(name), "%s.json", options->party->id);
	/* Where it stood under another name, it stays there. */
	if (old != NULL)
		(void)snprintf(name, sizeof(name), "%s", old->name);
	if (rp_store_write(options->dir, name, text, &error) != CCCD_OK)
		return cli_complain(&error);
	if (options->json)
		(void)printf("%s\n", text);
	else
		tell_added(options, name, old != NULL);
	return EXIT_OK;
}

static int add(const struct rp_options *options)
{
	CLEANUP(rp_store_release) struct rp_store store = { .count = 0 };
	struct cccd_error error = { .tries_left = -1 };
	const struct rp_entry *old = NULL;
	char *text = NULL;
	int status = make_text(options, &text);

	if (status != EXIT_OK)
		return status;
	if (rp_store_read(options->dir, &error, &store) != CCCD_OK &&
	    error.native != RP_NO_DIRECTORY)
		status = cli_complain(&error);
	old = rp_store_find(&store, options->party->id);
	if (status == EXIT_OK && old != NULL && !options->replace)
		status = refuse(options->party->id,
		                cli_text("đã đăng ký rồi, dùng --replace để "
		                         "thay",
		                         "is registered, --replace puts this "
		                         "in its place"));
	if (status == EXIT_OK)
		status = check_clash(&store, options);
	if (status == EXIT_OK)
		status = write_party(options, old, text);
	json_text_free(text);
	return status;
}

static void print_names(const struct json_scopes *scopes)
{
	char name[JSON_SCOPE_NAME_MAX] = "";
	unsigned int at = 0;

	while (json_scopes_next(scopes, &at, name))
		(void)printf(" %s", name);
	(void)printf("\n");
}

static void print_party(const struct rp_entry *entry)
{
	const struct json_relying_party *party = entry->party;

	(void)printf("%s  (%s)\n", party->id, entry->name);
	for (size_t i = 0; i < party->origin_count; i++)
		(void)printf("  %s %s\n", cli_text("trang:", "origin:"),
		             party->origins[i]);
	for (size_t i = 0; i < party->uid_count; i++)
		(void)printf("  %s %u\n",
		             cli_text("người dùng:", "local user:"),
		             party->uids[i]);
	(void)printf("  %s", cli_text("trường:", "scopes:"));
	print_names(&party->scopes_max);
	(void)printf("  %s", cli_text("mục đích:", "purposes:"));
	for (size_t i = 0; i < party->purpose_count; i++)
		(void)printf(" %s", party->purposes[i]);
	(void)printf("\n  %s %s, %s %s, %u/%s\n",
	             cli_text("yêu cầu:", "requests:"),
	             json_request_mode_name(party->request_mode),
	             cli_text("đồng ý:", "consent:"),
	             json_consent_mode_name(party->consent),
	             party->quota_per_hour, cli_text("giờ", "hour"));
}

static int list_json(const struct rp_store *store)
{
	struct cccd_error error = { .tries_left = -1 };
	const char *between = "";

	(void)printf("{\"schema\": \"urn:cccd:relying-party-list:1\", "
	             "\"relying_parties\": [");
	for (size_t i = 0; i < store->count; i++) {
		char *text = NULL;

		if (store->entries[i].party == NULL)
			continue;
		if (json_relying_party_text(store->entries[i].party, &error,
		                            &text) != CCCD_OK)
			return cli_complain(&error);
		(void)printf("%s%s", between, text);
		between = ",\n";
		json_text_free(text);
	}
	(void)printf("]}\n");
	return EXIT_OK;
}

/* A bad file keeps the daemon from starting: exit 5. */
static int complain_of_bad(const struct rp_store *store)
{
	int status = EXIT_OK;

	for (size_t i = 0; i < store->count; i++) {
		const struct rp_entry *entry = &store->entries[i];

		if (entry->party != NULL)
			continue;
		(void)fprintf(stderr, "cccd: %s: %s\n", entry->name,
		              entry->error.text);
		status = EXIT_POLICY;
	}
	for (size_t i = 0; i < store->count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct rp_entry *a = &store->entries[j];
			const struct rp_entry *b = &store->entries[i];
			const char *what = NULL;

			if (a->party != NULL && b->party != NULL)
				what = json_relying_party_clash(a->party,
				                                b->party);
			if (what == NULL)
				continue;
			(void)fprintf(stderr, "cccd: %s, %s: %s\n", a->name,
			              b->name, what);
			status = EXIT_POLICY;
		}
	return status;
}

static int list(const struct rp_options *options)
{
	CLEANUP(rp_store_release) struct rp_store store = { .count = 0 };
	struct cccd_error error = { .tries_left = -1 };
	int status = EXIT_OK;

	if (rp_store_read(options->dir, &error, &store) != CCCD_OK)
		return cli_complain(&error);
	if (options->json)
		status = list_json(&store);
	for (size_t i = 0; !options->json && i < store.count; i++)
		if (store.entries[i].party != NULL)
			print_party(&store.entries[i]);
	if (!options->json && store.count == 0)
		(void)printf("%s\n", cli_text("Chưa có đăng ký nào.",
		                              "Nobody is registered."));
	return status != EXIT_OK ? status : complain_of_bad(&store);
}

static int remove_party(const struct rp_options *options)
{
	CLEANUP(rp_store_release) struct rp_store store = { .count = 0 };
	struct cccd_error error = { .tries_left = -1 };
	const struct rp_entry *entry = NULL;

	if (rp_store_read(options->dir, &error, &store) != CCCD_OK)
		return cli_complain(&error);
	entry = rp_store_find(&store, options->party->id);
	if (entry == NULL)
		return refuse(options->party->id,
		              cli_text("chưa đăng ký", "is not registered"));
	if (rp_store_remove(options->dir, entry->name, &error) != CCCD_OK)
		return cli_complain(&error);
	(void)printf("%s: %s/%s\n  %s: systemctl reload cccdd\n",
	             cli_text("Đã xoá", "Removed"), options->dir, entry->name,
	             cli_text("Để áp dụng", "To apply it"));
	return EXIT_OK;
}

int cli_rp(int argc, char **argv)
{
	struct rp_options options = { .dir = CLI_RP_DIR };
	int status = rp_options_parse(argc, argv, &options);

	if (status == EXIT_OK) {
		switch (options.verb) {
		case RP_HELP: status = help(); break;
		case RP_ADD: status = add(&options); break;
		case RP_LIST: status = list(&options); break;
		case RP_REMOVE: status = remove_party(&options); break;
		}
	}
	json_relying_party_free(options.party);
	return status;
}
