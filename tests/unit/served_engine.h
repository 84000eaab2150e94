/*
 * The engine, the service and the socket in the process of the test, which turns the loop, and can make the disk fail
 * (disk.h).  Its tasks can wait at a gate.
 */
#ifndef KRTASK_TESTS_SERVED_ENGINE_H
#define KRTASK_TESTS_SERVED_ENGINE_H

#include <jansson.h>
#include <stdbool.h>

#include "engine/engine.h"
#include "engine/service/service.h"
#include "tests/unit/turned_engine.h"

extern struct service *service;

void setup(void);
void teardown(void);
/* The next server, on the same directory. */
void close_all(void);
void open_all(void);
int dial(void);
/* Sends a call, with parameters in the format of json_pack().  A + before the name means "more". */
void call(int fd, const char *method, const char *format, ...);
/* Turns the loop until the next reply, which the caller must free. */
json_t *next(int fd);
/* Checks that the next reply is this error. */
void expect_error(int fd, const char *name, const char *reason);
/* Checks that the next reply is no error. */
void expect_done(int fd);
/* Calls Create. */
void make(int fd, const char *id, const char *code, bool start);

#endif
