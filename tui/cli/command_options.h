/*
 * The options of each command, as lists for OPTION_SET(): those of both syntaxes, and those that only one has.
 * LATER: a prefix is looked up in the others first.  Only command_table.c includes this.
 */
#ifndef KRTASK_TUI_CLI_COMMAND_OPTIONS_H
#define KRTASK_TUI_CLI_COMMAND_OPTIONS_H

#define ID_OPTION(X) X(OPERAND_ID)
#define IDS_OPTION(X) X(OPERAND_IDS)
#define PROGRESS_CMDLET(X) X(OPERAND_PERCENT) X(MESSAGE)
#define CREATE_OPTIONS(X)                                                                                    \
	X(ID)                                                                                                \
	X(NAME)                                                                                              \
	X(DESCRIPTION) X(START) X(CWD) X(ENV) X(ARG) X(GROUP) X(PARENT) X(MERGE) X(MAX_LOG) X(CODE)          \
		X(LANGUAGE) X(FILE)
#define TIME_OPTIONS(X) X(PUT_OFF) X(AT) X(EXPIRE) X(TIME_LIMIT) X(KILL_AFTER)
#define RETRY_OPTIONS(X) X(RETRY) X(RETRY_DELAY) X(RETRY_MAX) X(RETRY_ON) X(RETRY_NOT) X(RETRY_LOST)
#define WAITING_LATER(X) RETRY_OPTIONS(X) X(PRIORITY) X(WEIGHT) X(NICE) X(IONICE) X(CPU_LIST) X(AFTER) X(UNMET) \
	TIME_OPTIONS(X) X(SBATCH)
#define CREATE_LATER(X) WAITING_LATER(X) X(UNIQUE) X(AUTO_REMOVE)
#define HOOK_OPTIONS(X)  X(ON_END) X(ON_FAIL) X(ON_OK) X(WEBHOOK)
#define CLEARED_OPTIONS(X) WAITING_LATER(X) HOOK_OPTIONS(X)
#define NEW_LATER(X)     CREATE_LATER(X) HOOK_OPTIONS(X)
#define OPERATION_OPTIONS(X)          X(WHAT_IF) X(CONFIRM) X(CONFIRM_PREFERENCE) X(VERBOSE)
#define CLEAN_OPTIONS(X)        OPERATION_OPTIONS(X) X(OLDER)
#define STOP_OPTIONS(X)         OPERATION_OPTIONS(X) X(KILL_AFTER) X(SIGNAL) X(KILL)
#define LIST_OPTIONS(X)         X(STATE) X(GROUP) X(SORT) X(REVERSE) X(COLUMNS) X(LIMIT)
#define WATCH_OPTIONS(X)        LIST_OPTIONS(X) X(DELAY) X(COUNT)
#define SET_OPTIONS(X)          X(NAME) X(DESCRIPTION)
#define SET_LATER(X)            X(GROUP) WAITING_LATER(X) HOOK_OPTIONS(X)
#define LOG_OPTIONS(X)          X(FOLLOW) X(STDERR) X(TAIL)
#define RUN_LATER(X)            NEW_LATER(X) X(WAIT) X(FOLLOW)
#define WAIT_LATER(X)           X(ANY) X(NOTIFY)
#define LOG_LATER(X)            X(STDOUT) X(BOTH) X(ATTEMPT)
#define WAIT_OPTIONS(X)         X(TIMEOUT)
#define GROUP_NAME_OPTION(X)    X(OPERAND_GROUP)
#define GROUP_OPTIONS(X)        X(SLOTS) X(PRIORITY) X(PAUSE_ON_FAIL)
#define GROUP_CLEARS(X)         X(ON_EMPTY) X(SBATCH) X(PILOT)
#define GROUP_LATER(X)          X(DEVICES) X(NICE) X(ON_EMPTY) X(EXECUTOR) X(SBATCH) X(DIRECTORY) X(PILOT)
#define PAUSE_ALL_OPTIONS(X)  X(RUNNING)
#define SERVER_START_OPTIONS(X) X(SLOTS)
#define SERVER_KEEP_OPTIONS(X)  X(KEEP) X(KEEP_FAILED) X(KEEP_SIZE)
#define SERVER_SET_OPTIONS(X)   X(SLOTS) X(HOOK_LIMIT) SERVER_KEEP_OPTIONS(X)
#define AWAY_OPTIONS(X)         X(SINCE) X(SEEN)
#define LIST_LATER(X)           X(HOOKS)
#define SERVER_STOP_OPTIONS(X)  X(DRAIN) X(CANCEL)
#define AGAIN_OPTIONS(X)                                                                                      \
	X(NAME)                                                                                              \
	X(DESCRIPTION) X(CWD) X(ENV) X(ARG) X(GROUP) X(PARENT) X(MERGE) X(MAX_LOG) X(CODE) X(LANGUAGE) X(FILE)
#define ID_GNU(X)        X(ID)
#define AGAIN_LATER(X)   NEW_LATER(X) X(ADOPT) X(START)
#define AGAIN_CMDLET(X)  X(OPERAND_IDS) X(START)

/* Operands at most, where there may be any number. */
enum { ANY = 1000000 };

/* What several of them say under --help. */
#define CREATE_DETAILS                                                                                       \
	"The task gets the environment, working directory and umask of the caller.\n"                        \
	"Give one of: [--] COMMAND [ARG]..., -c CODE, --file PATH [-- ARG...].\n"                              \
	"The first word that is no option begins COMMAND; all after it belongs to it.\n"
#define PAUSE_DETAILS "A paused task keeps its memory, and gives its slot to others.\n"
#define ACT_DETAILS "Prints True or False for each id; False: not found, or not in a valid state.\n"

#endif
