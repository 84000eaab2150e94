/*
 * The messages of the server, its client and the library.  Tests use the same names, so that a wording is
 * changed in one place.
 *
 * Each is a text or a format of printf(3), without the name of the program and without a full stop.
 * tests/system/lib.sh also reads this file.  So a definition must be one line, or lines that a backslash
 * continues, with string literals and names that were defined before.
 */
#ifndef KRTASK_TASK_MESSAGES_H
#define KRTASK_TASK_MESSAGES_H

#define MSG_OUT_OF_MEMORY "out of memory"

/* --- errors of the server (client_explain()) */

#define MSG_TASK_NOT_FOUND       "task '%s' not found"
#define MSG_ATTEMPT_NOT_FOUND    "task '%s' has no attempt %s"
#define MSG_WINDOW_NOT_FOUND     "the server has no window %s"
#define MSG_MUST_BE_ID         "must be 1 to 64 characters of A-Za-z0-9._-, beginning with a letter or digit"
#define MSG_GROUP_NOT_FOUND      "group '%s' not found; there are: %s"
#define MSG_GROUP_INVALID        "group '%s' " MSG_MUST_BE_ID "; it must not be none"
#define MSG_GROUP_IN_USE         "group '%s' exists already"
#define MSG_GROUP_BUSY           "group '%s' cannot be removed: tasks wait or run in it"
#define MSG_GROUP_STAYS          "group 'default' cannot be removed: it is always there"
#define MSG_DEVICES_BUSY         "group '%s' cannot get other devices while tasks use them"
#define MSG_SLOTS_ARE_DEVICES    "group '%s' has as many slots as devices: %s"
#define MSG_DEVICES_INVALID                                                                                  \
	"devices '%s' must be VARIABLE=NAME[,NAME]..., with at most %d names; 0-7 is eight of them"
#define MSG_WEIGHT_OVER_DEVICES  "weight %u is more than the %u devices of group '%s'"
#define MSG_WAITS_OVER_DEVICES   "task %s: " MSG_WEIGHT_OVER_DEVICES
#define MSG_ID_IN_USE            "id '%s' is already in use"
#define MSG_ID_USED_BEFORE       "id '%s' was used before"
#define MSG_ENVIRONMENT_UNKNOWN  "the server has no environment with hash %s"
#define MSG_TASK_NOT_ENDED       "task '%s' is %s; no result until it ends"
#define MSG_TASK_GOES_ON         "task '%s' has not ended"
#define MSG_TASKS_ACTIVE         "%s running, %s paused and %s queued tasks"
#define MSG_TASK_HELD            "held until it is resumed: krtask resume"
#define MSG_TASKS_PAUSED         "a drain does not wait for paused tasks: %s"
#define MSG_SERVER_OVERLOADED    "the server holds more than %s bytes for all its clients, most for this one; try again later"
#define MSG_REQUEST_TOO_LARGE    "the request is larger than %s bytes"
#define MSG_SERVER_OUT_OF_MEMORY "the server is out of memory"
#define MSG_INTERFACE_UNKNOWN    "the server has no interface %s"
#define MSG_METHOD_UNKNOWN       "the server has no method %s"
#define MSG_PARAMETER_INVALID    "the server does not accept the value of parameter %s"
#define MSG_FRAME_NOT_JSON       "not valid JSON"
#define MSG_FRAME_NOT_UTF8       "not valid UTF-8"
#define MSG_FRAME_SURROGATE      "an escaped surrogate without its other half"
#define MSG_FRAME_NUL_IN_NAME    "the name of a field contains NUL"
#define MSG_FRAME_TOO_DEEP       "nested too deeply"
#define MSG_FRAME_TOO_MANY       "too many values: at most 1048576, of which 65536 are objects or arrays"
#define MSG_FRAME_TWICE          "field '%s' occurs more than once"
#define MSG_FRAME_SOME_TWICE     "a field occurs more than once"
#define MSG_FRAME_NOT_OBJECT     "not a JSON object"
#define MSG_FRAME_NO_METHOD      "no method, or not a string"
#define MSG_FRAME_NUL_IN_METHOD  "the name of the method contains NUL"
#define MSG_SERVER_STOPPING      "the server is already stopping"
#define MSG_SERVER_UNRECORDED                                                                                \
	"the server has ended, but its database is no longer there, or was cut off or written over: what happened to its tasks since is not recorded"
