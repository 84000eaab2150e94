# What this directory adds to the build.
dist_man_MANS += man/krtask.1 man/krtask-batch.5 man/krtask.7 man/krtaskd.8

dist_doc_DATA += README.md ARCHITECTURE.md HACKING.md
EXTRA_DIST += doc/screen.png

# The checks of the source find what they are to find.
system_tests += tests/source/checks.test

# Every message has a name, and is in plain words.
system_tests += tests/source/messages.test

# Every command, option, key and method is in the manuals, and the manuals know no others.
system_tests += tests/source/interface.test tests/source/manual.test
