#include "tui/screen/log_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/fields/decode.h"
#include "tui/fields/format.h"
#include "tui/fields/lookup.h"
#include "tui/screen/app.h"
#include "tui/text/alloc.h"

/*
 * The number of lines of the first request.  Bytes by which the output has grown from one reply to the next, with which
 * some of it is skipped; milliseconds until the end is read again; and the bytes of that end.
 */
enum { FIRST_LINES = 500, BEHIND_BYTES = 64 << 10, BEHIND_REST = 400, END_BYTES = 32 << 10 };

const char *log_source_name(const struct log_source *source, bool other)
{
	return source->error_stream != other ? "stderr" : "stdout";
}

/* Other output is read from now on. */
static void log_source_anew(struct log_source *source)
{
	reader_clear(&source->reader);
	source->began = source->over = source->reading = source->stuck = source->asked = false;
	source->other = -1;
	source->generation++;
	source->resume_at = 0;
	source->end = -1;
	feed_again(source->app->feed, &source->channel);
	log_source_look(source);
}

/* A Failed task that has printed nothing but errors shows these. */
static void log_source_judge(struct log_source *source)
{
	if (source->chosen || source->error_stream || source->other <= 0)
		return;
	if (!source->began || !source->over || source->reader.book.size ||
	    strcmp(source->state, "Failed") != 0)
		return;
	log_source_switch(source);
	source->chosen = false;
}

static int64_t log_source_integer(const json_t *reply, const char *name)
{
	return json_integer_value(json_object_get(reply, name));
}

static void log_source_take_state(struct log_source *source, const json_t *reply)
{
	const json_t *state = json_object_get(reply, "state");
	int64_t attempt = log_source_integer(reply, "attempt");

	if (attempt > source->latest)
		source->latest = attempt;
	if (json_is_string(state))
		snprintf(source->state, sizeof(source->state), "%s", json_string_value(state));
}

static void log_source_put(struct log_source *source, const json_t *reply)
{
	const json_t *data = json_object_get(reply, "data");
	int64_t skipped = log_source_integer(reply, "skipped");
	void *bytes = NULL;
	size_t count = 0;

	if (!json_is_string(data) ||
	    !decode_bytes(json_string_value(data), json_string_length(data), &bytes, &count))
		return;
	source->stuck = source->reading && count == 0 && skipped == 0;
	book_put(&source->reader.book, log_source_integer(reply, "offset"), bytes, count, skipped);
	free(bytes);
}

/* News of the end of the output. */
static void log_source_take(struct log_source *source, const json_t *reply)
{
	int64_t attempt = log_source_integer(reply, "attempt"), from = log_source_integer(reply, "offset");
	bool reading = source->reading;

	if (source->began && (attempt != source->attempt || from < source->next)) {
		reader_clear(&source->reader); /* another attempt, or the file was truncated */
		source->generation++;
		reading = false;
	}
	source->reading = false;
	log_source_put(source, reply);
	source->reading = reading;
	source->next = log_source_integer(reply, "next");
	source->attempt = attempt;
	source->began = true;
	log_source_take_state(source, reply);
}

/*
 * Whoever follows the end need not read all that is written before it, which may be one line only.  If that is much,
 * the end is read some times a second, and what was skipped when it is wanted.
 */
static void log_source_keep_up(struct log_source *source, int64_t grown)
{
	if (!source->reader.follow || grown < BEHIND_BYTES)
		return;
	source->resume_at = app_now() + BEHIND_REST;
	feed_rest(&source->channel);
}

/* Where the output ends now. */
static void log_source_sized(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct log_source *source = ctx;

	if (tag != source->generation)
		return;
	if (reply && !reply->error)
		source->end = log_source_integer(reply->parameters, "next");
	feed_again(source->app->feed, &source->channel);
}

int log_source_wait(const struct log_source *source)
{
	int64_t now = app_now();

	if (!source->resume_at)
		return -1;
	return source->resume_at > now ? (int)(source->resume_at - now) : 0;
}

static void log_source_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct log_source *source = ctx;
	int64_t before = source->began ? source->next : INT64_MAX;

	(void)tag;
	if (!reply)
		return; /* the request is sent again after a reconnect */
	free(source->error);
	source->error = app_error(reply);
	if (!reply->error)
		log_source_take(source, reply->parameters);
	source->over = !reply->continues;
	if (source->over) {
		feed_rest(&source->channel);
		log_source_look(source);
	} else if (!reply->error) {
		log_source_keep_up(source, source->next - before);
	}
	log_source_judge(source);
}

static void log_source_begin(struct log_source *source, struct jsonw *params, bool other)
{
	jsonw_object(params);
	jsonw_key(params, "id");
	jsonw_string(params, source->id);
	jsonw_key(params, "stream");
	jsonw_string(params, log_source_name(source, other));
	if (source->attempt > 0) {
		jsonw_key(params, "attempt");
		jsonw_int(params, source->attempt);
	}
}

void log_source_resume(struct log_source *source)
{
	struct jsonw params = JSONW_INIT;

	if (!source->resume_at || app_now() < source->resume_at)
		return;
	source->resume_at = 0;
	log_source_begin(source, &params, false);
	jsonw_key(&params, "tail");
	jsonw_int(&params, 0);
	jsonw_end_object(&params);
	feed_call(source->app->feed, "Log", &params, log_source_sized, source, source->generation);
}

