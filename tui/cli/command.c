#include "tui/cli/command.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/cli/commands.h"
#include "tui/cli/context.h"
#include "tui/cli/hints.h"
#include "tui/cli/selector.h"
#include "tui/cli/synonyms.h"
#include "tui/text/alloc.h"
#include "tui/text/candidates.h"

#define ID_OPTION(X) X(OPERAND_ID)
#define IDS_OPTION(X) X(OPERAND_IDS)
#define CREATE_OPTIONS(X)                                                                                    \
	X(ID)                                                                                                \
	X(NAME)                                                                                              \
	X(DESCRIPTION) X(START) X(CWD) X(ENV) X(ARG) X(GROUP) X(PARENT) X(MERGE) X(MAX_LOG) X(CODE)          \
		X(LANGUAGE) X(FILE)
#define TIME_OPTIONS(X) X(PUT_OFF) X(AT) X(EXPIRE) X(TIME_LIMIT) X(KILL_AFTER)
#define RETRY_OPTIONS(X) X(RETRY) X(RETRY_DELAY) X(RETRY_MAX) X(RETRY_ON) X(RETRY_NOT) X(RETRY_LOST)
#define WAITING_LATER(X) RETRY_OPTIONS(X) X(PRIORITY) X(WEIGHT) X(NICE) X(IONICE) X(CPU_LIST) X(AFTER) X(UNMET) \
	TIME_OPTIONS(X)
#define CREATE_LATER(X) WAITING_LATER(X) X(UNIQUE) X(AUTO_REMOVE)
#define HOOK_OPTIONS(X)  X(ON_END) X(ON_FAIL) X(ON_OK) X(WEBHOOK)
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
#define GROUP_CLEARS(X)         X(ON_EMPTY)
#define GROUP_LATER(X)          X(DEVICES) X(NICE) X(ON_EMPTY)
#define PAUSE_ALL_OPTIONS(X)  X(RUNNING)
#define SERVER_START_OPTIONS(X) X(SLOTS)
#define SERVER_KEEP_OPTIONS(X)  X(KEEP) X(KEEP_FAILED) X(KEEP_SIZE)
#define SERVER_SET_OPTIONS(X)   X(SLOTS) X(HOOK_LIMIT) SERVER_KEEP_OPTIONS(X)
#define AWAY_OPTIONS(X)         X(SINCE) X(SEEN)
#define LIST_LATER(X)           X(HOOKS)
#define SERVER_STOP_OPTIONS(X)  X(DRAIN) X(CANCEL)

enum { ANY = 1000000 };

static const enum option_id server_and_id[] = { OPT_SERVER, OPT_OPERAND_ID, OPTION_TOTAL };
static const enum option_id ids_only[] = { OPT_OPERAND_IDS, OPTION_TOTAL };
static const enum option_id group_only[] = { OPT_OPERAND_GROUP, OPTION_TOTAL };
static const enum option_id server_only[] = { OPT_SERVER, OPTION_TOTAL };

#define CREATE_DETAILS                                                                                       \
	"The task gets the environment, working directory and umask of the caller.\n"                        \
	"Give one of: [--] COMMAND [ARG]..., -c CODE, --file PATH [-- ARG...].\n"                              \
	"The first word that is no option begins COMMAND; all after it belongs to it.\n"
#define PAUSE_DETAILS "A paused task keeps its memory, and gives its slot to others.\n"
#define AGAIN_OPTIONS(X)                                                                                      \
	X(NAME)                                                                                              \
	X(DESCRIPTION) X(CWD) X(ENV) X(ARG) X(GROUP) X(PARENT) X(MERGE) X(MAX_LOG) X(CODE) X(LANGUAGE) X(FILE)
#define ID_GNU(X)        X(ID)
#define AGAIN_LATER(X)   NEW_LATER(X) X(ADOPT)
#define AGAIN_CLEARS(X)  HOOK_OPTIONS(X) TIME_OPTIONS(X)
#define AGAIN_CMDLET(X)  X(OPERAND_IDS) X(START)
#define ACT_DETAILS "Prints True or False for each id; False: not found, or not in a valid state.\n"

