/*
 * A selection of rows (select.h) as its files know it.  Each step does what there are units for, and sets the next one.
 */
#ifndef KRTASK_ENGINE_SERVICE_SELECTING_H
#define KRTASK_ENGINE_SERVICE_SELECTING_H

#include "engine/service/chores.h"
#include "engine/service/parting.h"
#include "engine/service/select.h"
#include "engine/service/sorting.h"
#include "engine/service/tops.h"
#include "engine/service/tree.h"

enum { SELECT_LOOK = 32 /* tasks between two looks at the time */ };

struct selecting {
	struct chore chore; /* first */
	struct service *service;
	const struct query *query;
	struct rows_order order;
	select_done_fn done;
	void *ctx;
	struct selecting **handle;
	bool (*step)(struct selecting *selecting, size_t *units); /* true: it is over, or failed */
	int error;
	bool takes_all, plain;     /* as the query said at the beginning */
	bool cut;                  /* only the rows that are asked for are there */
	unsigned parts;            /* of the order of activity */
	struct core_reader reader; /* so that the tasks of the rows stay */
	struct selection selection;
	size_t size;    /* of its rows, allocated */
	size_t at;      /* of ids, or of rows: the next */
	uint64_t last;  /* number of the task that was looked at; 0: none yet */
	struct top top; /* if it is to be kept: what is in it */
	struct matcher matcher;
	size_t heap; /* rows to be kept, the last of them first; 0: all */
	bool middle; /* of all rows only some in the middle are sorted */
	struct parting parting;
	size_t marked; /* rows before these that the top knows */
	struct sorting sorting;
	struct arranging arranging;
	struct tree made;
	size_t numbered, left; /* rows that were looked at again at the end, and those that are still there */
};

/* Steps: all tasks are looked at; rows get their numbers. */
bool select_scan(struct selecting *selecting, size_t *units);
bool select_number(struct selecting *selecting, size_t *units);
/* After the scan, if only some rows in the middle are to be sorted. */
void select_begin_part(struct selecting *selecting);
/* Keeps what was found, and takes the rows out of that.  False: they are not there, so all are selected again. */
bool select_keep_top(struct selecting *selecting);

#endif
