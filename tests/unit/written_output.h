/*
 * Output files of a command that is not there: the test opens, writes and closes them.
 */
#ifndef KRTASK_TESTS_WRITTEN_OUTPUT_H
#define KRTASK_TESTS_WRITTEN_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/run/output.h"

enum { PAIR = 3, BLOCK = 4096 };

extern struct output *output;
extern int out_fd, err_fd;

void setup(void);
void teardown(void);
/* Opens the files as the command has them. */
int open_file(int pair, enum output_stream stream);
void start(bool merge);
/* Closes the files, as the kernel does at the end of the command. */
void end_writing(void);
void finish(uint64_t number);

/* With what is in it, which are files. */
int remove_directory(const char *directory);
void put(int fd, const char *text);
bool always(void *ctx);
bool exists(const char *name);
ino_t inode(const char *name);
void check_content(uint64_t number, int entry, enum output_stream stream, const char *content);

#endif
