/*
 * uthash for clang-tidy's analyzer, which cannot follow what the macros do to the list through casts, and
 * takes each table for one whose memory is gone: here they are functions that it cannot see into.
 */
#ifndef KRTASK_MODEL_UTHASH_H
#define KRTASK_MODEL_UTHASH_H

#ifdef HASH_FUNCTION
#define MODEL_OWN_HASH
#endif
#include_next <uthash.h>

unsigned model_hash(const void *key, size_t length);
void *model_added(void *head, const void *key, size_t length, void *item);
void *model_found(const void *head, const void *key, size_t length);
void *model_removed(void *head, void *item);

#ifndef MODEL_OWN_HASH
#undef HASH_VALUE
#define HASH_VALUE(keyptr, keylen, hashv) ((hashv) = model_hash((keyptr), (keylen)))
#endif

#undef HASH_ADD_KEYPTR_BYHASHVALUE
#define HASH_ADD_KEYPTR_BYHASHVALUE(hh, head, keyptr, keylen_in, hashval, add) \
	((void)(hashval), (head) = model_added((head), (keyptr), (keylen_in), (add)))

#undef HASH_FIND_BYHASHVALUE
#define HASH_FIND_BYHASHVALUE(hh, head, keyptr, keylen, hashval, out) \
	((void)(hashval), (out) = model_found((head), (keyptr), (keylen)))

#undef HASH_DELETE
#define HASH_DELETE(hh, head, delptr) ((head) = model_removed((head), (delptr)))

#undef HASH_CLEAR
#define HASH_CLEAR(hh, head) ((head) = model_removed((head), NULL))

#endif
