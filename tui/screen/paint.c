#include "tui/screen/paint.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "tui/screen/terminal.h"
#include "tui/text/cells.h"
#include "tui/text/theme.h"

#include "tui/screen/library.h"

enum { TEXT_SIZE = 8192, BRIGHT = 8, PALETTE = 256 };

/* Bars begin with it, with a blank, or with a block, which is not ASCII. */
#define BAR_SIGN '#'

/* What a colour means. */
enum hue {
	HUE_DEFAULT, /* of the terminal */
	HUE_ACTIVE,
	HUE_WAITING,
	HUE_FAILED,
	HUE_DONE,
	HUE_TAG,
	HUE_BAR,    /* the background of headings */
	HUE_ON_BAR, /* and the text on it */
	HUE_ALARM,  /* the background of what the user should see */
	HUE_ON_ALARM,
	HUE_ROW, /* the background of the selected row */
	/* And what has no colour on it: the default is not read there if the ground of the terminal was guessed wrong. */
	HUE_ON_ROW,
	HUE_COUNT
};

/* By the number of colours, and whether the background is dark or light.  -1: the default of the terminal. */
enum palette {
	PALETTE_8,
	PALETTE_16_DARK,
	PALETTE_16_LIGHT,
	PALETTE_256_DARK,
	PALETTE_256_LIGHT,
	PALETTE_COUNT
};

static const short hues[HUE_COUNT][PALETTE_COUNT] = {
	[HUE_DEFAULT] = { -1, -1, -1, -1, -1 },
	[HUE_ACTIVE] = { COLOR_CYAN, COLOR_CYAN, COLOR_CYAN, COLOR_CYAN, 30 },
	[HUE_WAITING] = { COLOR_YELLOW, COLOR_YELLOW, COLOR_YELLOW, COLOR_YELLOW, 130 },
	[HUE_FAILED] = { COLOR_RED, COLOR_RED, COLOR_RED, 203, 160 },
	[HUE_DONE] = { COLOR_GREEN, COLOR_GREEN, COLOR_GREEN, COLOR_GREEN, 28 },
	[HUE_TAG] = { COLOR_MAGENTA, COLOR_MAGENTA, COLOR_MAGENTA, 176, 127 },
	[HUE_BAR] = { COLOR_CYAN, COLOR_CYAN, COLOR_CYAN, COLOR_CYAN, 152 },
	[HUE_ON_BAR] = { COLOR_BLACK, COLOR_BLACK, COLOR_BLACK, COLOR_BLACK, 16 },
	[HUE_ALARM] = { COLOR_RED, COLOR_RED, COLOR_RED, COLOR_RED, 160 },
	[HUE_ON_ALARM] = { COLOR_WHITE, COLOR_WHITE, BRIGHT + COLOR_WHITE, BRIGHT + COLOR_WHITE, 231 },
	[HUE_ROW] = { COLOR_BLUE, BRIGHT + COLOR_BLACK, COLOR_WHITE, 237, 253 },
	[HUE_ON_ROW] = { COLOR_WHITE, BRIGHT + COLOR_WHITE, COLOR_BLACK, 253, 16 },
};

struct look {
	enum hue foreground, background;
	attr_t colour, mono; /* attributes with and without colours */
};

static const struct look looks[STYLE_COUNT] = {
	[STYLE_NORMAL] = { HUE_DEFAULT, HUE_DEFAULT, A_NORMAL, A_NORMAL },
	[STYLE_STATE + TASK_CREATED] = { HUE_DEFAULT, HUE_DEFAULT, A_NORMAL, A_NORMAL },
	[STYLE_STATE + TASK_QUEUED] = { HUE_WAITING, HUE_DEFAULT, A_NORMAL, A_UNDERLINE },
	[STYLE_STATE + TASK_CLAIMED] = { HUE_WAITING, HUE_DEFAULT, A_NORMAL, A_UNDERLINE },
	[STYLE_STATE + TASK_PAUSED] = { HUE_WAITING, HUE_DEFAULT, A_NORMAL, A_UNDERLINE },
	[STYLE_STATE + TASK_RUNNING] = { HUE_ACTIVE, HUE_DEFAULT, A_NORMAL, A_BOLD },
	[STYLE_STATE + TASK_STOPPING] = { HUE_ACTIVE, HUE_DEFAULT, A_NORMAL, A_BOLD },
	[STYLE_STATE + TASK_OVERTIME] = { HUE_ACTIVE, HUE_DEFAULT, A_NORMAL, A_BOLD },
	[STYLE_STATE + TASK_COMPLETED] = { HUE_DONE, HUE_DEFAULT, A_DIM, A_DIM },
	[STYLE_STATE + TASK_STOPPED] = { HUE_DONE, HUE_DEFAULT, A_DIM, A_DIM },
	[STYLE_STATE + TASK_FAILED] = { HUE_FAILED, HUE_DEFAULT, A_BOLD, A_BOLD | A_UNDERLINE },
	[STYLE_DIM] = { HUE_DEFAULT, HUE_DEFAULT, A_DIM, A_DIM },
	[STYLE_STRONG] = { HUE_DEFAULT, HUE_DEFAULT, A_BOLD, A_BOLD },
	[STYLE_TAG] = { HUE_TAG, HUE_DEFAULT, A_BOLD, A_BOLD },
	[STYLE_HEADING] = { HUE_ON_BAR, HUE_BAR, A_NORMAL, A_REVERSE },
	[STYLE_SELECTED] = { HUE_DEFAULT, HUE_ROW, A_NORMAL, A_REVERSE },
	[STYLE_KEY] = { HUE_DEFAULT, HUE_DEFAULT, A_BOLD, A_BOLD },
	[STYLE_BANNER] = { HUE_ON_ALARM, HUE_ALARM, A_BOLD, A_REVERSE | A_BOLD },
	[STYLE_NOTICE] = { HUE_DEFAULT, HUE_DEFAULT, A_REVERSE, A_REVERSE },
};

