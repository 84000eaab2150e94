#include "tui/screen/table_kept.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/wire/client/address.h"
#include "tui/cli/options.h"
#include "tui/screen/app.h"
#include "tui/screen/host.h"
#include "tui/screen/table_order.h"
#include "tui/screen/table_rows.h"
#include "tui/text/alloc.h"
#include "tui/text/screen_messages.h"
#include "tui/view/screen_ini.h"

enum { KEPT_FILE_MAX = 16384 };

/* malloc'ed; NULL: there is no place for it. */
static char *table_kept_path(const char *end)
{
	char *directory = address_state_directory(), *path = NULL;

	if (directory)
		path = alloc_format("%s/screen.ini%s", directory, end);
	free(directory);
	return path;
}

/* The content of the file; NULL: there is none.  What is no file, such as a FIFO, is not waited for. */
static char *table_kept_read(void)
{
	char *path = table_kept_path(""), *text = NULL;
	int fd = path ? open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
	struct stat status;
	ssize_t length;

	free(path);
	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
		text = alloc_zero(1, KEPT_FILE_MAX + 1);
		length = read(fd, text, KEPT_FILE_MAX + 1);
		if (length > KEPT_FILE_MAX)
			text[0] = '='; /* not a line of such a file */
		text[length < 0 ? 0 : length > KEPT_FILE_MAX ? KEPT_FILE_MAX : length] = '\0';
	}
	close(fd);
	return text;
}

/* In one piece: a crash leaves the file before or the one after.  0 or -errno. */
static int table_kept_write(const char *text)
{
	char end[32], *path = table_kept_path(""), *fresh;
	size_t length = strlen(text);
	int fd, error = 0;

	snprintf(end, sizeof(end), ".%ld", (long)getpid());
	fresh = table_kept_path(end);
	fd = fresh ? open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
	if (fd < 0)
		error = fresh ? -errno : -ENOENT;
	if (fd >= 0 && write(fd, text, length) != (ssize_t)length)
		error = errno ? -errno : -ENOSPC;
	if (fd >= 0 && close(fd) < 0 && !error)
		error = -errno;
	if (!error && rename(fresh, path) < 0)
		error = -errno;
	if (error && fd >= 0)
		(void)unlink(fresh);
	free(fresh);
	free(path);
	return error;
}

void table_kept_set_columns(struct table_view *table, const struct field_list *fields, const int *widths)
{
	struct app *app = table->view.app;

	for (size_t i = 0; i < app->host_count; i++) {
		list_let_go(&app->hosts[i].live.list);
		window_set_fields(&app->hosts[i].live.list.window, fields);
	}
	table->widths = (struct column_widths){ .chosen = true };
	memcpy(table->widths.fixed, widths, sizeof(table->widths.fixed));
	table_rows_anew(table);
}

/* The columns and the order of the configuration, if it has any. */
static void table_kept_configure(struct table_view *table, struct screen_ini *ini)
{
	const struct arguments *arguments = table->view.app->arguments;
	struct field_list fields = { .count = 0 };

	if (!arguments)
		return;
	for (size_t i = 0; i < arguments->columns.count; i++)
		(void)fields_add(&fields, arguments->columns.items[i].text);
	if (fields.count) {
		ini->fields = fields;
		memset(ini->widths, 0, sizeof(ini->widths));
	}
	if (arguments->sort && field_find(arguments->sort)) {
		ini->sort = field_find(arguments->sort);
		ini->reverse = arguments->reverse;
	}
}

void table_kept_load(struct table_view *table)
{
	struct screen_ini ini = { .sort = NULL };
	char *text = table_kept_read();
	int wrong = text ? screen_ini_parse(text, &ini) : 0;

	free(text);
	if (wrong)
		app_say(table->view.app, alloc_format(MSG_SCREEN_INI_WRONG, wrong), true);
	table_kept_configure(table, &ini);
	if (ini.fields.count)
		table_kept_set_columns(table, &ini.fields, ini.widths);
	table->pane.off = ini.no_output;
	table->live->list.window.query.tree = ini.tree;
	table->kept_creation = ini.creation;
	table->kept_together = ini.together;
	/* Of several servers, each has a section, unless the user asks for another order. */
	table_order_begin(table, ini.sort, ini.reverse,
	                  host_several(table->view.app) ? !ini.together : ini.creation);
}

void table_kept_save(struct table_view *table)
{
	bool several = host_several(table->view.app);
	struct screen_ini ini = {
		.sort = table->sort,
		.reverse = table->live->list.window.query.reverse,
		.creation = several ? table->kept_creation : !table->sort && !table->active_first,
		.together = several ? table->active_first : table->kept_together,
		.no_output = table->pane.off,
		.tree = table->live->list.window.query.tree,
	};
	char *text;
	int error;

	if (table->widths.chosen) {
		ini.fields = table->live->list.window.fields;
		memcpy(ini.widths, table->widths.fixed, sizeof(ini.widths));
	}
	text = screen_ini_write(&ini);
	error = table_kept_write(text);
	free(text);
	if (error && !table->unkept)
		app_say(table->view.app, alloc_format(MSG_SCREEN_INI_UNKEPT, strerror(-error)), true);
	table->unkept = error != 0;
}
