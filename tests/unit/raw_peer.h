/*
 * Connections of raw sockets to the server of fake_server.h.  The test runs its loop turn by turn, so that the
 * order of events is certain.
 */
#ifndef KRTASK_TESTS_RAW_PEER_H
#define KRTASK_TESTS_RAW_PEER_H

#include <stddef.h>

#include "tests/unit/fake_server.h"

enum { SILENT_TURNS = 50, PATIENCE_S = 30 };

extern struct fake fake;

void setup(void);
void teardown(void);
int dial(void);
/* Sends the same frame many times in one piece, before the server looks at it. */
void send_many(int fd, const char *frame, size_t count);
/* Returns how many bytes the server took before it refused the rest. */
size_t give(int fd, const char *bytes, size_t length);
/* Sends a call, with its NUL. */
void call(int fd, const char *frame);
void turns(unsigned count);
/* Returns the next frame; NULL at the end of the connection. */
char *next(int fd);
void expect(int fd, const char *frame);
void expect_begin(int fd, const char *begin);
void expect_silence(int fd);
void expect_end(int fd);
void is_alive(void);

#endif
