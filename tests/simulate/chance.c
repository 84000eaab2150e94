#include "tests/simulate/chance.h"

bool chance_calm;

static uint64_t chance_state;

/* splitmix64, https://doi.org/10.1145/2660193.2660195 */
static uint64_t chance_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

uint64_t chance_word(uint64_t seed, uint64_t number)
{
	return chance_mix(chance_mix(seed) + number);
}

void chance_begin(uint64_t word)
{
	chance_state = word;
}

unsigned chance_draw(unsigned below)
{
	chance_state += 0x9e3779b97f4a7c15u;
	return (unsigned)(chance_mix(chance_state) >> 32) % below;
}

bool chance_once_in(unsigned times)
{
	return !chance_calm && chance_draw(times) == 0;
}
