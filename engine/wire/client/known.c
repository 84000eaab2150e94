#include "engine/wire/client/known.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/array.h"

static struct {
	struct known_server *items;
	size_t count, size;
} known;

static const char blanks[] = " \t";

static void known_release(struct known_server *server)
{
	free(server->name);
	free(server->address);
	free(server->program);
}

/* An empty one at the end.  NULL: out of memory. */
static struct known_server *known_place(void)
{
	struct known_server *items = array_grow(known.items, &known.size, known.count + 1, sizeof(*items));

	if (!items)
		return NULL;
	known.items = items;
	items[known.count] = (struct known_server){ 0 };
	return &items[known.count++];
}

int known_add(const char *name, const char *text)
{
	size_t length = strcspn(text, blanks), gap = strspn(text + length, blanks);
	const char *program = text + length + gap;
	struct known_server made = {
		.name = strdup(name),
		.address = strndup(text, length),
		.program = *program ? strdup(program) : NULL,
	};
	struct known_server *place = (struct known_server *)known_find(name);

	if (made.name && made.address && (made.program || !*program) && !place)
		place = known_place();
	if (!made.name || !made.address || (!made.program && *program) || !place) {
		known_release(&made);
		return -ENOMEM;
	}
	known_release(place);
	*place = made;
	return 0;
}

const struct known_server *known_find(const char *name)
{
	for (size_t i = 0; i < known.count; i++) {
		if (strcmp(known.items[i].name, name) == 0)
			return &known.items[i];
	}
	return NULL;
}

size_t known_count(void)
{
	return known.count;
}

const struct known_server *known_at(size_t index)
{
	return &known.items[index];
}