#define MSG_SERVER_STARTS_NONE   "the server is stopping and starts no more tasks"
#define MSG_TASK_INVALID         "the task is not valid"
#define MSG_TASK_NOT_STORED      "the task could not be stored"

/* --- what a task must be: NAME 'VALUE' must be ... */

#define MSG_VALUE_INVALID      "%s '%s%s' %s"
#define MSG_MUST_BE_UTF8       "must be valid UTF-8"
#define MSG_MUST_BE_ABSOLUTE   "must be an absolute path"
#define MSG_MUST_BE_ASSIGNMENT "must be NAME=VALUE"
#define MSG_TEXT_BLANK         "%s must not be blank"
#define MSG_WEBHOOK_INVALID    "value '%s' of --webhook must be an address that begins with http:// or https://"
#define MSG_WEBHOOK_NO_CURL    "--webhook needs the program curl, which is not in the PATH of the task"
#define MSG_TEXT_TOO_LONG      "%s must not be longer than %zu bytes"
#define MSG_DIRECTORY_MISSING  "no working directory given"
#define MSG_AFTER_TWICE        "task '%s' is waited for twice, with different conditions"
#define MSG_SETS_LARGE \
	"%zu bytes for %zu tasks are too many at once; must be at most %d: change fewer tasks at a time"
#define MSG_SETS_AFTER \
	"%zu dependencies of %zu tasks are too many at once; must be at most %d: change fewer tasks at a time"
#define MSG_AFTER_ITSELF       "task '%s' would wait for itself"
#define MSG_COMMAND_MISSING    "no command given"
#define MSG_COMMAND_EMPTY      "the first word of the command must not be empty"

/* --- the name of what follows the end of a task: on-fail of 7 */

#define MSG_HOOK_NAME "%s of %s"

/* --- a file that a task is to run */

#define MSG_FILE_UNREADABLE     "cannot read file '%s': %s"
#define MSG_FILE_INVALID        "file '%s' %s"
#define MSG_FILE_NOT_REGULAR    "is not a regular file"
#define MSG_FILE_LINE_TOO_LONG  "has a #! line longer than 256 bytes"
#define MSG_FILE_NO_INTERPRETER "has a #! line without an interpreter"
#define MSG_FILE_LANGUAGE_UNKNOWN                                                                            \
	"has no known language; give it a #! line, one of the extensions%s, or --language with one of %s"

/* --- why a task does not run yet */

#define MSG_WHY_HELD            "held: until krtask resume %s"
#define MSG_WHY_GROUP_PAUSED    "paused: group %s, until krtask group resume %s"
#define MSG_WHY_SERVER_PAUSED   "paused: the server, until krtask server resume"
#define MSG_WHY_SERVER_STOPPING "paused: the server is stopping"
#define MSG_WHY_BEGIN_TIME      "time: it begins in %s"
#define MSG_WHY_RETRY           "retry: attempt %u of %u begins in %s"
#define MSG_WHY_SURVIVORS       "survivors: attempt %u has left processes: %s"
#define MSG_WHY_AFTER           "after: task %s is %s (needs: %s)"
#define MSG_WHY_AFTER_NEVER     "after: task %s is %s, and will not change (needs: %s)"
#define MSG_WHY_AFTER_GONE      "after: that task no longer exists"
#define MSG_WHY_GROUP_SLOTS     "slots: group %s uses %u of %u"
#define MSG_WHY_HOOKS           "of hooks"
#define MSG_WHY_SERVER_SLOTS    "slots: the server uses %u of %u"
#define MSG_WHY_INSIDE          "; task %s waits for it, and has a slot: use --after"
#define MSG_WHY_WEIGHT          "weight: it takes %u slots (free: %u)"
#define MSG_WHY_HEAD_WEIGHT     "weight: task %s comes first and takes %u slots (free: %u)"
#define MSG_WHY_PRIORITY        "priority: task %s comes first, with %d"
#define MSG_WHY_GROUP_PRIORITY  "priority: group %s comes first, with %d"
#define MSG_WHY_DEVICES         "devices: %.*s has %u of %u free, and it needs %u"
#define MSG_WHY_STORE           "system: changes cannot be stored"
#define MSG_WHY_SYSTEM          "system: %s"
#define MSG_WHY_STUCK           "disk: directory '%s', or that of the program, does not answer (process %d)"

/* --- tasks on Slurm */

