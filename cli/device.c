/* SPDX-License-Identifier: Apache-2.0 */
/* cccd device: show and rotate the key that cccdd signs with. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "lib/json/device_key.h"
#include "lib/json/result.h"

/* struct device_options - the command line. */
struct device_options {
	struct device_key_place place;
	bool json;
	bool jwks;
};

static void key_cleanup(struct device_key **key)
{
	device_key_free(*key);
}

static int help(void)
{
	(void)fputs(
	        cli_text("Cách dùng: cccd device show [TUỲ CHỌN]\n"
	                 "           cccd device rotate [TUỲ CHỌN]\n"
	                 "\n"
	                 "show   in vân tay khoá của máy này, để đăng ký nơi "
	                 "nhận kết quả.\n"
	                 "rotate thay khoá; sau đó: systemctl reload cccdd, "
	                 "rồi đăng ký lại.\n"
	                 "\n"
	                 "      --keys THƯ_MỤC  nơi giữ khoá\n"
	                 "      --alg THUẬT_TOÁN  của khoá mới: ES256 hoặc "
	                 "Ed25519\n"
	                 "      --jwks          in khoá công khai (JWKS)\n"
	                 "      --json          in JSON\n",
	                 "Usage: cccd device show [OPTION]\n"
	                 "       cccd device rotate [OPTION]\n"
	                 "\n"
	                 "show   prints the thumbprint of this machine's key, "
	                 "to enrol it.\n"
	                 "rotate replaces the key; then: systemctl reload "
	                 "cccdd, and enrol again.\n"
	                 "\n"
	                 "      --keys DIR   where the keys are\n"
	                 "      --alg ALG    of the new key: ES256 or "
	                 "Ed25519\n"
	                 "      --jwks       print the public keys as JWKS\n"
	                 "      --json       print JSON\n"),
	        stdout);
	return EXIT_OK;
}

static int print_document(const struct device_key *key,
                          const struct device_options *options)
{
	char *text = NULL;
	enum cccd_err err = options->jwks ? device_key_jwks(key, 0, &text)
	                                  : device_key_text(key, &text);

	if (err != CCCD_OK)
		return EXIT_INTERNAL;
	(void)puts(text);
	json_text_free(text);
	return EXIT_OK;
}

static void print_retired(const struct device_key_retired *retired)
{
	time_t when = (time_t)retired->since;
	char day[16] = "";
	struct tm tm = { 0 };

	if (gmtime_r(&when, &tm) != NULL)
		(void)strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	(void)printf("%s: %s (%s %s)\n", cli_text("Khoá cũ", "Earlier key"),
	             retired->jwk.thumbprint, cli_text("thôi ký từ", "until"),
	             day);
}

static int print_key(const struct device_key *key,
                     const struct device_options *options)
{
	if (options->jwks || options->json)
		return print_document(key, options);
	(void)printf("%s: %s\n", cli_text("Vân tay khoá", "Thumbprint"),
	             key->jwk.thumbprint);
	(void)printf("%s: %s\n", cli_text("Đọc cho nhau", "Read it aloud as"),
	             key->jwk.spoken);
	(void)printf("%s: %s\n", cli_text("Thuật toán", "Algorithm"),
	             sign_alg_name(key->jwk.key.alg));
	for (size_t i = 0; i < key->retired_count; i++)
		print_retired(&key->retired[i]);
	return EXIT_OK;
}

static int show(const struct device_options *options)
{
	CLEANUP(key_cleanup) struct device_key *key = NULL;
	struct cccd_error error = { .tries_left = -1 };

	if (device_key_show(options->place.dir, &error, &key) == CCCD_OK)
		return print_key(key, options);
	if (error.code == CCCD_ERR_USAGE_FILE && error.native == ENOENT)
		(void)fprintf(stderr, "cccd: %s\n",
		              cli_text("Chưa có khoá: cccdd tạo khoá khi khởi "
		                       "động lần đầu.",
		                       "There is no key yet: cccdd makes it "
		                       "when it first starts."));
	return cli_complain(&error);
}

static int rotate(const struct device_options *options)
{
	CLEANUP(key_cleanup) struct device_key *key = NULL;
	struct cccd_error error = { .tries_left = -1 };

	if (device_key_rotate(&options->place, (int64_t)time(NULL), &error,
	                      &key) != CCCD_OK)
		return cli_complain(&error);
	if (!options->json && !options->jwks)
		(void)puts(cli_text("Đã thay khoá. Chạy: systemctl reload "
		                    "cccdd, rồi đăng ký vân tay mới.",
		                    "The key is replaced. Run: systemctl "
		                    "reload cccdd, then enrol the new "
		                    "thumbprint."));
	return print_key(key, options);
}

static bool take_alg(const char *name, enum sign_alg *ret)
{
	for (int alg = SIGN_ES256; alg <= SIGN_ED25519; alg++) {
		if (strcmp(sign_alg_name((enum sign_alg)alg), name) != 0)
			continue;
		*ret = (enum sign_alg)alg;
		return true;
	}
	return false;
}

/* How many arguments were used; 0 when it is no option, or a bad one. */
static int take_option(int argc, char **argv, int at,
                       struct device_options *ret)
{
	const char *value = at + 1 < argc ? argv[at + 1] : NULL;

	if (strcmp(argv[at], "--json") == 0)
		ret->json = true;
	else if (strcmp(argv[at], "--jwks") == 0)
		ret->jwks = true;
	else if (value != NULL && strcmp(argv[at], "--keys") == 0)
		ret->place.dir = value;
	else if (value == NULL || strcmp(argv[at], "--alg") != 0 ||
	         !take_alg(value, &ret->place.alg))
		return 0;
	return argv[at][2] == 'j' ? 1 : 2;
}

int cli_device(int argc, char **argv)
{
	struct device_options options = { .place.dir = DEVICE_KEY_DIR };
	int used = 1;

	if (argc < 2)
		return cli_usage("device", "thiếu lệnh",
		                 "an action is missing");
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0)
			return help();
	for (int i = 2; i < argc; i += used) {
		used = take_option(argc, argv, i, &options);
		if (used == 0)
			return cli_usage("device", "tham số lạ: %s",
			                 "unknown argument: %s", argv[i]);
	}
	if (strcmp(argv[1], "show") == 0)
		return show(&options);
	if (strcmp(argv[1], "rotate") == 0)
		return rotate(&options);
	return cli_usage("device", "lệnh lạ: %s", "unknown action: %s",
	                 argv[1]);
}
