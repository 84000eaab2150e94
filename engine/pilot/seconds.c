#include "config.h"

#include "engine/pilot/seconds.h"

#include <stdlib.h>

int64_t seconds_read(const char *text)
{
	static const int64_t factors[] = { 1, 60, 3600 };
	int64_t values[3] = { 0 }, days = 0, sum = 0;
	int count = 0;
	for (; count < 3 && *text >= '0' && *text <= '9'; text++) {
		char *end;
		int64_t value = strtoll(text, &end, 10);
		if (*end == '-')
			days = value;
		else
			values[count++] = value;
		text = end;
		if (*text != '-' && *text != ':')
			break;
	}
	if (count == 0)
		return -1;
	for (int i = 0; i < count; i++)
		sum += values[i] * factors[count - 1 - i];
	return sum + days * 86400;
}
