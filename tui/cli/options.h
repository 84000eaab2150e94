/*
 * The table of all options: the GNU name, the letter, the cmdlet parameter that means the same, and the field
 * of struct arguments that it sets.  The parsers, the configuration file and --help use this table.
 */
#ifndef KRTASK_TUI_CLI_OPTIONS_H
#define KRTASK_TUI_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/cli/option_set.h"
#include "tui/cli/words.h"
#include "tui/confirm/confirm.h"

/* PowerShell's ActionPreference, with its numbers. */
enum action {
	ACTION_SILENT, /* SilentlyContinue */
	ACTION_STOP,
	ACTION_CONTINUE,
	ACTION_INQUIRE,
	ACTION_IGNORE,
	ACTION_SUSPEND, /* this and Break mean Continue, since there is neither a workflow nor a debugger */
	ACTION_BREAK,
	ACTION_COUNT,
	ACTION_UNSET = ACTION_COUNT
};

enum option_kind {
	OPTION_FLAG,       /* bool; =BOOL and :$false turn it off */
	OPTION_SWITCH,     /* enum confirm_switch: unset, false or true; =BOOL */
	OPTION_TEXT,       /* const char * */
	OPTION_PATH,       /* the same, not empty */
	OPTION_LIST,       /* struct words; may be given again, and as A,B */
	OPTION_PAIRS,      /* struct words of K=V; may be given again; as a cmdlet parameter also A=1,B=2 */
	OPTION_COUNT,      /* int64_t from 0 */
	OPTION_BUFFER,     /* the same, of 31 bits */
	OPTION_ORDINAL,    /* int64_t from 1 */
	OPTION_BYTES,      /* int64_t from 0; K, M, G multiply by 1024 */
	OPTION_SECONDS,    /* double: a duration, a number alone means seconds */
	OPTION_DURATION,   /* the same, but with a unit: other programs take a number alone for minutes */
	OPTION_MOMENT,     /* const char *: a time */
	OPTION_PREFERENCE, /* enum confirm_preference */
	OPTION_ACTION,     /* enum action */
	OPTION_VARIABLE,   /* const char *: the name of a variable, perhaps after a + */
	OPTION_OPERAND,    /* a cmdlet parameter that is an operand here */
	OPTION_INTEGER,    /* int64_t, of 32 bits */
	OPTION_SLOTS,      /* int64_t from 0; "none" is 0 */
	OPTION_ENDS,       /* const char *: exit statuses and signals, with commas between */
	OPTION_OPERANDS,   /* the same, several with commas between */
	OPTION_NICE,       /* int64_t from -20 to 19; "none" is NICENESS_NONE */
	OPTION_IO_CLASS,   /* const char *: idle, or be:0 to be:7 */
	OPTION_CPU_SET,    /* const char *: 0-3,8 */
};

/*
 * Identifier, field of struct arguments, kind, long name, letter, cmdlet parameter, its aliases, name of the
 * value, help. An empty name means that this syntax does not have the option.
 *
 * If a command takes two options with the same letter, the letter means the later one.
 */
