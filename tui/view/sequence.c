#include "tui/view/sequence.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "engine/task/hex.h"

/* A longer sequence is not valid.  Text between 200~ and 201~ is pasted. */
enum { SEQUENCE_MAX = 64 };

/*
 * The sequences that xterm, PuTTY, rxvt, screen, tmux and the Linux console send in any of their modes.  They
 * are recognized whatever TERM is.
 */
static const struct {
	const char *bytes;
	int key;
} sequence_table[] = {
	{ "\033[A", TERMINAL_UP },
	{ "\033OA", TERMINAL_UP },
	{ "\033[B", TERMINAL_DOWN },
	{ "\033OB", TERMINAL_DOWN },
	{ "\033[C", TERMINAL_RIGHT },
	{ "\033OC", TERMINAL_RIGHT },
	{ "\033[D", TERMINAL_LEFT },
	{ "\033OD", TERMINAL_LEFT },
	{ "\033[H", TERMINAL_HOME },
	{ "\033OH", TERMINAL_HOME },
	{ "\033[1~", TERMINAL_HOME },
	{ "\033[7~", TERMINAL_HOME },
	{ "\033[F", TERMINAL_END },
	{ "\033OF", TERMINAL_END },
	{ "\033[4~", TERMINAL_END },
	{ "\033[8~", TERMINAL_END },
	{ "\033[3~", TERMINAL_DELETE },
	{ "\033[5~", TERMINAL_PAGE_UP },
	{ "\033[6~", TERMINAL_PAGE_DOWN },
	{ "\033[Z", TERMINAL_BACK_TAB },
	{ "\033OM", TERMINAL_ENTER },
	{ "\033OP", TERMINAL_F1 },
	{ "\033[11~", TERMINAL_F1 },
	{ "\033[[A", TERMINAL_F1 },
	{ "\033[P", TERMINAL_F1 },
	{ "\033OQ", TERMINAL_F2 },
	{ "\033[12~", TERMINAL_F2 },
	{ "\033[[B", TERMINAL_F2 },
	{ "\033[Q", TERMINAL_F2 },
	{ "\033OR", TERMINAL_F3 },
	{ "\033[13~", TERMINAL_F3 },
	{ "\033[[C", TERMINAL_F3 },
	{ "\033OS", TERMINAL_F4 },
	{ "\033[14~", TERMINAL_F4 },
	{ "\033[[D", TERMINAL_F4 },
	{ "\033[S", TERMINAL_F4 },
	{ "\033[15~", TERMINAL_F5 },
	{ "\033[[E", TERMINAL_F5 },
	{ "\033[17~", TERMINAL_F6 },
	{ "\033[18~", TERMINAL_F7 },
	{ "\033[19~", TERMINAL_F8 },
	{ "\033[20~", TERMINAL_F9 },
	{ "\033[21~", TERMINAL_F10 },
	{ "\033[200~", SEQUENCE_PASTE_BEGINS },
	{ SEQUENCE_PASTE_END, SEQUENCE_PASTE_ENDS },
};

static size_t sequence_known(const char *bytes, size_t length, struct terminal_event *event)
{
	event->key = TERMINAL_OTHER;
	for (size_t i = 0; i < sizeof(sequence_table) / sizeof(*sequence_table); i++) {
		if (strlen(sequence_table[i].bytes) == length &&
		    memcmp(sequence_table[i].bytes, bytes, length) == 0)
			event->key = sequence_table[i].key;
	}
	return length;
}

/* The number of the button in xterm, without the bits for modifier keys. */
static int sequence_button(unsigned button)
{
	switch (button & ~0x1cu) {
	case 0:
		return TERMINAL_CLICK;
	case 64:
		return TERMINAL_WHEEL_UP;
	case 65:
		return TERMINAL_WHEEL_DOWN;
	default:
		return TERMINAL_OTHER;
	}
}

/* ESC [ M and three bytes. */
static size_t sequence_old_mouse(const char *bytes, size_t count, struct terminal_event *event)
{
	if (count < 6)
		return 0;
	event->key = sequence_button((unsigned char)bytes[3] - 32u);
	event->x = (unsigned char)bytes[4] - 33;
	event->y = (unsigned char)bytes[5] - 33;
	return 6;
}

