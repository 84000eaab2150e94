#include "config.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utlist.h>

#include "engine/run/follow.h"
#include "engine/run/pool.h"
#include "engine/run/process.h"
#include "engine/service/log_part.h"
#include "engine/service/service.h"
#include "engine/task/messages.h"

/*
 * Log and Result.  Workers read parts of an output file.  With `more`, this goes on while the file grows,
 * until the task ends.
 *
 * The file of a running attempt gets another name when the attempt ends.  So what was read from it is used
 * only if the attempt had not ended by then.  After the end the file is opened again.
 */
enum {
	BLIND_SECONDS =
		1, /* between looks at a file that the kernel cannot watch, or that could not be read */
};

struct log_call {
	struct pool_job job; /* first: log_call_work() and log_call_done() get it */
	struct log_call *prev, *next;
	struct service *service; /* NULL: the call was closed while a worker had the job */
	struct engine *engine;
	struct wire_call *call;
	uint64_t number;
	char id[TASK_ID_MAX + 1]; /* as the caller gave it */
	enum executor_stream stream;
	uint32_t attempt; /* whose output is read, from 1 */
	bool only;        /* ends with this attempt, and does not go on into the next */
	bool following;   /* goes on until the task ends */
	bool over;        /* the attempt has ended */
	bool ended;       /* the task has ended */
	bool working;     /* a worker has the job */
	bool again;       /* the file grew meanwhile */
	struct follow_watch *watch;
	struct event pause; /* before the watch is armed again */
	bool begun;         /* the attempt was running when the file was opened */
	int fd; /* of the file, which the loop has opened, and the worker reads and closes; -errno */
	struct log_part part;
};

static void read_on(struct log_call *stream);

static bool attempt_is_over(const struct task *task, uint32_t attempt)
{
	return attempt <= task_plan(task)->marks.attempt || task_state_terminal(task->status.state);
}

/*
 * From now on the stream uses only its own memory, since the service may be freed before the worker is done.
 */
static void leave_service(struct log_call *stream)
{
	if (stream->watch)
		follow_disarm(engine_follow(stream->engine), stream->watch);
	event_del(&stream->pause);
	DL_DELETE(stream->service->log_calls, stream);
	leaving_look(stream->service);
	stream->service = NULL;
}

static void log_call_free(struct log_call *stream)
{
	if (stream->service)
		leave_service(stream);
	log_part_release(&stream->part);
	free(stream);
}

static void log_call_closed(void *ctx)
{
	struct log_call *stream = ctx;
	leave_service(stream);
	if (!stream->working)
		log_call_free(stream);
}

static void log_call_work(struct pool_job *job)
{
	struct log_call *stream = (struct log_call *)job;
	log_part_read(&stream->part, stream->fd, stream->following);
	if (stream->fd >= 0)
		close(stream->fd);
}

/* True if the call goes on. */
static bool log_call_reply(struct log_call *stream, const struct task *task, bool end, bool more)
{
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "offset");
	jsonw_int(&w, stream->part.next_offset - stream->part.got);
	jsonw_key(&w, "data");
	jsonw_base64(&w, stream->part.bytes, (size_t)stream->part.got);
	jsonw_key(&w, "next");
	jsonw_int(&w, stream->part.next_offset);
	jsonw_key(&w, "skipped");
	jsonw_uint(&w, stream->part.skipped);
	if (stream->part.sieve) {
		jsonw_key(&w, "reached");
		jsonw_int(&w, stream->part.reached);
	}
	jsonw_key(&w, "end");
	jsonw_bool(&w, end);
	jsonw_key(&w, "ended");
	jsonw_bool(&w, stream->ended);
	jsonw_key(&w, "state");
	jsonw_string(&w, task_state_name(task->status.state));
	jsonw_key(&w, "attempt");
	jsonw_uint(&w, stream->attempt);
	jsonw_end_object(&w);
	bool goes_on = wire_reply(stream->call, &w, more);
	jsonw_release(&w);
	return goes_on;
}

