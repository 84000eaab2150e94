/* The order of the rows of several windows: that in which each server has its own (engine/service/ordering.c). */
#include "tui/view/window_order.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tui/text/text.h"
#include "tui/view/window.h"

/* How the values of a field compare.  What is absent comes first. */
enum order_kind {
	ORDER_NUMBER,
	ORDER_TIME, /* a number of seconds, which grows while the task runs */
	ORDER_TEXT, /* in any case */
	ORDER_ID,   /* numbers first, by value */
	ORDER_STATE,
	ORDER_WORDS,    /* word by word */
	ORDER_COUNT,    /* of a list */
	ORDER_CHILDREN, /* the same, then by the id of the first */
	ORDER_PROGRESS, /* by percentage, then by message */
	ORDER_EXIT,     /* a signal counts as 128 plus its number */
};

enum { ORDER_COLUMNS = 3, ORDER_DIGITS = 18, ORDER_SIGNAL = 128 };

static const struct order {
	const char *field;
	enum order_kind kind;
	const char *columns[ORDER_COLUMNS]; /* NULL: no more, or the column of that name */
} orders[] = {
	{ "id", ORDER_ID, { NULL } },
	{ "name", ORDER_TEXT, { NULL } },
	{ "description", ORDER_TEXT, { NULL } },
	{ "state", ORDER_STATE, { NULL } },
	{ "startedAt", ORDER_NUMBER, { "startedMs" } },
	{ "completedAt", ORDER_NUMBER, { "endedMs" } },
	{ "duration", ORDER_TIME, { NULL } },
	{ "progress", ORDER_PROGRESS, { "percentKnown", "percentComplete", "statusMessage" } },
	{ "parentId", ORDER_ID, { NULL } },
	{ "childrenId", ORDER_CHILDREN, { NULL } },
	{ "exitCode", ORDER_EXIT, { "exitCode", "signal" } },
	{ "signal", ORDER_NUMBER, { NULL } },
	{ "pid", ORDER_NUMBER, { NULL } },
	{ "group", ORDER_TEXT, { NULL } },
	{ "command", ORDER_WORDS, { NULL } },
	{ "commandLine", ORDER_WORDS, { "command" } },
	{ "cwd", ORDER_TEXT, { NULL } },
	{ "priority", ORDER_NUMBER, { NULL } },
	{ "weight", ORDER_NUMBER, { NULL } },
	{ "attempt", ORDER_NUMBER, { NULL } },
	{ "attempts", ORDER_NUMBER, { "attempt" } },
	{ "nice", ORDER_NUMBER, { NULL } },
	{ "ionice", ORDER_TEXT, { NULL } },
	{ "cpuList", ORDER_TEXT, { NULL } },
	{ "after", ORDER_COUNT, { NULL } },
	{ "cpuSeconds", ORDER_NUMBER, { NULL } },
	{ "maxRssBytes", ORDER_NUMBER, { NULL } },
	{ "beginAt", ORDER_TEXT, { NULL } }, /* of the same form, and in UTC */
	{ "expireAt", ORDER_TEXT, { NULL } },
	{ "timeLimit", ORDER_NUMBER, { NULL } },
	{ "killAfter", ORDER_NUMBER, { NULL } },
	{ "percentComplete", ORDER_NUMBER, { NULL } },
	{ "statusMessage", ORDER_TEXT, { NULL } },
};

/* NULL: there is none. */
static const struct order *window_order_find(const char *sort)
{
	for (size_t i = 0; sort && i < sizeof(orders) / sizeof(*orders); i++) {
		if (strcmp(orders[i].field, sort) == 0)
			return &orders[i];
	}
	return NULL;
}

size_t window_order_columns(const char *sort, const char *const **columns)
{
	const struct order *order = window_order_find(sort);
	size_t count = 0;

	if (!order)
		return 0;
	while (count < ORDER_COLUMNS && order->columns[count])
		count++;
	*columns = count ? order->columns : &order->field;
	return count ? count : 1;
}

static int window_order_sign(double a, double b)
{
	return (a > b) - (a < b);
}

static double window_order_number(const struct value *value)
{
	return value_is_null(value) ? -INFINITY : strtod(value->json, NULL);
}

static int window_order_bytes(const char *a, size_t m, const char *b, size_t n)
{
	for (size_t i = 0; i < m && i < n; i++) {
		int order = tolower((unsigned char)a[i]) - tolower((unsigned char)b[i]);

		if (order)
			return order;
	}
	return (m > n) - (m < n);
}

/* The number that the text is; 0: it is none. */
static int64_t window_order_id_number(const char *text, size_t length)
{
	int64_t number = 0;

	if (!length || length > ORDER_DIGITS || *text == '0')
		return 0;
	for (size_t i = 0; i < length; i++) {
		if (!isdigit((unsigned char)text[i]))
			return 0;
		number = number * 10 + (text[i] - '0');
	}
	return number;
}

