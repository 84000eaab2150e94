/* The pages beside the table: groups, details, and menus, on terminals of any size. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tui/text/alloc.h"
#include "tui/text/cells.h"
#include "tui/text/screen_messages.h"
#include "tui/view/details.h"
#include "tui/view/group_table.h"
#include "tui/view/menu.h"

static json_t *json_of(const char *text)
{
	json_error_t error;
	json_t *value = json_loads(text, 0, &error);

	ck_assert_msg(value != NULL, "%s: %s", error.text, text);
	return value;
}

/* --- groups */

#define GROUP(name, more)                                                                                    \
	"{\"name\":\"" name "\",\"slots\":4,\"used\":3,\"running\":2,\"queued\":17,\"paused\":false,"        \
	"\"priority\":5,\"devices\":null,\"executor\":\"local\",\"onFail\":null,\"onEmpty\":null,"           \
	"\"nice\":null,\"pausedTasks\":1" more "}"

static struct group_table groups;

static void take_groups(const char *list)
{
	char *text = alloc_format("{\"groups\":[%s]}", list);
	json_t *reply = json_of(text);

	group_table_take(&groups, reply);
	json_decref(reply);
	free(text);
}

/* A row, or for NULL the headings, as it is on the screen. */
static const char *group_table_line(const struct group_row *row, int width)
{
	static char line[4096];
	struct group_table_place places[GROUPS_COLUMNS];
	size_t count = group_table_layout(&groups, width, places);
	char cell[1024];

	*line = '\0';
	for (size_t i = 0; i < count; i++) {
		int used = (int)cells_width(line);

		group_table_cell(row, &places[i], cell, sizeof(cell));
		ck_assert_int_le(used, places[i].x);
		snprintf(line + strlen(line), sizeof(line) - strlen(line), "%*s%s", places[i].x - used, "",
		         cell);
		ck_assert_int_le((int)cells_width(cell), places[i].width);
	}
	ck_assert_int_le((int)cells_width(line), width);
	return line;
}

START_TEST(a_group_has_its_numbers)
{
	take_groups(GROUP("gpu", ""));
	ck_assert_str_eq(group_table_line(NULL, 80),
	                 " GROUP  STATE  USED  SLOTS  RUNNING  QUEUED  PAUSED  PRIORITY");
	ck_assert_str_eq(group_table_line(group_table_selected(&groups), 80),
	                 " gpu    -         3      4        2      17       1         5");
	ck_assert_str_eq(group_table_line(NULL, 20), " GROUP  STATE  USED");
	group_table_release(&groups);
}
END_TEST

START_TEST(what_no_group_has_has_no_column)
{
	take_groups(GROUP("a", "") "," GROUP(
		"b", ",\"onFail\":\"pause\",\"onEmpty\":\"echo done\",\"paused\":true,"
		     "\"devices\":{\"GPU\":[{\"name\":\"0\",\"task\":\"12\"},"
		     "{\"name\":\"1\",\"task\":null}]}"));
	group_table_move(&groups, 1);
	ck_assert_str_eq(
		group_table_line(group_table_selected(&groups), 160),
		" b      Paused     3      4        2      17       1         5  pause    GPU=0:12,1  echo done");
	ck_assert(group_table_selected(&groups)->paused);
	for (int width = 12; width < 200; width++)
		(void)group_table_line(group_table_selected(&groups), width);
	group_table_release(&groups);
}
END_TEST

START_TEST(the_selection_is_a_group)
{
	take_groups(GROUP("a", "") "," GROUP("b", "") "," GROUP("c", ""));
	group_table_resize(&groups, 2);
	group_table_move(&groups, 1);
	take_groups(GROUP("new", "") "," GROUP("a", "") "," GROUP("b", ""));
	ck_assert_str_eq(group_table_selected(&groups)->cells[GROUPS_NAME], "b");
	ck_assert_uint_eq(groups.top, 1);
	ck_assert(!groups.fell);
	take_groups(GROUP("a", ""));
	ck_assert_str_eq(group_table_selected(&groups)->cells[GROUPS_NAME], "a");
	ck_assert(groups.fell);
	take_groups(GROUP("a", ""));
	ck_assert(groups.fell);
	group_table_move(&groups, 100);
	ck_assert_uint_eq(groups.cursor, 0);
	take_groups("");
	ck_assert_ptr_null(group_table_selected(&groups));
	group_table_move(&groups, -3);
	group_table_release(&groups);
}
END_TEST

