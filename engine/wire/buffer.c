#include "engine/wire/buffer.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST = 64 << 10 };

int buffer_room(struct buffer *buffer, size_t more)
{
	size_t size = buffer->size ? buffer->size : LEAST;
	char *data;

	if (buffer->start == buffer->end)
		buffer->start = buffer->end = buffer->scanned = 0;
	if (buffer->size - buffer->end >= more)
		return 0;
	if (buffer->start > 0) {
		memmove(buffer->data, buffer->data + buffer->start, buffer->end - buffer->start);
		buffer->end -= buffer->start;
		buffer->scanned -= buffer->scanned < buffer->start ? buffer->scanned : buffer->start;
		buffer->start = 0;
	}
	while (size - buffer->end < more) {
		if (size > SIZE_MAX / 2)
			return -ENOMEM;
		size *= 2;
	}
	data = size > buffer->size ? realloc(buffer->data, size) : buffer->data;
	if (!data)
		return -ENOMEM;
	buffer->data = data;
	buffer->size = size > buffer->size ? size : buffer->size;
	return 0;
}

void buffer_put(struct buffer *buffer, const char *bytes, size_t length)
{
	memcpy(buffer->data + buffer->end, bytes, length);
	buffer->end += length;
}

void buffer_release(struct buffer *buffer)
{
	free(buffer->data);
	memset(buffer, 0, sizeof(*buffer));
}

const char *buffer_frame(struct buffer *buffer, size_t *length)
{
	const char *frame = buffer->data + buffer->start;
	const char *end;

	if (buffer->scanned < buffer->start)
		buffer->scanned = buffer->start;
	if (buffer->scanned == buffer->end)
		return NULL;
	end = memchr(buffer->data + buffer->scanned, '\0', buffer->end - buffer->scanned);
	if (!end) {
		buffer->scanned = buffer->end;
		return NULL;
	}
	*length = (size_t)(end - frame);
	buffer->start = buffer->scanned = (size_t)(end - buffer->data) + 1;
	return frame;
}
