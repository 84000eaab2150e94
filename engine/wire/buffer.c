#include "engine/wire/buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/task/array.h"

/*
 * What grows over LONG is given the room for LONGEST at once.  Memory that was never touched costs nothing, and to grow
 * again moves all pages, which takes tens of milliseconds on some virtual machines.
 */
enum { LEAST = 4 << 10, LONG = 1 << 20, LONGEST = 16 << 20 };

static size_t buffer_wanted(size_t need)
{
	if (need > LONG && need < LONGEST)
		return LONGEST;
	return need < LEAST ? LEAST : need;
}

static void move_to_front(struct buffer *buffer)
{
	if (buffer->start == 0)
		return;
	memmove(buffer->data, buffer->data + buffer->start, buffer->end - buffer->start);
	buffer->end -= buffer->start;
	buffer->scanned -= buffer->scanned < buffer->start ? buffer->scanned : buffer->start;
	buffer->start = 0;
}

int buffer_room(struct buffer *buffer, size_t more)
{
	size_t need;
	char *data;

	if (buffer->start == buffer->end)
		buffer->start = buffer->end = buffer->scanned = 0;
	if (buffer->size - buffer->end >= more)
		return 0;
	move_to_front(buffer);
	need = buffer->end + more;
	if (need < more)
		return -ENOMEM;
	data = array_grow(buffer->data, &buffer->size, buffer_wanted(need), 1);
	if (!data)
		return -ENOMEM;
	buffer->data = data;
	return 0;
}

void buffer_put(struct buffer *buffer, const char *bytes, size_t length)
{
	memcpy(buffer->data + buffer->end, bytes, length);
	buffer->end += length;
}

void buffer_trim(struct buffer *buffer)
{
	char *data;

	if (buffer->start == buffer->end) {
		buffer_release(buffer);
		return;
	}
	move_to_front(buffer);
	data = realloc(buffer->data, buffer->end);
	if (data) {
		buffer->data = data;
		buffer->size = buffer->end;
	}
}

void buffer_release(struct buffer *buffer)
{
	free(buffer->data);
	memset(buffer, 0, sizeof(*buffer));
}

const char *buffer_frame(struct buffer *buffer, size_t *length)
{
	const char *frame, *end;

	if (buffer->scanned < buffer->start)
		buffer->scanned = buffer->start;
	if (buffer->scanned == buffer->end)
		return NULL;
	frame = buffer->data + buffer->start;
	end = memchr(buffer->data + buffer->scanned, '\0', buffer->end - buffer->scanned);
	if (!end) {
		buffer->scanned = buffer->end;
		return NULL;
	}
	*length = (size_t)(end - frame);
	buffer->start = buffer->scanned = (size_t)(end - buffer->data) + 1;
	return frame;
}

char *buffer_detach(struct buffer *buffer, size_t length)
{
	size_t left = buffer->end - buffer->start;
	char *memory = buffer->data, *rest = NULL;

	if (left > length || buffer->end / 2 > length)
		return NULL;
	if (left > 0) {
		rest = malloc(left);
		if (!rest)
			return NULL;
		memcpy(rest, buffer->data + buffer->start, left);
	}
	*buffer = (struct buffer){ .data = rest, .end = left, .size = left };
	return memory;
}
