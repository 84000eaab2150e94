#include "engine/run/ledger.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/task/error.h"
#include "engine/task/messages.h"

enum {
	BOOT_ID_SIZE = 40,  /* 36 characters and NULs */
	HEADER_SIZE = 4096, /* a page, so that the entries begin on one */
	WORD_BITS = 64,
	WORDS = LEDGER_ENTRIES_MAX / WORD_BITS,
	SUMMARY_WORDS = WORDS / WORD_BITS,
};

static const char magic[16] = "krtask ledger 1";

struct entry {
	pid_t pid;
	uint32_t unused;
	uint64_t start;
};

/* The file, in the byte order and layout of the machine: it never means anything on another one. */
struct image {
	union {
		struct {
			char magic[sizeof(magic)];
			char boot_id[BOOT_ID_SIZE];
		} header;
		char page[HEADER_SIZE];
	};
	struct entry entries[LEDGER_ENTRIES_MAX];
};

static_assert(sizeof(struct entry) == 16, "the layout of the file is fixed");
static_assert(sizeof(struct image) == HEADER_SIZE + 16 * LEDGER_ENTRIES_MAX,
              "the layout of the file is fixed");

/*
 * A bit is set where an entry is free, and in summary where a word of free is not 0: the lowest is found in a
 * few steps.
 */
struct ledger {
	struct image *image;
	uint64_t summary[SUMMARY_WORDS];
	uint64_t free[WORDS];
};

static bool entry_is_valid(int entry)
{
	return entry >= 0 && entry < LEDGER_ENTRIES_MAX;
}

static bool entry_is_free(const struct ledger *ledger, int entry)
{
	return ledger->free[entry / WORD_BITS] >> entry % WORD_BITS & 1;
}

static void ledger_mark_free(struct ledger *ledger, int entry)
{
	int word = entry / WORD_BITS;

	ledger->free[word] |= UINT64_C(1) << entry % WORD_BITS;
	ledger->summary[word / WORD_BITS] |= UINT64_C(1) << word % WORD_BITS;
}

static void mark_taken(struct ledger *ledger, int entry)
{
	int word = entry / WORD_BITS;

	ledger->free[word] &= ~(UINT64_C(1) << entry % WORD_BITS);
	if (!ledger->free[word])
		ledger->summary[word / WORD_BITS] &= ~(UINT64_C(1) << word % WORD_BITS);
}

static void mark_all_free(struct ledger *ledger)
{
	memset(ledger->summary, 0xff, sizeof(ledger->summary));
	memset(ledger->free, 0xff, sizeof(ledger->free));
}

static int ledger_fail(char **error, const char *doing, const char *directory, int code)
{
	char buffer[128];

	error_set(error, 0, MSG_LEDGER_FAILED, doing, directory, strerror_r(code, buffer, sizeof(buffer)));
	return -code;
}

/*
 * A file of the wrong size was never finished, or is not ours: emptied, it reads as zeros, which is the
 * ledger of no boot.  Space that is reserved but not zeroed cannot be met, since posix_fallocate leaves
 * what was there and zeros elsewhere.
 */
static int open_file(int *fd, const char *directory, char **error)
{
	struct stat status;
	char *path;
	int code;

	if (asprintf(&path, "%s/ledger", directory) < 0)
		return ledger_fail(error, "open", directory, ENOMEM);
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	code = errno;
	free(path);
	if (*fd < 0)
		return ledger_fail(error, "open", directory, code);
	code = 0;
	if (fstat(*fd, &status) < 0)
		code = errno;
	else if (!S_ISREG(status.st_mode))
		code = EINVAL;
	else if (status.st_size != (off_t)sizeof(struct image) && ftruncate(*fd, 0) < 0)
		code = errno;
	if (!code)
		code = posix_fallocate(*fd, 0, (off_t)sizeof(struct image));
	if (!code)
		return 0;
	(void)close(*fd);
	return ledger_fail(error, "make", directory, code);
}

int ledger_open(struct ledger **result, const char *directory, const char *boot_id, bool *same_boot,
                char **error)
{
	struct ledger *ledger;
	struct image *image;
	int fd, code;

	code = open_file(&fd, directory, error);
	if (code)
		return code;
	ledger = malloc(sizeof(*ledger));
	if (!ledger) {
		(void)close(fd);
		return ledger_fail(error, "open", directory, ENOMEM);
	}
	image = mmap(NULL, sizeof(*image), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	code = errno;
	(void)close(fd);
	if (image == MAP_FAILED) {
		free(ledger);
		return ledger_fail(error, "map", directory, code);
	}
	ledger->image = image;
	mark_all_free(ledger);
	*same_boot = boot_id[0] != '\0' && strlen(boot_id) < BOOT_ID_SIZE &&
	             memcmp(image->header.magic, magic, sizeof(magic)) == 0 &&
	             strncmp(image->header.boot_id, boot_id, BOOT_ID_SIZE) == 0;
	*result = ledger;
	return 0;
}

void ledger_close(struct ledger *ledger)
{
	if (!ledger)
		return;
	(void)munmap(ledger->image, sizeof(*ledger->image));
	free(ledger);
}

int ledger_take(struct ledger *ledger)
{
	int i, word, entry;

	for (i = 0; i < SUMMARY_WORDS; i++)
		if (ledger->summary[i])
			break;
	if (i == SUMMARY_WORDS)
		return -EAGAIN;
	word = i * WORD_BITS + __builtin_ctzll(ledger->summary[i]);
	entry = word * WORD_BITS + __builtin_ctzll(ledger->free[word]);
	mark_taken(ledger, entry);
	ledger->image->entries[entry] = (struct entry){ .pid = 0 };
	return entry;
}

int ledger_adopt(struct ledger *ledger, int entry)
{
	if (!entry_is_valid(entry) || !entry_is_free(ledger, entry))
		return -EINVAL;
	mark_taken(ledger, entry);
	return 0;
}

void ledger_release(struct ledger *ledger, int entry)
{
	if (entry_is_valid(entry))
		ledger_mark_free(ledger, entry);
}

pid_t *ledger_pid_word(struct ledger *ledger, int entry)
{
	return entry_is_valid(entry) ? &ledger->image->entries[entry].pid : NULL;
}

/* The kernel is the writer, in a clone() of some worker: never a value that the compiler remembers. */
pid_t ledger_pid(const struct ledger *ledger, int entry)
{
	return entry_is_valid(entry) ? *(const volatile pid_t *)&ledger->image->entries[entry].pid : 0;
}

void ledger_set_start(struct ledger *ledger, int entry, uint64_t start)
{
	if (entry_is_valid(entry))
		ledger->image->entries[entry].start = start;
}

uint64_t ledger_start(const struct ledger *ledger, int entry)
{
	return entry_is_valid(entry) ? ledger->image->entries[entry].start : 0;
}

/*
 * A server may be killed between any two of these: the file is of no boot until every entry is clean.  The
 * stores reach the page cache in the order of the program, which is all that outlives a process.
 */
void ledger_reset(struct ledger *ledger, const char *boot_id)
{
	struct image *image = ledger->image;

	memset(&image->header, 0, sizeof(image->header));
	atomic_signal_fence(memory_order_seq_cst);
	memset(image->entries, 0, sizeof(image->entries));
	mark_all_free(ledger);
	atomic_signal_fence(memory_order_seq_cst);
	(void)snprintf(image->header.boot_id, sizeof(image->header.boot_id), "%s", boot_id);
	atomic_signal_fence(memory_order_seq_cst);
	memcpy(image->header.magic, magic, sizeof(magic));
}