const struct command command_table[] = {
	{ .name = "new",
	  .cmdlet = "New-KrTask",
	  .operands = "[[--] COMMAND...]",
	  .most = ANY,
	  .summary = "create a task and print its id",
	  .details = CREATE_DETAILS,
	  .options = OPTION_SET(CREATE_OPTIONS),
	  .later = OPTION_SET(NEW_LATER),
	  .clears = OPTION_SET(HOOK_OPTIONS),
	  .start = CLIENT_START_ALWAYS,
	  .positions = server_only,
	  .creates = true,
	  .check = create_check,
	  .send = create_send,
	  .receive = create_receive },
	{ .name = "run",
	  .operands = "[[--] COMMAND...]",
	  .most = ANY,
	  .is_run = true,
	  .summary = "create a task, start it and print its id",
	  .details = CREATE_DETAILS
	  "With --wait or --follow the id goes to standard error, the exit status is the\n"
	  "task's, or 125 for what krtask could not do; Ctrl-C detaches from the task.\n",
	  .options = OPTION_SET(CREATE_OPTIONS),
	  .later = OPTION_SET(RUN_LATER),
	  .clears = OPTION_SET(HOOK_OPTIONS),
	  .pipelines = run_pipelines,
	  .run = run_run,
	  .start = CLIENT_START_ALWAYS,
	  .creates = true,
	  .check = create_check,
	  .send = create_send,
	  .receive = create_receive },
	{ .name = "again",
	  .cmdlet = "Copy-KrTask",
	  .selects = SELECTS_UNCOMPLETED,
	  .operands = "ID... [-- COMMAND...]",
	  .least = 1,
	  .most = ANY,
	  .copies = true,
	  .summary = "start tasks like those that ended",
	  .details = "What is not given anew is as the other task has it, its environment too.\n"
	             "Prints the ids of the new tasks; False: not found, or not ended.\n",
	  .options = OPTION_SET(AGAIN_OPTIONS),
	  .later = OPTION_SET(AGAIN_LATER),
	  .clears = OPTION_SET(AGAIN_CLEARS),
	  .gnu_only = OPTION_SET(ID_GNU),
	  .cmdlet_only = OPTION_SET(AGAIN_CMDLET),
	  .start = CLIENT_START_EXISTING,
	  .positions = ids_only,
	  .check = again_check,
	  .pipelines = again_pipelines,
	  .run = again_run,
	  .send = again_send,
	  .receive = again_receive },
	{ .name = "start",
	  .selects = SELECTS_CREATED,
	  .cmdlet = "Start-KrTask",
	  .operands = "ID...",
	  .least = 1,
	  .most = ANY,
	  .summary = "start tasks",
	  .details = ACT_DETAILS,
	  .options = OPTION_SET(OPERATION_OPTIONS),
	  .cmdlet_only = OPTION_SET(ID_OPTION),
	  .start = CLIENT_START_EXISTING,
	  .positions = server_and_id,
	  .pipelines = operation_pipelines,
	  .run = operation_run,
	  .send = operation_send,
	  .receive = operation_receive },
	{ .name = "stop",
	  .selects = SELECTS_LIVE,
	  .cmdlet = "Stop-KrTask",
	  .operands = "ID...",
	  .least = 1,
	  .most = ANY,
	  .summary = "cancel tasks: ask them to end",
	  .details = ACT_DETAILS,
	  .cmdlet_only = OPTION_SET(ID_OPTION),
	  .options = OPTION_SET(STOP_OPTIONS),
	  .start = CLIENT_START_EXISTING,
	  .positions = server_and_id,
	  .check = operation_check_stop,
	  .pipelines = operation_pipelines,
	  .run = operation_run,
	  .send = operation_send,
	  .receive = operation_receive },
	{ .name = "remove",
	  .selects = SELECTS_ENDED,
	  .cmdlet = "Remove-KrTask",
	  .operands = "ID...",
	  .least = 1,
	  .most = ANY,
	  .summary = "remove finished tasks and their children",
	  .details = ACT_DETAILS,
	  .options = OPTION_SET(OPERATION_OPTIONS),
	  .cmdlet_only = OPTION_SET(ID_OPTION),
	  .start = CLIENT_START_EXISTING,
	  .positions = server_and_id,
	  .pipelines = operation_pipelines,
	  .run = operation_run,
	  .send = operation_send,
	  .receive = operation_receive },
	{ .name = "pause",
	  .selects = SELECTS_PAUSABLE,
	  .cmdlet = "Suspend-KrTask",
	  .operands = "ID...",
	  .least = 1,
	  .most = ANY,
	  .summary = "hold tasks that wait, stop those that run",
	  .details = ACT_DETAILS PAUSE_DETAILS,
	  .options = OPTION_SET(OPERATION_OPTIONS),
	  .cmdlet_only = OPTION_SET(IDS_OPTION),
	  .start = CLIENT_START_EXISTING,
	  .positions = ids_only,
	  .pipelines = operation_pipelines,
	  .run = operation_run,
	  .send = operation_send,
	  .receive = operation_receive },
	{ .name = "resume",
	  .selects = SELECTS_PAUSED,
	  .cmdlet = "Resume-KrTask",
	  .operands = "ID...",
	  .least = 1,
	  .most = ANY,
	  .summary = "resume paused tasks",
	  .details = ACT_DETAILS,
	  .options = OPTION_SET(OPERATION_OPTIONS),
	  .cmdlet_only = OPTION_SET(IDS_OPTION),
	  .start = CLIENT_START_EXISTING,
	  .positions = ids_only,
	  .pipelines = operation_pipelines,
	  .run = operation_run,
	  .send = operation_send,
	  .receive = operation_receive },
	{ .name = "clean",
	  .cmdlet = "Clear-KrTask",
	  .selects = SELECTS_ENDED,
	  .operands = "",
	  .summary = "remove tasks that have ended",
	  .details = "A task goes with all its children or not at all. Failed ones that nobody has\n"
	             "seen (krtask away) stay unless --state names them.\n"
	             "Prints how many were removed and kept.\n",
	  .options = OPTION_SET(CLEAN_OPTIONS),
	  .start = CLIENT_START_EXISTING,
	  .run = clean_run,
	  .receive = operation_receive },
	{ .name = "away",
	  .cmdlet = "Get-KrTaskNews",
	  .operands = "",
	  .summary = "show what ended since you last looked",
	  .details = "With the last line of what each failed task wrote to standard error. It is seen\n"
	             "once all of it was written to a terminal, or with --seen.\n",
	  .options = OPTION_SET(AWAY_OPTIONS),
	  .start = CLIENT_START_EXISTING,
	  .run = away_run },
	{ .name = "get",
	  .selects = SELECTS_ANY,
	  .cmdlet = "Get-KrTask",
	  .operands = "[ID]...",
	  .most = ANY,
	  .summary = "show tasks",
	  .options = OPTION_SET(LIST_OPTIONS),
	  .cmdlet_only = OPTION_SET(ID_OPTION),
	  .later = OPTION_SET(LIST_LATER),
	  .start = CLIENT_START_EXISTING,
	  .positions = server_and_id,
	  .check = get_check,
	  .run = get_run,
	  .lists = true },
	{ .name = "list",
	  .selects = SELECTS_ANY,
	  .operands = "",
	  .summary = "show all tasks",
	  .options = OPTION_SET(LIST_OPTIONS),
	  .later = OPTION_SET(LIST_LATER),
	  .start = CLIENT_START_EXISTING,
	  .check = get_check,
	  .run = get_run,
	  .lists = true },
	{ .name = "show",
	  .selects = SELECTS_ANY,
	  .cmdlet = "Show-KrTask",
	  .operands = "ID...",
	  .least = 1,
	  .most = ANY,
	  .summary = "print all that is known of tasks",
	  .cmdlet_only = OPTION_SET(ID_OPTION),
	  .start = CLIENT_START_EXISTING,
	  .positions = server_and_id,
	  .run = show_run },
	{ .name = "why",
	  .selects = SELECTS_ANY,
	  .cmdlet = "Get-KrTaskReason",
	  .operands = "ID...",
	  .least = 1,
	  .most = ANY,
	  .summary = "say why tasks do not run, or how they ended",
	  .details = "All reasons, the most decisive first.\n",
	  .cmdlet_only = OPTION_SET(IDS_OPTION),
	  .start = CLIENT_START_EXISTING,
	  .positions = ids_only,
	  .run = why_run },
	{ .name = "state",
	  .cmdlet = "Get-KrTaskState",
	  .operands = "ID",
	  .least = 1,
	  .most = 1,
	  .summary = "print the state of a task",
	  .cmdlet_only = OPTION_SET(ID_OPTION),
	  .start = CLIENT_START_EXISTING,
	  .positions = server_and_id,
	  .send = state_send,
	  .receive = state_receive },
	{ .name = "result",
	  .cmdlet = "Get-KrTaskResult",
	  .operands = "ID",
	  .least = 1,
	  .most = 1,
	  .summary = "print the output of a finished task",
	  .cmdlet_only = OPTION_SET(ID_OPTION),
	  .start = CLIENT_START_EXISTING,
	  .positions = server_and_id,
	  .run = result_run },
	{ .name = "set",
	  .cmdlet = "Set-KrTask",
	  .operands = "ID...",
	  .least = 1,
	  .most = ANY,
	  .summary = "change tasks that wait",
	  .details = "The name and the description can always be changed, the rest while a task is\n"
	             "Created or Queued. All tasks are changed or none. The value none takes away\n"
	             "what was given.\n" ACT_DETAILS,
	  .options = OPTION_SET(SET_OPTIONS),
	  .later = OPTION_SET(SET_LATER),
	  .clears = OPTION_SET(SET_LATER),
	  .cmdlet_only = OPTION_SET(IDS_OPTION),
	  .start = CLIENT_START_EXISTING,
	  .positions = ids_only,
	  .check = set_check,
	  .send = set_send,
	  .receive = set_receive },
	{ .name = "set",
	  .cmdlet = "Set-KrTaskName",
	  .operands = "ID",
	  .least = 1,
	  .most = 1,
	  .summary = "change the name or description of a task",
	  .options = OPTION_SET(SET_OPTIONS),
	  .cmdlet_only = OPTION_SET(ID_OPTION),
	  .start = CLIENT_START_EXISTING,
	  .positions = server_and_id,
	  .hidden = true,
	  .check = set_check,
	  .send = set_send,
	  .receive = set_receive },
	{ .name = "edit",
	  .cmdlet = "Edit-KrTask",
	  .operands = "ID...",
	  .least = 1,
	  .most = ANY,
	  .summary = "change tasks that wait, in an editor",
	  .details = "Opens $VISUAL or $EDITOR (vi) with the command that would make each task. All\n"
	             "tasks are changed or none. False: not found, or not Created or Queued.\n",
	  .cmdlet_only = OPTION_SET(IDS_OPTION),
	  .start = CLIENT_START_EXISTING,
	  .positions = ids_only,
	  .run = edit_run },
	{ .name = "log",
	  .cmdlet = "Get-KrTaskLog",
	  .positions = ids_only,
	  .cmdlet_only = OPTION_SET(IDS_OPTION),
	  .selects = SELECTS_ENDED,
	  .operands = "ID...",
	  .least = 1,
	  .most = ANY,
	  .summary = "print the output of tasks so far",
	  .options = OPTION_SET(LOG_OPTIONS),
	  .later = OPTION_SET(LOG_LATER),
	  .check = log_check,
	  .start = CLIENT_START_EXISTING,
	  .run = log_run },
	{ .name = "wait",
	  .cmdlet = "Wait-KrTask",
	  .positions = ids_only,
	  .cmdlet_only = OPTION_SET(IDS_OPTION),
	  .selects = SELECTS_STARTED,
	  .operands = "ID...",
	  .least = 1,
	  .most = ANY,
	  .summary = "wait until tasks end and print their states",
	  .options = OPTION_SET(WAIT_OPTIONS),
	  .later = OPTION_SET(WAIT_LATER),
	  .details =
	          "For one task, the exit status is the task's own, 128+N for signal N.\n124: timeout; 125: waiting failed.\n",
	  .start = CLIENT_START_EXISTING,
	  .is_wait = true,
	  .run = wait_run },
	{ .name = "progress",
	  .operands = "PERCENT [MESSAGE]",
	  .least = 1,
	  .most = ANY,
	  .summary = "inside a task: report progress",
	  .start = CLIENT_START_NEVER,
	  .check = inside_check_progress,
	  .run = progress_run },
	{ .name = "cancelled",
	  .operands = "",
	  .summary = "inside a task: test whether it is cancelled",
	  .start = CLIENT_START_NEVER,
	  .check = inside_check_cancelled,
	  .run = cancelled_run },
	{ .name = "watch",
	  .selects = SELECTS_ANY,
	  .operands = "",
	  .summary = "print the table repeatedly, as plain text",
	  .options = OPTION_SET(WATCH_OPTIONS),
	  .later = OPTION_SET(LIST_LATER),
	  .start = CLIENT_START_EXISTING,
	  .check = get_check,
	  .run = watch_run },
	{ .name = "group add",
	  .cmdlet = "New-KrTaskGroup",
	  .operands = "NAME",
	  .least = 1,
	  .most = 1,
	  .summary = "add a group: a queue with slots of its own",
	  .options = OPTION_SET(GROUP_OPTIONS),
	  .later = OPTION_SET(GROUP_LATER),
	  .clears = OPTION_SET(GROUP_CLEARS),
	  .cmdlet_only = OPTION_SET(GROUP_NAME_OPTION),
	  .start = CLIENT_START_ALWAYS,
	  .positions = group_only,
	  .check = group_check,
	  .run = group_run },
	{ .name = "group set",
	  .cmdlet = "Set-KrTaskGroup",
	  .operands = "NAME",
	  .least = 1,
	  .most = 1,
	  .summary = "change a group",
	  .options = OPTION_SET(GROUP_OPTIONS),
	  .later = OPTION_SET(GROUP_LATER),
	  .clears = OPTION_SET(GROUP_CLEARS),
	  .cmdlet_only = OPTION_SET(GROUP_NAME_OPTION),
	  .start = CLIENT_START_EXISTING,
	  .positions = group_only,
	  .check = group_check,
	  .run = group_run },
	{ .name = "group remove",
	  .cmdlet = "Remove-KrTaskGroup",
	  .operands = "NAME",
	  .least = 1,
	  .most = 1,
	  .summary = "remove a group that is not in use",
	  .cmdlet_only = OPTION_SET(GROUP_NAME_OPTION),
	  .start = CLIENT_START_EXISTING,
	  .positions = group_only,
	  .check = group_check,
	  .run = group_run },
	{ .name = "group pause",
	  .cmdlet = "Suspend-KrTaskGroup",
	  .operands = "NAME",
	  .least = 1,
	  .most = 1,
	  .summary = "start no more tasks of a group",
	  .options = OPTION_SET(PAUSE_ALL_OPTIONS),
	  .cmdlet_only = OPTION_SET(GROUP_NAME_OPTION),
	  .start = CLIENT_START_EXISTING,
	  .positions = group_only,
	  .check = group_check,
	  .run = group_run },
	{ .name = "group resume",
	  .cmdlet = "Resume-KrTaskGroup",
	  .operands = "NAME",
	  .least = 1,
	  .most = 1,
	  .summary = "start tasks of a group again",
	  .options = OPTION_SET(PAUSE_ALL_OPTIONS),
	  .cmdlet_only = OPTION_SET(GROUP_NAME_OPTION),
	  .start = CLIENT_START_EXISTING,
	  .positions = group_only,
	  .check = group_check,
	  .run = group_run },
	{ .name = "group list",
	  .cmdlet = "Get-KrTaskGroup",
	  .operands = "",
	  .summary = "show groups",
	  .start = CLIENT_START_EXISTING,
	  .positions = server_only,
	  .run = group_list_run },
	{ .name = "server start",
	  .cmdlet = "Add-KrTasksService",
	  .operands = "",
	  .summary = "start the server, or set its slots",
	  .options = OPTION_SET(SERVER_START_OPTIONS),
	  .positions = server_only,
	  .start = CLIENT_START_ALWAYS,
	  .makes_server = true,
	  .run = server_start_run },
	{ .name = "server stop",
	  .cmdlet = "Stop-KrTasksService",
	  .operands = "",
	  .summary = "stop the server, unless tasks are running",
	  .options = OPTION_SET(SERVER_STOP_OPTIONS),
	  .start = CLIENT_START_NEVER,
	  .positions = server_only,
	  .check = server_stop_check,
	  .run = server_stop_run },
	{ .name = "server restart",
	  .cmdlet = "Restart-KrTasksService",
	  .operands = "",
	  .summary = "replace the server; tasks keep running",
	  .options = OPTION_SET(SERVER_START_OPTIONS),
	  .start = CLIENT_START_EXISTING,
	  .positions = server_only,
	  .run = server_restart_run },
	{ .name = "server pause",
	  .cmdlet = "Suspend-KrTasksService",
	  .operands = "",
	  .summary = "start no more tasks; running ones go on",
	  .options = OPTION_SET(PAUSE_ALL_OPTIONS),
	  .start = CLIENT_START_EXISTING,
	  .positions = server_only,
	  .run = server_pause_run },
	{ .name = "server resume",
	  .cmdlet = "Resume-KrTasksService",
	  .operands = "",
	  .summary = "start tasks again",
	  .options = OPTION_SET(PAUSE_ALL_OPTIONS),
	  .start = CLIENT_START_EXISTING,
	  .positions = server_only,
	  .run = server_resume_run },
	{ .name = "server status",
	  .cmdlet = "Get-KrTasksService",
	  .operands = "",
	  .summary = "show the server and its tasks by state",
	  .start = CLIENT_START_NEVER,
	  .positions = server_only,
	  .run = server_status_run },
	{ .name = "server set",
	  .cmdlet = "Set-KrTasksService",
	  .operands = "",
	  .summary = "change the server; later servers keep that",
	  .details = "The server keeps all tasks that have ended, unless this says otherwise. What\n"
	             "others wait for stays, and what has failed and nobody has seen; children go\n"
	             "with their parent.\n",
	  .options = OPTION_SET(SERVER_SET_OPTIONS),
	  .clears = OPTION_SET(SERVER_KEEP_OPTIONS),
	  .start = CLIENT_START_EXISTING,
	  .positions = server_only,
	  .check = server_set_check,
	  .run = server_set_run },
	{ .name = "server bridge",
	  .operands = "[never|existing|always]",
	  .most = 1,
	  .summary = "connect standard input and output to the server",
	  .start = CLIENT_START_EXISTING,
	  .hidden = true,
	  .run = server_bridge_run },
	{ .name = "help",
	  .operands = "[COMMAND]",
	  .most = 2,
	  .summary = "print how a command is used",
	  .start = CLIENT_START_NEVER,
	  .check = help_check,
	  .run = help_run },
	{ .name = NULL },
};