#define CLI_OPTIONS(X)                                                                                       \
	X(SERVER, server, TEXT, "server", 's', "Server", "", "ADDRESS",                                      \
	  "NAME, unix:/PATH, ssh://[USER@]HOST[:PORT][/NAME]; several, or all, for get, list, watch, wait, away and stop")                                              \
	X(JSON, json, FLAG, "json", 0, "", "", "", "print JSON, one object per line")                        \
	X(NO_HEADERS, no_headers, FLAG, "no-headers", 0, "", "", "", "print tables without headings")        \
	X(QUIET, quiet, FLAG, "quiet", 'q', "", "", "", "no True or False, no hints; of lists only ids") \
	X(NO_START, no_start, FLAG, "no-start", 0, "", "", "", "do not start a server")                      \
	X(SERVER_TIMEOUT, server_timeout, SECONDS, "server-timeout", 0, "", "", "SECONDS", "give up a silent server (0: never)") \
	X(HELP, help, FLAG, "help", 'h', "", "", "", "show this help")                                       \
	X(VERSION, version, FLAG, "version", 'V', "", "", "", "show the version")                            \
	X(BATCH, batch, FLAG, "batch", 0, "", "", "", "run commands from FILE or standard input")            \
	X(CHECK, check, FLAG, "check", 0, "", "", "", "check the syntax, run nothing")                       \
	X(STOP_ON_ERROR, stop_on_error, FLAG, "stop-on-error", 0, "", "", "",                                \
	  "stop at the first line that fails")                                                               \
	X(ID, id, TEXT, "id", 0, "Id", "", "ID", "id of the new task (default: a number)")                   \
	X(NAME, name, TEXT, "name", 'n', "Name", "", "NAME", "name (default: Task ID)")                        \
	X(DESCRIPTION, description, TEXT, "description", 0, "Description", "", "TEXT", "description")        \
	X(START, start, FLAG, "start", 0, "AutoStart", "", "", "start the task at once")                     \
	X(CWD, cwd, PATH, "cwd", 'C', "WorkingDirectory", "", "DIR", "working directory (default: this one)")  \
	X(ENV, env, PAIRS, "env", 'e', "Environment", "", "K=V",                                               \
	  "set an environment variable" MSG_OPTION_REPEATED)                                                    \
	X(ARG, arg, PAIRS, "arg", 0, "Arguments", "", "K=V",                                                 \
	  "pass argument K as variable K" MSG_OPTION_REPEATED)                                                  \
	X(GROUP, group, TEXT, "group", 'g', "Group", "", "GROUP",                                              \
	  "group of the task")                                                      \
	X(PARENT, parent, TEXT, "parent", 0, "Parent", "", "ID",                                             \
	  "parent task (default: the task this runs in)")                                                    \
	X(MERGE, merge, FLAG, "merge", 0, "Merge", "", "", "merge standard error into standard output")      \
	X(MAX_LOG, max_log, BYTES, "max-log", 0, "MaxLog", "", "BYTES",                                      \
	  "keep about BYTES of each output (K, M, G), and up to 8K more")                                                     \
	X(CODE, code, TEXT, "code", 'c', "ScriptBlock", "Code", "CODE", "code to run")                       \
	X(LANGUAGE, language, TEXT, "language", 'l', "Language", "", "LANGUAGE",                             \
	  "language of the code or file (default: sh)")                                                      \
	X(FILE, file, PATH, "file", 0, "CodeFilePath", "", "PATH", "file to run")                            \
	X(OPERAND_ID, operands, OPERAND, "", 0, "Id", "", "ID", "id of the task")                            \
	X(OPERAND_IDS, operands, OPERANDS, "", 0, "Id", "", "ID[,ID]...", "ids of tasks")                    \
	X(OPERAND_PERCENT, operands, OPERAND, "", 0, "PercentComplete", "", "PERCENT", "how much is done")      \
	X(MESSAGE, message, TEXT, "", 0, "StatusMessage", "Message", "TEXT", "what is being done")             \
	X(WHAT_IF, what_if, FLAG, "what-if", 0, "WhatIf", "wi", "",                                          \
	  "say what would be done, but do nothing")                                                          \
	X(CONFIRM, confirm, SWITCH, "confirm", 0, "Confirm", "cf", "",                                       \
	  "ask before each operation; =no: never ask")                                                       \
	X(CONFIRM_PREFERENCE, confirm_preference, PREFERENCE, "confirm-preference", 0, "", "", "LEVEL",      \
	  "ask at this impact: None, Low, Medium, High")                                                     \
	X(VERBOSE, verbose, FLAG, "verbose", 'v', "Verbose", "vb", "", "announce each operation")            \
	X(THEME, theme, TEXT, "theme", 0, "", "", "THEME", "colours of the screen: auto, dark, light, mono") \
	X(SCREEN_READER, screen_reader, FLAG, "screen-reader", 0, "", "", "",                                \
	  "draw no bars or lines; put the cursor on what is selected")                                   \
	X(KILL_AFTER, kill_after, SECONDS, "kill-after", 0, "KillAfter", "", "SECONDS",                      \
	  "kill the task if it has not ended after SECONDS")                                                 \
	X(SIGNAL, signal, TEXT, "signal", 0, "Signal", "", "NAME",                                           \
	  "signal to send (default: TERM; none: no signal)")                                                 \
	X(KILL, kill, FLAG, "kill", 0, "Kill", "", "", "kill the task now")                                  \
	X(STATE, states, LIST, "state", 0, "State", "", "STATE",                                             \
	  "show only tasks in STATE" MSG_OPTION_REPEATED)                                                       \
	X(SORT, sort, TEXT, "sort", 0, "Sort", "", "COLUMN", "sort by COLUMN (default: order of creation)")  \
	X(REVERSE, reverse, FLAG, "reverse", 0, "Reverse", "", "", "reverse the order")                      \
	X(COLUMNS, columns, LIST, "columns", 0, "Columns", "", "A,B", "show these columns")                  \
	X(LIMIT, limit, COUNT, "limit", 0, "Limit", "", "N", "show at most N tasks")                         \
	X(FOLLOW, follow, FLAG, "follow", 'f', "Wait", "Follow", "", "follow the output until the task ends")    \
	X(STDERR, error_stream, FLAG, "stderr", 0, "Stderr", "", "", "show standard error")                  \
	X(STDOUT, output_stream, FLAG, "stdout", 0, "Stdout", "", "", "show standard output")                \
	X(BOTH, both_streams, FLAG, "both", 0, "Both", "", "", "show both (default on a terminal)")          \
	X(TAIL, tail, COUNT, "tail", 'n', "Tail", "", "N", "show only the last N lines")                       \
	X(ATTEMPT, attempt, ORDINAL, "attempt", 0, "Attempt", "", "K",                                         \
	  "show attempt K alone (default: the latest)")                                \
	X(WAIT, wait, FLAG, "wait", 'w', "", "", "", "wait until the task ends, with its exit status")        \
	X(ANY, any, FLAG, "any", 0, "Any", "", "", "wait for the first one that ends")                       \
	X(NOTIFY, notify, FLAG, "notify", 0, "Notify", "", "", "let the terminal tell when it is over")      \
	X(TIMEOUT, timeout, SECONDS, "timeout", 0, "Timeout", "", "SECONDS",                                 \
	  "give up after SECONDS (exit status 124)")                                                         \
	X(ALL, all, FLAG, "all", 0, "", "", "", "all tasks")                                                  \
	X(OLDER, older, DURATION, "older", 0, "Older", "", "DURATION", "only what ended so long ago")        \
	X(DELAY, delay, SECONDS, "delay", 'd', "Delay", "", "SECONDS", "seconds between two tables (default: 2)") \
	X(PUT_OFF, put_off, DURATION, "delay", 0, "Delay", "", "DURATION",                                   \
	  "do not begin it earlier than so long after Start")                                                   \
	X(AT, at, MOMENT, "at", 0, "At", "", "TIME",                                                         \
	  "begin no earlier: 22:30, 2026-12-01T06:00, @EPOCH")                                    \
	X(EXPIRE, expire, MOMENT, "expire", 0, "Expire", "", "TIME",                                         \
	  "stop it if it has not begun by TIME")                                                             \
	X(TIME_LIMIT, time_limit, DURATION, "time-limit", 't', "TimeLimit", "", "DURATION",                  \
	  "end it, as Failed, when it has run so long")                                         \
	X(COUNT, count, COUNT, "count", 'n', "Count", "", "COUNT", "stop after COUNT tables")                     \
	X(SLOTS, slots, SLOTS, "slots", 0, "MaxRunspaces", "Slots", "N",                                         \
	  "run at most N tasks at once (none: no limit)")                                                       \
	X(PRIORITY, priority, INTEGER, "priority", 'p', "Priority", "", "N",                                 \
	  "run before those with a lower one (default: 0)")                                             \
	X(WEIGHT, weight, COUNT, "weight", 0, "Weight", "", "N", "take N slots (default: 1)")                \
	X(RETRY, retry, COUNT, "retry", 0, "Retry", "", "N",                                                 \
	  "if it fails, try again up to N times")                                                            \
	X(RETRY_DELAY, retry_delay, DURATION, "retry-delay", 0, "RetryDelay", "", "DURATION",                \
	  "wait before that, then twice as long (10s)")                                                      \
	X(RETRY_MAX, retry_max, DURATION, "retry-max", 0, "RetryMax", "", "DURATION",                        \
	  "but at most DURATION (default: 10m)")                                                             \
	X(RETRY_ON, retry_on, ENDS, "retry-on", 0, "RetryOn", "", "LIST",                                    \
	  "only after these: 75,SIGKILL,cannot-run")                                                         \
	X(RETRY_NOT, retry_not, ENDS, "retry-not", 0, "RetryNot", "", "LIST",                                \
	  "not after these: statuses and signals")                                                           \
	X(RETRY_LOST, retry_lost, FLAG, "retry-lost", 0, "RetryLost", "", "",                                \
	  "also if it is unknown how it ended")                                                              \
	X(NICE, nice, NICE, "nice", 0, "Nice", "", "N",                                                         \
	  "niceness, -20 to 19 (default: the caller's)")                                                \
	X(IONICE, ionice, IO_CLASS, "ionice", 0, "IONice", "", "CLASS",                                     \
	  "class of input and output: idle, be:0 to be:7")                                                   \
	X(CPU_LIST, cpu_list, CPU_SET, "cpu-list", 0, "CpuList", "", "LIST",                                 \
	  "run on these CPUs, as for taskset (0-3,8)")                                                       \
	X(DEVICES, devices, TEXT, "devices", 0, "Devices", "", "VAR=A,B",                                    \
	  "a device for each slot, in variable VAR (0-3: four)")                                            \
	X(UNIQUE, unique, TEXT, "unique", 0, "Unique", "", "KEY",                                            \
	  "make none while a task with KEY has not ended")                                             \
	X(ADOPT, adopt, FLAG, "adopt", 0, "Adopt", "", "",                                                   \
	  "also make anew what was not run because of the task")                                             \
	X(AUTO_REMOVE, auto_remove, FLAG, "rm", 0, "AutoRemove", "", "",                                     \
	  "remove the task once it is Completed")                                                            \
	X(AFTER, after, LIST, "after", 'a', "After", "", "ID[:COND]",                                        \
	  "wait for the end of ID; COND: ok, any or fail")                                                   \
	X(UNMET, unmet, TEXT, "unmet", 0, "Unmet", "", "WHAT",                                               \
	  "when that can never be: stop (default) or hold")                                                  \
	X(KEEP, keep, DURATION, "keep", 0, "Keep", "", "DURATION",                                           \
	  "how long Completed, Stopped ones stay; none: for ever")                                                \
	X(KEEP_FAILED, keep_failed, DURATION, "keep-failed", 0, "KeepFailed", "", "DURATION",                \
	  "the same for Failed ones that were seen")                                                          \
	X(KEEP_SIZE, keep_size, BYTES, "keep-size", 0, "KeepSize", "", "BYTES",                              \
	  "keep about so much output (K, M, G; none: all)")                                                  \
	X(OPERAND_GROUP, operands, OPERAND, "", 0, "Name", "", "NAME", "name of the group")                  \
	X(PAUSE_ON_FAIL, pause_on_fail, FLAG, "pause-on-fail", 0, "PauseOnFail", "", "",                     \
	  "pause the group when one of its tasks fails")                                                     \
	X(RUNNING, running, FLAG, "running", 0, "Running", "", "", "also pause what runs, or resume what is paused")                                                  \
	X(DRAIN, drain, FLAG, "drain", 0, "Drain", "", "", "wait for queued and running tasks first")             \
	X(CANCEL, cancel, FLAG, "cancel", 0, "Cancel", "", "", "cancel queued and running tasks first")            \
	X(ON_END, on_end, TEXT, "on-end", 0, "OnEnd", "", "CODE", "run this code of sh when the task has ended")       \
	X(ON_FAIL, on_fail, TEXT, "on-fail", 0, "OnFail", "", "CODE", "the same, only if it has failed")              \
	X(ON_OK, on_ok, TEXT, "on-ok", 0, "OnOk", "", "CODE", "the same, only if it has completed")                   \
	X(WEBHOOK, webhook, TEXT, "webhook", 0, "Webhook", "", "URL",                                                \
	  "send the task as JSON to URL when it has ended")                                                  \
	X(SBATCH, sbatch, TEXT, "sbatch", 0, "Sbatch", "", "OPTIONS",                                                \
	  "options of sbatch, for what runs on Slurm")                                                       \
	X(EXECUTOR, executor, TEXT, "executor", 0, "Executor", "", "WHERE",                                          \
	  "run its tasks here (local) or on Slurm (slurm)")                                                  \
	X(DIRECTORY, directory, TEXT, "dir", 0, "Dir", "", "DIR",                                                    \
	  "write their output in DIR, which all nodes share")                                                \
	X(PILOT, pilot, TEXT, "pilot", 0, "Pilot", "", "NxM",                                                      \
	  "run them in up to N jobs, M at a time in each")                                                   \
	X(ON_EMPTY, on_empty, TEXT, "on-empty", 0, "OnEmpty", "", "CODE",                                            \
	  "run this code of sh when its last task has ended")                                                \
	X(HOOKS, hooks, FLAG, "hooks", 0, "Hooks", "", "", "also what follows the end of tasks")             \
	X(HOOK_LIMIT, hook_limit, SECONDS, "hook-limit", 0, "HookLimit", "", "SECONDS",                      \
	  "end what follows the end of a task after SECONDS")                                                \
	X(SINCE, since, DURATION, "since", 0, "Since", "", "DURATION",                                       \
	  "what has ended since then, seen or not")                                                          \
	X(SEEN, seen, FLAG, "seen", 0, "Seen", "", "", "count all of it as seen")                            \
	X(DEBUG, debug, FLAG, "", 0, "Debug", "db", "", "")                                                  \
	X(ERROR_ACTION, error_action, ACTION, "", 0, "ErrorAction", "ea", "ACTION", "")                      \
	X(WARNING_ACTION, warning_action, ACTION, "", 0, "WarningAction", "wa", "ACTION", "")                \
	X(INFORMATION_ACTION, information_action, ACTION, "", 0, "InformationAction", "infa", "ACTION", "")  \
	X(PROGRESS_ACTION, progress_action, ACTION, "", 0, "ProgressAction", "proga", "ACTION", "")          \
	X(ERROR_VARIABLE, error_variable, VARIABLE, "", 0, "ErrorVariable", "ev", "NAME", "")                \
	X(WARNING_VARIABLE, warning_variable, VARIABLE, "", 0, "WarningVariable", "wv", "NAME", "")          \
	X(INFORMATION_VARIABLE, information_variable, VARIABLE, "", 0, "InformationVariable", "iv", "NAME",  \
	  "")                                                                                                \
	X(OUT_VARIABLE, out_variable, VARIABLE, "", 0, "OutVariable", "ov", "NAME", "")                      \
	X(OUT_BUFFER, out_buffer, BUFFER, "", 0, "OutBuffer", "ob", "N", "")                                 \
	X(PIPELINE_VARIABLE, pipeline_variable, VARIABLE, "", 0, "PipelineVariable", "pv", "NAME", "")

