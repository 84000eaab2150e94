#include "tests/simulate/wishes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulate/report.h"
#include "tests/simulate/server.h"

struct wish wishes[WISHES_MAX];
unsigned wishes_count;

int wish_of_nonce(const unsigned char nonce[TASK_NONCE_SIZE])
{
	unsigned char its[TASK_NONCE_SIZE];
	wish_nonce(nonce[0], its);
	return nonce[0] < wishes_count && memcmp(nonce, its, sizeof(its)) == 0 ? nonce[0] : -1;
}

void wish_nonce(unsigned wish, unsigned char nonce[TASK_NONCE_SIZE])
{
	memset(nonce, 7, TASK_NONCE_SIZE);
	nonce[0] = (unsigned char)wish;
}

void wish_command(unsigned wish, char command[WISH_COMMAND_SIZE])
{
	snprintf(command, WISH_COMMAND_SIZE, "command-%u", wish);
}

char *wish_key(const struct wish *wish)
{
	static char keys[WISH_KEYS + 1][4] = { "", "k1", "k2" };
	return wish->key ? keys[wish->key] : NULL;
}

static struct {
	char block[64];
	size_t length;
} environments[WISH_ENVIRONMENTS + 1];

void wish_make_environments(void)
{
	for (int number = 1; number <= WISH_ENVIRONMENTS && environments[number].length == 0; number++) {
		struct environment environment = { .umask = 022 };
		char text[16], *block;
		size_t length;
		snprintf(text, sizeof(text), "A=%d", number);
		must(strings_add(&environment.variables, text) == 0 &&
		             environment_pack(&environment, &block, &length) == 0 &&
		             length <= sizeof(environments[number].block),
		     "no memory");
		memcpy(environments[number].block, block, length);
		environments[number].length = length;
		free(block);
		environment_release(&environment);
	}
}

const char *wish_environment(int number, size_t *length)
{
	*length = environments[number].length;
	return environments[number].block;
}

struct task *wish_task(unsigned wish)
{
	unsigned char nonce[TASK_NONCE_SIZE];
	wish_nonce(wish, nonce);
	return registry_find_nonce(&server_core.registry, nonce);
}

bool wish_is_task(const struct task *task)
{
	return task_nonce(task) && wish_of_nonce(task_nonce(task)) >= 0;
}

unsigned wish_of_task(const struct task *task)
{
	int wish = wish_of_nonce(task_nonce(task));
	must(wish >= 0, "task %s is nobody's wish", task_id(task));
	return (unsigned)wish;
}

/* The task was removed, or it was never created. */
static void wish_settle_absent(struct wish *wish)
{
	if (wish->created == ANSWER_YES) {
		if (wish->removed == ANSWER_MAYBE)
			wish->removed = ANSWER_YES;
		return;
	}
	wish->created = wish->started = wish->stopped = wish->removed = ANSWER_NO;
	wish->texts = 1;
	wish->last_text = 0;
}

void wish_settle(struct wish *wish, const struct disk_row *row)
{
	if (!row) {
		wish_settle_absent(wish);
		return;
	}
	bool stopped = row->state == TASK_STOPPING || row->state == TASK_STOPPED;
	wish->created = ANSWER_YES;
	if (wish->removed == ANSWER_MAYBE)
		wish->removed = ANSWER_NO;
	if (wish->started == ANSWER_MAYBE)
		wish->started = row->state == TASK_CREATED ? ANSWER_NO : ANSWER_YES;
	if (wish->stopped == ANSWER_MAYBE)
		wish->stopped = stopped ? ANSWER_YES : ANSWER_NO;
	unsigned text = *row->name ? (unsigned)strtoul(row->name + 1, NULL, 10) : 0;
	must(text < 32 && wish->texts & 1U << text, "task %s is named %s", row->id, row->name);
	wish->texts = 1U << text;
}
