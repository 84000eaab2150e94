#include "engine/wire/client/caller.h"

#include <stdio.h>

#include "engine/task/environment.h"

static void caller_write_limits(struct jsonw *w, const struct environment *env)
{
	jsonw_array(w);
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		const struct {
			const char *key;
			rlim_t value;
		} ends[] = { { "soft", env->limits[i].rlim_cur }, { "hard", env->limits[i].rlim_max } };

		jsonw_object(w);
		jsonw_key(w, "resource");
		jsonw_int(w, i);
		for (int k = 0; k < 2; k++) {
			char decimal[24];

			(void)snprintf(decimal, sizeof(decimal), "%llu", (unsigned long long)ends[k].value);
			jsonw_key(w, ends[k].key);
			jsonw_string(w, ends[k].value == RLIM_INFINITY ? NULL : decimal);
		}
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void caller_write_schedule(struct jsonw *w, const struct environment *env)
{
	char cpus[CPUS_TEXT_SIZE];
	const struct {
		const char *key;
		int value;
	} numbers[] = { { "niceness", env->niceness },
		        { "ioPriority", env->io_priority },
		        { "oomScore", env->oom_score } };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		jsonw_key(w, numbers[i].key);
		jsonw_int(w, numbers[i].value);
	}
	if (cpus_length(&env->cpus) == 0)
		return;
	cpus_format(&env->cpus, cpus);
	jsonw_key(w, "cpus");
	jsonw_string(w, cpus);
}

void caller_write(struct jsonw *w, const struct environment *env, bool always)
{
	jsonw_object(w);
	jsonw_key(w, "variables");
	jsonw_base64(w, env->variables.block, env->variables.length);
	jsonw_key(w, "umask");
	jsonw_int(w, (int64_t)env->umask);
	if (env->has_limits) {
		jsonw_key(w, "limits");
		caller_write_limits(w, env);
	}
	jsonw_key(w, "ignored");
	jsonw_array(w);
	for (int i = 1; i <= 64; i++)
		if (env->ignored >> (i - 1) & 1)
			jsonw_int(w, i);
	jsonw_end_array(w);
	if (env->has_schedule)
		caller_write_schedule(w, env);
	if (always) {
		jsonw_key(w, "always");
		jsonw_bool(w, true);
	}
	jsonw_end_object(w);
}