/* True if name is "FIRST SECOND". */
static bool is_pair(const char *name, const char *first, const char *second)
{
	size_t length = strlen(first);

	return strncmp(name, first, length) == 0 && name[length] == ' ' &&
	       strcmp(name + length + 1, second) == 0;
}

const struct command *command_find(const char *first, const char *second, bool *cmdlet, size_t *words)
{
	first = synonym_resolve(first);
	for (const struct command *command = command_table; command->name; command++) {
		bool pair = second && is_pair(command->name, first, second);

		if (pair || strcmp(command->name, first) == 0) {
			*cmdlet = false;
			*words = pair ? 2 : 1;
			return command;
		}
		if (command->cmdlet && strcasecmp(command->cmdlet, first) == 0) {
			*cmdlet = true;
			*words = 1;
			return command;
		}
	}
	return NULL;
}

struct option_set command_options_first(const struct command *command)
{
	struct option_set set = options_global;

	option_set_join(&set, &command->options);
	option_set_join(&set, &command->gnu_only);
	return set;
}

struct option_set command_options(const struct command *command)
{
	struct option_set set = command_options_first(command);

	option_set_join(&set, &command->later);
	if (command->selects)
		option_set_join(&set, &options_selectors);
	return set;
}

struct option_set command_parameters(const struct command *command)
{
	struct option_set set = options_common;

