#include "engine/run/ledger.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/run/numbers.h"
#include "engine/task/error.h"
#include "engine/task/messages.h"

enum {
	BOOT_ID_SIZE = 40,  /* 36 characters and NULs */
	HEADER_SIZE = 4096, /* a page, so that the entries begin on one */
};

/*
 * The field files of struct entry: a number that is one more than that of the output files, and in the bits
 * above it a mark of the task that the entry belonged to.  The field is used even after a reboot, when the
 * disk may have an older version of the page.
 */
enum {
	FILES_BITS = 17,
	FILES_MASK = (1 << FILES_BITS) - 1,
	FILES_NAMED = FILES_MASK, /* the files have their final names */
	OWNERS = 32767,           /* marks are 1 to this; 0: any task */
};

/* In version 1 there were no holdings. */
static const char magic[16] = "krtask ledger 2", magic_1[16] = "krtask ledger 1";

struct entry {
	pid_t pid;
	/*
	 * The output files.  0: none.  But if there is a pid, an older version wrote the entry, and the files
	 * have the entry's number.
	 */
	uint32_t files;
	uint64_t start;
};

/* What the command of an entry was given.  All zero: nothing is known. */
struct holding {
	uint32_t slot;  /* one more than its number */
	uint32_t began; /* ledger_began_word(); older versions leave it 0 */
	struct device_set devices;
};

/* The file has the byte order and layout of the machine, since it is never used on another one. */
struct image {
	union {
		struct {
			char magic[sizeof(magic)];
			char boot_id[BOOT_ID_SIZE];
		} header;
		char page[HEADER_SIZE];
	};
	struct entry entries[LEDGER_ENTRIES_MAX];
	struct holding holdings[LEDGER_ENTRIES_MAX];
};

static_assert((int)NUMBERS_MAX == (int)LEDGER_ENTRIES_MAX && (int)NUMBERS_MAX < (int)FILES_MASK,
              "an entry is a number, and so are its files");
static_assert(sizeof(struct entry) == 16, "the layout of the file is fixed");
static_assert(sizeof(struct holding) == 40, "the layout of the file is fixed");
static_assert(offsetof(struct image, holdings) == HEADER_SIZE + 16 * LEDGER_ENTRIES_MAX,
              "the layout of the file is fixed");

enum { IMAGE_SIZE_1 = HEADER_SIZE + 16 * LEDGER_ENTRIES_MAX };

/*
 * Holdings take more space than all the rest, and few are ever used.  So the file ends after those of the first
 * entries, and grows when more are taken.  Behind its end nothing may be read or written.
 */
enum { HOLDINGS_STEP = 1024 };

struct ledger {
	struct image *image;
	int fd;
	int holdings; /* so many are in the file */
	bool older;   /* an older version wrote it, which did not mark each entry */
	struct numbers entries;
};

static bool entry_is_valid(int entry)
{
	return numbers_has(entry);
}

static int ledger_fail(char **error, const char *doing, const char *directory, int code)
{
	char buffer[128];

	error_set(error, 0, MSG_LEDGER_FAILED, doing, directory, strerror_r(code, buffer, sizeof(buffer)));
	return -code;
}

/*
 * A file of the wrong size was never finished, or is not ours.  So it is emptied: then it reads as zeros,
 * which is a ledger of no boot.  posix_fallocate() keeps existing data and adds only zeros.
 */
static int open_file(int *fd, off_t *size, const char *directory, char **error)
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
	else if ((status.st_size < IMAGE_SIZE_1 || status.st_size > (off_t)sizeof(struct image)) &&
	         ftruncate(*fd, 0) < 0)
		code = errno;
	if (!code)
		code = posix_fallocate(*fd, 0, IMAGE_SIZE_1);
	if (!code && fstat(*fd, &status) < 0)
		code = errno;
	*size = status.st_size;
	if (!code)
		return 0;
	(void)close(*fd);
	return ledger_fail(error, "make", directory, code);
}

static void ledger_clear_holdings(struct ledger *ledger)
{
	memset(ledger->image->holdings, 0, (size_t)ledger->holdings * sizeof(struct holding));
}

