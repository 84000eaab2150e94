/* utlist for clang-tidy's analyzer, for the reason given in uthash.h beside it. */
#ifndef KRTASK_MODEL_UTLIST_H
#define KRTASK_MODEL_UTLIST_H

#include_next <utlist.h>

void model_listed(void *head, void *item);
void model_delisted(void *head, void *item);

#undef DL_APPEND2
#define DL_APPEND2(head, add, prev, next) model_listed(&(head), (add))

#undef DL_DELETE2
#define DL_DELETE2(head, del, prev, next) model_delisted(&(head), (del))

#undef LL_DELETE2
#define LL_DELETE2(head, del, next) model_delisted(&(head), (del))

#endif
