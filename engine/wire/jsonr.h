/*
 * Reads JSON (RFC 8259) as json_loadb() of jansson does, or not at all.
 *
 * When there is no memory for a byte of a string or a number, the lexer of jansson (up to 2.14 at least) leaves that byte out and
 * goes on, or it fails an assertion.  So here its own buffer has memory that was taken before.
 */
#ifndef KRTASK_WIRE_JSONR_H
#define KRTASK_WIRE_JSONR_H

#include <jansson.h>
#include <stddef.h>

/*
 * The value in bytes, with flags of json_loadb(); json_decref() it.  NULL: error (not NULL) says what is wrong with the bytes, or,
 * by the code json_error_out_of_memory, that nothing is known of them.  Any thread.
 */
json_t *jsonr_load(const char *bytes, size_t length, size_t flags, json_error_t *error);

#endif