static struct {
	bool colour;
	bool direct; /* colours beyond 8 are RGB */
	bool highlighted;
	bool text; /* what is drawn has letters, and is no bar */
	enum palette palette;
	bool selected; /* the cursor belongs to this place: */
	int y, x;
} paint;

/* COLORFGBG is "foreground;background", sometimes with another word between them. */
static bool paint_is_light(const char *theme)
{
	const char *colours = getenv("COLORFGBG"), *last = colours ? strrchr(colours, ';') : NULL;
	char *end;
	long background;

	if (theme && strcmp(theme, THEME_AUTO) != 0)
		return strcmp(theme, THEME_LIGHT) == 0;
	if (!last)
		return false;
	background = strtol(last + 1, &end, 10);
	return end > last + 1 && !*end && (background == COLOR_WHITE || background > BRIGHT);
}

static enum palette paint_palette(bool light)
{
	if (COLORS >= PALETTE)
		return light ? PALETTE_256_LIGHT : PALETTE_256_DARK;
	if (COLORS >= 2 * BRIGHT)
		return light ? PALETTE_16_LIGHT : PALETTE_16_DARK;
	return PALETTE_8;
}

void paint_open(const struct terminal_options *options)
{
	const char *no_color = getenv("NO_COLOR");
	bool mono = options->theme && strcmp(options->theme, THEME_MONO) == 0;

	memset(&paint, 0, sizeof(paint));
	paint.colour = !mono && !(no_color && *no_color) && has_colors() && start_color() == OK;
	if (!paint.colour)
		return;
	use_default_colors();
	paint.direct = COLORS > PALETTE;
	paint.palette = paint_palette(paint_is_light(options->theme));
}

bool paint_wants_ground(const struct terminal_options *options)
{
	return paint.colour && COLORS >= 2 * BRIGHT &&
	       (!options->theme || strcmp(options->theme, THEME_AUTO) == 0);
}

void paint_set_ground(bool light)
{
	paint.palette = paint_palette(light);
}

void paint_begin(void)
{
	paint.selected = paint.highlighted = false;
}

bool paint_cursor(int *y, int *x)
{
	*y = paint.y;
	*x = paint.x;
	return paint.selected;
}

/*
 * A colour of the palette of xterm as RGB.  Terminals take the least numbers for their own palette: a trace of green is
 * greater than those.
 */
static int paint_rgb(int colour)
{
	static const int bright[BRIGHT] = { 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
		                            0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff };
	static const int levels[] = { 0, 95, 135, 175, 215, 255 };

	if (colour < 2 * BRIGHT)
		return bright[colour - BRIGHT];
	if (colour >= 232)
		return (8 + 10 * (colour - 232)) * 0x010101;
	colour -= 16;
	colour = levels[colour / 36] << 16 | levels[colour / 6 % 6] << 8 | levels[colour % 6];
	return colour < PALETTE ? colour + PALETTE : colour;
}

/*
 * One of the 256 colours of xterm, on a terminal that may have fewer.  With 8 colours, a bright one becomes
 * bold.
 */
static int paint_nearest(int colour, attr_t *bold)
{
	if (colour < BRIGHT || (colour < COLORS && !paint.direct))
		return colour;
	if (paint.direct)
		return paint_rgb(colour);
	if (colour < 2 * BRIGHT) {
		*bold = A_BOLD;
		return colour - BRIGHT;
	}
	if (colour >= 232) /* grey */
		return colour < 244 ? COLOR_BLACK : COLOR_WHITE;
	colour -= 16;
	return (colour / 36 > 2 ? COLOR_RED : 0) | (colour / 6 % 6 > 2 ? COLOR_GREEN : 0) |
	       (colour % 6 > 2 ? COLOR_BLUE : 0);
}