#define MSG_SLURM_SILENT          "Slurm does not answer"
#define MSG_SLURM_STUCK           "a directory of a group on Slurm does not answer"
#define MSG_SLURM_SQUEUE          "squeue failed: %s"
#define MSG_SLURM_SQUEUE_ANSWER   "squeue answered '%s', which is no list of jobs"
#define MSG_SLURM_REASON          "Slurm: %s"
#define MSG_SLURM_ENDED           "ended by Slurm: %s"
#define MSG_SLURM_LOST            "ended by Slurm: %s; the exit status is unknown"
#define MSG_SLURM_REFUSED         "sbatch refused it: %s"
#define MSG_SLURM_ANSWER          "sbatch answered '%s', which is no number of a job"
#define MSG_SLURM_MISSING         "cannot run %s: %s"
#define MSG_SLURM_GONE            "its job was cancelled in Slurm before it began"
#define MSG_SLURM_UNSEEN          "Slurm no longer knows job %llu, and it left no exit status"
#define MSG_SLURM_NO_END          "job %llu is %s in Slurm, and it left no exit status"
#define MSG_SLURM_DIRECTORY       "cannot write to %s: %s"
#define MSG_SLURM_DIRECTORY_OTHER "directory %s belongs to another server; give each its own with --dir"
#define MSG_SLURM_PAUSED          "its job keeps its allocation in Slurm"
#define MSG_PILOT_PAUSED          "it keeps its slot in its pilot"
#define MSG_PILOT_LOST            "its pilot ended (%s); the exit status is unknown"
#define MSG_PILOT_SHORT           "its time limit is longer than the time of a pilot; see --time in --sbatch of the group"
#define MSG_PILOT_NEVER_BEGAN     "pilots end before they begin; see %s/%s.slurm"
#define MSG_SLURM_NO_TRACE                                                                                   \
	"job %llu on %s ended without a trace in %s; --dir must be a directory that the nodes share"
#define MSG_GROUP_NO_SLURM     "there is no sbatch here; install Slurm's client, or name its directory in KRTASK_SLURM_BIN"
#define MSG_GROUP_NO_DIRECTORY "--executor slurm needs --dir, a directory that all nodes share"
#define MSG_GROUP_DIRECTORY    "value '%s' of --dir: %s"
#define MSG_GROUP_NOT_SLURM    "--sbatch, --dir and --pilot need --executor slurm"
#define MSG_GROUP_PILOT_MOVES  "tasks of group '%s' wait or run; --pilot can be given or taken away when it is empty"
#define MSG_GROUP_DEVICES      "a group on Slurm has no --devices; use --sbatch --gres=..."
#define MSG_GROUP_MOVES        "group '%s' is in use or always there; its executor cannot be changed"
#define MSG_SBATCH_UNUSED      "group '%s' does not run on Slurm: --sbatch has no effect there"
#define MSG_SBATCH_INVALID     "option '%s' of sbatch cannot be used here"

/* --- how a task ended */

#define MSG_CANCELLED              "Cancelled"
#define MSG_STOPPED_BY_USER        "stopped by a user"
#define MSG_CANCELLED_BEFORE_START "Cancelled before start"
#define MSG_TOO_LATE "too late"
#define MSG_TIME_LIMIT_REACHED "time limit of %s reached"
#define MSG_NOT_RUN                "not run: task %s is %s"
#define MSG_NOT_RUN_GONE           "not run: a task that it waited for no longer exists"
#define MSG_CANCELLED_BEFORE_ATTEMPT "Cancelled before attempt %u"
#define MSG_ATTEMPT_ENDED          "attempt %u: %s"
#define MSG_ENDED_BY_SIGNAL        "killed by signal %s"
#define MSG_ENDED_WITH_STATUS      "exited with status %d"
#define MSG_ENDED_NOT_RUN          "cannot run the command; there was no memory to note why"
#define MSG_ENDED_UNSEEN           "ended while no server was watching; the exit status is unknown"
#define MSG_ENDED_RESTARTED                                                                                  \
	"the machine was restarted; the command may have started, and how it ended is unknown"
#define MSG_ENDED_LEDGER_LOST                                                                                \
	"the ledger was lost; the command may have started, and how it ended is unknown"
#define MSG_ENDED_NO_ENTRY                                                                                   \
	"the ledger entry is not valid; the command may have started, and how it ended is unknown"
