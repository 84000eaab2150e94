/*
 * A streaming JSON writer (RFC 8259).  It writes into one growing buffer.  It builds no tree, and a value
 * costs no allocation of its own.
 *
 *     struct jsonw w = JSONW_INIT;
 *     jsonw_object(&w); jsonw_key(&w, "id"); jsonw_string(&w, id); jsonw_end_object(&w);
 *     … w.data, w.length …
 *     jsonw_release(&w);
 *
 * It writes the commas itself.  Strings end with a NUL.  Bytes that are not UTF-8 become U+FFFD.  When memory
 * runs out it sets `failed`, and all later calls do nothing.
 */
#ifndef KRTASK_WIRE_JSONW_H
#define KRTASK_WIRE_JSONW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jsonw {
	char *data; /* owned; not NUL-ended */
	size_t length, size;
	bool comma;  /* a comma is due before the next value */
	bool failed; /* out of memory */
};

#define JSONW_INIT { 0 }

void jsonw_object(struct jsonw *w);
void jsonw_end_object(struct jsonw *w);
void jsonw_array(struct jsonw *w);
void jsonw_end_array(struct jsonw *w);
void jsonw_key(struct jsonw *w, const char *key);       /* must need no escape */
void jsonw_string(struct jsonw *w, const char *string); /* NULL writes null */
void jsonw_string_n(struct jsonw *w, const char *bytes, size_t length);
void jsonw_int(struct jsonw *w, int64_t value);
void jsonw_uint(struct jsonw *w, uint64_t value);
void jsonw_fixed3(struct jsonw *w, int64_t thousandths); /* 1234 → 1.234 */
void jsonw_bool(struct jsonw *w, bool value);
void jsonw_null(struct jsonw *w);
void jsonw_base64(struct jsonw *w, const void *bytes, size_t length); /* RFC 4648 section 4, as a string */
void jsonw_time(struct jsonw *w, int64_t ms); /* RFC 3339 UTC with milliseconds; 0 writes null */
void jsonw_raw(struct jsonw *w, const char *json, size_t length); /* one whole value */
void jsonw_clear(struct jsonw *w);                                /* empties it and keeps its memory */
void jsonw_release(struct jsonw *w);

/* RFC 4648 section 4.  *bytes is malloc'ed, with a NUL after the last byte.  0, -EINVAL or -ENOMEM. */
int base64_decode(const char *text, size_t length, void **bytes, size_t *count);

#endif
