/* What every unit test's main() calls: runs a Check suite in fork mode and prints TAP on standard output. */
#ifndef KRTASK_TESTS_UNIT_H
#define KRTASK_TESTS_UNIT_H

#if defined(__has_include)
#if !__has_include(<check.h>)
#error "Check is missing: install the Debian package check"
#endif
#endif
#include <check.h>

/* The exit status for main(): 0 when all passed. */
int unit_main(Suite *suite);

#endif
