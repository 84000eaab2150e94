/*
 * Bytes that were received, or are to be sent.  They are added at the end, and whole frames are taken from
 * the front.  Private to the wire.
 */
#ifndef KRTASK_WIRE_BUFFER_H
#define KRTASK_WIRE_BUFFER_H

#include <stddef.h>

struct buffer {
	char *data; /* owned; the bytes are from start to end */
	size_t start, end, size;
	size_t scanned; /* no NUL from start to here */
};

/* Makes room for `more` bytes at the end.  0 or -ENOMEM. */
int buffer_room(struct buffer *buffer, size_t more);
/* Appends bytes.  buffer_room() must have made room for them. */
void buffer_put(struct buffer *buffer, const char *bytes, size_t length);
/*
 * Takes the first frame.  It ends with a NUL, which *length does not count.  NULL: there is no whole frame
 * yet. The pointer is valid until the next buffer_room().
 */
const char *buffer_frame(struct buffer *buffer, size_t *length);
/*
 * Gives away the memory with the frame that buffer_frame() returned last: it is to be freed, and the frame stays where it
 * is.  What follows the frame is copied.  NULL: that would cost more than a copy of the frame, of `length` bytes, or memory
 * has run out; nothing has changed.
 */
char *buffer_detach(struct buffer *buffer, size_t length);
/* Frees memory that the content does not need. */
void buffer_trim(struct buffer *buffer);
void buffer_release(struct buffer *buffer);

#endif
