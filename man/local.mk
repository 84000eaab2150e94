# What this directory adds to the build.
dist_man_MANS += man/krtask.1 man/krtask-batch.5 man/krtask.7 man/krtask-hosts.7 man/krtaskd.8

# The README is installed with all that it links to; the manual pages by links to where they are.
dist_doc_DATA += README.md ARCHITECTURE.md HACKING.md LICENSE
docpicturedir = $(docdir)/doc
dist_docpicture_DATA = doc/screen.svg doc/groups.svg doc/details.svg

install-data-hook:
	$(MKDIR_P) '$(DESTDIR)$(docdir)/man'
	for page in $(dist_man_MANS); do \
		name=$${page##*/}; \
		ln -sf "$(mandir)/man$${name##*.}/$$name" '$(DESTDIR)$(docdir)/man/' || exit 1; \
	done
uninstall-hook:
	for page in $(dist_man_MANS); do rm -f "$(DESTDIR)$(docdir)/man/$${page##*/}"; done
	-rmdir '$(DESTDIR)$(docdir)/man' '$(DESTDIR)$(docpicturedir)' '$(DESTDIR)$(examplesdir)' 2>/dev/null

# The checks of the source find what they are to find.
system_tests += tests/source/checks.test

# Every message has a name, and is in plain words.
system_tests += tests/source/messages.test

# Every command, option, key and method is in the manuals, and the manuals know no others.
system_tests += tests/source/interface.test tests/source/manual.test
