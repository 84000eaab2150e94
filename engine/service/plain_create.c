#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/service/plain_create.h"
#include "engine/task/bytes.h"
#include "engine/task/hex.h"

enum plain_kind { PLAIN_TEXT, PLAIN_SHORT, PLAIN_LIST, PLAIN_BOOL, PLAIN_NONCE };

/* The parameters.  size: of the array that a short text is copied into. */
static const struct plain_key {
	const char *name;
	size_t length, offset, size;
	enum plain_kind kind;
} plain_keys[] = {
#define KEY(name, field, size, kind)                                                                         \
	{                                                                                                    \
		name, sizeof(name) - 1, offsetof(struct plain_create, field), size, kind                     \
	}
	KEY("command", spec.command, 0, PLAIN_LIST),
	KEY("cwd", spec.cwd, 0, PLAIN_TEXT),
	KEY("nonce", spec.nonce, 0, PLAIN_NONCE),
	KEY("environment", environment, ENVIRONMENT_HASH_SIZE, PLAIN_SHORT),
	KEY("name", spec.name, 0, PLAIN_TEXT),
	KEY("start", start, 0, PLAIN_BOOL),
	KEY("id", spec.id, 0, PLAIN_TEXT),
	KEY("group", spec.group, 0, PLAIN_TEXT),
	KEY("parent", parent, TASK_ID_MAX + 1, PLAIN_SHORT),
	KEY("description", spec.description, 0, PLAIN_TEXT),
	KEY("variables", spec.variables, 0, PLAIN_LIST),
	KEY("merge", spec.merge, 0, PLAIN_BOOL),
#undef KEY
};
enum { PLAIN_KEYS = sizeof(plain_keys) / sizeof(*plain_keys), PLAIN_NONCE_DIGITS = 2 * TASK_NONCE_SIZE };

struct plain_reader {
	struct plain_create *create;
	const char *at, *end;
	int result; /* 0, or -ENOMEM */
};

/* Bytes that do not mean themselves in a string: what ends or escapes, what is no character, and what is not ASCII. */
static uint64_t plain_odd(uint64_t word)
{
	return bytes_high(word | (word + BYTES_ALL(1))) | bytes_below(word, ' ') | bytes_equal(word, '"') |
	       bytes_equal(word, '\\');
}

/* The first of them at or after `at`, or the end. */
static const char *plain_end(const char *at, const char *end)
{
	uint64_t word, marks;
	for (; (size_t)(end - at) >= sizeof(word); at += sizeof(word)) {
		marks = plain_odd(bytes_load(at));
		if (marks)
			return at + bytes_first(marks);
	}
	word = BYTES_ALL('"');
	memcpy(&word, at, (size_t)(end - at));
	return at + bytes_first(plain_odd(le64toh(word)));
}

static bool plain_take(struct plain_reader *reader, char c)
{
	if (reader->at == reader->end || *reader->at != c)
		return false;
	reader->at++;
	return true;
}

static bool plain_take_word(struct plain_reader *reader, const char *word, size_t length)
{
	if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0)
		return false;
	reader->at += length;
	return true;
}

/* A string: where its bytes are.  NULL: it is not plain. */
static const char *plain_string(struct plain_reader *reader, size_t *length)
{
	if (!plain_take(reader, '"'))
		return NULL;
	const char *start = reader->at;
	reader->at = plain_end(start, reader->end);
	*length = (size_t)(reader->at - start);
	return plain_take(reader, '"') ? start : NULL;
}

static bool plain_allocated(struct plain_reader *reader, bool allocated)
{
	if (!allocated)
		reader->result = -ENOMEM;
	return allocated;
}

static bool plain_read_list(struct plain_reader *reader, struct strings *list)
{
	if (!plain_take(reader, '['))
		return false;
	do {
		size_t length;
		const char *text = plain_string(reader, &length);
		if (!text || !plain_allocated(reader, strings_add_bytes(list, text, length) == 0))
			return false;
	} while (plain_take(reader, ','));
	return plain_take(reader, ']');
}

static bool plain_read_bool(struct plain_reader *reader, bool *value)
{
	*value = plain_take_word(reader, "true", 4);
	return *value || plain_take_word(reader, "false", 5);
}

static bool plain_read_nonce(struct plain_reader *reader, struct task_spec *spec)
{
	char digits[PLAIN_NONCE_DIGITS + 1];
	size_t length;
	const char *text = plain_string(reader, &length);
	if (!text || length != PLAIN_NONCE_DIGITS)
		return false;
	memcpy(digits, text, length);
	digits[length] = '\0';
	spec->has_nonce = hex_read(digits, spec->nonce, TASK_NONCE_SIZE) == 0;
	return spec->has_nonce;
}

static bool plain_read_text(struct plain_reader *reader, const struct plain_key *key, void *field)
{
	size_t length;
	const char *text = plain_string(reader, &length);
	if (!text)
		return false;
	if (key->kind == PLAIN_TEXT) {
		char *copy = strndup(text, length);
		*(char **)field = copy;
		return plain_allocated(reader, copy != NULL);
	}
	/* An empty one is not the same as none. */
	if (length == 0 || length >= key->size)
		return false;
	memcpy(field, text, length);
	((char *)field)[length] = '\0';
	return true;
}

/* Reads a value, whose kind is that of the key. */
static bool plain_read_value(struct plain_reader *reader, const struct plain_key *key)
{
	void *field = (char *)reader->create + key->offset;
	switch (key->kind) {
	case PLAIN_LIST:
		return plain_read_list(reader, field);
	case PLAIN_BOOL:
		return plain_read_bool(reader, field);
	case PLAIN_NONCE:
		return plain_read_nonce(reader, &reader->create->spec);
	case PLAIN_TEXT:
	case PLAIN_SHORT:
		break;
	}
	return plain_read_text(reader, key, field);
}

/* "KEY":value, of a key that was not read yet. */
static bool plain_read_member(struct plain_reader *reader, unsigned *seen)
{
	size_t length, i = 0;
	const char *name = plain_string(reader, &length);
	if (!name)
		return false;
	while (i < PLAIN_KEYS &&
	       (plain_keys[i].length != length || memcmp(plain_keys[i].name, name, length) != 0))
		i++;
	if (i == PLAIN_KEYS || (*seen >> i & 1) || !plain_take(reader, ':'))
		return false;
	*seen |= 1u << i;
	return plain_read_value(reader, &plain_keys[i]);
}

int plain_create_read(struct plain_create *create, const char *json, size_t length)
{
	struct plain_reader reader = { .create = create, .at = json, .end = json + length };
	unsigned seen = 0;
	bool plain = plain_take(&reader, '{');
	*create = (struct plain_create){ .start = false };
	while (plain && (plain = plain_read_member(&reader, &seen)) && plain_take(&reader, ','))
		continue;
	if (plain && plain_take(&reader, '}') && reader.at == reader.end)
		return 1;
	plain_create_release(create);
	return reader.result;
}

void plain_create_release(struct plain_create *create)
{
	task_spec_release(&create->spec);
}