/* Sets colours of the palette of xterm. */
static void paint_set(attr_t attributes, int foreground, int background)
{
	attr_t bold = A_NORMAL, unused = A_NORMAL;
	int pair = 0;

	foreground = paint_nearest(foreground, &bold);
	background = paint_nearest(background, &unused);
	if (paint.colour && (foreground >= 0 || background >= 0))
		pair = alloc_pair(foreground, background);
	if (pair < 0)
		pair = 0;
	wattr_set(stdscr, attributes | (paint.colour ? bold : A_NORMAL), (short)(pair > SHRT_MAX ? 0 : pair),
	          &pair);
}

/*
 * The selected row with 8 colours is white on blue.  Nobody knows which of the others can be read on that blue, so what
 * has a colour has it as its background.  A bar is no text, and stays as it is.
 */
static void paint_set_row_of_8(const struct look *look)
{
	const short *hue = hues[look->foreground];

	if (look->foreground == HUE_DEFAULT)
		paint_set((look->colour & ~A_DIM) | A_BOLD, hues[HUE_ON_ROW][PALETTE_8],
		          hues[HUE_ROW][PALETTE_8]);
	else if (!paint.text)
		paint_set(look->colour & ~A_DIM, hue[PALETTE_8], hues[HUE_ROW][PALETTE_8]);
	else if (look->foreground == HUE_FAILED)
		paint_set(A_BOLD, hues[HUE_ON_ALARM][PALETTE_8], hues[HUE_ALARM][PALETTE_8]);
	else
		paint_set(A_NORMAL, COLOR_BLACK, hue[PALETTE_8]);
}

static void paint_set_style(enum style style)
{
	const struct look *look = &looks[style];
	short background = hues[look->background][paint.palette];
	short foreground = hues[look->foreground][paint.palette];
	bool on_row = look->background == HUE_ROW ||
	              (paint.highlighted && (look->background == HUE_DEFAULT || !paint.colour));

	if (on_row && paint.colour && paint.palette == PALETTE_8) {
		paint_set_row_of_8(look);
		return;
	}
	if (on_row && paint.colour) {
		background = hues[HUE_ROW][paint.palette];
		foreground = look->foreground == HUE_DEFAULT ? hues[HUE_ON_ROW][paint.palette] : foreground;
	}
	paint_set(paint.colour ? look->colour : look->mono | (on_row ? A_REVERSE : A_NORMAL), foreground,
	          background);
}

void terminal_highlight(bool on)
{
	paint.highlighted = on;
}

/* The cursor goes to the first of what is selected, of the view that is drawn last. */
static void paint_note_cursor(int y, int x, enum style style)
{
	if (style != STYLE_SELECTED || (paint.selected && paint.y == y && paint.x <= x))
		return;
	paint.selected = true;
	paint.y = y;
	paint.x = x;
}

int terminal_put(int y, int x, enum style style, const char *text)
{
	char fitted[TEXT_SIZE];
	int width = terminal_columns() - x, used;

	if (y < 0 || y >= terminal_lines() || x < 0 || width <= 0)
		return x;
	used = (int)cells_fit(text, (size_t)width, fitted, sizeof(fitted));
	paint.text = isgraph((unsigned char)*text) && *text != BAR_SIGN;
	paint_set_style(style);
	paint_note_cursor(y, x, style);
	mvwaddstr(stdscr, y, x, fitted);
	return x + used;
}

void terminal_fill(int y, int x, int width, enum style style)
{
	paint_set_style(style);
	paint_note_cursor(y, x, style);
	mvwhline(stdscr, y, x, ' ', width);
}

void terminal_frame(int y, int x, int height, int width)
{
	WINDOW *frame = derwin(stdscr, height, width, y, x);

	if (!frame)
		return;
	paint_set_style(STYLE_NORMAL);
	werase(frame);
	if (cells_plain())
		; /* a reader would read the lines */
	else if (cells_in_utf8())
		box_set(frame, WACS_VLINE, WACS_HLINE);
	else
		wborder(frame, '|', '|', '-', '-', '+', '+', '+', '+');
	delwin(frame);
}

static const struct {
	unsigned sgr;
	attr_t attribute;
} attributes[] = {
	{ SGR_BOLD, A_BOLD },           { SGR_DIM, A_DIM },     { SGR_ITALIC, A_ITALIC },
	{ SGR_UNDERLINE, A_UNDERLINE }, { SGR_BLINK, A_BLINK }, { SGR_REVERSE, A_REVERSE },
};

void terminal_glyph(int y, int x, const struct sgr *sgr, const char *text)
{
	attr_t set = A_NORMAL;

	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++) {
		if (sgr->attributes & attributes[i].sgr)
			set |= attributes[i].attribute;
	}
	paint_set(set, sgr->foreground, sgr->background);
	mvwaddstr(stdscr, y, x, text);
}
