/*
 * Promises: what was asked and has no reply yet, and what the replies that came have promised.  A reply comes
 * when what it waits for is durable, as engine/wire does it.  Loop of a request:
 *
 *     (the wish becomes ANSWER_MAYBE)   promises_ask(), with the number that its reply waits for
 *     promises_hear_commit()            ANSWER_YES
 *     promises_hear_failure()           ANSWER_NO
 *     promises_crash()                  what is durable is what there is
 */
#ifndef KRTASK_SIMULATE_PROMISES_H
#define KRTASK_SIMULATE_PROMISES_H

#include "tests/simulate/wishes.h"

enum { REQUESTS_MAX = 256, REQUEST_ROWS = 12 };

/* Something that was asked, and has no reply yet. */
struct request {
	enum {
		REQUEST_CREATE,
		REQUEST_START,
		REQUEST_STOP,
		REQUEST_REMOVE,
		REQUEST_TEXT,
		REQUEST_SLOTS,
		REQUEST_LOOK
	} kind;
	uint64_t sequence; /* the reply waits for it */
	unsigned wish;
	uint64_t family; /* of REQUEST_REMOVE: wishes, by bits */
	unsigned value;  /* which text; how many slots */
	unsigned count;  /* of REQUEST_LOOK: what the reply shows */
	struct {
		uint64_t number;
		enum task_state state;
	} rows[REQUEST_ROWS];
};

extern uint32_t promises_slots; /* how many slots there may be, by bits */

void promises_reset(void);
/* There is room for one more request. */
bool promises_have_room(void);
/* It is asked, and the reply waits for this change. */
void promises_ask(struct request request, uint64_t sequence);
/* It is refused, which tells what state the task is in.  may: the core has no reason to. */
void promises_ask_refused(int error, bool may, const struct task *task);
/* The reply shows this task. */
void request_show(struct request *request, const struct task *task);
/* Whoever waits for its end is told when that is durable. */
void promises_wait(struct task *task);
/* So many slots are being asked for: it may be that they are durable; or they are not after all. */
void promises_try_slots(unsigned value);
void promises_count_slots(void);
/* Whether a family is gone. */
void promises_answer_family(uint64_t family, bool granted);
/* Replies to what waited for changes up to this number. */
void promises_hear_commit(uint64_t committed);
/* What waited for more has failed. */
void promises_hear_failure(uint64_t committed);
/* The end of a task is told. */
void promises_hear_end(const struct task *task);
/* The server is gone, and nobody hears what he asked. */
void promises_crash(void);
/* No reply is owed to anybody. */
void promises_check_over(void);

#endif