static void log_call_grew(void *ctx)
{
	struct log_call *stream = ctx;
	stream->watch = NULL;
	struct timeval pause = { .tv_usec = FOLLOW_INTERVAL_MS * 1000 };
	event_add(&stream->pause, &pause);
}

static void pause_over(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	read_on(ctx);
}

static void log_call_pause(struct log_call *stream)
{
	struct timeval pause = { .tv_sec = BLIND_SECONDS };
	event_add(&stream->pause, &pause);
}

/*
 * The watch is armed before the file is read, so that nothing is missed in between.  If the kernel has no
 * watch left, or another machine writes the file, it is looked at now and then.
 */
static void log_call_arm(struct log_call *stream, const struct task *task)
{
	struct executor_output output;
	if (stream->watch || !stream->following || stream->over)
		return;
	int error = engine_output(stream->engine, task, stream->attempt, stream->stream, false, &output);
	if (!error && output.elsewhere)
		error = -EXDEV;
	if (!error)
		error = follow_arm(engine_follow(stream->engine), output.path, log_call_grew, stream,
		                   &stream->watch);
	if (!error)
		return;
	stream->watch = NULL;
	if (stream->begun && error != -ENOENT)
		log_call_pause(stream);
}

static struct task *log_call_task(const struct log_call *stream)
{
	return order_find(&engine_registry(stream->engine)->order, stream->number);
}

static void finish_gone(struct log_call *stream)
{
	struct wire_call *call = stream->call;
	char id[TASK_ID_MAX + 1];
	memcpy(id, stream->id, sizeof(id));
	log_call_free(stream);
	fail_not_found(call, id);
}

static void log_call_drained(void *ctx)
{
	read_on(ctx);
}

/* It was read to its end, and the next one has begun. */
static bool log_call_has_next(const struct log_call *stream, const struct task *task)
{
	return stream->following && stream->over && !stream->only && task_attempt(task) > stream->attempt;
}

static void log_call_take_next(struct log_call *stream)
{
	stream->attempt++;
	log_part_rewind(&stream->part);
	wire_call_on_drained(stream->call, log_call_drained, stream);
}

/* The file that it follows gets another name, and another task may have the old one. */
static void log_call_let_go(struct log_call *stream)
{
	event_del(&stream->pause);
	if (stream->watch)
		follow_disarm(engine_follow(stream->engine), stream->watch);
	stream->watch = NULL;
}

/*
 * While the worker looked, the attempt has begun, so that there is a file to be watched; or it has ended, and
 * its file has moved.
 */
static bool log_call_is_late(struct log_call *stream, const struct task *task)
{
	if (stream->over)
		return false;
	if (!attempt_is_over(task, stream->attempt))
		return stream->following && !stream->begun && engine_has_begun(task);
	log_call_let_go(stream);
	return true;
}

static void log_call_fail(struct log_call *stream, const struct task *task)
{
	struct wire_call *call = stream->call;
	struct executor_output output = { .path = "" };
	int error = (int)stream->part.got;
	char *reason = NULL;
	(void)engine_output(stream->engine, task, stream->attempt, stream->stream, false, &output);
	log_call_free(stream);
	if (error == -ERANGE) {
		wire_invalid(call, "offset");
	} else if (error == -ENOMEM ||
	           asprintf(&reason, MSG_OUTPUT_UNREADABLE, output.path, strerror(-error)) < 0) {
		fail_memory(call);
	} else {
		fail_reason(call, "OutputFailed", reason);
		free(reason);
	}
}

/* Sends what was read, and goes on from there. */
static void log_call_pass(struct log_call *stream, const struct task *task)
{
	const struct log_part *part = &stream->part;
	bool at_end = part->at_end;
	bool next = at_end && log_call_has_next(stream, task);
	bool final = !stream->following || stream->ended || (stream->only && stream->over);
	bool over = at_end && final && !stream->again && !next;
	bool last = over || !wire_call_more(stream->call);
	bool goes_on = !last;
	if (last || part->got > 0 || part->skipped > 0)
		goes_on = log_call_reply(stream, task, over || (at_end && !stream->following), !last);
	log_part_advance(&stream->part);
	if (!goes_on)
		log_call_free(stream);
	else if (next)
		log_call_take_next(stream);
	else if (!at_end || stream->again)
		wire_call_on_drained(stream->call, log_call_drained, stream);
}