#define MSG_TASK_WAITING "waiting: %s"
#define MSG_SHORT_OF_DESCRIPTORS "no file descriptor is free; the server may have %u (ulimit -n)"
#define MSG_SHORT_OF_PROCESSES   "no process can be created; its user, or the machine, has as many as it may (ulimit -u)"
#define MSG_SHORTFALL            "the machine or the server allows less: the task gets %s"
#define MSG_SHORTFALL_NICENESS   "niceness %d instead of %d"
#define MSG_SHORTFALL_CPUS       "CPUs %.*s instead of %.*s"
#define MSG_SHORTFALL_LIMITS     "lower limits (ulimit -H:%s)"
#define MSG_OUTPUT_UNREADABLE "cannot read '%s': %s"
#define MSG_OUTPUT_DIRECTORY "cannot make files for output in %s: %s"
#define MSG_OUTPUT_DISK_FULL "the disk that holds its output is full"
#define MSG_LEFT_RUNNING "left running: "
#define MSG_LEFT_ENDED   "ended later: "
#define MSG_LEFT_MORE    " and %u more"
#define MSG_LEFT_COUNT   "left running: %u processes"

/* --- a command that could not be started: STEP 'OBJECT': REASON */

#define MSG_SPAWN_MEMORY      "cannot prepare a process"
#define MSG_SPAWN_CLONE       "cannot create a process"
#define MSG_SPAWN_SESSION     "cannot create a session"
#define MSG_SPAWN_DESCRIPTORS "cannot set up the standard descriptors"
#define MSG_SPAWN_LIMITS      "cannot set the resource limits"
#define MSG_SPAWN_DIRECTORY   "cannot change to directory"
#define MSG_SPAWN_EXEC        "cannot run"
#define MSG_NO_INTERPRETER    "its interpreter does not exist"
#define MSG_COMMAND_NOT_FOUND "command not found"
#define MSG_COMMAND_IS_CODE   "command not found; shell code needs -c"

/* --- the state directory and what is in it */

#define MSG_LOG_UNUSABLE     "cannot open %s/log, which must be a directory and no link: %s"
#define MSG_DATABASE_NO_FILE "%s must be a file, not a link, a directory or anything else"
#define MSG_DATABASE_WAY_OUT "; restore the database, or move directory %s away to begin anew"
#define MSG_DATABASE_FOREIGN     "%s is not a krtask database" MSG_DATABASE_WAY_OUT
#define MSG_DATABASE_GONE                                                                                    \
	"%s is no longer there; nothing can be stored until this server is stopped and started again"
#define MSG_DATABASE_CUT                                                                                     \
	"%s was cut off or written over by somebody; nothing can be stored until this server is stopped and started again"
#define MSG_DATABASE_EMPTY   "is empty"
#define MSG_DATABASE_MISSING "is not there"
#define MSG_DATABASE_LOST                                                                                    \
	"%s %s, but %s holds the output of its tasks" MSG_DATABASE_WAY_OUT
#define MSG_UNDONE_UNSYNCED "%s; undone, unless the machine stops before the disk works again"
#define MSG_STOP_UNRECORDED "the signal was sent all the same, but the stop is not recorded"
#define MSG_RESUME_UNRECORDED "the task goes on all the same, but that is not recorded"
#define MSG_DISK_SCARCE \
	"the disk is full, and what room the server has kept is for stops, ends and removals of tasks"
#define MSG_REMOVAL_PART  "what was removed before stays removed"
#define MSG_UNDONE_UNKNOWN  "%s; whether it is undone is not known"
#define MSG_DATABASE_DAMAGED     "%s is damaged: %s" MSG_DATABASE_WAY_OUT
#define MSG_DATABASE_NEWER       "%s was created by a newer krtaskd (its schema is %d, this one knows up to %d)"
#define MSG_TASK_DAMAGED         "the database is damaged: the %s of this task is not valid"
#define MSG_TASK_STATUS_MISSING                                                                              \
	"its status is missing from the database; the command may have started, and how it ended is unknown"
#define MSG_FILE_NOT_CREATED     "cannot create %s: %s"
#define MSG_EVENTFD_NOT_CREATED  "cannot create an eventfd: %s"
#define MSG_LEDGER_FAILED        "cannot %s %s/ledger: %s"

/* --- addresses and directories */