	option_set_join(&set, &command->options);
	option_set_join(&set, &command->later);
	option_set_join(&set, &command->cmdlet_only);
	option_set_add(&set, OPT_SERVER);
	return set;
}

void invocation_init(struct invocation *inv, struct context *context)
{
	*inv = (struct invocation){ .context = context };
	arguments_init(&inv->args);
}

void invocation_clear(struct invocation *inv)
{
	struct context *context = inv->context;
	struct strings captured[OUTPUT_COUNT];
	struct jsonw request = inv->request;
	struct deferred_error *deferred = inv->deferred;
	size_t deferred_size = inv->deferred_size;

	jsonw_clear(&request);
	words_release(&inv->refused);
	memcpy(captured, inv->captured, sizeof(captured));
	memset(inv, 0, offsetof(struct invocation, args));
	inv->context = context;
	inv->request = request;
	inv->deferred = deferred;
	inv->deferred_size = deferred_size;
	for (int i = 0; i < OUTPUT_COUNT; i++) {
		inv->captured[i] = captured[i];
		inv->captured[i].length = 0;
	}
	arguments_from(&inv->args, &inv->context->defaults);
	inv->fresh = true;
}

void invocation_release(struct invocation *inv)
{
	arguments_release(&inv->args);
	words_release(&inv->refused);
	jsonw_release(&inv->request);
	for (int i = 0; i < OUTPUT_COUNT; i++)
		strings_release(&inv->captured[i]);
	for (size_t i = 0; i < inv->deferred_count; i++)
		free(inv->deferred[i].text);
	free(inv->deferred);
}