/*
 * Takes over the file of an older version.  A server may be killed here.  Then the next one does it again, since
 * nothing is in the new part before the file has the new version.
 */
static void ledger_upgrade(struct ledger *ledger)
{
	struct image *image = ledger->image;

	if (memcmp(image->header.magic, magic_1, sizeof(magic_1)) != 0)
		return;
	ledger->older = true;
	ledger_clear_holdings(ledger);
	atomic_signal_fence(memory_order_seq_cst);
	memcpy(image->header.magic, magic, sizeof(magic));
}

/* Space for the holding of this entry, and of those before it.  0, -ENOSPC or -errno. */
static int ledger_reserve(struct ledger *ledger, int entry)
{
	int more = entry / HOLDINGS_STEP * HOLDINGS_STEP + HOLDINGS_STEP - ledger->holdings;
	off_t from =
		(off_t)offsetof(struct image, holdings) + ledger->holdings * (off_t)sizeof(struct holding);
	int code = 0;

	if (more <= 0)
		return 0;
	code = posix_fallocate(ledger->fd, from, more * (off_t)sizeof(struct holding));
	if (!code)
		ledger->holdings += more;
	return -code;
}

int ledger_open(struct ledger **result, const char *directory, const char *boot_id, bool *same_boot,
                char **error)
{
	struct ledger *ledger;
	struct image *image;
	off_t size = 0;
	int fd, code;

	code = open_file(&fd, &size, directory, error);
	if (code)
		return code;
	ledger = malloc(sizeof(*ledger));
	if (!ledger) {
		(void)close(fd);
		return ledger_fail(error, "open", directory, ENOMEM);
	}
	image = mmap(NULL, sizeof(*image), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (image == MAP_FAILED) {
		code = errno;
		(void)close(fd);
		free(ledger);
		return ledger_fail(error, "map", directory, code);
	}
	*ledger = (struct ledger){ .image = image, .fd = fd };
	/* A server may have been killed while the file grew. */
	ledger->holdings =
		(int)((size - IMAGE_SIZE_1) / (off_t)sizeof(struct holding)) / HOLDINGS_STEP * HOLDINGS_STEP;
	ledger_upgrade(ledger);
	numbers_init(&ledger->entries);
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
	(void)close(ledger->fd);
	free(ledger);
}

int ledger_take(struct ledger *ledger)
{
	int entry = numbers_take(&ledger->entries);
	int error = entry < 0 ? entry : ledger_reserve(ledger, entry);

	if (error) {
		numbers_give_back(&ledger->entries, entry);
		return error;
	}
	ledger->image->entries[entry] = (struct entry){ .pid = 0 };
	ledger->image->holdings[entry] = (struct holding){ .slot = 0 };
	return entry;
}

int ledger_adopt(struct ledger *ledger, int entry)
{
	int error = numbers_take_this(&ledger->entries, entry);

	/* A claim that exists is adopted, even if the disk has no space for its holding. */
	if (!error)
		(void)ledger_reserve(ledger, entry);
	return error;
}

void ledger_release(struct ledger *ledger, int entry)
{
	numbers_give_back(&ledger->entries, entry);
}

pid_t *ledger_pid_word(struct ledger *ledger, int entry)
{
	return entry_is_valid(entry) ? &ledger->image->entries[entry].pid : NULL;
}

/* The kernel writes it during a clone() of some worker, so the compiler must read it each time. */
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

uint32_t *ledger_began_word(struct ledger *ledger, int entry)
{
	return entry_is_valid(entry) && entry < ledger->holdings ? &ledger->image->holdings[entry].began
	                                                         : NULL;
}

/* A clock that was set further than this meanwhile makes it meaningless. */
enum { BEGAN_NEAR_MS = 10000 };

int64_t ledger_began(const struct ledger *ledger, int entry, int64_t about)
{
	bool is_there = entry_is_valid(entry) && entry < ledger->holdings;
	uint32_t began = is_there ? ledger->image->holdings[entry].began : 0;
	int32_t off = (int32_t)(began - (uint32_t)about);

	return began && off > -BEGAN_NEAR_MS && off < BEGAN_NEAR_MS ? about + off : about;
}

static uint32_t ledger_owner(uint64_t number)
{
	return (uint32_t)(number % OWNERS + 1) << FILES_BITS;
}

void ledger_set_files(struct ledger *ledger, int entry, int files, uint64_t number)
{
	if (entry_is_valid(entry))
		ledger->image->entries[entry].files =
			ledger_owner(number) | (files < 0 ? 0 : (uint32_t)(files + 1));
}

bool ledger_is_of(const struct ledger *ledger, int entry, uint64_t number)
{
	uint32_t owner =
		entry_is_valid(entry) ? ledger->image->entries[entry].files & ~(uint32_t)FILES_MASK : 0;

	return owner == 0 ? ledger->older : owner == ledger_owner(number);
}

void ledger_set_holding(struct ledger *ledger, int entry, int slot, const struct device_set *devices)
{
	bool is_there = entry_is_valid(entry) && entry < ledger->holdings;
	struct holding *its = is_there ? &ledger->image->holdings[entry] : NULL;

	if (!its)
		return;
	*its = (struct holding){ .slot = 0 };
	if (slot < 0)
		return;
	its->devices = *devices;
	its->slot = (uint32_t)slot + 1;
}

int ledger_slot(const struct ledger *ledger, int entry, struct device_set *devices)
{
	bool is_there = entry_is_valid(entry) && entry < ledger->holdings;
	const struct holding *its = is_there ? &ledger->image->holdings[entry] : NULL;

	if (!its || its->slot == 0 || its->slot > LEDGER_ENTRIES_MAX)
		return -1;
	*devices = its->devices;
	return (int)its->slot - 1;
}

void ledger_set_named(struct ledger *ledger, int entry)
{
	if (entry_is_valid(entry))
		ledger->image->entries[entry].files |= FILES_NAMED;
}

/* Rewrites it in the form that has the same meaning without the pid. */
static uint32_t ledger_files_word(const struct ledger *ledger, int entry)
{
	const struct entry *its = &ledger->image->entries[entry];

	return its->files == 0 && its->pid > 0 ? (uint32_t)entry + 1 : its->files;
}

int ledger_files(const struct ledger *ledger, int entry, uint64_t number)
{
	uint32_t word = entry_is_valid(entry) ? ledger_files_word(ledger, entry) : 0;
	uint32_t owner = word & ~(uint32_t)FILES_MASK;

	if ((owner != 0 && owner != ledger_owner(number)) || (word & FILES_MASK) == FILES_NAMED)
		return -1;
	return (int)(word & FILES_MASK) - 1;
}

/* The files may still have output from before the reboot, so their numbers are kept. */
static void ledger_clean(struct ledger *ledger)
{
	struct image *image = ledger->image;
	bool ours = memcmp(image->header.magic, magic, sizeof(magic)) == 0;

	for (int entry = 0; entry < LEDGER_ENTRIES_MAX; entry++) {
		uint32_t files = ours ? ledger_files_word(ledger, entry) : 0;

		image->entries[entry] = (struct entry){ .files = files };
	}
	ledger_clear_holdings(ledger);
}

/*
 * A server may be killed between any two of these steps.  So the file belongs to no boot until every entry is
 * clean.  Only the page cache outlives a process, and the stores reach it in the order of the program.
 */
void ledger_reset(struct ledger *ledger, const char *boot_id)
{
	struct image *image = ledger->image;

	memset(image->header.boot_id, 0, sizeof(image->header.boot_id));
	atomic_signal_fence(memory_order_seq_cst);
	ledger_clean(ledger);
	numbers_init(&ledger->entries);
	atomic_signal_fence(memory_order_seq_cst);
	memcpy(image->header.magic, magic, sizeof(magic));
	atomic_signal_fence(memory_order_seq_cst);
	(void)snprintf(image->header.boot_id, sizeof(image->header.boot_id), "%s", boot_id);
}