static void log_source_request(void *ctx)
{
	struct log_source *source = ctx;
	struct jsonw params = JSONW_INIT;
	int64_t from = source->next;

	if (source->end - END_BYTES > from)
		from = source->end - END_BYTES;
	source->end = -1;
	log_source_begin(source, &params, false);
	jsonw_key(&params, source->began ? "offset" : "tail");
	jsonw_int(&params, source->began ? from : FIRST_LINES);
	jsonw_key(&params, "only");
	jsonw_bool(&params, source->only);
	jsonw_end_object(&params);
	channel_send(&source->channel, "Log", &params, true, log_source_answer, source, 0);
}

static void log_source_looked(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct log_source *source = ctx;

	if (tag != source->generation)
		return;
	source->asked = false;
	if (!reply || reply->error)
		return;
	source->other = log_source_integer(reply->parameters, "next");
	log_source_take_state(source, reply->parameters);
	log_source_judge(source);
}

void log_source_look(struct log_source *source)
{
	struct jsonw params = JSONW_INIT;

	if (source->asked)
		return;
	source->asked = true;
	log_source_begin(source, &params, true);
	jsonw_key(&params, "tail");
	jsonw_int(&params, 0);
	jsonw_end_object(&params);
	feed_call(source->app->feed, "Log", &params, log_source_looked, source, source->generation);
}

/*
 * How far a read has come that looks for something.  A server that knows no such reads is asked for everything, as if
 * all lines might match.
 */
static void log_source_reach(struct log_source *source, const struct client_reply *reply)
{
	const json_t *reached = reply ? json_object_get(reply->parameters, "reached") : NULL;
	bool found = !json_is_integer(reached) || log_source_integer(reply->parameters, "next") >
	                                                  log_source_integer(reply->parameters, "offset");
	int64_t to = json_is_integer(reached) ? json_integer_value(reached) : source->hunt_from;

	if (source->hunt_from < 0)
		return;
	source->stuck = false;
	reader_reached(&source->reader, source->hunt, source->hunt_from, to, found);
}

static void log_source_done(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct log_source *source = ctx;

	if (tag != source->generation)
		return;
	if (reply && reply->error)
		source->stuck = true;
	else if (reply)
		log_source_put(source, reply->parameters);
	source->reading = false;
	log_source_reach(source, reply);
}

static void log_source_add_words(const struct reader *reader, struct jsonw *params)
{
	const struct pattern_words *words = &reader->hunt->words;

	jsonw_key(params, "words");
	jsonw_array(params);
	for (size_t i = 0; i < words->count; i++)
		jsonw_string(params, words->words[i]);
	jsonw_end_array(params);
	jsonw_key(params, "anyCase");
	jsonw_bool(params, reader->hunt->any_case);
	jsonw_key(params, "backwards");
	jsonw_bool(params, reader->hunt_back);
}

/* It grows fast, and only its end is looked at, which is here: what is above is read when there is time. */
static bool log_source_is_content(const struct log_source *source)
{
	const struct reader *reader = &source->reader;

	return source->resume_at && reader->follow && !reader->search && !pattern_given(&reader->filter) &&
	       reader->count > 0;
}

void log_source_read(struct log_source *source)
{
	int64_t wanted = source->reader.wanted;
	struct jsonw params = JSONW_INIT;

	if (wanted < 0 || source->reading || source->stuck || log_source_is_content(source) ||
	    !channel_up(&source->app->feed->calls))
		return;
	source->reading = true;
	log_source_begin(source, &params, false);
	jsonw_key(&params, "offset");
	jsonw_int(&params, wanted);
	source->hunt = source->reader.hunts;
	source->hunt_from = source->reader.hunt ? wanted : -1;
	if (source->reader.hunt)
		log_source_add_words(&source->reader, &params);
	jsonw_end_object(&params);
	feed_call(source->app->feed, "Log", &params, log_source_done, source, source->generation);
}

void log_source_switch(struct log_source *source)
{
	source->error_stream = !source->error_stream;
	source->chosen = true;
	log_source_anew(source);
}

bool log_source_attempt(struct log_source *source, int by)
{
	int64_t attempt = source->attempt + by;

	if (attempt < 1 || attempt > source->latest)
		return false;
	source->attempt = attempt;
	source->only = attempt < source->latest;
	source->chosen = true;
	log_source_anew(source);
	return true;
}

const char *log_source_trouble(const struct log_source *source)
{
	if (source->error)
		return source->error;
	return channel_up(&source->channel) || source->over ? NULL : source->app->feed->trouble;
}

static void log_source_named(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct log_source *source = ctx;
	const json_t *row = reply ? json_array_get(json_object_get(reply->parameters, "rows"), 0) : NULL;

	(void)tag;
	free(source->name);
	source->name = alloc_string(format_given_name(source->id, json_string_value(json_array_get(row, 0))));
}

static void log_source_ask_name(struct log_source *source)
{
	static const char *const columns[] = { "name", NULL };
	struct jsonw params = JSONW_INIT;

	lookup_one(&params, columns, source->id);
	feed_call(source->app->feed, "List", &params, log_source_named, source, 0);
}

void log_source_open(struct log_source *source, struct app *app, const char *id)
{
	*source = (struct log_source){ .app = app, .other = -1, .end = -1 };
	snprintf(source->id, sizeof(source->id), "%s", id);
	reader_init(&source->reader);
	source->channel = (struct channel){ .connected = log_source_request, .ctx = source };
	feed_add(app->feed, &source->channel);
	log_source_ask_name(source);
	log_source_look(source);
}

void log_source_close(struct log_source *source)
{
	feed_forget(source->app->feed, source);
	feed_drop(source->app->feed, &source->channel);
	reader_release(&source->reader);
	free(source->error);
	free(source->name);
}