/* ESC [ < button ; column ; line and M, or m when the button is released. */
static size_t sequence_mouse(const char *bytes, size_t length, struct terminal_event *event)
{
	char text[SEQUENCE_MAX + 2], end = '\0';
	unsigned button, x, y;

	snprintf(text, sizeof(text), "%.*s", (int)length, bytes);
	event->key = TERMINAL_OTHER;
	/* NOLINTNEXTLINE(cert-err34-c): an invalid or too large number is not a place on the screen */
	if (sscanf(text + 3, "%u;%u;%u%c", &button, &x, &y, &end) == 4 && end == 'M' && x > 0 && y > 0) {
		event->key = sequence_button(button);
		event->x = (int)x - 1;
		event->y = (int)y - 1;
	}
	return length;
}

/* CSI 0 n or 3 n; CSI ? mode ; setting $ y */
static size_t sequence_answer(const char *bytes, size_t length, struct terminal_event *event)
{
	char text[SEQUENCE_MAX + 2], end = '\0';

	snprintf(text, sizeof(text), "%.*s", (int)length, bytes);
	event->key = TERMINAL_OTHER;
	if (bytes[length - 1] == 'n' && strspn(text + 2, "0123456789") == length - 3)
		event->key = TERMINAL_ANSWER;
	/* NOLINTNEXTLINE(cert-err34-c): an invalid or too large number is no mode that was asked for */
	else if (sscanf(text + 2, "?%d;%d$%c", &event->x, &event->y, &end) == 3 && end == 'y')
		event->key = TERMINAL_MODE;
	return length;
}

bool sequence_is_own(int key)
{
	return key == TERMINAL_ANSWER || key == TERMINAL_MODE || key == TERMINAL_FOCUS;
}

bool sequence_is_mouse(int key)
{
	return key == TERMINAL_CLICK || key == TERMINAL_WHEEL_UP || key == TERMINAL_WHEEL_DOWN;
}

static size_t sequence_focus(const char *bytes, size_t length, struct terminal_event *event)
{
	event->key = TERMINAL_FOCUS;
	event->x = bytes[length - 1] == 'I';
	return length;
}

/* ESC [, parameters, intermediate bytes, and a final byte. */
static size_t sequence_control(const char *bytes, size_t count, struct terminal_event *event)
{
	size_t length = 2;

	if (count > 2 && bytes[2] == 'M')
		return sequence_old_mouse(bytes, count, event);
	if (count > 2 && bytes[2] == '[') /* Linux: F1 to F5 */
		return count > 3 ? sequence_known(bytes, 4, event) : 0;
	while (length < count && length < SEQUENCE_MAX && bytes[length] >= 0x20 && bytes[length] < 0x40)
		length++;
	if (length == count)
		return 0;
	/* A byte that cannot be part of the sequence ends it. */
	if (length < SEQUENCE_MAX && bytes[length] >= 0x40 && bytes[length] < 0x7f)
		length++;
	if (bytes[2] == '<')
		return sequence_mouse(bytes, length, event);
	if (bytes[length - 1] == 'n' || bytes[length - 1] == 'y')
		return sequence_answer(bytes, length, event);
	if (length == 3 && (bytes[2] == 'I' || bytes[2] == 'O'))
		return sequence_focus(bytes, length, event);
	return sequence_known(bytes, length, event);
}

/* ESC O, perhaps a parameter, and one character. */
static size_t sequence_shifted(const char *bytes, size_t count, struct terminal_event *event)
{
	size_t length = 2;

	while (length < count && length < SEQUENCE_MAX && bytes[length] >= '0' && bytes[length] <= ';')
		length++;
	if (length == count)
		return 0;
	return sequence_known(bytes, length + (bytes[length] > 0x20 && bytes[length] < 0x7f), event);
}

/* Two Esc.  rxvt sends an Esc before the sequence of a key with Alt.  Otherwise it is the key Esc, twice. */
static size_t sequence_twice(const char *bytes, size_t count, struct terminal_event *event)
{
	size_t length;

	event->key = TERMINAL_ESCAPE;
	if (count < 3)
		return 0;
	if (bytes[2] != '[' && bytes[2] != 'O')
		return 1;
	length = sequence_read(bytes + 1, count - 1, event);
	if (sequence_is_own(event->key)) {
		event->key = TERMINAL_ESCAPE; /* the answer comes next */
		return 1;
	}
	event->key = TERMINAL_OTHER;
	return length ? length + 1 : 0;
}