static int window_order_texts(const struct value *a, const struct value *b, bool ids)
{
	int order = value_is_null(b) - value_is_null(a);
	struct text x = TEXT_INIT, y = TEXT_INIT;
	size_t m = 0, n = 0;
	const char *s = value_string(a, &x, &m), *t = value_string(b, &y, &n);

	if (s && t) {
		int64_t p = ids ? window_order_id_number(s, m) : 0;
		int64_t q = ids ? window_order_id_number(t, n) : 0;

		order = p > 0 && q > 0 ? (p > q) - (p < q) : (q > 0) - (p > 0);
		if (!order)
			order = window_order_bytes(s, m, t, n);
	}
	text_release(&x);
	text_release(&y);
	return order;
}

static int window_order_words(const struct value *a, const struct value *b)
{
	const char *at = NULL, *other = NULL;
	struct value x, y;

	for (;;) {
		bool more = value_item(a, &at, &x), others = value_item(b, &other, &y);
		int order = more && others ? window_order_texts(&x, &y, false) : more - others;

		if (order || !more)
			return order;
	}
}

static size_t window_order_count(const struct value *list)
{
	const char *at = NULL;
	struct value item;
	size_t count = 0;

	while (value_item(list, &at, &item))
		count++;
	return count;
}

static int window_order_lists(const struct value *a, const struct value *b, bool ids)
{
	int order = window_order_sign((double)window_order_count(a), (double)window_order_count(b));
	const char *at = NULL, *other = NULL;
	struct value x, y;

	if (order || !ids || !value_item(a, &at, &x) || !value_item(b, &other, &y))
		return order;
	return window_order_texts(&x, &y, true);
}

/* In the order in which a task passes its states. */
static int window_order_state(enum task_state state)
{
	static const unsigned char places[TASK_STATE_COUNT] = {
		[TASK_QUEUED] = 1,    [TASK_CLAIMED] = 1,  [TASK_RUNNING] = 2,
		[TASK_PAUSED] = 3,    [TASK_STOPPING] = 4, [TASK_OVERTIME] = 4,
		[TASK_COMPLETED] = 5, [TASK_FAILED] = 6,   [TASK_STOPPED] = 7,
	};

	return places[state];
}

/* What has run when the windows were last written to. */
static double window_order_time(const struct window *window, const struct window_row *row,
                                const struct value *value)
{
	bool runs = !task_state_terminal(row->state) && row->state != TASK_QUEUED;

	return window_order_number(value) + (runs ? (double)(window->now - row->received) / 1000 : 0);
}

static double window_order_exit(const struct value *values)
{
	return value_is_null(&values[1]) ? window_order_number(values)
	                                 : ORDER_SIGNAL + window_order_number(&values[1]);
}

static int window_order_progress(const struct value *a, const struct value *b)
{
	int order = value_is_true(a) - value_is_true(b);

	order = order ? order : window_order_sign(window_order_number(&a[1]), window_order_number(&b[1]));
	return order ? order : window_order_texts(&a[2], &b[2], false);
}

static int window_order_compare(enum order_kind kind, const struct window *window, const struct window_row *a,
                                const struct window_row *b)
{
	const struct value *x = &a->values[fields_width(&window->fields)],
			   *y = &b->values[fields_width(&window->fields)];

	switch (kind) {
	case ORDER_TIME:
		return window_order_sign(window_order_time(window, a, x), window_order_time(window, b, y));
	case ORDER_TEXT:
	case ORDER_ID:
		return window_order_texts(x, y, kind == ORDER_ID);
	case ORDER_STATE:
		return window_order_state(a->state) - window_order_state(b->state);
	case ORDER_WORDS:
		return window_order_words(x, y);
	case ORDER_COUNT:
	case ORDER_CHILDREN:
		return window_order_lists(x, y, kind == ORDER_CHILDREN);
	case ORDER_PROGRESS:
		return window_order_progress(x, y);
	case ORDER_EXIT:
		return window_order_sign(window_order_exit(x), window_order_exit(y));
	default:
		return window_order_sign(window_order_number(x), window_order_number(y));
	}
}

int window_compare(const struct window *window, const struct window_row *a, const struct window_row *b)
{
	const struct window_query *query = &window->query;
	const struct order *by = window_order_find(query->sort);
	bool activity = query->sort && strcmp(query->sort, "activity") == 0;
	/* Rows of the list as it was sorted before do not have these values. */
	bool both = by && a->sorted == query->sort && b->sorted == query->sort;
	int order = both ? window_order_compare(by->kind, window, a, b) : 0;

	for (int i = activity ? 0 : WINDOW_KEYS - 1; !order && i < WINDOW_KEYS; i++)
		order = a->keys[i] < b->keys[i] ? -1 : a->keys[i] > b->keys[i];
	return query->reverse ? -order : order;
}
