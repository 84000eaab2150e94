#include "tui/screen/completer.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/task/utf8.h"
#include "tui/screen/app.h"
#include "tui/screen/terminal.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/text.h"
#include "tui/view/shell_line.h"

/* The most tasks that the server is asked for; the most files that are offered; columns between two candidates. */
enum { TASKS_MAX = 1000, FILES_MAX = 2000, GAP = 2, NAME_COLUMNS = 30 };

/* True if only a slash is missing, where nothing has to follow it. */
static bool completer_is_whole(const struct completer *completer)
{
	const struct completion *completion = &completer->completion;
	const char *first = strings_next(&completion->found, NULL);
	size_t length = strlen(completion->word);

	return !completer->quotes && completion->count == 1 &&
	       strncmp(first, completion->word, length) == 0 && strcmp(first + length, "/") == 0;
}

/* Notes how the candidates that have come since are shown: an id with the name of its task. */
static void completer_name(struct completer *completer, size_t before, const char *id, const char *name)
{
	char cut[512], *shown;

	cells_fit(name ? name : "", NAME_COLUMNS, cut, sizeof(cut));
	shown = name ? alloc_format("%s %s", id, cut) : alloc_string(id);
	for (size_t i = before; i < completer->completion.count; i++)
		alloc_add(&completer->named, shown);
	free(shown);
}

static void completer_end(struct completer *completer)
{
	const struct completion *completion = &completer->completion;
	bool same = completer->edit && strcmp(edit_text(completer->edit), completer->before) == 0;
	bool helped = false;

	completer->busy = false;
	if (same && !completer_is_whole(completer)) { /* otherwise the user went on typing */
		helped = completion_apply(completion, completer->edit, completer->quotes);
		completer->listed = completion->count > 1;
		helped = helped || completer->listed;
	}
	if (same && completer->ended)
		completer->ended(completer->ctx, helped);
}

/* The rows of a List: id and name.  An id is found by the name of the task, too. */
static void completer_take_tasks(void *ctx, size_t names, const struct client_reply *reply)
{
	struct completer *completer = ctx;
	struct completion *completion = &completer->completion;
	const json_t *row;
	size_t i, length = strlen(completion->word);

	for (const char *s = NULL; (s = strings_next(&completion->found, s));)
		alloc_add(&completer->named, s);
	json_array_foreach(reply && !reply->error ? json_object_get(reply->parameters, "rows") : NULL, i, row)
	{
		const char *id = json_string_value(json_array_get(row, 0));
		const char *name = json_string_value(json_array_get(row, 1));
		size_t before = completion->count;

		if (id && !names)
			completion_offer(completion, id);
		if (name && names)
			completion_offer(completion, name);
		/* If what was typed is a name, the id takes its place. */
		if (id && name && !names && length > 0 && strncasecmp(name, completion->word, length) == 0)
			completion_offer_instead(completion, id);
		completer_name(completer, before, names || !id ? name : id, names ? NULL : name);
	}
	completer_end(completer);
}

/* kind: "@id:Running,Queued" or "@name". */
static void completer_ask_tasks(struct completer *completer, const char *kind)
{
	bool names = strcmp(kind, "@name") == 0;
	const char *states = names ? "" : kind + strlen("@id:");
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "columns");
	jsonw_array(&params);
	jsonw_string(&params, "id");
	jsonw_string(&params, "name");
	jsonw_end_array(&params);
	if (*completer->completion.word) {
		jsonw_key(&params, "text");
		jsonw_string(&params, completer->completion.word);
	}
	if (*states) {
		jsonw_key(&params, "states");
		jsonw_array(&params);
		for (const char *state = states; state;
		     state = strchr(state, ',') ? strchr(state, ',') + 1 : NULL)
			jsonw_string_n(&params, state, strcspn(state, ","));
		jsonw_end_array(&params);
	}
	jsonw_key(&params, "rows");
	jsonw_int(&params, TASKS_MAX);
	jsonw_key(&params, "compact");
	jsonw_bool(&params, true);
	jsonw_end_object(&params);
	completer->busy = true;
	feed_call(completer->app->feed, "List", &params, completer_take_tasks, completer, names);
}