static void log_call_done(struct pool_job *job)
{
	struct log_call *stream = (struct log_call *)job;
	stream->working = false;
	if (!stream->service) {
		log_call_free(stream);
		return;
	}
	const struct task *task = log_call_task(stream);
	if (!task)
		finish_gone(stream);
	else if (log_call_is_late(stream, task))
		read_on(stream);
	else if (stream->part.got >= 0)
		log_call_pass(stream, task);
	else if (stream->following && process_trouble((int)stream->part.got))
		log_call_pause(stream); /* descriptors or memory are lacking just now */
	else
		log_call_fail(stream, task);
}

static void read_on(struct log_call *stream)
{
	if (stream->working) {
		stream->again = true;
		return;
	}
	const struct task *task = log_call_task(stream);
	if (!task) {
		finish_gone(stream);
		return;
	}
	stream->again = false;
	stream->over = attempt_is_over(task, stream->attempt);
	stream->begun = !stream->over && engine_has_begun(task);
	stream->ended = task_state_terminal(task->status.state);
	log_call_arm(stream, task);
	struct executor_output output;
	int error = engine_output(stream->engine, task, stream->attempt, stream->stream, true, &output);
	stream->fd = error ? error : output.fd < 0 ? -ENOENT : output.fd;
	stream->working = true;
	pool_submit(engine_pool(stream->engine), &stream->job);
}

/* Calls that followed an attempt before its start, or one that has ended: there may be another file now. */
static bool log_call_is_behind(const struct log_call *stream, const struct task *task)
{
	if (stream->over)
		return log_call_has_next(stream, task);
	return attempt_is_over(task, stream->attempt) || (!stream->begun && engine_has_begun(task));
}

void log_calls_changed(struct service *service)
{
	struct log_call *stream, *next;
	DL_FOREACH_SAFE(service->log_calls, stream, next)
	{
		if (!stream->following || stream->working || stream->ended)
			continue;
		const struct task *task = log_call_task(stream);
		if (task && !log_call_is_behind(stream, task))
			continue;
		if (task && attempt_is_over(task, stream->attempt))
			log_call_let_go(stream);
		read_on(stream);
	}
}

void log_calls_ended(struct service *service, const struct task *task)
{
	struct log_call *stream, *next;
	DL_FOREACH_SAFE(service->log_calls, stream, next)
	{
		if (stream->number != task->number || !stream->following)
			continue;
		log_call_let_go(stream);
		read_on(stream);
	}
}

bool log_calls_read(const struct service *service, const struct task *task)
{
	const struct log_call *stream;
	DL_FOREACH(service->log_calls, stream)
	{
		if (stream->number == task->number)
			return true;
	}
	return false;
}

/* The part that a client asks for. */
struct stream_part {
	const char *id;
	int64_t offset, tail; /* tail -1: begin at offset */
	int64_t attempt;      /* 0: the latest */
	bool only;
	struct sieve *sieve; /* NULL: nothing is looked for */
	bool backward;
};

/* What is to be looked for.  Whoever follows is given all. */
static void stream_read_words(struct args *args, struct stream_part *part, bool following)
{
	const json_t *words = args_array(args, "words"), *word;
	bool any_case = args_bool(args, "anyCase");
	size_t i;

	part->backward = args_bool(args, "backwards");
	if (!words)
		return;
	part->sieve = sieve_new(any_case);
	if (!part->sieve || following || part->tail >= 0 || json_array_size(words) == 0)
		args_fail(args, "words");
	json_array_foreach(words, i, word)
	{
		const char *text = args_item(word);
		if (part->sieve && (!text || !sieve_add(part->sieve, text)))
			args_fail(args, "words");
	}
}

