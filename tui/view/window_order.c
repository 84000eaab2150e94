/* The order of the rows of several windows. */
#include <stdlib.h>
#include <string.h>

#include "tui/text/text.h"
#include "tui/view/window.h"

/* -1 or 1 by a column that both have; 0: neither, or they are equal.  What has nothing there comes last. */
static int window_compare_values(const struct value *a, const struct value *b)
{
	struct text x = TEXT_INIT, y = TEXT_INIT;
	size_t m, n;
	const char *s = value_string(a, &x, &m), *t = value_string(b, &y, &n);
	double p = strtod(a->json, NULL), q = strtod(b->json, NULL);
	int order = value_is_null(a) - value_is_null(b);

	if (!order && s && t) {
		order = memcmp(s, t, m < n ? m : n);
		order = order ? order : m < n ? -1 : m > n;
	} else if (!order) {
		order = p < q ? -1 : p > q;
	}
	text_release(&x);
	text_release(&y);
	return order;
}

/* By the column that sorts, if it is among the fields. */
static int window_compare_column(const struct window *window, const struct window_row *a,
                                 const struct window_row *b)
{
	size_t at = 0;

	for (size_t i = 0; i < window->fields.count; i++) {
		const struct field *field = window->fields.items[i];

		if (strcmp(field->name, window->query.sort) == 0)
			return window_compare_values(&a->values[at], &b->values[at]);
		at += field_width(field);
	}
	return 0;
}

int window_compare(const struct window *window, const struct window_row *a, const struct window_row *b)
{
	const struct window_query *query = &window->query;
	bool activity = query->sort && strcmp(query->sort, "activity") == 0;
	int order = query->sort && !activity ? window_compare_column(window, a, b) : 0;

	for (int i = activity ? 0 : WINDOW_KEYS - 1; !order && i < WINDOW_KEYS; i++)
		order = a->keys[i] < b->keys[i] ? -1 : a->keys[i] > b->keys[i];
	return query->reverse ? -order : order;
}
