#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#define LIBRARY_ITSELF
#include "tui/screen/library.h"

struct library library;

static const struct {
	const char *name;
	size_t offset; /* in struct library */
} library_names[] = {
#define X(name) { #name, offsetof(struct library, name) },
	LIBRARY_FUNCTIONS(X) LIBRARY_VARIABLES(X)
#undef X
};

int library_load(void)
{
	struct library found;
	void *handle;

	if (library.stdscr)
		return 0;
	handle = dlopen(CURSES_LIBRARY, RTLD_NOW);
	if (!handle)
		return -ENOENT;
	for (size_t i = 0; i < sizeof(library_names) / sizeof(*library_names); i++) {
		void *symbol = dlsym(handle, library_names[i].name);

		if (!symbol) {
			dlclose(handle);
			return -ENOENT;
		}
		memcpy((char *)&found + library_names[i].offset, &symbol, sizeof(symbol));
	}
	library = found;
	return 0;
}