static void completer_take_groups(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct completer *completer = ctx;
	const json_t *group;
	size_t i;

	(void)tag;
	json_array_foreach(reply && !reply->error ? json_object_get(reply->parameters, "groups") : NULL, i,
	                   group)
	{
		const char *name = json_string_value(json_object_get(group, "name"));

		if (name)
			completion_offer(&completer->completion, name);
	}
	completer_end(completer);
}

static void completer_ask_groups(struct completer *completer)
{
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_end_object(&params);
	completer->busy = true;
	feed_call(completer->app->feed, "GroupList", &params, completer_take_groups, completer, 0);
}

static int completer_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool completer_is_directory(int directory, const char *name)
{
	struct stat status;

	return fstatat(directory, name, &status, 0) == 0 && S_ISDIR(status.st_mode);
}

/* Offers the files of the directory, with the part of the path before them. */
static void completer_offer_files(struct completer *completer, DIR *directory, const char *before, bool only)
{
	const char *typed = completer->completion.word + strlen(before);
	char *found[FILES_MAX] = { NULL };
	size_t count = 0;
	struct dirent *entry;

	while (count < FILES_MAX && (entry = readdir(directory))) {
		const char *name = entry->d_name;
		bool inside;

		if (strncmp(name, typed, strlen(typed)) != 0 || strcmp(name, ".") == 0 ||
		    strcmp(name, "..") == 0 || (*name == '.' && *typed != '.') ||
		    !utf8_valid(name, strlen(name)))
			continue;
		inside = completer_is_directory(dirfd(directory), name);
		if (inside || !only)
			found[count++] = alloc_format("%s%s%s", before, name, inside ? "/" : "");
	}
	qsort(found, count, sizeof(*found), completer_compare);
	for (size_t i = 0; i < count; i++) {
		completion_offer(&completer->completion, found[i]);
		free(found[i]);
	}
}

/* Nothing but a shell knows what ~ means. */
static void completer_expand_home(struct completion *completion)
{
	char *word = shell_line_path(completion->word, getenv("HOME"));

	free(completion->word);
	completion->word = word;
}

/* only: directories. */
static void completer_look_at_files(struct completer *completer, bool only)
{
	const char *word, *slash;
	char *before, *path;
	DIR *directory;

	completer_expand_home(&completer->completion);
	word = completer->completion.word;
	slash = strrchr(word, '/');
	before = alloc_format("%.*s", slash ? (int)(slash + 1 - word) : 0, word);
	if (*before == '/')
		path = alloc_string(before);
	else
		path = alloc_format("%s/%s", completer->cwd && *completer->cwd ? completer->cwd : ".",
		                    before);
	directory = opendir(path);
	if (directory) {
		completer_offer_files(completer, directory, before, only);
		closedir(directory);
	}
	free(before);
	free(path);
}

/* Programs in $PATH; files where there is a slash. */
static void completer_look_at_programs(struct completer *completer)
{
	const char *path = getenv("PATH");
	char *copy = alloc_string(path ? path : ""), *rest = copy, *place;

	if (strchr(completer->completion.word, '/')) {
		completer_look_at_files(completer, false);
		free(copy);
		return;
	}
	while (*completer->completion.word && (place = strsep(&rest, ":"))) {
		DIR *directory = opendir(place);
		struct dirent *entry;

		while (directory && (entry = readdir(directory))) {
			const char *word = completer->completion.word;

			if (strncmp(entry->d_name, word, strlen(word)) == 0 &&
			    faccessat(dirfd(directory), entry->d_name, X_OK, 0) == 0 &&
			    !completer_is_directory(dirfd(directory), entry->d_name))
				completion_offer(&completer->completion, entry->d_name);
		}
		if (directory)
			closedir(directory);
	}
	free(copy);
}

/* Those that run, by their sockets. */
static void completer_look_at_servers(struct completer *completer)
{
	static const char end[] = ".sock";
	char *path = address_runtime_directory();
	DIR *directory = path ? opendir(path) : NULL;
	struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		size_t length = strlen(entry->d_name);

		if (length > sizeof(end) - 1 &&
		    strcmp(entry->d_name + length - (sizeof(end) - 1), end) == 0) {
			entry->d_name[length - (sizeof(end) - 1)] = '\0';
			completion_offer(&completer->completion, entry->d_name);
		}
	}
	if (directory)
		closedir(directory);
	free(path);
}

