#include "tui/screen/recent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/fields/decode.h"
#include "tui/text/alloc.h"

static int64_t recent_integer(const json_t *reply, const char *name)
{
	return json_integer_value(json_object_get(reply, name));
}

static void recent_put(struct recent *recent, const char *bytes, size_t count)
{
	size_t kept;

	if (count > RECENT_MAX) {
		bytes += count - RECENT_MAX;
		count = RECENT_MAX;
	}
	kept = recent->length + count > RECENT_MAX ? RECENT_MAX - count : recent->length;
	memmove(recent->bytes, recent->bytes + recent->length - kept, kept);
	memcpy(recent->bytes + kept, bytes, count);
	recent->length = kept + count;
}

static void recent_take(struct recent *recent, const json_t *reply)
{
	const json_t *data = json_object_get(reply, "data");
	int64_t attempt = recent_integer(reply, "attempt");
	void *bytes = NULL;
	size_t count = 0;

	if (recent->began && (attempt != recent->attempt || recent_integer(reply, "offset") < recent->next))
		recent->length = 0; /* another attempt, or the file was truncated */
	if (json_is_string(data) &&
	    decode_bytes(json_string_value(data), json_string_length(data), &bytes, &count))
		recent_put(recent, bytes, count);
	free(bytes);
	recent->next = recent_integer(reply, "next");
	recent->attempt = attempt;
	recent->began = true;
}

static void recent_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct recent *recent = ctx;

	(void)tag;
	if (!reply)
		return; /* the request is sent again after a reconnect */
	if (!reply->error)
		recent_take(recent, reply->parameters);
	if (!reply->continues)
		feed_rest(&recent->channel);
	recent->changed(recent->ctx);
}

static void recent_request(void *ctx)
{
	struct recent *recent = ctx;
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "id");
	jsonw_string(&params, recent->id);
	jsonw_key(&params, "stream");
	jsonw_string(&params, recent->stream);
	if (recent->attempt > 0) {
		jsonw_key(&params, "attempt");
		jsonw_int(&params, recent->attempt);
	}
	jsonw_key(&params, recent->began ? "offset" : "tail");
	jsonw_int(&params, recent->began ? recent->next : recent->lines);
	jsonw_end_object(&params);
	channel_send(&recent->channel, "Log", &params, true, recent_answer, recent, 0);
}

void recent_open(struct recent *recent, struct feed *feed, const char *id, const char *stream, int lines,
                 void (*changed)(void *ctx), void *ctx)
{
	*recent = (struct recent){
		.feed = feed,
		.stream = stream,
		.lines = lines,
		.bytes = alloc_zero(1, RECENT_MAX),
		.changed = changed,
		.ctx = ctx,
	};
	snprintf(recent->id, sizeof(recent->id), "%s", id);
	recent->channel = (struct channel){ .connected = recent_request, .ctx = recent };
	feed_add(feed, &recent->channel);
}

void recent_close(struct recent *recent)
{
	feed_drop(recent->feed, &recent->channel);
	free(recent->bytes);
	recent->bytes = NULL;
}