enum option_id {
#define X(identifier, field, kind, name, letter, parameter, aliases, value, help) OPT_##identifier,
	CLI_OPTIONS(X)
#undef X
		OPTION_TOTAL
};

_Static_assert((int)OPTION_TOTAL <= (int)OPTION_SET_SIZE, "a set holds them all");

/* Every command takes these options, before and after its name. */
extern const struct option_set options_global;
/* PowerShell's common parameters.  Every cmdlet takes all of them. */
extern const struct option_set options_common;

/* The arguments of a command.  The texts are borrowed from the words that were parsed. */
struct arguments {
	struct option_set given;
	struct option_set cleared; /* of these, those whose value is "none" */
	struct option_set aliased; /* of these, those that were given by the other name of the parameter */
	size_t dashes;             /* operands before "--"; SIZE_MAX: there was none */

	bool screen_reader;
	bool json, no_headers, quiet, no_start, help, version, batch, check, stop_on_error;
	bool start, merge, what_if, verbose, debug, kill, reverse, follow, error_stream, output_stream,
		both_streams, wait, any, notify, all, drain, cancel, pause_on_fail, running, hooks, seen,
		adopt, auto_remove;
	enum confirm_switch confirm;
	enum confirm_preference confirm_preference;
	const char *theme;
	const char *server, *id, *message, *name, *description, *cwd, *group, *parent, *code, *language,
		*file, *signal, *sort, *devices, *ionice, *cpu_list, *unique, *unmet, *on_end, *on_fail,
		*on_ok, *webhook, *on_empty, *sbatch, *executor, *directory, *pilot;
	enum action error_action, warning_action, information_action, progress_action;
	enum action verbose_action, debug_action; /* of preferences; ACTION_UNSET: only print the message */
	const char *error_variable, *warning_variable, *information_variable, *out_variable,
		*pipeline_variable;
	double retry_delay, retry_max;
	const char *retry_on, *retry_not;
	bool retry_lost;
	int64_t priority, weight, retry, nice; /* nice: NICENESS_NONE for none */
	int64_t max_log, limit, tail, attempt, count, slots,
		out_buffer; /* limit and slots: -1 if not given */
	double kill_after, older, timeout, delay, server_timeout, since;
	double hook_limit; /* 0: not given */
	double put_off, time_limit;
	const char *at, *expire;
	double keep, keep_failed;
	int64_t keep_size;
	bool relates; /* the new task is to wait for some that were found or made before, or to be their child */
	const char *related; /* the server of these; NULL: the usual one.  WORDS_SERVERS: several */
	/* From here on there are lists only: see arguments_from(). */
	struct words operands;
	struct words env, arg, states, columns, after;
	struct words command; /* behind the ids and -- */
	struct words servers; /* all values of --server; server is the last */
	struct words run;     /* NAME=VALUE: the section [run] of the configuration */
	struct words copies;  /* owned texts, which the pieces of lists point into; the last list */
};

