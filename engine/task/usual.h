/*
 * What the record of a task ends with: what was asked for that few tasks have, by the names that Create has for it.
 * These are the members of a task that has nothing but the usual values.  In rows of List the column "options" is null
 * then, so that a plain task costs nothing.
 */
#ifndef KRTASK_TASK_USUAL_H
#define KRTASK_TASK_USUAL_H

#define OPTIONS_USUAL                                                                                        \
	"\"delay\":null,\"unmet\":\"stop\",\"retries\":0,\"retryDelay\":null,\"retryMax\":null,"             \
	"\"retryOn\":null,\"retryNot\":null,\"retryLost\":false,\"unique\":null,\"autoRemove\":false,"       \
	"\"onEnd\":null,\"onFail\":null,\"onOk\":null,\"webhook\":null,\"sbatch\":null,\"job\":null,"        \
	"\"node\":null,\"maxLog\":0,\"merge\":false,"                                                        \
	"\"commandBase64\":null,\"cwdBase64\":null"

#endif
