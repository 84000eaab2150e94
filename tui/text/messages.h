/*
 * What the front end says to people, by name: see engine/task/messages.h, which has the rest and the rules.
 */
#ifndef KRTASK_TUI_TEXT_MESSAGES_H
#define KRTASK_TUI_TEXT_MESSAGES_H

#include "engine/task/messages.h"

/* --- the program */

#define MSG_OUTPUT_FAILED   "cannot write to standard output: %s"
#define MSG_NO_TERMINAL     "no command given, and no terminal for the screen; see krtask --help"
#define MSG_ONE_BATCH_FILE  "unexpected operand '%s'; --batch takes one file"
#define MSG_BATCH_OPTIONS   "--check and --stop-on-error need --batch"

/* --- the server */

#define MSG_SERVER_UNREACHABLE     "cannot reach the server"
#define MSG_SERVER_UNREACHABLE_WHY "cannot reach the server: %s"
#define MSG_SERVER_NEW_UNREACHABLE "cannot reach the new server: %s"
#define MSG_SERVER_ADDRESS_EMPTY   "the server address must not be empty"
#define MSG_SERVER_UNKNOWN         "there is no server '%s' (there %s); krtask -s %s server start makes it"
#define MSG_SERVER_RUNNING         "server '%s' is running, pid %lld"
#define MSG_CONNECTION_LOST        "the connection was lost"
#define MSG_REPLY_LOST                                                                                       \
	"the connection was lost before the reply; the request may or may not have been carried out"

/* --- options, parameters and operands */

#define MSG_COMMAND_UNKNOWN       "unknown command '%s' (known: %s)"
#define MSG_SUBCOMMAND_MISSING    "'%s' needs a subcommand: %s"
#define MSG_OPTION_UNKNOWN        "unknown option '--%.*s' (known: %s)"
#define MSG_OPTION_AMBIGUOUS      "option '--%.*s' is ambiguous: %s"
#define MSG_OPTION_NEEDS_VALUE    "option '%s' needs a value: %s"
#define MSG_OPTION_NOT_FOR        "option '--%s' is not valid with %s"
#define MSG_LETTER_UNKNOWN        "unknown option '-%c' in '%s'"
#define MSG_PARAMETER_UNKNOWN     "unknown parameter '-%.*s' (known: %s)"
#define MSG_PARAMETER_AMBIGUOUS   "parameter '-%.*s' is ambiguous: %s"
#define MSG_PARAMETER_NEEDS_VALUE "parameter -%s needs a value: %s"
#define MSG_PARAMETER_EMPTY       "parameter -%s needs a value; in a shell, quote it: '-%s:$false'"
#define MSG_PARAMETER_TWICE       "parameter -%s is given twice"
#define MSG_PARAMETER_ARRAY       "parameter -%s takes one value, not an array: pipe ids; quote a comma that is part of a value"
#define MSG_ID_ARRAY              "parameter -%s takes one id, not an array; pipe them: $ids | %s"
#define MSG_ID_EMPTY              "parameter -Id must not be empty: an id is needed"
#define MSG_ID_TWICE_POSITION     "'%s' is a second id beside -Id, or else a server that does not exist"
#define MSG_SWITCH_LOOSE          "'%s' is no value of -%s, which is a switch; write -%s:%s"
#define MSG_ID_TWICE_PIPED        "parameter -Id is given twice, once through the pipeline"
#define MSG_STATE_ALONE           "parameter -State needs a value: STATE; only beside -Id alone it needs none"
#define MSG_POSITIONAL_NONE       "unexpected value '%s'; no parameter is positional"
#define MSG_POSITIONAL_ONE        "unexpected value '%s'; only %s is positional"
#define MSG_POSITIONAL_TWO        "unexpected value '%s'; only %s and %s are positional"
#define MSG_OPERAND_MISSING       "missing operand: %s"
#define MSG_PARAMETER_MISSING     "missing parameter: -Id"
#define MSG_PIPE_NOT_TAKEN        "'%s' takes no tasks from a pipeline"

