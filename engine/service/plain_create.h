/*
 * Reading the parameters of Create from their text, if they are plain, as nearly all are: it takes a tenth of the time
 * that jansson takes to build a tree of them.  What is not plain is left to jansson.
 */
#ifndef KRTASK_ENGINE_SERVICE_PLAIN_CREATE_H
#define KRTASK_ENGINE_SERVICE_PLAIN_CREATE_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/task/environment.h"
#include "engine/task/task.h"

struct plain_create {
	struct task_spec spec;
	char environment[ENVIRONMENT_HASH_SIZE]; /* "": none was named */
	char parent[TASK_ID_MAX + 1];            /* the same */
	bool start;
};

/*
 * Plain is an object without blanks, that has only parameters that say what the task is, each once; their texts are of
 * printable ASCII without escapes, and none of their values is null or wrong.  1: it is read; 0: it is not plain;
 * -ENOMEM.  If it is not 1, nothing is to be released.
 */
int plain_create_read(struct plain_create *create, const char *json, size_t length);
void plain_create_release(struct plain_create *create);

#endif
