/*
 * What the server, its client and the library say to people, by name, so that a wording is changed in one place and tests share it.
 *
 * Each is a format of printf(3), or the whole text, without the program's name and without a full stop.  tests/system/lib.sh reads this
 * file too: a definition is one line, or lines that a backslash continues, of string literals and names that were defined before.
 */
#ifndef KRTASK_TASK_MESSAGES_H
#define KRTASK_TASK_MESSAGES_H

/* --- a server's error, in words (client_explain()) */

#define MSG_TASK_NOT_FOUND       "task '%s' not found"
#define MSG_ID_IN_USE            "id '%s' is already in use"
#define MSG_ID_USED_BEFORE       "id '%s' was used before"
#define MSG_WINDOW_NOT_FOUND     "the server has no window %s"
#define MSG_ENVIRONMENT_UNKNOWN  "the server has no environment with hash %s"
#define MSG_TASK_NOT_ENDED       "task '%s' is %s; no result until it ends"
#define MSG_TASKS_ACTIVE         "%s running and %s queued tasks"
#define MSG_REQUEST_TOO_LARGE    "the request is larger than %s bytes"
#define MSG_SERVER_OUT_OF_MEMORY "the server is out of memory"
#define MSG_INTERFACE_UNKNOWN    "the server has no interface %s"
#define MSG_METHOD_UNKNOWN       "the server has no method %s"
#define MSG_PARAMETER_INVALID    "the server does not accept the value of parameter %s"

#endif