/* --- details */

/* The row of List, with some of its columns. */
static json_t *details_row(const char *values)
{
	json_t *given = json_of(values), *row = json_array(), *columns;
	struct jsonw params = JSONW_INIT;
	json_t *asked, *reply = json_object(), *rows = json_array();
	size_t i;

	details_request("7", &params);
	asked = json_loadb(params.data, params.length, 0, NULL);
	ck_assert_ptr_nonnull(asked);
	jsonw_release(&params);
	columns = json_object_get(asked, "columns");
	for (i = 0; i < json_array_size(columns); i++) {
		json_t *value = json_object_get(given, json_string_value(json_array_get(columns, i)));

		json_array_append_new(row, value ? json_incref(value) : json_null());
	}
	json_array_append_new(rows, row);
	json_object_set_new(reply, "rows", rows);
	json_decref(asked);
	json_decref(given);
	return reply;
}

/* The line of the page that begins so; -1: none. */
static int page_line(const struct pager *pager, const char *label, const char *text)
{
	for (size_t i = 0; i < pager->length; i++) {
		if (strcmp(pager->lines[i].label, label) == 0 &&
		    strncmp(pager->lines[i].text, text, strlen(text)) == 0)
			return (int)i;
	}
	return -1;
}

static void expect_line(const struct pager *pager, const char *label, const char *text)
{
	ck_assert_msg(page_line(pager, label, text) >= 0, "no line '%s' '%s'", label, text);
}

START_TEST(details_have_all_about_a_task)
{
	json_t *reply = details_row(
		"{\"id\":\"7\",\"name\":\"build\",\"state\":\"Failed\",\"createdAt\":\"2026-11-26T10:00:00.000Z\","
		"\"startedAt\":\"2026-11-26T10:00:03.200Z\",\"completedAt\":\"2026-11-26T10:10:17.200Z\","
		"\"childrenId\":[\"8\"],\"after\":[\"6:any\"],\"attempts\":[{\"attempt\":1,\"startedAt\":"
		"\"2026-11-26T10:00:03.000Z\",\"completedAt\":\"2026-11-26T10:00:04.000Z\",\"message\":\"broke\"}]}");
	struct details details = { 0 };
	struct pager pager = PAGER_INIT;
	struct jsonw params = JSONW_INIT;

	setenv("TZ", "CET-1", 1);
	ck_assert(details_take(&details, reply, 1000));
	ck_assert(details_relatives(&details, &params));
	ck_assert_ptr_nonnull(memmem(params.data, params.length, "\"ids\":[\"8\",\"6\"]", 15));
	jsonw_release(&params);
	details.relatives =
		json_of("[[\"8\",\"Running\",\"the child\",\"45%\"],[\"6\",\"Completed\",\"before\",\"\"]]");
	details.why = json_of("{\"reasons\":[{\"message\":\"slots: none\"}]}");
	details.output = (struct details_output){ "one\ntwo\n", 8 };
	details.error = (struct details_output){ "10%\r20%\nwhy\n", 12 };
	details_fill(&details, 1000, &pager);
	pager_layout(&pager, 80, 24);
	expect_line(&pager, "State", "Failed");
	expect_line(&pager, "8", "Running  the child  45%");
	expect_line(&pager, "6", "Completed, needed: any  before");
	expect_line(&pager, "", "slots: none");
	expect_line(&pager, "1", "2026-11-26 11:00:03  1.0s  broke");
	expect_line(&pager, "", unit_says(MSG_DETAILS_LIFE, "+0100"));
	expect_line(&pager, "", "created 2026-11-26 11:00:00, started 2026-11-26 11:00:03 (3.2s later),");
	expect_line(&pager, "", "20%");
	ck_assert_int_lt(page_line(&pager, "", "why"), page_line(&pager, "", "one")); /* it has failed */
	ck_assert_int_lt(page_line(&pager, "State", ""), page_line(&pager, "", "why"));
	pager_release(&pager);
	json_decref(reply);
	details_release(&details);
}
END_TEST