static void stream_read(struct args *args, struct stream_part *part)
{
	part->id = args_string(args, "id");
	part->offset = args_count(args, "offset", INT64_MAX, 0);
	part->tail = args_count(args, "tail", INT64_MAX, -1);
	part->attempt = args_count(args, "attempt", UINT32_MAX, 0);
	if (args_has(args, "attempt") && part->attempt == 0)
		args_fail(args, "attempt");
	part->only = args_bool(args, "only");
}

/* Completes it.  False: it has replied that there is no such attempt. */
static bool stream_find_attempt(struct wire_call *call, const struct task *task, struct stream_part *part)
{
	uint32_t latest = task_attempt(task) ? task_attempt(task) : 1;
	if (part->attempt == 0)
		part->attempt = latest;
	if (part->attempt <= latest)
		return true;
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "id");
	jsonw_string(&w, part->id);
	jsonw_key(&w, "attempt");
	jsonw_int(&w, part->attempt);
	jsonw_end_object(&w);
	wire_error(call, "AttemptNotFound", &w);
	jsonw_release(&w);
	return false;
}

static void log_call_begin(struct service *service, struct wire_call *call, const struct task *task,
                           struct stream_part *wanted, enum executor_stream which, bool following)
{
	struct log_call *stream = calloc(1, sizeof(*stream));
	if (!stream || log_part_init(&stream->part, wanted->offset, wanted->tail)) {
		free(stream);
		fail_memory(call);
		return;
	}
	stream->job.work = log_call_work;
	stream->job.done = log_call_done;
	stream->service = service;
	stream->engine = service->engine;
	stream->call = call;
	stream->number = task->number;
	snprintf(stream->id, sizeof(stream->id), "%s", wanted->id);
	stream->stream = which;
	stream->attempt = (uint32_t)wanted->attempt;
	stream->only = wanted->only;
	stream->following = following;
	stream->part.capped = task_max_log(task) > 0;
	stream->part.sieve = wanted->sieve;
	stream->part.backward = wanted->backward;
	wanted->sieve = NULL;
	event_assign(&stream->pause, service->options.base, -1, 0, pause_over, stream);
	DL_APPEND(service->log_calls, stream);
	wire_call_on_close(call, log_call_closed, stream);
	read_on(stream);
}

void service_log(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	const char *name = args_string(&args, "stream");
	struct stream_part part = { 0 };
	enum executor_stream which = name && strcmp(name, "stderr") == 0 ? EXECUTOR_STDERR : EXECUTOR_STDOUT;
	if (name && which == EXECUTOR_STDOUT && strcmp(name, "stdout") != 0)
		args_fail(&args, "stream");
	stream_read(&args, &part);
	stream_read_words(&args, &part, wire_call_more(call));
	if (args_failed(&args, call, NULL)) {
		sieve_free(part.sieve);
		return;
	}
	const struct task *task = find_or_fail(service, call, parameters);
	if (task && stream_find_attempt(call, task, &part))
		log_call_begin(service, call, task, &part, which, wire_call_more(call));
	sieve_free(part.sieve);
}

void service_result(void *ctx, struct wire_call *call, const json_t *parameters)
{
	struct service *service = ctx;
	struct args args = { .parameters = parameters };
	struct stream_part part = { 0 };
	stream_read(&args, &part);
	if (args_failed(&args, call, NULL))
		return;
	const struct task *task = find_or_fail(service, call, parameters);
	if (!task)
		return;
	part.tail = -1;
	part.attempt = 0;
	if (task_state_terminal(task->status.state)) {
		(void)stream_find_attempt(call, task, &part);
		log_call_begin(service, call, task, &part, EXECUTOR_STDOUT, false);
		return;
	}
	struct jsonw w = JSONW_INIT;
	jsonw_object(&w);
	jsonw_key(&w, "id");
	jsonw_string(&w, part.id);
	jsonw_key(&w, "state");
	jsonw_string(&w, task_state_name(task->status.state));
	jsonw_end_object(&w);
	wire_error(call, "NotReady", &w);
	jsonw_release(&w);
}
