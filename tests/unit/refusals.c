#include "tests/unit/refusals.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/loop_memory.h"
#include "tests/unit/service_peer.h"
#include "tests/unit/unit.h"

enum { ALLOCATIONS_MAX = 5000, RESTARTS = 8 /* one for so many allocations */ };

struct sight {
	char *texts[REFUSAL_STEPS];
};

/* The status has times before its slots, and behind its state directory. */
static void cut_times(char *text)
{
	char *begin = strstr(text, "\"slots\""), *end = strstr(text, "\"stateDirectory\"");

	if (!begin || !end)
		return;
	*end = '\0';
	memmove(text, begin, (size_t)(end - begin) + 1);
}

static struct sight look(const struct refusal *refusal)
{
	struct sight sight = { { NULL } };

	for (int i = 0; i < REFUSAL_STEPS && refusal->shows[i]; i++) {
		int fd = dial();
		char *got = ask(fd, refusal->shows[i]);

		ck_assert_ptr_nonnull(got);
		ck_assert_msg(!strstr(got, "\"error\""), "%s", got);
		close(fd);
		cut_times(got);
		sight.texts[i] = got;
	}
	return sight;
}

static void forget(struct sight *sight)
{
	for (int i = 0; i < REFUSAL_STEPS; i++)
		free(sight->texts[i]);
}

static bool is_part(const struct sight *sight, int i, const struct sight *other)
{
	return other->texts[i] && strcmp(sight->texts[i], other->texts[i]) == 0;
}

static bool is_same(const struct sight *sight, const struct sight *other)
{
	bool same = true;

	for (int i = 0; i < REFUSAL_STEPS && sight->texts[i]; i++)
		same = same && is_part(sight, i, other);
	return same;
}

static bool is_mixed(const struct sight *sight, const struct sight *one, const struct sight *other)
{
	bool mixed = true;

	for (int i = 0; i < REFUSAL_STEPS && sight->texts[i]; i++)
		mixed = mixed && (is_part(sight, i, one) || is_part(sight, i, other));
	return mixed;
}

static void take_steps(const char *const steps[REFUSAL_STEPS])
{
	for (int i = 0; i < REFUSAL_STEPS && steps[i]; i++)
		ask_and_forget(steps[i]);
}

static void check_later(const struct refusal *refusal, unsigned long at, const struct sight *after)
{
	struct sight later;

	peer_restart();
	later = look(refusal);
	ck_assert_msg(is_same(&later, after), "%s, %lu: a later server shows %s, not %s", refusal->name, at,
	              later.texts[0], after->texts[0]);
	forget(&later);
}

/* Does it, with the allocation of this number failing (0: none).  True: that one was reached. */
static bool act(const struct refusal *refusal, unsigned long at, char **got, struct sight *after)
{
	int fd;
	bool failed;

	take_steps(refusal->before);
	fd = dial();
	loop_memory_begin(at);
	*got = ask(fd, refusal->act);
	failed = loop_memory_end() >= at;
	close(fd);
	*after = look(refusal);
	if (at % RESTARTS == 0)
		check_later(refusal, at, after);
	take_steps(refusal->undo);
	return failed;
}

/* What came of it, with what it is when nothing fails. */
struct outcome {
	const char *answer;
	struct sight done, undone;
};

static bool is_true(const struct refusal *refusal, const char *got, const struct sight *after,
                    const struct outcome *usual)
{
	bool undone = is_same(after, &usual->undone) ||
	              (refusal->some && is_mixed(after, &usual->undone, &usual->done));

	if (!got)
		return undone || is_same(after, &usual->done);
	if (strcmp(got, usual->answer) == 0)
		return is_same(after, &usual->done);
	return undone && strcmp(got, "{\"error\":\"io.krtask.OutOfMemory\",\"parameters\":{}}") == 0;
}

void refusal_check(const struct refusal *refusal)
{
	struct outcome usual;
	char *answer;
	bool failed = true;

	take_steps(refusal->before);
	usual.undone = look(refusal);
	take_steps(refusal->undo);
	(void)act(refusal, 0, &answer, &usual.done);
	usual.answer = answer;
	ck_assert_msg(answer && !strstr(answer, "\"error\""), "%s: %s", refusal->name,
	              answer ? answer : "closed");
	ck_assert_msg(!is_same(&usual.done, &usual.undone), "%s changes nothing", refusal->name);
	for (unsigned long at = 1; failed; at++) {
		struct sight after;
		char *got;

		failed = act(refusal, at, &got, &after);
		ck_assert_msg(is_true(refusal, got, &after, &usual), "%s, %lu: %s, and %s", refusal->name, at,
		              got ? got : "closed", after.texts[0]);
		ck_assert(got || failed);
		free(got);
		forget(&after);
		ck_assert_uint_lt(at, ALLOCATIONS_MAX);
	}
	free(answer);
	forget(&usual.done);
	forget(&usual.undone);
}
