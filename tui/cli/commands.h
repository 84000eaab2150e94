/* The functions that the command table refers to, by the file they are in. */
#ifndef KRTASK_TUI_CLI_COMMANDS_H
#define KRTASK_TUI_CLI_COMMANDS_H

#include "tui/cli/command.h"

/* create.c: new, run */
int create_check(struct invocation *inv);
void create_send(struct invocation *inv);
void create_receive(struct invocation *inv, struct client_reply *reply);
/* foreground.c: run */
bool run_in_foreground(const struct invocation *inv);
/* True if it prints a line about the end of its task, as wait does: on the screen. */
bool run_tells_end(const struct invocation *inv);
bool run_pipelines(const struct invocation *inv);
void run_run(struct invocation *inv);

/* again.c */
int again_check(struct invocation *inv);
bool again_pipelines(const struct invocation *inv);
void again_send(struct invocation *inv);
void again_receive(struct invocation *inv, struct client_reply *reply);
void again_run(struct invocation *inv);

/* clean.c */
void clean_run(struct invocation *inv);
void away_run(struct invocation *inv);

/* operation.c: start, stop, remove, pause, resume */
enum {
	OPERATION_MOST = 5000,   /* the server takes so many tasks in a call */
	OPERATION_AT_ONCE = 500, /* others wait for a call: so many are in one, if they need not be */
};
int operation_check_stop(struct invocation *inv);
bool operation_pipelines(const struct invocation *inv);
void operation_run(struct invocation *inv);
/* The same for the operands as they are. */
void operation_run_found(struct invocation *inv);
void operation_send(struct invocation *inv);
void operation_receive(struct invocation *inv, struct client_reply *reply);

/* edit.c */
void edit_run(struct invocation *inv);

/* set.c */
int set_check(struct invocation *inv);
void set_send(struct invocation *inv);
void set_receive(struct invocation *inv, struct client_reply *reply);

/* show.c: get, list, state, watch */
int get_check(struct invocation *inv);
void get_run(struct invocation *inv);
void show_run(struct invocation *inv);
void why_run(struct invocation *inv);
void state_send(struct invocation *inv);
void state_receive(struct invocation *inv, struct client_reply *reply);
void watch_run(struct invocation *inv);

/* output.c: result; log.c; wait.c */
void result_run(struct invocation *inv);
int log_check(struct invocation *inv);
void log_run(struct invocation *inv);
void wait_run(struct invocation *inv);

/* inside.c: progress, cancelled */
int inside_check_progress(struct invocation *inv);
void progress_run(struct invocation *inv);
int inside_check_cancelled(struct invocation *inv);
void cancelled_run(struct invocation *inv);

/* group.c: group … */
int group_check(struct invocation *inv);
void group_run(struct invocation *inv);
void group_list_run(struct invocation *inv);
/* The nearest names to a group that the server does not know; false: the reply is about something else. */
bool group_report_unknown(struct invocation *inv, const struct client_reply *reply);

/* help.c */
int help_check(struct invocation *inv);
void help_run(struct invocation *inv);

/* server.c: server … */
void server_start_run(struct invocation *inv);
int server_set_check(struct invocation *inv);
void server_set_run(struct invocation *inv);
int server_stop_check(struct invocation *inv);
void server_stop_run(struct invocation *inv);
void server_pause_run(struct invocation *inv);
void server_resume_run(struct invocation *inv);
void server_restart_run(struct invocation *inv);
void server_status_run(struct invocation *inv);
void server_bridge_run(struct invocation *inv);

#endif