#define MSG_SOCKET_PATH_TOO_LONG "socket path '%s' is %zu bytes long; must be at most %zu"
#define MSG_ADDRESS_NOT_ABSOLUTE "server address '%s' must have an absolute path: unix:/path"
#define MSG_ADDRESS_NO_HOST                                                                                  \
	"server address '%s' has no valid host; must be ssh://[user@]host[:port][/NAME]"
#define MSG_ADDRESS_PORT "port '%s' of server address '%s' must be a number from 1 to 65535"
#define MSG_SERVERS_PROGRAM                                                                                  \
	"path '%s' after '%s': only with an ssh:// address, a path says where krtask is on that host"
#define MSG_SERVER_NAME_INVALID                                                                              \
	"server name '%s' " MSG_MUST_BE_ID "; or give unix:/path or ssh://[user@]host[:port][/NAME]"
#define MSG_HOME_MISSING          "no home directory for the state directory; set KRTASK_STATE_DIR"
#define MSG_DIRECTORY_NOT_CREATED "cannot create directory %s: %s"
#define MSG_DIRECTORY_FAILED      "cannot use directory '%s': %s"
#define MSG_DIRECTORY_IS_LINK     "'%s' is a symbolic link; must be a directory"
#define MSG_DIRECTORY_IS_NOT      "'%s' is not a directory"
#define MSG_DIRECTORY_FOREIGN     "directory '%s' belongs to uid %u; must belong to you (uid %u)"
#define MSG_DIRECTORY_OPEN        "directory '%s' is open to others (mode %04o); must be private: chmod 700"

/* --- reaching a server */

#define MSG_REPLY_UNEXPECTED       "unexpected reply from the server"
#define MSG_SOCKET_NOT_CREATED     "cannot create a socket: %s"
#define MSG_CONNECT_FAILED         "cannot connect to '%s': %s"
#define MSG_SERVER_FOREIGN         "the server at '%s' belongs to uid %u; must belong to you (uid %u)"
#define MSG_SERVER_OTHER_STATE                                                                               \
	"the server at '%s' has state directory '%s', not '%s'; each needs a runtime directory of its own (KRTASK_RUNTIME_DIR)"
#define MSG_SERVER_FULL            "the server at '%s' does not accept more connections"
#define MSG_SERVER_NOT_AT          "no server is listening at '%s'"
#define MSG_SERVER_NOT_RUNNING     "no server '%s' is running; krtask, or krtask run COMMAND, starts it"
#define MSG_SERVER_NOT_RUNNING_NAMED "no server '%s' is running; krtask -s %s server start starts it"
#define MSG_SERVER_SILENT          "server '%s' was started, but does not answer at '%s'"
#define MSG_SERVER_AWAITED         "waiting for server '%s', which does not answer"
#define MSG_START_AWAITED          "waiting for server '%s' to start"
#define MSG_SERVER_HUNG                                                                                      \
	"server '%s' did not answer within %g s (--server-timeout); a change that was asked for may still "  \
	"be made"
#define MSG_START_TIMEOUT          "server '%s' is being started by another client, and did not start within %g s"
#define MSG_SERVER_LOST            "the connection to server '%s' was lost"
#define MSG_SERVER_NOT_VARLINK     "server '%s' does not speak varlink"
#define MSG_SSH_FAILED             "cannot run ssh: %s"
#define MSG_SSH_ENDED                                                                                        \
	"host %s ended the connection before its krtask answered%s; see that krtask can be run there, or say "  \
	"where it is: %s = %s PATH, in [servers] of the configuration"
#define MSG_SSH_WROTE              ", and wrote '%s'"
#define MSG_SSH_REFUSED            "host %s: %s"
#define MSG_SSH_CHATTERS                                                                                     \
	"host %s wrote '%s' before its krtask answered; the start file of the shell there must print nothing "  \
	"when the shell is not interactive"
#define MSG_SSH_SAID               "host %s: %s; %s"
#define MSG_SSH_ADVICE_HOST        "check the name, or describe the host in ~/.ssh/config"
#define MSG_SSH_ADVICE_KEY         "it accepts no key of yours: ssh-copy-id installs one there"
#define MSG_SSH_ADVICE_KNOWN       "the key of the host must be accepted once, by hand: ssh %s"
#define MSG_SSH_CHANGED            "the key of the host has changed"
#define MSG_SSH_ADVICE_CHANGED                                                                               \
	MSG_SSH_CHANGED ", so somebody may be in between: ask who runs the host before you remove the old key: " \
			"ssh-keygen -R %s"
