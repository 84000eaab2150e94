#include "tui/fields/decode.h"

#include <errno.h>

#include "engine/wire/jsonw.h"
#include "tui/text/alloc.h"

bool decode_bytes(const char *text, size_t length, void **bytes, size_t *count)
{
	int error = base64_decode(text, length, bytes, count);

	if (error == -ENOMEM)
		alloc_failed();
	return error == 0;
}
