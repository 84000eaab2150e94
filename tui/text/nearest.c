#include "tui/text/nearest.h"

#include <ctype.h>
#include <string.h>

#include "tui/text/candidates.h"

enum { WORD_MAX = 40 }; /* of longer words, only the beginning is compared */

static unsigned nearest_least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static int nearest_same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/*
 * The number of letters to insert, delete, change, or swap with their neighbour (the optimal string alignment
 * distance), times two.  Each letter of a common beginning subtracts one, since a mistyped word usually
 * begins right.
 */
static unsigned nearest_distance(const char *a, size_t a_length, const char *b)
{
	unsigned rows[WORD_MAX + 1][WORD_MAX + 1];
	size_t b_length = strnlen(b, WORD_MAX), same = 0;

	if (a_length > WORD_MAX)
		a_length = WORD_MAX;
	for (size_t i = 0; i <= a_length; i++) {
		for (size_t k = 0; k <= b_length; k++) {
			if (i == 0 || k == 0) {
				rows[i][k] = (unsigned)(i + k);
				continue;
			}
			rows[i][k] =
				nearest_least(nearest_least(rows[i - 1][k], rows[i][k - 1]) + 1,
			                      rows[i - 1][k - 1] + !nearest_same_letter(a[i - 1], b[k - 1]));
			if (i > 1 && k > 1 && nearest_same_letter(a[i - 1], b[k - 2]) &&
			    nearest_same_letter(a[i - 2], b[k - 1]))
				rows[i][k] = nearest_least(rows[i][k], rows[i - 2][k - 2] + 1);
		}
	}
	while (same < a_length && same < b_length && nearest_same_letter(a[same], b[same]))
		same++;
	return 2 * rows[a_length][b_length] + WORD_MAX - (unsigned)same;
}

void nearest_offer(struct nearest *nearest, const char *name)
{
	unsigned distance;
	size_t at;

	if (!*name)
		return;
	distance = nearest_distance(nearest->text, nearest->length, name);
	at = nearest->count;
	while (at > 0 && nearest->distances[at - 1] > distance)
		at--;
	if (at == NEAREST_MAX)
		return;
	if (nearest->count < NEAREST_MAX)
		nearest->count++;
	for (size_t i = nearest->count - 1; i > at; i--) {
		nearest->names[i] = nearest->names[i - 1];
		nearest->distances[i] = nearest->distances[i - 1];
	}
	nearest->names[at] = name;
	nearest->distances[at] = distance;
}

void nearest_list(const struct nearest *nearest, size_t most, const char *mark, struct text *list)
{
	for (size_t i = 0; i < nearest->count && i < most; i++)
		candidates_list(list, mark, nearest->names[i]);
}
