/*
 * Connections to a service of this process, whose memory may run out (loop_memory.h).  It has two tasks: build, which is
 * Completed and has printed more than one part of a log, in the group g; and other, which is Created, a child of build.
 */
#ifndef KRTASK_TESTS_SERVICE_PEER_H
#define KRTASK_TESTS_SERVICE_PEER_H

#define CREATE(id, more)                                                                                     \
	"{\"method\":\"io.krtask.Create\",\"parameters\":{\"id\":\"" id                                      \
	"\",\"command\":[\"/bin/echo\",\"it's\"],"                                                           \
	"\"cwd\":\"/\"" more "}}"
#define CALL(method, parameters) "{\"method\":\"io.krtask." method "\",\"parameters\":{" parameters "}}"
#define MORE(method, parameters)                                                                             \
	"{\"method\":\"io.krtask." method "\",\"more\":true,\"parameters\":{" parameters "}}"

void peer_setup(void);
/* The same, without any task. */
void peer_begin(void);
void peer_teardown(void);
/* A later server has the same state directory, and the same socket. */
void peer_restart(void);
int dial(void);
/* As event_base_loop(). */
void turn(int flags);
/* Returns the next frame; NULL: the connection was closed.  free() it. */
char *receive(int fd);
/* Sends a frame, and receives the next one. */
char *ask(int fd, const char *frame);
/* On connections of their own. */
void expect(const char *frame, const char *answer);
void ask_and_forget(const char *frame);

#endif