size_t sequence_read(const char *bytes, size_t count, struct terminal_event *event)
{
	event->key = TERMINAL_OTHER;
	if (count < 2)
		return 0;
	switch (bytes[1]) {
	case '\033':
		return sequence_twice(bytes, count, event);
	case '[':
		return sequence_control(bytes, count, event);
	case 'O':
		return sequence_shifted(bytes, count, event);
	case ']': /* strings: replies of the terminal, perhaps to a program before us */
	case 'P':
	case '_':
		event->key = SEQUENCE_REPLY_BEGINS;
		return count > 2 ? 2 : 0;
	default:
		event->key = TERMINAL_ALT;
		return 1;
	}
}

size_t sequence_read_answer(const char *bytes, size_t count, struct terminal_event *event)
{
	size_t length = count > 1 && bytes[1] == '[' ? sequence_read(bytes, count, event) : 0;

	return length && sequence_is_own(event->key) ? length : 0;
}

bool sequence_is_answer(const char *bytes, size_t count)
{
	static const char beginning[] = "\033[";

	if (count < 2)
		return count == 1 && *bytes == *beginning;
	if (memcmp(bytes, beginning, 2) != 0 || count > SEQUENCE_MAX)
		return false;
	for (size_t i = 2; i < count; i++) {
		if (!strchr("?0123456789;$", bytes[i]) || !bytes[i])
			return false;
	}
	return true;
}

/* One to four hexadecimal digits as 0 to 255.  Less than 0: there are none. */
static int sequence_colour(const char **at)
{
	unsigned value = 0, most = 0;

	for (int i = 0; i < 4 && isxdigit((unsigned char)**at); i++, ++*at) {
		value = value * 16 + (unsigned)hex_value(**at);
		most = most * 16 + 15;
	}
	return most ? (int)(value * 255 / most) : -1;
}

int sequence_brightness(const char *reply)
{
	static const char plain[] = "11;rgb:", opaque[] = "11;rgba:";
	static const int weights[] = { 299, 587, 114 }; /* of red, green and blue */
	const char *at = reply + sizeof(plain) - 1;
	int sum = 0;

	if (strncmp(reply, opaque, sizeof(opaque) - 1) == 0)
		at++;
	else if (strncmp(reply, plain, sizeof(plain) - 1) != 0)
		return -1;
	for (int i = 0; i < 3; i++) {
		int colour = sequence_colour(&at);

		if (colour < 0 || (i < 2 && *at++ != '/'))
			return -1;
		sum += weights[i] * colour;
	}
	return sum / 1000;
}

bool sequence_is_key(const char *bytes, size_t count)
{
	return count == 1 || (count == 2 && bytes[1] != '[' && bytes[1] != 'O');
}

void sequence_name(int key, char name[SEQUENCE_NAME_SIZE])
{
	static const struct {
		int key;
		const char *name;
	} names[] = {
		{ TERMINAL_TAB, "Tab" },
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
		{ TERMINAL_BACK_TAB, "Shift-Tab" },
		{ TERMINAL_DELETE, "Delete" },
		{ TERMINAL_BACKSPACE, "Backspace" },
		{ ' ', "Space" },
	};

	snprintf(name, SEQUENCE_NAME_SIZE, "This key");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (names[i].key == key) {
			snprintf(name, SEQUENCE_NAME_SIZE, "%s", names[i].name);
			return;
		}
	}
	if (key >= TERMINAL_F1 && key <= TERMINAL_F10)
		snprintf(name, SEQUENCE_NAME_SIZE, "F%d", key - TERMINAL_F1 + 1);
	else if (key > ' ' && key < 0x7f)
		snprintf(name, SEQUENCE_NAME_SIZE, "%c", key);
	else if (key > 0 && key < ' ')
		snprintf(name, SEQUENCE_NAME_SIZE, "Ctrl-%c", key + '@');
	else if (key > TERMINAL_ALT + ' ' && key < TERMINAL_ALT + 0x7f)
		snprintf(name, SEQUENCE_NAME_SIZE, "Alt-%c", key - TERMINAL_ALT);
}
