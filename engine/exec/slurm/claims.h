/*
 * The files by which a server and its pilots share tasks.  A pilot is a job that runs many of them.
 *
 *     DIR/pilots.GROUP/queue/TICKET    may begin
 *     DIR/pilots.GROUP/PILOT/TICKET    that pilot has claimed it: it may have begun
 *     DIR/pilots.GROUP/returned/TICKET  a pilot has given it back before it began: it may begin
 *     DIR/pilots.GROUP/PILOT/log       what the pilot says
 *     DIR/pilots.GROUP/PILOT/s.…       what it is to signal
 *     DIR/pilots.GROUP/PILOT.over/     the server has taken the directory away: the pilot claims nothing more
 *
 * A ticket moves by rename: from the queue to a pilot, or back to the server.  So nothing begins twice, and nothing begins
 * that the server has taken back, whatever else is lost.  A claim is on the disk before the command begins.
 *
 * It goes forwards only: queue, pilot, returned, pilot.  What was returned is claimed to begin at once, and not returned
 * again.  So whoever lists these in that order misses none, whatever moves meanwhile.
 *
 * The name of a ticket is SERIAL.LIMIT.BASE: they are claimed in the order of their serials; seconds that it may take,
 * or 0; of its output files.  Its content are strings that end with a NUL: the umask, "1" if both streams are one file,
 * the directory, the number of words, the words, and the environment.
 *
 * A signal is an empty file s.ORDER.NUMBER.SERIAL: a number of its own, that of the signal, that of the ticket.
 *
 * Lines of a log:  h JOB NODE, when it begins;  b SERIAL PID TIME;  e SERIAL STATUS;  x SERIAL, which takes longer than
 * any such pilot has;  q, when it claims nothing more and nothing runs.
 */
#ifndef KRTASK_EXEC_SLURM_CLAIMS_H
#define KRTASK_EXEC_SLURM_CLAIMS_H

#define CLAIMS_QUEUE "queue"
#define CLAIMS_RETURNED "returned"
#define CLAIMS_LOG "log"
#define CLAIMS_OVER ".over"
#define CLAIMS_SIGNAL "s."
#define CLAIMS_PROGRAM "krtask-pilot"

enum { CLAIMS_NAME = 128 };

#endif
