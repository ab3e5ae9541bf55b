/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a back end does with an assertion that a front end brings.
 *
 *	cc verify_assertion.c $(pkg-config --cflags --libs cccd) -o verify
 *	./verify nonce                          makes a nonce, to be remembered
 *	./verify JWKS AUDIENCE NONCE < TOKEN    TOKEN as the front end sent it
 *	./verify JWKS AUDIENCE NONCE TRUST < TOKEN    and its level A3 evidence
 *
 * Exit: 0 proven, 1 refused or error, 10 not proven, 11 forged or damaged.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cccd/cccd.h>

enum { EXIT_NOT_PROVEN = 10, EXIT_FORGED = 11 };

static int complain(const struct cccd_error *error)
{
	fprintf(stderr, "%s: %s (%s)\n", cccd_err_code(error->code),
	        cccd_err_text(error->code, CCCD_LANG_EN), error->text);
	return EXIT_FAILURE;
}

/* A whole stream; the caller frees it. */
static char *slurp(FILE *file, size_t *len)
{
	char *text = file != NULL ? malloc(CCCD_ASSERTION_MAX) : NULL;

	if (text != NULL)
		*len = fread(text, 1, CCCD_ASSERTION_MAX, file);
	while (text != NULL && *len > 0 && text[*len - 1] == '\n')
		*len -= 1;
	return text;
}

static struct cccd_jwks *load_keys(const char *path, struct cccd_error *error)
{
	struct cccd_jwks *keys = NULL;
	FILE *file = fopen(path, "r");
	size_t len = 0;
	char *text = slurp(file, &len);

	if (text == NULL)
		perror(path);
	else if (cccd_jwks_parse(text, len, error, &keys) != CCCD_OK)
		complain(error);
	free(text);
	if (file != NULL)
		fclose(file);
	return keys;
}

static int exit_of(enum cccd_verdict verdict)
{
	if (verdict == CCCD_SUCCESSFUL)
		return EXIT_SUCCESS;
	return verdict == CCCD_FAILED ? EXIT_FORGED : EXIT_NOT_PROVEN;
}

/* Without trust in the desk: what the chip itself signed. */
static int prove(const struct cccd_assertion *assertion, const char *dir)
{
	static struct cccd_assertion_proof proof;
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_trust *trust = NULL;

	if (cccd_trust_open(dir, CCCD_TRUST_REAL, &error, &trust) != CCCD_OK)
		return complain(&error);
	error.code = cccd_assertion_check_evidence(assertion, trust, 0, &proof);
	cccd_trust_close(trust);
	if (error.code != CCCD_OK)
		return complain(&error);
	printf("evidence: %s %s\n", cccd_verdict_name(proof.verdict),
	       proof.reason);
	return exit_of(proof.verdict);
}

static int verify(const struct cccd_assertion_expected *expected,
                  const char *trust)
{
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_assertion *assertion = NULL;
	size_t len = 0;
	char *token = slurp(stdin, &len);
	int status = EXIT_FAILURE;

	if (token == NULL)
		return EXIT_FAILURE;
	if (cccd_assertion_verify(token, len, expected, &assertion, &error) !=
	    CCCD_OK) {
		free(token);
		return complain(&error);
	}
	printf("transaction %s of device %s, level %s: %s\n",
	       cccd_assertion_transaction(assertion),
	       cccd_assertion_device(assertion),
	       cccd_assertion_level(assertion),
	       cccd_verdict_name(cccd_assertion_overall(assertion)));
	status = exit_of(cccd_assertion_overall(assertion));
	if (trust != NULL)
		status = prove(assertion, trust);
	cccd_assertion_free(assertion);
	free(token);
	return status;
}

int main(int argc, char **argv)
{
	struct cccd_assertion_expected expected = { .leeway_s = 5 };
	struct cccd_error error = { .tries_left = -1 };
	struct cccd_jwks *keys = NULL;
	char nonce[CCCD_NONCE_TEXT_MAX];
	int status = EXIT_FAILURE;

	if (argc == 2 && strcmp(argv[1], "nonce") == 0) {
		if (cccd_nonce_make(nonce) != CCCD_OK)
			return EXIT_FAILURE;
		puts(nonce);
		return EXIT_SUCCESS;
	}
	if (argc < 4)
		return EXIT_FAILURE;
	keys = load_keys(argv[1], &error);
	if (keys == NULL)
		return EXIT_FAILURE;
	expected.keys = keys;
	expected.audience = argv[2];
	expected.nonce = argv[3];
	status = verify(&expected, argc > 4 ? argv[4] : NULL);
	cccd_jwks_free(keys);
	return status;
}