static void fill_page(const struct details *details, int64_t now, struct pager *pager)
{
	details_fill(details, now, pager);
	pager_layout(pager, 80, 24);
}

/* As in the table: what it said last tells how far it is, and how fast that grew tells when it ends. */
START_TEST(details_tell_progress_and_what_is_left)
{
	json_t *before = details_row(
		       "{\"id\":\"7\",\"state\":\"Running\",\"percentComplete\":0,\"percentKnown\":false,"
		       "\"duration\":100.0,\"startedMs\":1000,\"silence\":1.0,\"lastLine\":\"file 10/100\"}"),
	       *later = details_row(
		       "{\"id\":\"7\",\"state\":\"Running\",\"percentComplete\":0,\"percentKnown\":false,"
		       "\"duration\":140.0,\"startedMs\":1000,\"silence\":1.0,\"lastLine\":\"file 50/100\"}"),
	       *ended = details_row(
		       "{\"id\":\"7\",\"state\":\"Failed\",\"percentComplete\":50,\"percentKnown\":true,"
		       "\"statusMessage\":\"20MB/s eta 1m\",\"exitCode\":1,\"duration\":140.0,\"startedMs\":1000}");
	struct details details = { 0 };
	struct pager pager = PAGER_INIT;
	char text[64];

	ck_assert(details_take(&details, before, 1000));
	ck_assert(details_tick(&details));
	fill_page(&details, 1000, &pager);
	expect_line(&pager, "Progress", "10% file 10/100");
	expect_line(&pager, "ETA", "15:00");
	details.speed = (struct speed){ .at = 1000, .share = 0.1, .stepped = true };
	ck_assert(details_take(&details, later, 41000));
	fill_page(&details, 41000, &pager);
	expect_line(&pager, "Progress", "50% file 50/100");
	expect_line(&pager, "ETA", "50s");
	fill_page(&details, 51000, &pager);
	expect_line(&pager, "ETA", "40s");
	expect_line(&pager, "Duration", "2:30");
	fill_page(&details, 41000 + 60 * 60000, &pager);
	snprintf(text, sizeof(text), "50%% " MSG_SILENT_MINUTES ": file 50/100", 60);
	expect_line(&pager, "Progress", text);
	ck_assert(details_take(&details, ended, 60000));
	ck_assert(!details_tick(&details));
	fill_page(&details, 70000, &pager);
	expect_line(&pager, "Progress", "50% 20MB/s eta 1m");
	expect_line(&pager, "Duration", "2:20");
	ck_assert_int_eq(page_line(&pager, "ETA", ""), -1);
	pager_release(&pager);
	json_decref(before);
	json_decref(later);
	json_decref(ended);
	details_release(&details);
}
END_TEST

/* Between two attempts it has begun, too, but no time of that is there. */
START_TEST(details_say_of_its_life_what_is_on_record)
{
	json_t *queued = details_row("{\"state\":\"Queued\",\"createdAt\":\"2026-01-01T10:00:00.000Z\"}"),
	       *created = details_row("{\"state\":\"Created\",\"createdAt\":\"2026-01-01T10:00:00.000Z\"}"),
	       *stopped = details_row("{\"state\":\"Stopped\",\"createdAt\":\"2026-01-01T10:00:00.000Z\","
	                              "\"completedAt\":\"2026-01-01T10:00:02.000Z\"}");
	struct details details = { 0 };
	struct pager pager = PAGER_INIT;

	setenv("TZ", "UTC", 1);
	ck_assert(details_take(&details, queued, 1000));
	ck_assert(details_tick(&details));
	fill_page(&details, 1000, &pager);
	ck_assert_ptr_nonnull(strstr(pager.lines[pager.length - 1].text, " ago"));
	ck_assert(details_take(&details, created, 1000));
	ck_assert(!details_tick(&details));
	fill_page(&details, 1000, &pager);
	ck_assert_str_eq(pager.lines[pager.length - 1].text, "created 2026-01-01 10:00:00");
	ck_assert(details_take(&details, stopped, 1000));
	fill_page(&details, 1000, &pager);
	ck_assert_str_eq(pager.lines[pager.length - 1].text,
	                 "created 2026-01-01 10:00:00, ended 2026-01-01 10:00:02 (2.0s later)");
	pager_release(&pager);
	json_decref(queued);
	json_decref(created);
	json_decref(stopped);
	details_release(&details);
}
END_TEST