/* What a value must be, behind the name of its option or parameter. */
#define MSG_OPTION_VALUE        "value '%s' of --%s %s"
#define MSG_PARAMETER_VALUE     "value '%s' of -%s %s"
#define MSG_MUST_BE_BOOL        "must be true or false"
#define MSG_MUST_BE_COUNT       "must be a whole number, 0 or greater"
#define MSG_MUST_BE_BYTES       "must be a number of bytes, e.g. 1000, 64K, 10M or 1G"
#define MSG_MUST_BE_FEWER_BYTES "must be less than 8 EiB"
#define MSG_MUST_BE_SECONDS     "must be a number of seconds, 0 or greater"
#define MSG_MUST_BE_ONE_OF      "must be one of "
#define MSG_MUST_BE_PREFERENCE  MSG_MUST_BE_ONE_OF "None, Low, Medium, High"
#define MSG_MUST_BE_ACTION                                                                                   \
	MSG_MUST_BE_ONE_OF "SilentlyContinue, Stop, Continue, Inquire, Ignore, Suspend, Break"
#define MSG_MUST_BE_VARIABLE                                                                                 \
	"must be a variable name: letters, digits and _, no digit first; + before it appends"
#define MSG_MUST_NOT_BE_PREFERENCE "must not be a preference; assign to it"
#define MSG_MUST_NOT_BE_IGNORE     "must not be Ignore, which is for single commands"
#define MSG_MUST_NOT_BE_CONSTANT "must not be a constant: true, false and null cannot be set"

/* --- commands */

#define MSG_SIGNAL_UNKNOWN      "unknown signal '%s'; must be a name such as TERM, a number, or none"
#define MSG_STATE_UNKNOWN       "unknown state '%s' (known: %s)"
#define MSG_COLUMN_UNKNOWN      "unknown column '%s' (known: %s)"
#define MSG_COLUMNS_TOO_MANY    "too many columns: '%s' is beyond the %d that can be shown"
#define MSG_LANGUAGE_UNKNOWN    "unknown language '%s' (known: %s)"
#define MSG_LANGUAGE_ALONE      "language '%s' needs -c or --file"
#define MSG_STOPPED_BY_PREFERENCE "nothing more was done, because $%sPreference says so"
#define MSG_NO_ANSWER           "no answer for task '%s': %s"
#define MSG_INPUT_ENDED         "end of input"
#define MSG_SET_OPTIONS         "--name or --description"
#define MSG_SET_PARAMETERS      "-Name or -Description"
#define MSG_NOTHING_TO_SET      "nothing to set for task '%s'; give %s"
#define MSG_FILE_IS_DIRECTORY   "'%s' is a directory, not a file"
#define MSG_CWD_GONE            "the working directory no longer exists"
#define MSG_CWD_UNKNOWN         "cannot determine the working directory: %s"
#define MSG_OPERAND_BEFORE      "unexpected operand '%s' before '--'"
#define MSG_OPERAND_NOT_COMMAND "unexpected operand '%s'; a command must follow '--'"
#define MSG_CODE_AND_FILE       "code and file '%s' are both given; give one of --, -c and --file"
#define MSG_CODE_AND_COMMAND    "code and command '%s' are both given; give one of --, -c and --file"
#define MSG_NOTHING_TO_RUN      "nothing to run; give -- COMMAND, -c CODE or --file PATH"
#define MSG_ARGUMENT_INVALID                                                                                 \
	"argument '%s' must be NAME=VALUE, with letters, digits and _ in NAME and no digit first"
#define MSG_HINT_START        "(not started yet: krtask start %s)"
#define MSG_NOT_INSIDE        "not inside a task: KRTASK_ID is not set"
#define MSG_PERCENT_INVALID   "percentage '%s' must be a number"
#define MSG_TASK_NOT_RUNNING  "task '%s' is not running"
#define MSG_BYTES_NOT_KEPT    "%llu bytes were not kept (--max-log)"
#define MSG_SLOTS_TOO_MANY    "%lld slots are too many; must be at most %d"
#define MSG_DRAIN_AND_CANCEL  "--drain and --cancel are both given; give one"
#define MSG_STOP_REFUSED      "%s; --drain waits for them, --cancel cancels them"
#define MSG_WAIT_TIMEOUT      "task '%s' has not ended after %g s"
#define MSG_WAIT_TIMEOUT_MORE "task '%s' and %zu more have not ended after %g s"

/* --- batches */

#define MSG_BATCH_UNREADABLE "cannot read %s: %s"
#define MSG_QUOTE_OPEN       "the quote that begins here is not closed"
#define MSG_BRACE_OPEN       "a variable name and '}' must follow '${'"
#define MSG_BACKSLASH_LAST   "a character must follow the backslash"
#define MSG_OPERATOR_UNKNOWN                                                                                 \
	"';', '&', '<' and '>' have no meaning here; quote them, and write one command a line"
