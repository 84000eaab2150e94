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

enum {
	BOOT_ID_SIZE = 40,  /* 36 characters and NULs */
	HEADER_SIZE = 4096, /* a page, so that the slots begin on one */
	WORD_BITS = 64,
	WORDS = LEDGER_SLOTS_MAX / WORD_BITS,
	SUMMARY_WORDS = WORDS / WORD_BITS,
};

static const char magic[16] = "krtask ledger 1";

struct slot {
	pid_t pid;
	uint32_t unused;
	uint64_t start;
};

/* The file, in the byte order and layout of the machine: it never means anything on another one. */
struct image {
	union {
		struct {
			char magic[sizeof magic];
			char boot_id[BOOT_ID_SIZE];
		} header;
		char page[HEADER_SIZE];
	};
	struct slot slots[LEDGER_SLOTS_MAX];
};

static_assert(sizeof(struct slot) == 16, "the layout of the file is fixed");
static_assert(sizeof(struct image) == HEADER_SIZE + 16 * LEDGER_SLOTS_MAX, "the layout of the file is fixed");

/*
 * A bit is set where a slot is free, and in summary where a word of free is not 0: the lowest is found in a
 * few steps.
 */
struct ledger {
	struct image *image;
	uint64_t summary[SUMMARY_WORDS];
	uint64_t free[WORDS];
};

static bool slot_valid(int slot)
{
	return slot >= 0 && slot < LEDGER_SLOTS_MAX;
}

static bool slot_is_free(const struct ledger *ledger, int slot)
{
	return ledger->free[slot / WORD_BITS] >> slot % WORD_BITS & 1;
}

static void mark_free(struct ledger *ledger, int slot)
{
	int word = slot / WORD_BITS;

	ledger->free[word] |= UINT64_C(1) << slot % WORD_BITS;
	ledger->summary[word / WORD_BITS] |= UINT64_C(1) << word % WORD_BITS;
}

static void mark_taken(struct ledger *ledger, int slot)
{
	int word = slot / WORD_BITS;

	ledger->free[word] &= ~(UINT64_C(1) << slot % WORD_BITS);
	if (!ledger->free[word])
		ledger->summary[word / WORD_BITS] &= ~(UINT64_C(1) << word % WORD_BITS);
}

static void mark_all_free(struct ledger *ledger)
{
	memset(ledger->summary, 0xff, sizeof ledger->summary);
	memset(ledger->free, 0xff, sizeof ledger->free);
}

static int fail(char **error, const char *doing, const char *directory, int code)
{
	char buffer[128];

	if (asprintf(error, "cannot %s %s/ledger: %s", doing, directory,
	             strerror_r(code, buffer, sizeof buffer)) < 0)
		*error = NULL;
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
		return fail(error, "open", directory, ENOMEM);
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	code = errno;
	free(path);
	if (*fd < 0)
		return fail(error, "open", directory, code);
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
	return fail(error, "make", directory, code);
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
	ledger = malloc(sizeof *ledger);
	if (!ledger) {
		(void)close(fd);
		return fail(error, "open", directory, ENOMEM);
	}
	image = mmap(NULL, sizeof *image, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	code = errno;
	(void)close(fd);
	if (image == MAP_FAILED) {
		free(ledger);
		return fail(error, "map", directory, code);
	}
	ledger->image = image;
	mark_all_free(ledger);
	*same_boot = boot_id[0] != '\0' && strlen(boot_id) < BOOT_ID_SIZE &&
	             memcmp(image->header.magic, magic, sizeof magic) == 0 &&
	             strncmp(image->header.boot_id, boot_id, BOOT_ID_SIZE) == 0;
	*result = ledger;
	return 0;
}

void ledger_close(struct ledger *ledger)
{
	if (!ledger)
		return;
	(void)munmap(ledger->image, sizeof *ledger->image);
	free(ledger);
}

int ledger_take(struct ledger *ledger)
{
	int i, word, slot;

	for (i = 0; i < SUMMARY_WORDS; i++)
		if (ledger->summary[i])
			break;
	if (i == SUMMARY_WORDS)
		return -EAGAIN;
	word = i * WORD_BITS + __builtin_ctzll(ledger->summary[i]);
	slot = word * WORD_BITS + __builtin_ctzll(ledger->free[word]);
	mark_taken(ledger, slot);
	ledger->image->slots[slot] = (struct slot){ .pid = 0 };
	return slot;
}

int ledger_adopt(struct ledger *ledger, int slot)
{
	if (!slot_valid(slot) || !slot_is_free(ledger, slot))
		return -EINVAL;
	mark_taken(ledger, slot);
	return 0;
}

void ledger_release(struct ledger *ledger, int slot)
{
	if (slot_valid(slot))
		mark_free(ledger, slot);
}

pid_t *ledger_pid_word(struct ledger *ledger, int slot)
{
	return slot_valid(slot) ? &ledger->image->slots[slot].pid : NULL;
}

/* The kernel is the writer, in a clone() of some worker: never a value that the compiler remembers. */
pid_t ledger_pid(const struct ledger *ledger, int slot)
{
	return slot_valid(slot) ? *(const volatile pid_t *)&ledger->image->slots[slot].pid : 0;
}

void ledger_set_start(struct ledger *ledger, int slot, uint64_t start)
{
	if (slot_valid(slot))
		ledger->image->slots[slot].start = start;
}

uint64_t ledger_start(const struct ledger *ledger, int slot)
{
	return slot_valid(slot) ? ledger->image->slots[slot].start : 0;
}

/*
 * A server may be killed between any two of these: the file is of no boot until every slot is clean.  The
 * stores reach the page cache in the order of the program, which is all that outlives a process.
 */
void ledger_reset(struct ledger *ledger, const char *boot_id)
{
	struct image *image = ledger->image;

	memset(&image->header, 0, sizeof image->header);
	atomic_signal_fence(memory_order_seq_cst);
	memset(image->slots, 0, sizeof image->slots);
	mark_all_free(ledger);
	atomic_signal_fence(memory_order_seq_cst);
	(void)snprintf(image->header.boot_id, sizeof image->header.boot_id, "%s", boot_id);
	atomic_signal_fence(memory_order_seq_cst);
	memcpy(image->header.magic, magic, sizeof magic);
}
