#include "tui/screen/log_save.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/fields/decode.h"
#include "tui/screen/app.h"
#include "tui/screen/terminal.h"
#include "tui/text/alloc.h"
#include "tui/text/messages.h"
#include "tui/text/screen_messages.h"
#include "tui/text/text.h"

static void log_save_close(struct log_save *save)
{
	feed_forget(save->app->feed, save);
	close(save->fd);
	free(save->path);
	save->path = NULL;
}

void log_save_release(struct log_save *save)
{
	if (!save->path)
		return;
	(void)unlink(save->path);
	log_save_close(save);
}

/* error NULL: all of it was written. */
static void log_save_end(struct log_save *save, const char *error)
{
	if (error) {
		app_say(save->app, alloc_format(MSG_FILE_UNWRITABLE, save->path, error), true);
		log_save_release(save);
		return;
	}
	app_say(save->app,
	        alloc_format(MSG_LOG_SAVED, (long long)save->written,
	                     text_plural(save->written, "byte", "bytes"), save->path),
	        false);
	log_save_close(save);
}

/* 0 or an errno. */
static int log_save_write(struct log_save *save, const char *bytes, size_t count)
{
	while (count > 0) {
		ssize_t got = write(save->fd, bytes, count);

		if (got < 0)
			return errno;
		bytes += got;
		count -= (size_t)got;
		save->written += got;
	}
	return 0;
}

static int log_save_take(struct log_save *save, const json_t *reply)
{
	const json_t *data = json_object_get(reply, "data");
	void *bytes = NULL;
	size_t count = 0;
	int error;

	if (!json_is_string(data) ||
	    !decode_bytes(json_string_value(data), json_string_length(data), &bytes, &count))
		return EPROTO;
	error = log_save_write(save, bytes, count);
	free(bytes);
	save->next = json_integer_value(json_object_get(reply, "next"));
	return error;
}

static void log_save_ask(struct log_save *save);

static void log_save_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct log_save *save = ctx;
	char *error;
	int code;

	(void)tag;
	if (!reply) {
		log_save_end(save, strerror(ECONNRESET));
		return;
	}
	error = app_error(reply);
	code = reply->error ? 0 : log_save_take(save, reply->parameters);
	if (error || code)
		log_save_end(save, error ? error : strerror(code));
	else if (json_is_true(json_object_get(reply->parameters, "end")))
		log_save_end(save, NULL);
	else
		log_save_ask(save);
	free(error);
}

static void log_save_ask(struct log_save *save)
{
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "id");
	jsonw_string(&params, save->id);
	jsonw_key(&params, "stream");
	jsonw_string(&params, save->stream);
	/* There is none yet of a task that has not begun. */
	if (save->attempt > 0) {
		jsonw_key(&params, "attempt");
		jsonw_int(&params, save->attempt);
	}
	jsonw_key(&params, "offset");
	jsonw_int(&params, save->next);
	jsonw_end_object(&params);
	feed_call(save->app->feed, "Log", &params, log_save_answer, save, 0);
}

void log_save_begin(struct log_save *save, const struct log_source *source, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd < 0) {
		app_say(source->app, alloc_format(MSG_FILE_UNWRITABLE, path, strerror(errno)), true);
		return;
	}
	log_save_release(save);
	*save = (struct log_save){
		.app = source->app,
		.stream = log_source_name(source, false),
		.attempt = source->attempt,
		.path = alloc_string(path),
		.fd = fd,
	};
	snprintf(save->id, sizeof(save->id), "%s", source->id);
	log_save_ask(save);
}

/* Runs a line of the shell with this program as $0, and the words that `log' needs.  program: what it runs, for people. */
static void log_save_show(const struct log_source *source, const char *line, const char *program)
{
	char self[PATH_MAX] = "", attempt[24], stream[16];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[length > 0 ? length : 0] = '\0';
	snprintf(attempt, sizeof(attempt), "%lld", (long long)(source->attempt ? source->attempt : 1));
	snprintf(stream, sizeof(stream), "--%s", log_source_name(source, false));
	int status =
		terminal_lend((const char *const[]){ "sh", "-c", line, self, source->app->feed->address->text,
	                                             source->id, stream, attempt, NULL });
	if (status < 0)
		app_say(source->app, alloc_format(MSG_PROGRAM_NOT_RUN, program, strerror(-status)), true);
	else if (status)
		app_say(source->app, alloc_format(MSG_PROGRAM_FAILED, program, status), true);
}

#define LOG_COMMAND "\"$0\" --server \"$1\" log \"$2\" \"$3\" --attempt \"$4\""

static const char *log_save_program(const char *variable, const char *other)
{
	const char *program = getenv(variable);

	return program && *program ? program : other;
}

void log_save_page(const struct log_source *source)
{
	log_save_show(source, LOG_COMMAND " | ${PAGER:-less}", log_save_program("PAGER", "less"));
}

void log_save_edit(const struct log_source *source)
{
	log_save_show(source,
	              "d=$(mktemp -d) || exit 1; " LOG_COMMAND " >\"$d/$2\"; "
	              "${VISUAL:-${EDITOR:-vi}} \"$d/$2\"; s=$?; rm -rf \"$d\"; exit $s",
	              log_save_program("VISUAL", log_save_program("EDITOR", "vi")));
}