struct option_info {
	const char *name; /* "" : no GNU name */
	const char *parameter, *aliases;
	const char *value; /* the name of the value; "": it takes none */
	const char *help;
	size_t offset; /* of the field in struct arguments */
	enum option_kind kind;
	char letter; /* 0: none */
};

extern const struct option_info option_table[OPTION_TOTAL];

static inline bool arguments_given(const struct arguments *arguments, enum option_id id)
{
	return option_set_has(&arguments->given, id);
}

/* The parameter is given by this name, or the beginning of it.  Abbreviations such as -ea are no names of their own. */
void arguments_name(struct arguments *arguments, enum option_id id, const char *name, size_t length);
/* The name that the user has given it by, for errors about it. */
const char *arguments_parameter(const struct arguments *arguments, enum option_id id);

void arguments_init(struct arguments *arguments);
/* Copies the defaults, and their lists.  No option counts as given. */
void arguments_from(struct arguments *arguments, const struct arguments *defaults);
/*
 * Replaces bytes that are not UTF-8 in the name and description by U+FFFD, since these are only texts for
 * people.
 */
void arguments_repair(struct arguments *arguments);
void arguments_release(struct arguments *arguments);

/* The last of the set with the letter: "watch -n" is --count, not --name.  OPTION_TOTAL: none. */
unsigned option_of_letter(const struct option_set *set, char letter);
bool option_takes_value(enum option_id id);
/* How options are named.  Aliases of parameters are names of them. */
enum option_naming { NAMED_LONG, NAMED_LETTER, NAMED_PARAMETER, NAMING_COUNT };
/* The options of the set of which a name may begin with this letter, in any case: few are to be compared. */
struct option_set options_likely(const struct option_set *set, enum option_naming naming, char letter);

/*
 * Sets a field to the value.  The value is NULL for a switch without one.  cmdlet: K=V,K=V is several pairs.
 * 0, or -EINVAL and *error (free() it), which names the value and says what would be right.
 */
int option_apply(struct arguments *arguments, enum option_id id, const struct word *value, bool cmdlet,
                 char **error);

/* An action from its name, a unique prefix, or its number.  ACTION_UNSET: none of these. */
enum action option_parse_action(const char *text);

/* "yes", "true", "1", "$true", "no" and so on: 1 or 0.  -1 for anything else. */
int option_parse_bool(const char *text);
/* As in PowerShell: true and false, with and without a $, and any number, of which 0 is false. */
int option_parse_truth(const char *text);
const char *option_action_name(enum action action);
/* True for the name of a preference variable, which cannot take results. */
bool option_is_preference(const char *name);

#endif
