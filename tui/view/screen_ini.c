#include "tui/view/screen_ini.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/text/text.h"

#define SCREEN_INI_BLANKS " \t\r"

static void screen_ini_trim(char **text)
{
	size_t length;

	*text += strspn(*text, SCREEN_INI_BLANKS);
	length = strlen(*text);
	while (length && strchr(SCREEN_INI_BLANKS, (*text)[length - 1]))
		(*text)[--length] = '\0';
}

/* "name" or "name:20". */
static bool screen_ini_take_column(struct screen_ini *ini, char *item)
{
	char *colon = strchr(item, ':'), *end;
	const struct field *field;
	long width = 0;

	if (colon) {
		*colon = '\0';
		width = strtol(colon + 1, &end, 10);
		if (end == colon + 1 || *end || width < 1 || width > SCREEN_INI_WIDTH_MAX)
			return false;
	}
	field = field_find_on_screen(item);
	if (!field || ini->fields.count == FIELD_MAX)
		return false;
	for (size_t i = 0; i < ini->fields.count; i++) {
		if (ini->fields.items[i] == field)
			return false;
	}
	ini->widths[ini->fields.count] = (int)width;
	ini->fields.items[ini->fields.count++] = field;
	return true;
}

static bool screen_ini_take_columns(struct screen_ini *ini, char *value)
{
	char *rest = value, *item;

	ini->fields.count = 0;
	while ((item = strsep(&rest, ","))) {
		screen_ini_trim(&item);
		if (!screen_ini_take_column(ini, item))
			return false;
	}
	return true;
}

static bool screen_ini_take_flag(bool *flag, const char *value, const char *yes, const char *no)
{
	*flag = strcasecmp(value, yes) == 0;
	return *flag || strcasecmp(value, no) == 0;
}

static bool screen_ini_take(struct screen_ini *ini, const char *key, char *value)
{
	if (strcmp(key, "columns") == 0)
		return screen_ini_take_columns(ini, value);
	if (strcmp(key, "sort") == 0)
		return (ini->sort = field_find(value)) != NULL;
	if (strcmp(key, "reverse") == 0)
		return screen_ini_take_flag(&ini->reverse, value, "yes", "no");
	if (strcmp(key, "order") == 0)
		return screen_ini_take_flag(&ini->creation, value, "creation", "active");
	if (strcmp(key, "servers") == 0)
		return screen_ini_take_flag(&ini->together, value, "together", "sections");
	if (strcmp(key, "output") == 0)
		return screen_ini_take_flag(&ini->no_output, value, "no", "yes");
	if (strcmp(key, "tree") == 0)
		return screen_ini_take_flag(&ini->tree, value, "yes", "no");
	return false;
}

static bool screen_ini_take_line(struct screen_ini *ini, char *line)
{
	char *value = strchr(line, '=');

	screen_ini_trim(&line);
	if (!*line || *line == '#' || *line == ';')
		return true;
	if (!value)
		return false;
	*value++ = '\0';
	screen_ini_trim(&line);
	screen_ini_trim(&value);
	return screen_ini_take(ini, line, value);
}

int screen_ini_parse(const char *text, struct screen_ini *ini)
{
	char *copy = alloc_string(text), *rest = copy, *line;
	struct screen_ini parsed = { .sort = NULL };
	int number = 0, wrong = 0;

	while (!wrong && (line = strsep(&rest, "\n"))) {
		number++;
		if (!screen_ini_take_line(&parsed, line))
			wrong = number;
	}
	free(copy);
	if (!wrong)
		*ini = parsed;
	return wrong;
}

char *screen_ini_write(const struct screen_ini *ini)
{
	struct text text = TEXT_INIT;

	text_add_string(&text, "# krtask writes this file when something is changed on the screen.\n");
	for (size_t i = 0; i < ini->fields.count; i++) {
		text_format(&text, "%s%s", i ? ", " : "columns = ", ini->fields.items[i]->name);
		if (ini->widths[i])
			text_format(&text, ":%d", ini->widths[i]);
	}
	if (ini->fields.count)
		text_add(&text, "\n", 1);
	if (ini->sort)
		text_format(&text, "sort = %s\n", ini->sort->name);
	text_format(&text, "reverse = %s\norder = %s\noutput = %s\ntree = %s\n", ini->reverse ? "yes" : "no",
	            ini->creation ? "creation" : "active", ini->no_output ? "no" : "yes",
	            ini->tree ? "yes" : "no");
	if (ini->together)
		text_add_string(&text, "servers = together\n");
	return text.data;
}