#define MSG_SSH_ADVICE             "to see why: ssh %s"
#define MSG_SSH_NO_KRTASK                                                                                    \
	"host %s has no krtask that can be run: %s; install it there, or say where it is: %s = %s PATH, "  \
	"in [servers] of the configuration"
#define MSG_SSH_LOST               "the connection to host %s was lost: %s"
#define MSG_SSH_AGAIN              "%s; connecting again"
#define MSG_SSH_CONNECTED          "%s; connected again"
#define MSG_EXITED_WITH            "it ended with status %d"
#define MSG_SERVER_OLDER           "%s; the server of '%s' is too old: version %s, and this krtask is %s"
#define MSG_SERVER_NEWER           "%s; this krtask is too old: version %s, and the server of '%s' is %s"
#define MSG_ENVIRONMENT_UNREADABLE "cannot read the environment of this process: %s"
#define MSG_BRIDGE_FAILED          "the connection failed: %s"

/* --- starting a server */

#define MSG_SERVER_NOT_STARTED   "server '%s' did not start: %s"
#define MSG_REFUSED_RUNNING      "%s; processes of its tasks are running: %s"
#define MSG_KRTASKD_FAILED       "cannot run krtaskd: %s"
#define MSG_KRTASKD_GIVEN        "cannot run krtaskd: KRTASKD is '%s': %s"
#define MSG_KRTASKD_NOT_FOUND    "krtaskd not found; tried %s and PATH"
#define MSG_KRTASKD_NOT_ON_PATH  "krtaskd not found on PATH"
#define MSG_KRTASKD_NOT_EXECUTED "cannot execute krtaskd"
#define MSG_KRTASKD_ENDED        "krtaskd ended before it answered"
#define MSG_KRTASKD_SILENT       "krtaskd did not answer in time"
#define MSG_KRTASKD_USAGE        "try krtaskd --help"
#define MSG_KRTASKD_DURATION "value '%s' of %s must be a duration, e.g. 60s"
#define MSG_KRTASKD_NAME         "value '%s' of --name " MSG_MUST_BE_ID
#define MSG_KRTASKD_ALL          "value '%s' of --name must not be all: for krtask it means several servers"
#define MSG_KRTASKD_NUMBER       "value '%s' of %s must be a whole number, 0 to %ld"
#define MSG_OPERAND_UNEXPECTED   "unexpected operand '%s'"
#define MSG_RESTART_UNUSABLE     "cannot run '%s': %s"
#define MSG_RESTART_RELATIVE     "path '%s' of krtaskd must be absolute"
#define MSG_RESTART_UNFIT        "'%s' cannot take over from this server"
#define MSG_RESTART_UNWRITABLE   "cannot write to %s/%s, so a new server could not take over: %s"
#define MSG_RESTART_BLIND        "%s is gone, or was cut off or written over, so a new server could not take over"
#define MSG_ACTIVATION_INVALID   "LISTEN_FDS must be one listening Unix stream socket with an absolute path"
#define MSG_ALREADY_RUNNING      "already running at %s"
#define MSG_STANDS_IN            "already running at %s; its tasks are left to it, and this process ends with it"
#define MSG_LOCK_FAILED          "cannot lock '%s': %s"
#define MSG_LOCK_HELD            "the lock of the state directory is held, but its holder does not answer"
#define MSG_LOCK_HELD_ELSEWHERE  "'%s' is held by a server on another machine (%s)"
#define MSG_LOCK_COPIED \
	"'%s' is a copy of '%s', whose server runs and has the same tasks; stop that one first (krtask server stop)"
#define MSG_DIRECTORY_USED "'%s' is used by another server, although its lock file was deleted; end that krtaskd"
#define MSG_DIRECTORY_REPLACED \
	"'%s' is not the directory that this server began with; put that back, or begin anew in this one"
#define MSG_SOCKET_TAKEN         "socket '%s' belongs to another server"
#define MSG_LISTEN_FAILED        "cannot listen at '%s': %s"
#define MSG_SERVER_DIED          "the server died %u times before it answered"
#define MSG_SERVER_KILLED        "the server was killed by SIG%s"

/* --- faults of the program, in the server's log */

#define MSG_PHASE_IMPOSSIBLE "task '%s': event %s is impossible in phase %s"
#define MSG_TURN_TOO_LONG "a turn of the loop took %llu ms of processor time, more than %d"

#endif
