/* Signal names as kill(1) takes them. Pure. */
#ifndef KRTASK_TASK_SIGNALS_H
#define KRTASK_TASK_SIGNALS_H

/* "TERM", "SIGTERM", "15", any case, RTMIN+N; "none" is 0.  -1 for anything else. */
int signal_parse(const char *name);
/* "TERM"; "RTMIN+2"; "none" for 0.  Static or thread-local storage. */
const char *signal_name(int number);

#endif