#define MSG_NUL_BYTE           "a line must not contain a NUL byte"
#define MSG_PIPE_TWICE         "a line can have only one '|'"
#define MSG_PIPE_FIRST         "an address or get must stand before '|'"
#define MSG_PIPE_LAST          "a command must follow '|'"
#define MSG_PIPE_SOURCE        "'%s' cannot stand before '|'; only an address, get, list or Get-KrTask can"
#define MSG_PIPE_SOURCE_WORDS  "one address, or get, must stand before '|'"
#define MSG_ASSIGN_NOTHING     "a value or a command must follow '='"
#define MSG_ASSIGN_CONSTANT    "$%s is a constant and cannot be set"
#define MSG_VARIABLE_UNDEFINED "variable '$%s' is not defined; no line above sets it"
#define MSG_VARIABLE_EMPTY     "variable '$%s' is empty"
#define MSG_LINE_NO_COMMAND    "the line has no command"
#define MSG_SERVER_TWICE       "the server is given twice, '%s' through the pipeline"
#define MSG_PREFERENCE_VALUE   "$%s '%s' %s"
#define MSG_PREFERENCE_UNKNOWN "$%s is no preference; there are %s"
#define MSG_PREFERENCE_COMMAND "$%s takes one value, and no command"

/* --- the configuration file */

#define MSG_CONFIG_AT      "%s:%u: %s"
#define MSG_CONFIG_SECTION "unknown section '[%s]'; there are no sections"
#define MSG_CONFIG_KEY     "unknown key '%s' (known: %s)"
#define MSG_CONFIG_LINE    "must be KEY = VALUE"

/* --- the screen: the message line, with a capital and a full stop where it is a sentence */

#define MSG_TERMINAL_NOT        "standard %s is not a terminal"
#define MSG_TERMINAL_UNUSABLE   "cannot use the terminal"
#define MSG_TERM_UNSET          "TERM is not set"
#define MSG_TERM_UNUSABLE       "TERM '%s' must be a terminal whose cursor can be moved"
#define MSG_SHELL_RETURN        "Type \"exit\" to return to krtask."
#define MSG_CONNECTING          "Connecting to server '%s'"
#define MSG_RECONNECTING        "Lost the connection to server '%s'; reconnecting"
#define MSG_NOT_CONNECTED       "Not connected to the server yet."
#define MSG_SAY_CONNECTION_LOST "The connection was lost."
#define MSG_NOTHING_SELECTED    "No task is selected."
#define MSG_LIST_EMPTY          "No tasks yet; n creates one."
#define MSG_LIST_FILTERED       "No task has this text in its id, name or command."
#define MSG_TASK_GONE           "Task %s no longer exists."
#define MSG_OPERATION_PENDING   "The server has not yet answered the last operation."
#define MSG_KILL_NOTICE         "All of its processes are killed now (SIGKILL)."
#define MSG_REASON_CHILDREN     "some of its children have not ended"
#define MSG_REASON_STATE        "it is %s"
#define MSG_REASON_NOT_FOUND    "it does not exist"
#define MSG_COMMAND_RUNNING     "Another command is still running; Esc interrupts it."
#define MSG_COMMAND_INTERRUPTS  "Esc interrupts"
#define MSG_COMMAND_INTERRUPTED "The command was interrupted; all variables are lost."
#define MSG_COMMAND_FAILED      "Cannot run the command: %s"
#define MSG_COMMAND_STATUS      "exit status %d"
#define MSG_CREATED             "Task %s: created"
#define MSG_CREATED_STARTED     "Task %s: created and started"
#define MSG_CREATED_NOT         "What-if mode is on, so no task is created; w turns it off."
#define MSG_FORM_AT             "Command, column %u: %s"
#define MSG_FORM_COMMAND        "Command: %s"
#define MSG_FORM_EMPTY          "must not be empty"
#define MSG_FORM_PIPE           "'|' has no meaning here; quote it, or use sh -c '…'"
#define MSG_FORM_VARIABLE       "a variable has no meaning here; quote the '$', or use sh -c '…'"
#define MSG_FIND_NONE           "No task has '%s' in its id, name or command."
#define MSG_FIND_NO_OTHER       "No other task has '%s' in its id, name or command."
#define MSG_FIND_WRAPPED        "'%s': search continues from the first task"
#define MSG_LOG_CUT             "[%lld bytes were not kept]\n"
#define MSG_LOG_NONE            "No output."
#define MSG_LOG_NONE_YET        "No output yet."
#define MSG_SORT_CREATION       "order of creation"

#endif
