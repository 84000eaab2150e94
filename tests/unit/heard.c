#include "tests/unit/heard.h"

#include <stdio.h>
#include <string.h>

#include "engine/task/utf8.h"
#include "tests/unit/unit.h"

struct keyboard keyboard;
int64_t now;

void heard_setup(void)
{
	unit_utf8();
	now = 1000000;
	keyboard_init(&keyboard, DELAY);
}

void heard_teardown(void)
{
	keyboard_release(&keyboard);
}

void hear_bytes(const char *bytes, size_t count)
{
	while (count) {
		char *to;
		size_t room = keyboard_room(&keyboard, &to), taken = count < room ? count : room;

		ck_assert_uint_gt(room, 0);
		memcpy(to, bytes, taken);
		keyboard_heard(&keyboard, taken, now);
		bytes += taken;
		count -= taken;
		if (count)
			ck_assert_int_eq(keyboard_next(&keyboard, now).key, TERMINAL_NONE);
	}
}

void hear(const char *bytes)
{
	hear_bytes(bytes, strlen(bytes));
}

void later(int milliseconds)
{
	now += milliseconds;
}

/* Returns all present events as text: a character as itself, any other event by its name. */
const char *events(void)
{
	static const struct {
		int key;
		const char *name;
	} names[] = {
		{ TERMINAL_ENTER, "Enter" },
		{ TERMINAL_ESCAPE, "Esc" },
		{ TERMINAL_UP, "Up" },
		{ TERMINAL_DOWN, "Down" },
		{ TERMINAL_LEFT, "Left" },
		{ TERMINAL_RIGHT, "Right" },
		{ TERMINAL_PAGE_UP, "PgUp" },
		{ TERMINAL_PAGE_DOWN, "PgDn" },
		{ TERMINAL_HOME, "Home" },
		{ TERMINAL_END, "End" },
		{ TERMINAL_BACK_TAB, "BackTab" },
		{ TERMINAL_BACKSPACE, "Backspace" },
		{ TERMINAL_DELETE, "Delete" },
		{ TERMINAL_F1, "F1" },
		{ TERMINAL_F6, "F6" },
		{ TERMINAL_F7, "F7" },
		{ TERMINAL_F8, "F8" },
		{ TERMINAL_F9, "F9" },
		{ TERMINAL_F2, "F2" },
		{ TERMINAL_F3, "F3" },
		{ TERMINAL_F4, "F4" },
		{ TERMINAL_F5, "F5" },
		{ TERMINAL_F10, "F10" },
		{ TERMINAL_WHEEL_UP, "WheelUp" },
		{ TERMINAL_WHEEL_DOWN, "WheelDown" },
		{ TERMINAL_INTERRUPT, "Interrupt" },
		{ TERMINAL_ANSWER, "Answer" },
		{ TERMINAL_OTHER, "Other" },
	};
	static char text[1024];
	size_t length = 0;
	struct terminal_event event;

	text[0] = '\0';
	while ((event = keyboard_next(&keyboard, now)).key != TERMINAL_NONE) {
		char own[UTF8_LONGEST + 1] = "", word[256];
		const char *name = NULL;

		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
			name = names[i].key == event.key ? names[i].name : name;
		if (name)
			snprintf(word, sizeof(word), "%s", name);
		else if (event.key == TERMINAL_CLICK)
			snprintf(word, sizeof(word), "Click(%d,%d)", event.x, event.y);
		else if (event.key == TERMINAL_MODE)
			snprintf(word, sizeof(word), "Mode(%d,%d)", event.x, event.y);
		else if (event.key == TERMINAL_FOCUS)
			snprintf(word, sizeof(word), "Focus(%d)", event.x);
		else if (event.key == TERMINAL_GROUND)
			snprintf(word, sizeof(word), "Ground(%d)", event.x);
		else if (event.key == TERMINAL_PASTE)
			snprintf(word, sizeof(word), "Paste(%.200s)", event.text ? event.text : "too long");
		else if (event.key == TERMINAL_INVALID)
			snprintf(word, sizeof(word), "Invalid(%02x)", event.byte);
		else if (event.key & TERMINAL_ALT)
			snprintf(word, sizeof(word), "Alt-%x", event.key & ~TERMINAL_ALT);
		else if (event.key < 0x20)
			snprintf(word, sizeof(word), "C-%c", event.key | 0x60);
		else {
			utf8_write((uint32_t)event.key, own);
			snprintf(word, sizeof(word), "%s", own);
		}
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s", length ? " " : "",
		                           word);
	}
	return text;
}

/* The bytes give the same events at once and when split at each place, and nothing is left. */
void expect_events(const char *bytes, const char *wanted)
{
	size_t count = strlen(bytes);

	for (size_t cut = 0; cut < count; cut++) {
		char got[1024] = "";

		if (cut) {
			hear_bytes(bytes, cut);
			snprintf(got, sizeof(got), "%s", events());
		}
		later(DELAY - 1); /* a slow line */
		hear_bytes(bytes + cut, count - cut);
		const char *rest = events();

		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s", *got && *rest ? " " : "",
		         rest);
		ck_assert_msg(strcmp(got, wanted) == 0, "cut at %zu of %zu: '%s', not '%s'", cut, count, got,
		              wanted);
		ck_assert_int_eq(keyboard_wait(&keyboard, now), -1);
	}
}
