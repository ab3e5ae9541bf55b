/* SPDX-License-Identifier: Apache-2.0 */
/* A document of the zoo before our own judge and before OpenSSL's. */
#include "tests/apdu/auth/zoo/judge.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

const struct zoo_spec zoo_ec_spec = {
	.csca = "P-256",
	.ds = "P-256",
	.chain = ZOO_ECDSA,
	.sod = ZOO_ECDSA,
};

static void need(enum cccd_err err)
{
	if (err != CCCD_OK)
		abort();
}

struct csca_store *zoo_store(const struct zoo_document *document)
{
	struct csca_store *store = NULL;

	need(csca_store_new(CCCD_TRUST_REAL, &store));
	need(csca_store_add(store, CCCD_TRUST_ANCHOR, buf_span(&document->csca),
	                    false));
	return store;
}

void zoo_files(const struct zoo_document *document, struct pa_files *ret)
{
	*ret = (struct pa_files){ .com = buf_span(&document->com),
		                  .com_state = PA_GROUP_READ };
	for (unsigned int i = 1; i <= PA_GROUPS; i++) {
		ret->group[i] = buf_span(&document->group[i]);
		ret->read[i] = ret->group[i].len > 0 ? PA_GROUP_READ
		                                     : PA_GROUP_MISSING;
	}
}

struct zoo_verdict *zoo_judge_with(const struct zoo_document *document,
                                   const struct trust_input *input)
{
	struct zoo_verdict *ret = calloc(1, sizeof(*ret));
	struct pa_files files = { 0 };

	if (ret == NULL)
		abort();
	need(passive_auth_check_sod(buf_span(&document->sod), input,
	                            &ret->sod));
	zoo_files(document, &files);
	need(passive_auth_check_groups(&ret->sod, &files, &ret->groups));
	ret->passive = passive_auth_verdict(&ret->sod, &ret->groups);
	return ret;
}

struct zoo_verdict *zoo_judge(const struct zoo_document *document, bool strict)
{
	struct csca_store *store = zoo_store(document);
	struct span signer = buf_span(&document->ds);
	struct trust_input input = { .store = store,
		                     .signers = &signer,
		                     .signer_count = 1,
		                     .now_s = ZOO_NOW,
		                     .strict = strict };
	struct zoo_verdict *ret = NULL;

	/* The caller has the certificate only where the file has none. */
	if (document->sod.len > document->ds.len + 600)
		input.signer_count = 0;
	ret = zoo_judge_with(document, &input);
	csca_store_free(store);
	return ret;
}

struct zoo_verdict *zoo_judge_in(const struct zoo_document *document,
                                 const struct csca_store *store)
{
	struct trust_input input = { .store = store, .now_s = ZOO_NOW };

	return zoo_judge_with(document, &input);
}

struct zoo_verdict *zoo_judge_spec(const struct zoo_spec *spec)
{
	ZOO_DOCUMENT document = { 0 };

	zoo_make(spec, &document);
	return zoo_judge(&document, false);
}

struct zoo_verdict *zoo_judge_defect(enum zoo_defect defect)
{
	struct zoo_spec spec = zoo_ec_spec;

	spec.defect = defect;
	return zoo_judge_spec(&spec);
}

void zoo_verdict_cleanup(struct zoo_verdict **verdict)
{
	if (*verdict != NULL)
		passive_auth_sod_release(&(*verdict)->sod);
	free(*verdict);
}

static void save(const char *name, struct span bytes, char path[512])
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes it */
	const char *build = getenv("CCCD_BUILD_DIR");
	FILE *file = NULL;

	(void)snprintf(path, 512, "%s/zoo/%ld-%s", build == NULL ? "." : build,
	               (long)getpid(), name);
	file = fopen(path, "wb");
	if (file == NULL || fwrite(bytes.at, 1, bytes.len, file) != bytes.len ||
	    fclose(file) != 0)
		abort();
}

/* The ContentInfo inside tag 77. */
static struct span content_info(const struct zoo_document *document)
{
	struct span sod = buf_span(&document->sod);
	size_t head = sod.at[1] == 0x80   ? 2
	              : sod.at[1] == 0x82 ? 4
	              : sod.at[1] == 0x81 ? 3
	                                  : 2;

	return span_after(sod, head);
}

static bool run(const char *const *argv)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		int null = open("/dev/null", O_RDWR);

		(void)dup2(null, STDIN_FILENO);
		(void)dup2(null, STDOUT_FILENO);
		(void)dup2(null, STDERR_FILENO);
		/* execv() does not write to its arguments.
		 * NOLINTNEXTLINE(performance-no-int-to-ptr) */
		(void)execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child ||
	    !WIFEXITED(status) || WEXITSTATUS(status) == 127)
		abort();
	return WEXITSTATUS(status) == 0;
}

bool zoo_openssl_accepts(const struct zoo_document *document)
{
	char sod[512];
	char ds[512];
	const char *argv[] = { "/usr/bin/openssl",
		               "cms",
		               "-verify",
		               "-noverify",
		               "-binary",
		               "-inform",
		               "DER",
		               "-in",
		               sod,
		               "-certfile",
		               ds,
		               "-out",
		               "/dev/null",
		               NULL };
	bool good = false;

	save("sod.der", content_info(document), sod);
	save("ds.der", buf_span(&document->ds), ds);
	good = run(argv);
	(void)unlink(sod);
	(void)unlink(ds);
	return good;
}
