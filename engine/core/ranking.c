#include "config.h"

#include "engine/core/ranking.h"

int ranking_compare(const struct rank *a, const struct rank *b)
{
	if (a->priority != b->priority)
		return a->priority > b->priority ? -1 : 1;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static uint32_t ranking_sum(const struct rank *rank, unsigned kinds)
{
	uint32_t sum = 0;
	for (unsigned kind = 0; rank && kind < RANK_KINDS; kind++)
		sum += kinds & 1u << kind ? rank->counts[kind] : 0;
	return sum;
}

static void ranking_count_anew(struct rank *rank)
{
	for (unsigned kind = 0; kind < RANK_KINDS; kind++) {
		rank->counts[kind] = (rank->left ? rank->left->counts[kind] : 0) +
		                     (rank->right ? rank->right->counts[kind] : 0) + (rank->kind == kind);
	}
}

/* The pointer to the node, in its parent or in the ranking. */
static struct rank **ranking_link(struct ranking *ranking, const struct rank *rank)
{
	if (!rank->up)
		return &ranking->root;
	return rank->up->left == rank ? &rank->up->left : &rank->up->right;
}

/* A child takes the place of the node, and the node becomes a child of it. */
static void ranking_lift(struct ranking *ranking, struct rank *child)
{
	struct rank *rank = child->up, **link = ranking_link(ranking, rank);
	struct rank **side = rank->left == child ? &rank->left : &rank->right;
	struct rank **inner = rank->left == child ? &child->right : &child->left;
	*side = *inner;
	if (*inner)
		(*inner)->up = rank;
	*inner = rank;
	child->up = rank->up;
	rank->up = child;
	*link = child;
	ranking_count_anew(rank);
	ranking_count_anew(child);
}

/* Xorshift (G.  Marsaglia, 2003) is good enough, since only the shape of the tree depends on it. */
static uint32_t ranking_draw(struct ranking *ranking)
{
	uint32_t x = ranking->seed ? ranking->seed : 2463534242u;
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return ranking->seed = x;
}

/* It is one of its kind now. */
static void ranking_note(struct ranking *ranking, struct rank *rank)
{
	struct rank **first = &ranking->first[rank->kind];
	if (!*first || ranking_compare(rank, *first) < 0)
		*first = rank;
	ranking->changes++;
}

/* It is about to be one of its kind no more. */
static void ranking_pass(struct ranking *ranking, struct rank *rank)
{
	if (ranking->first[rank->kind] == rank)
		ranking->first[rank->kind] = ranking_next(rank, 1u << rank->kind);
	ranking->changes++;
}

void ranking_add(struct ranking *ranking, struct rank *rank)
{
	struct rank **link = &ranking->root, *up = NULL;
	rank->ranked = true;
	while (*link) {
		up = *link;
		up->counts[rank->kind]++;
		link = ranking_compare(rank, up) < 0 ? &up->left : &up->right;
	}
	*link = rank;
	rank->up = up;
	rank->left = rank->right = NULL;
	rank->weight = ranking_draw(ranking);
	ranking_count_anew(rank);
	while (rank->up && rank->up->weight < rank->weight)
		ranking_lift(ranking, rank);
	ranking_note(ranking, rank);
}

void ranking_remove(struct ranking *ranking, struct rank *rank)
{
	ranking_pass(ranking, rank);
	while (rank->left && rank->right)
		ranking_lift(ranking, rank->left->weight > rank->right->weight ? rank->left : rank->right);
	struct rank *child = rank->left ? rank->left : rank->right;
	*ranking_link(ranking, rank) = child;
	if (child)
		child->up = rank->up;
	for (struct rank *up = rank->up; up; up = up->up)
		up->counts[rank->kind]--;
	rank->left = rank->right = rank->up = NULL;
	rank->ranked = false;
}

void ranking_set_kind(struct ranking *ranking, struct rank *rank, enum rank_kind kind)
{
	struct rank *up = rank;
	ranking_pass(ranking, rank);
	do {
		up->counts[rank->kind]--;
		up->counts[kind]++;
		up = up->up;
	} while (up);
	rank->kind = kind;
	ranking_note(ranking, rank);
}

size_t ranking_count(const struct ranking *ranking)
{
	return ranking_sum(ranking->root, RANKING_ALL);
}

size_t ranking_count_kind(const struct ranking *ranking, enum rank_kind kind)
{
	return ranking_sum(ranking->root, 1u << kind);
}

static size_t ranking_before(const struct rank *rank, unsigned kinds)
{
	size_t before = ranking_sum(rank->left, kinds);
	for (; rank->up; rank = rank->up) {
		if (rank == rank->up->right)
			before += ranking_sum(rank->up, kinds) - ranking_sum(rank, kinds);
	}
	return before;
}

size_t ranking_place(const struct rank *rank)
{
	return ranking_before(rank, RANKING_ALL);
}

size_t ranking_place_of_ready(const struct rank *rank)
{
	return ranking_before(rank, RANKING_READY);
}

static struct rank *ranking_leftmost(struct rank *rank, unsigned kinds)
{
	if (!ranking_sum(rank, kinds))
		return NULL;
	for (;;) {
		if (ranking_sum(rank->left, kinds))
			rank = rank->left;
		else if (kinds & 1u << rank->kind)
			return rank;
		else
			rank = rank->right;
	}
}

struct rank *ranking_first(const struct ranking *ranking, unsigned kinds)
{
	struct rank *first = NULL;
	for (unsigned kind = 0; kind < RANK_KINDS; kind++) {
		struct rank *its = kinds & 1u << kind ? ranking->first[kind] : NULL;
		if (its && (!first || ranking_compare(its, first) < 0))
			first = its;
	}
	return first;
}

struct rank *ranking_next(struct rank *rank, unsigned kinds)
{
	struct rank *next = ranking_leftmost(rank->right, kinds);
	while (!next && rank->up) {
		bool left = rank == rank->up->left;
		rank = rank->up;
		if (left)
			next = kinds & 1u << rank->kind ? rank : ranking_leftmost(rank->right, kinds);
	}
	return next;
}

struct rank *ranking_last(const struct ranking *ranking, unsigned kinds)
{
	struct rank *rank = ranking_sum(ranking->root, kinds) ? ranking->root : NULL;
	while (rank) {
		if (ranking_sum(rank->right, kinds))
			rank = rank->right;
		else if (kinds & 1u << rank->kind)
			break;
		else
			rank = rank->left;
	}
	return rank;
}

struct rank *ranking_at(const struct ranking *ranking, size_t place)
{
	struct rank *rank = ranking->root;
	while (rank) {
		size_t before = ranking_sum(rank->left, RANKING_ALL);
		if (place == before)
			break;
		if (place < before) {
			rank = rank->left;
		} else {
			place -= before + 1;
			rank = rank->right;
		}
	}
	return rank;
}
