/* SPDX-License-Identifier: Apache-2.0 */
/* One reading for one session: what to read, and what came of it. */
#include "service/core/job.h"

#include <stdlib.h>

#include "base/secret.h"
#include "lib/json/result.h"

enum cccd_err job_new(struct job **ret)
{
	struct job *job = calloc(1, sizeof(*job));

	if (job == NULL)
		return CCCD_ERR_MEMORY;
	atomic_flag_clear(&job->claimed);
	error_reset(&job->answer.error);
	job->answer.portrait = buf_make(JOB_PORTRAIT_MAX);
	*ret = job;
	return CCCD_OK;
}

void job_answer_wipe(struct job_answer *answer)
{
	json_text_free(answer->text);
	buf_release(&answer->portrait);
	wipe(answer, sizeof(*answer));
	answer->portrait = buf_make(JOB_PORTRAIT_MAX);
	error_reset(&answer->error);
}

void job_free(struct job *job)
{
	if (job == NULL)
		return;
	job_answer_wipe(&job->answer);
	json_access_key_wipe(&job->key);
	wipe(job, sizeof(*job));
	free(job);
}