START_TEST(only_the_last_lines_of_the_output_are_there)
{
	json_t *reply = details_row("{\"id\":\"7\",\"state\":\"Running\"}"),
	       *none = json_of("{\"rows\":[{}]}");
	struct details details = { 0 };
	struct pager pager = PAGER_INIT;
	struct jsonw params = JSONW_INIT;

	ck_assert(details_take(&details, reply, 1000));
	ck_assert(!details_relatives(&details, &params));
	ck_assert(!details_take(&details, none, 1000));
	details.output = (struct details_output){ "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12", 26 };
	details_fill(&details, 1000, &pager);
	pager_layout(&pager, 20, 5);
	ck_assert_int_eq(page_line(&pager, "", "2"), -1);
	expect_line(&pager, "", "3");
	expect_line(&pager, "", "12");
	ck_assert_int_eq(page_line(&pager, "", MSG_LOG_NONE), -1);
	pager_release(&pager);
	json_decref(reply);
	json_decref(none);
	details_release(&details);
}
END_TEST

/* --- menus */

static const struct menu_item items[] = { { 'a', "the first" }, { 'B', "the second" }, { 'c', "the third" } };

START_TEST(a_menu_fits_any_screen)
{
	struct menu menu;
	struct menu_box box;

	menu_open(&menu, alloc_string("What is it?"), items, 3);
	for (int lines = 2; lines < 30; lines++) {
		for (int columns = 5; columns < 100; columns++) {
			for (menu.selected = 0; menu.selected < 3; menu.selected++) {
				menu_layout(&menu, columns, lines, &box);
				ck_assert_int_ge(box.x, 0);
				ck_assert_int_ge(box.y, 0);
				ck_assert_int_le(box.x + box.width, columns);
				ck_assert_int_le(box.y + box.height, lines);
				ck_assert_uint_le(box.first, menu.selected);
				ck_assert_uint_gt(box.first + (size_t)box.shown, menu.selected);
				ck_assert_int_eq(menu_at(&menu, &box, box.x + 1, box.top), (int)box.first);
			}
		}
	}
	menu_release(&menu);
}
END_TEST

START_TEST(an_item_has_its_letter)
{
	struct menu menu;
	struct menu_box box;

	menu_open(&menu, alloc_string("title"), items, 3);
	ck_assert_int_eq(menu_letter(&menu, 'B'), 1);
	ck_assert_int_eq(menu_letter(&menu, 'b'), -1);
	menu_move(&menu, -1);
	ck_assert_uint_eq(menu.selected, 2);
	menu_move(&menu, 1);
	menu_move(&menu, 1);
	ck_assert_uint_eq(menu.selected, 1);
	menu_layout(&menu, 80, 24, &box);
	ck_assert_int_eq(menu_at(&menu, &box, box.x + 3, box.top + 2), 2);
	ck_assert_int_eq(menu_at(&menu, &box, box.x + 3, box.top + 3), -1);
	ck_assert_int_eq(menu_at(&menu, &box, box.x - 1, box.top), -1);
	menu_release(&menu);
}
END_TEST

static void setup(void)
{
	unit_utf8();
	setenv("TZ", "UTC", 1);
}

int main(void)
{
	const TTest *const tests[] = {
		a_group_has_its_numbers,
		what_no_group_has_has_no_column,
		the_selection_is_a_group,
		details_have_all_about_a_task,
		details_tell_progress_and_what_is_left,
		details_say_of_its_life_what_is_on_record,
		only_the_last_lines_of_the_output_are_there,
		a_menu_fits_any_screen,
		an_item_has_its_letter,
	};

	unit_apart();
	return unit_run("view pages", setup, NULL, tests);
}
