/*
 * The files by which a server and its pilots share tasks.  A pilot is a job that runs many of them.
 *
 *     DIR/pilots.GROUP/queue/TICKET    may begin
 *     DIR/pilots.GROUP/PILOT/TICKET    that pilot has claimed it: it may have begun
 *     DIR/pilots.GROUP/PILOT/log       what the pilot says
 *     DIR/pilots.GROUP/PILOT/s.…       what it is to signal
 *     DIR/pilots.GROUP/PILOT.slurm     what Slurm says of its job
 *     DIR/pilots.GROUP/PILOT.over/     the server has taken the directory away: the pilot begins nothing more
 *
 * A ticket moves by rename: from the queue to a pilot, or back to the server.  So nothing begins twice, and nothing begins
 * that the server has taken back, whatever else is lost.  A claim is on the disk before the command begins.
 *
 * A pilot keeps its directory open, as a network filesystem would for it: what it claims gets there even if the directory
 * has another name by now.  So after each claim, and before anything begins, it looks whether its directory still has the
 * name.  If so, the claim came before the server took the directory away, and is in the list that the server then makes.
 * If not, it does not begin; the server finds it there when it removes the directory.
 *
 * A pilot moves tickets in one direction only, so whoever lists the queue and then the pilots misses none, whatever moves
 * meanwhile.  What it will not begin, it says, and the server puts that into the queue again, by a rename to another serial:
 * one that is before all that are new.
 *
 * The name of a ticket is SERIAL.LIMIT.BASE: they are claimed in the order of their serials; seconds that it may take,
 * or 0; of its output files.  Its content are strings that end with a NUL: the umask, "1" if both streams are one file,
 * the directory, the number of words, the words, and the environment.
 *
 * A signal is an empty file s.ORDER.NUMBER.SERIAL: a number of its own, that of the signal, that of the ticket.
 *
 * Lines of a log:  h JOB NODE, when it begins;  b SERIAL PID TIME;  e SERIAL STATUS TIME;  r SERIAL, which it has claimed and
 * will not begin;  x SERIAL, which takes longer than any such pilot has;  q, when it claims nothing more and nothing runs.
 * What the end of its job has ended is not said, nor q then: it is lost, and Slurm says why the job ended.
 */
#ifndef KRTASK_EXEC_SLURM_CLAIMS_H
#define KRTASK_EXEC_SLURM_CLAIMS_H

#define CLAIMS_QUEUE   "queue"
#define CLAIMS_LOG     "log"
#define CLAIMS_OVER    ".over"
#define CLAIMS_SLURM   ".slurm"
#define CLAIMS_SIGNAL  "s."
#define CLAIMS_PROGRAM "krtask-pilot"

enum { CLAIMS_NAME = 128 };

#endif
