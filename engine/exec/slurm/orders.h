/* What the worker is to do with jobs, in the order in which it was asked for.  Loop thread only. */
#ifndef KRTASK_EXEC_SLURM_ORDERS_H
#define KRTASK_EXEC_SLURM_ORDERS_H

#include "engine/exec/slurm/attempt.h"
#include "engine/run/pool.h"

enum slurm_order {
	SLURM_ORDER_RELEASE,
	SLURM_ORDER_HOLD,
	SLURM_ORDER_CANCEL, /* those that are pending */
	SLURM_ORDER_SIGNAL, /* those that run */
	SLURM_ORDER_KILL,
	SLURM_ORDER_COUNT
};

/* The thread of the executor, which is made for its first job.  0 or -errno. */
int slurm_worker(struct slurm *slurm);
/* Gives it a job, when it is there.  done begins with silence_end(). */
void slurm_give(struct slurm *slurm, struct pool_job *job, void (*work)(struct pool_job *),
                void (*done)(struct pool_job *));
/* The same for files of crews, in another thread. */
int slurm_files(struct slurm *slurm);
void slurm_give_files(struct slurm *slurm, struct pool_job *job, void (*work)(struct pool_job *),
                      void (*done)(struct pool_job *));
/* Something has happened: the next squeue comes soon. */
void slurm_hurry(struct slurm *slurm);
/* signal: the number of one.  Orders of one kind are given together.  If there is no memory, the next squeue shows it. */
void slurm_order(struct slurm *slurm, enum slurm_order order, int signal, const uint64_t *jobs, size_t count);
/* What is stopped is continued, too, unless the signal is SIGKILL or SIGSTOP. */
void slurm_order_signal(struct slurm *slurm, int signal, const uint64_t *jobs, size_t count);
/* Gives the orders again that Slurm has not heard. */
void slurm_repeat_orders(struct slurm *slurm);
void slurm_drop_orders(struct slurm *slurm);
/* Removes files, of the attempts from first to last, if the directory is that of the server. */
void slurm_discard(struct slurm *slurm, const char *directory, uint64_t number, uint32_t first, uint32_t last,
                   bool all);

#endif
