/*
 * Promises: the requests that have no reply yet, and what the replies so far have promised.  As in
 * engine/wire, a reply is sent when the change that it waits for is durable.  What happens to a request:
 *
 *     (the wish becomes ANSWER_MAYBE)   promises_ask(), with the number that its reply waits for
 *     promises_hear_commit()            ANSWER_YES
 *     promises_hear_failure()           ANSWER_NO
 *     promises_crash()                  what is durable decides
 */
#ifndef KRTASK_SIMULATE_PROMISES_H
#define KRTASK_SIMULATE_PROMISES_H

#include "tests/simulate/wishes.h"

enum { REQUESTS_MAX = 256, REQUEST_ROWS = 12 };

/* A request that has no reply yet. */
struct request {
	enum {
		REQUEST_CREATE,
		REQUEST_START,
		REQUEST_STOP,
		REQUEST_REMOVE,
		REQUEST_TEXT,
		REQUEST_SLOTS,
		REQUEST_GROUP, /* its number is in wish */
		REQUEST_LOOK
	} kind;
	uint64_t sequence; /* the reply waits for this change */
	unsigned wish;
	uint64_t family; /* of REQUEST_REMOVE: the wishes, as bits */
	unsigned value;  /* the number of the text, or of slots */
	unsigned count;  /* of REQUEST_LOOK: how many rows the reply shows */
	struct {
		uint64_t number;
		enum task_state state;
	} rows[REQUEST_ROWS];
};

extern uint32_t promises_slots; /* numbers of slots that are possible, as bits */

void promises_reset(void);
/* True if there is room for one more request. */
bool promises_have_room(void);
/* Records a request, whose reply waits for this change. */
void promises_ask(struct request request, uint64_t sequence);
/* Records a refusal, which shows the state of the task.  may: the core has no reason to refuse. */
void promises_ask_refused(int error, bool may, const struct task *task);
/* Adds this task to what the reply shows. */
void request_show(struct request *request, const struct task *task);
/* A user waits for the end of the task, and is told when the end is durable. */
void promises_wait(struct task *task);
/* The first adds a number of slots that may become durable.  The second counts again what may. */
void promises_try_slots(unsigned value);
void promises_count_slots(void);
/* These wishes, as bits, may be removed from now on. */
void promises_may_remove(uint64_t family);
/* A removal of these wishes has failed or was refused: each is there or gone, unless it is removed by others. */
void promises_settle_family(uint64_t family);
/* Answers requests that waited for changes up to this number. */
void promises_hear_commit(uint64_t committed);
/* Refuses requests that waited for later changes, which have failed. */
void promises_hear_failure(uint64_t committed);
/* Users are told that the task has ended. */
void promises_hear_end(const struct task *task);
/* The server has been killed, and no reply to a request comes any more. */
void promises_crash(void);
/* True if no reply is still owed. */
void promises_check_over(void);

#endif