const char *invocation_name(const struct invocation *inv)
{
	if (!inv->command)
		return "";
	return inv->cmdlet ? inv->command->cmdlet : inv->command->name;
}

/* Finds the word that the text is in.  A text may be a piece of a list that was copied from the word. */
void invocation_blame(struct invocation *inv, const char *text)
{
	for (size_t i = 0; text && i < inv->word_count; i++) {
		const struct word *word = &inv->words[i];

		if ((text >= word->text && text <= word->text + strlen(word->text)) ||
		    (*text && strstr(word->text, text))) {
			inv->column = word->column;
			return;
		}
	}
}

int invocation_check(struct invocation *inv)
{
	int status = 0;

	arguments_repair(&inv->args);
	inv->column = inv->word_count ? inv->words[inv->named].column : 0;
	if (inv->command->selects)
		status = selector_check(inv);
	if (!status && inv->command->check)
		status = inv->command->check(inv);
	inv->column = 0;
	return status;
}

int invocation_run(struct invocation *inv)
{
	const struct command *command = inv->command;
	int status = invocation_check(inv);

	if (status)
		return inv->status = status;
	if (command->run) {
		command->run(inv);
	} else if (invocation_connect(inv)) {
		command->send(inv);
		invocation_receive_all(inv);
	}
	hint_refused(inv);
	return inv->status;
}
