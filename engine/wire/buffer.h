/*
 * Bytes that came, or are to go: put at the end, taken in front, whole frames at a time.  Private to the
 * wire.
 */
#ifndef KRTASK_WIRE_BUFFER_H
#define KRTASK_WIRE_BUFFER_H

#include <stddef.h>

struct buffer {
	char *data; /* owned; what counts is from start to end */
	size_t start, end, size;
	size_t scanned; /* no NUL from start to here */
};

/* Room for more bytes at the end. 0 or -ENOMEM. */
int buffer_room(struct buffer *buffer, size_t more);
/* There must be room. */
void buffer_put(struct buffer *buffer, const char *bytes, size_t length);
/*
 * Takes the whole frame in front, ended by its NUL, which length does not count; NULL: there is none yet.
 * Stands until the next buffer_room().
 */
const char *buffer_frame(struct buffer *buffer, size_t *length);
/* Gives memory back that what is in it does not need. */
void buffer_trim(struct buffer *buffer);
void buffer_release(struct buffer *buffer);

#endif
