/*
 * Sets of options, e.g. those that a command takes, or those that were given.
 *
 * Constant ones are made of lists:
 *
 *     #define LOG_OPTIONS(X) X(FOLLOW) X(STDERR) X(TAIL)
 *     static const struct option_set log_options = OPTION_SET(LOG_OPTIONS);
 */
#ifndef KRTASK_TUI_CLI_OPTION_SET_H
#define KRTASK_TUI_CLI_OPTION_SET_H

#include <stdbool.h>
#include <stdint.h>

enum { OPTION_SET_WORDS = 2, OPTION_SET_SIZE = 64 * OPTION_SET_WORDS };

struct option_set {
	uint64_t words[OPTION_SET_WORDS];
};

#define OPTION_IN_WORD(id, word)     ((id) / 64 == (word) ? UINT64_C(1) << (id) % 64 : 0)
#define OPTION_IN_FIRST(identifier)  | OPTION_IN_WORD(OPT_##identifier, 0)
#define OPTION_IN_SECOND(identifier) | OPTION_IN_WORD(OPT_##identifier, 1)
#define OPTION_SET(LIST)                                                                                     \
	{                                                                                                    \
		{                                                                                            \
			0 LIST(OPTION_IN_FIRST), 0 LIST(OPTION_IN_SECOND)                                    \
		}                                                                                            \
	}

static inline bool option_set_has(const struct option_set *set, unsigned id)
{
	return set->words[id / 64] >> id % 64 & 1;
}

static inline void option_set_add(struct option_set *set, unsigned id)
{
	set->words[id / 64] |= UINT64_C(1) << id % 64;
}

static inline void option_set_drop(struct option_set *set, unsigned id)
{
	set->words[id / 64] &= ~(UINT64_C(1) << id % 64);
}

/* Adds all options of the other set. */
static inline void option_set_join(struct option_set *set, const struct option_set *other)
{
	for (int i = 0; i < OPTION_SET_WORDS; i++)
		set->words[i] |= other->words[i];
}

/* Removes all options of the other set. */
static inline void option_set_leave(struct option_set *set, const struct option_set *other)
{
	for (int i = 0; i < OPTION_SET_WORDS; i++)
		set->words[i] &= ~other->words[i];
}

/* Removes all options that are not in the other set. */
static inline void option_set_meet(struct option_set *set, const struct option_set *other)
{
	for (int i = 0; i < OPTION_SET_WORDS; i++)
		set->words[i] &= other->words[i];
}

static inline bool option_set_empty(const struct option_set *set)
{
	uint64_t any = 0;

	for (int i = 0; i < OPTION_SET_WORDS; i++)
		any |= set->words[i];
	return any == 0;
}

/* The first option that is not less than `from`; OPTION_SET_SIZE: there is none. */
static inline unsigned option_set_next(const struct option_set *set, unsigned from)
{
	while (from < OPTION_SET_SIZE) {
		uint64_t left = set->words[from / 64] >> from % 64;

		if (left)
			return from + (unsigned)__builtin_ctzll(left);
		from = (from / 64 + 1) * 64;
	}
	return OPTION_SET_SIZE;
}

/* Iterates over the options of the set, in order.  id is the option. */
#define OPTION_SET_EACH(id, set)                                                                             \
	for (unsigned id = option_set_next(set, 0); (id) < OPTION_SET_SIZE;                                  \
	     (id) = option_set_next(set, (id) + 1))

#endif
