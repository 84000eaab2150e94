/*
 * ShouldProcess of PowerShell 7.4: whether an operation on a task is done, skipped, or asked about.  The
 * command line, batches and the screen have the same policy.  This part is pure.  The questions are asked
 * elsewhere.
 *
 *     struct confirm c; confirm_init(&c, &options);       once for a command, since "Yes to All" is for all of it
 *     for each target: switch (confirm_next(&c, OPERATION_CANCEL)) {
 *         CONFIRM_DO, CONFIRM_SKIP, CONFIRM_WHAT_IF (print confirm_what_if()),
 *         CONFIRM_ASK: ask, then confirm_answer(&c, choice) until it is not CONFIRM_ASK }
 */
#ifndef KRTASK_TUI_CONFIRM_CONFIRM_H
#define KRTASK_TUI_CONFIRM_CONFIRM_H

#include <stdbool.h>

enum confirm_impact { IMPACT_LOW = 1, IMPACT_MEDIUM, IMPACT_HIGH };
enum confirm_preference { PREFERENCE_NONE = 0, PREFERENCE_LOW, PREFERENCE_MEDIUM, PREFERENCE_HIGH };

/* Identifier, name in the texts, impact. */
#define CONFIRM_OPERATIONS(X)              \
	X(START, "Start", IMPACT_LOW)      \
	X(CANCEL, "Cancel", IMPACT_MEDIUM) \
	X(REMOVE, "Remove", IMPACT_MEDIUM) \
	X(PAUSE, "Pause", IMPACT_LOW)      \
	X(RESUME, "Resume", IMPACT_LOW)

enum confirm_operation {
#define X(identifier, name, impact) OPERATION_##identifier,
	CONFIRM_OPERATIONS(X)
#undef X
		OPERATION_COUNT
};

/* Identifier, letter, label, help. */
#define CONFIRM_CHOICES(X)                                                                                   \
	X(YES, 'Y', "Yes", "Continue with only the next step of the operation.")                             \
	X(YES_ALL, 'A', "Yes to All", "Continue with all the steps of the operation.")                       \
	X(NO, 'N', "No", "Skip this operation and proceed with the next operation.")                         \
	X(NO_ALL, 'L', "No to All", "Skip this operation and all subsequent operations.")                    \
	X(SUSPEND, 'S', "Suspend",                                                                           \
	  "Pause the current pipeline and return to the command prompt. Type \"exit\" to resume the pipeline.") \
	X(HELP, '?', "Help", 0)

enum confirm_choice {
#define X(identifier, letter, label, help) CHOICE_##identifier,
	CONFIRM_CHOICES(X)
#undef X
		CHOICE_COUNT,
	CHOICE_UNKNOWN = CHOICE_COUNT
};

struct confirm_choice_info {
	char letter;
	const char *label;
	const char *help; /* NULL: none */
};
extern const struct confirm_choice_info confirm_choices[CHOICE_COUNT];

enum confirm_switch { CONFIRM_UNSET, CONFIRM_FALSE, CONFIRM_TRUE }; /* -Confirm, -Confirm:$false */

struct confirm_options {
	bool what_if;
	bool verbose;
	enum confirm_switch confirm;
	enum confirm_preference preference;
};

struct confirm {
	struct confirm_options options;
	bool yes_to_all, no_to_all;
	bool for_several; /* one question for several tasks, which the target says */
};

enum confirm_verdict {
	CONFIRM_DO,
	CONFIRM_SKIP,    /* the answer was No */
	CONFIRM_WHAT_IF, /* print the line, and do nothing */
	CONFIRM_ASK,
	CONFIRM_SUSPEND, /* open a shell, then ask again */
	CONFIRM_EXPLAIN, /* print the help, then the line with the choices again */
};

void confirm_init(struct confirm *confirm, const struct confirm_options *options);
enum confirm_verdict confirm_next(struct confirm *confirm, enum confirm_operation operation);
/* For CHOICE_UNKNOWN the verdict is CONFIRM_ASK: only the line with the choices is printed again. */
enum confirm_verdict confirm_answer(struct confirm *confirm, enum confirm_choice choice);
/*
 * A letter or a whole label, in any case, with blanks around it.  An empty answer is Yes, but one of blanks
 * is not.
 */
enum confirm_choice confirm_parse_answer(const char *text);
/* "None", "Low", "Medium" or "High", in any case, or a unique prefix, or 0 to 3.  -1: none of these. */
int confirm_parse_preference(const char *text);
const char *confirm_preference_name(enum confirm_preference preference);
const char *confirm_operation_name(enum confirm_operation operation);

/* The texts, malloc'ed, without a newline.  target is the id as it was typed. */
char *
confirm_what_if(enum confirm_operation operation,
                const char *target); /* What if: Performing the operation "Cancel" on target "Task 7". */
/* The same of what is no operation on a task: noun is "Group ", or "". */
char *confirm_what_if_of(const char *operation, const char *noun, const char *target);
char *confirm_verbose(enum confirm_operation operation, const char *target); /* VERBOSE: Performing … */
char *confirm_performing(enum confirm_operation operation,
                         const char *target); /* Performing the operation "Cancel" on target "Task 7". */
/* The same, where the target says that it is several tasks. */
char *confirm_performing_several(enum confirm_operation operation, const char *target);
/* "[Y] Yes  [A] Yes to All  [N] No  [L] No to All  [S] Suspend  [?] Help (default is "Y"): "; static. */
const char *confirm_choice_line(void);
#define CONFIRM_CAPTION "Confirm"
#define CONFIRM_QUESTION "Are you sure you want to perform this action?"

#endif
