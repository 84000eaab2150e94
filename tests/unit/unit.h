/* What unit tests share: a Check suite is run in fork mode and printed as TAP on standard output. */
#ifndef KRTASK_TESTS_UNIT_H
#define KRTASK_TESTS_UNIT_H

#if defined(__has_include)
#if !__has_include(<check.h>)
#error "Check is missing: install the Debian package check"
#endif
#endif
#include <check.h>

/*
 * With sanitizers all tests of a program share a process.  Before it runs them, one whose tests leave something
 * behind calls this: then each has a process of its own there, too.
 */
void unit_apart(void);
/* Returns the exit status for main(): 0 when all tests passed. */
int unit_main(Suite *suite);
/* Does the same for a suite of one case, whose tests are an array. */
#define unit_run(name, setup, teardown, tests)                                                               \
	unit_run_all(name, setup, teardown, tests, sizeof(tests) / sizeof(*(tests)))
int unit_run_all(const char *name, SFun setup, SFun teardown, const TTest *const *tests, size_t count);

/* Returns memory, or ends the test.  The caller must free() it. */
char *unit_room(size_t size);

/*
 * Returns a copy of exactly this length, so that a sanitizer sees a read beyond it.  The caller must free()
 * it.
 */
char *unit_exact(const void *bytes, size_t length);

/*
 * A message of messages.h, with values for its %s, %d and so on, in order.  It is valid for the next three
 * calls.
 */
__attribute__((warn_unused_result)) const char *unit_message(const char *format, const char *const *values);
#define unit_says(format, ...) unit_message(format, (const char *const[]){ __VA_ARGS__ })
/* text must be that message. */
#define unit_expect(text, format, ...) ck_assert_str_eq(text, unit_says(format, __VA_ARGS__))

/* Sets a locale in UTF-8. */
void unit_utf8(void);

/* The first starts to keep standard error.  The second returns what came since, NUL-ended, for free(). */
void unit_catch_errors(void);
char *unit_caught_errors(void);

#endif