/* Paths of this machine mean nothing on another one. */
static bool completer_is_far(const struct completer *completer)
{
	return completer->app->feed->address->kind == ADDRESS_SSH;
}

static void completer_look(struct completer *completer, const char *kind)
{
	bool far = completer_is_far(completer);

	if (strcmp(kind, "@directory") == 0 && !far)
		completer_look_at_files(completer, true);
	else if (strcmp(kind, "@file") == 0 && !far)
		completer_look_at_files(completer, false);
	else if (strcmp(kind, "@command") == 0 && !far)
		completer_look_at_programs(completer);
	else if (strcmp(kind, "@server") == 0)
		completer_look_at_servers(completer);
	completer_end(completer);
}

void completer_hide(struct completer *completer)
{
	completer->edit = NULL;
	completer->listed = false;
}

void completer_release(struct completer *completer)
{
	if (completer->app)
		feed_forget(completer->app->feed, completer);
	completion_release(&completer->completion);
	strings_release(&completer->named);
	free(completer->before);
	free(completer->cwd);
	completer->before = completer->cwd = NULL;
	completer->busy = false;
	completer_hide(completer);
}

void completer_start(struct completer *completer, struct edit *edit, const struct completion *completion,
                     bool quotes, const char *cwd)
{
	const char *kind = completer->completion.kind;

	completer_release(completer);
	completer->completion = *completion;
	completer->edit = edit;
	completer->quotes = quotes;
	completer->before = alloc_string(edit_text(edit));
	completer->cwd = alloc_string(cwd);
	if (strncmp(kind, "@id:", strlen("@id:")) == 0 || strcmp(kind, "@name") == 0)
		completer_ask_tasks(completer, kind);
	else if (strcmp(kind, "@group") == 0)
		completer_ask_groups(completer);
	else
		completer_look(completer, kind);
}

/* The part of a candidate that is shown: of a path, what follows the last directory. */
static const char *completer_shown(const char *candidate)
{
	size_t length = strlen(candidate);

	while (length > 0 && candidate[length - 1] == '/')
		length--;
	while (length > 0 && candidate[length - 1] != '/')
		length--;
	return candidate + length;
}

/* What is shown of the candidates. */
static const struct strings *completer_list(const struct completer *completer)
{
	return completer->named.length ? &completer->named : &completer->completion.found;
}

static const char *completer_label(const struct completer *completer, const char *item)
{
	return completer->named.length ? item : completer_shown(item);
}

static int completer_widest(const struct completer *completer, int columns)
{
	int widest = 1;

	for (const char *s = NULL; (s = strings_next(completer_list(completer), s));) {
		int width = (int)cells_width(completer_label(completer, s));

		widest = width > widest ? width : widest;
	}
	return widest < columns - GAP ? widest : columns > GAP ? columns - GAP : 1;
}

void completer_draw(const struct completer *completer, int below, int lines)
{
	const struct completion *completion = &completer->completion;
	int columns = terminal_columns(), wide, across, rows, i = 0;

	if (!completer->listed || lines < 1)
		return;
	wide = completer_widest(completer, columns);
	across = columns / (wide + GAP) > 0 ? columns / (wide + GAP) : 1;
	rows = ((int)completion->count + across - 1) / across;
	rows = rows < lines ? rows : lines;
	for (int y = below - rows; y < below; y++)
		terminal_fill(y, 0, columns, STYLE_NORMAL);
	for (const char *s = NULL; (s = strings_next(completer_list(completer), s)) && i < rows * across;
	     i++) {
		char shown[512];
		bool last = i == rows * across - 1 && (int)completion->count > rows * across;

		cells_fit(completer_label(completer, s), (size_t)wide, shown, sizeof(shown));
		terminal_put(below - rows + i / across, i % across * (wide + GAP),
		             last ? STYLE_DIM : STYLE_NORMAL, last ? "..." : shown);
	}
}
