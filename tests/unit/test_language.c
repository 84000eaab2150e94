#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/task/language.h"
#include "engine/task/messages.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

static char path[128];

static void enter_directory(void)
{
	scratch_make();
	ck_assert_int_eq(chdir(scratch_path("")), 0);
}

/* Each test has one file, at path. */
static void make_file(const char *name, mode_t mode, const char *content, size_t length)
{
	snprintf(path, sizeof(path), "%s", scratch_path(name));
	scratch_write_bytes(name, content, length, mode);
}

/* The words of command, ended by NULL. */
static void assert_words(const struct strings *command, ...)
{
	va_list words;
	const char *string = NULL, *word;

	va_start(words, command);
	while ((word = va_arg(words, const char *))) {
		string = strings_next(command, string);
		ck_assert_msg(string != NULL, "'%s' is missing", word);
		ck_assert_str_eq(string, word);
	}
	va_end(words);
	ck_assert_ptr_null(strings_next(command, string));
}

START_TEST(names_aliases_and_case)
{
	ck_assert_str_eq(language_table[0].name, "sh");
	ck_assert_str_eq(language_find("Python")->program, "python3");
	ck_assert_str_eq(language_find("PY")->name, "python3");
	ck_assert_str_eq(language_find("pwsh")->name, "powershell");
	ck_assert_str_eq(language_find("r")->program, "Rscript");
	ck_assert_ptr_null(language_find("cobol"));
	ck_assert_ptr_null(language_find(""));
	ck_assert_ptr_null(language_find("python py"));
	ck_assert_ptr_null(language_find("pyt"));
	for (const struct language *language = language_table; language->name; language++) {
		ck_assert_ptr_eq(language_find(language->name), language);
		ck_assert_ptr_nonnull(strstr(language_names(), language->name));
	}
	ck_assert_int_eq(strncmp(language_names(), "sh, bash, ", 10), 0);
}
END_TEST

static const struct {
	const char *name;
	const char *words[5];
} codes[] = {
	{ "sh", { "sh", "-c", "CODE" } },
	{ "bash", { "bash", "-c", "CODE" } },
	{ "python3", { "python3", "-c", "CODE" } },
	{ "perl", { "perl", "-e", "CODE" } },
	{ "ruby", { "ruby", "-e", "CODE" } },
	{ "node", { "node", "-e", "CODE" } },
	{ "lua", { "lua", "-e", "CODE" } },
	{ "awk", { "awk", "CODE" } },
	{ "powershell", { "pwsh", "-NoProfile", "-Command", "CODE" } },
};

START_TEST(code_becomes_a_command)
{
	struct strings command = STRINGS_INIT;
	const char *string = NULL;

	ck_assert_int_eq(language_code_command(language_find(codes[_i].name), "CODE", &command), 0);
	for (const char *const *word = codes[_i].words; *word; word++) {
		string = strings_next(&command, string);
		ck_assert_str_eq(string, *word);
	}
	ck_assert_ptr_null(strings_next(&command, string));
	strings_release(&command);
}
END_TEST

static const struct {
	const char *name;
	mode_t mode;
	const char *content;
	const char *words[4]; /* "@" is the path */
} files[] = {
	/* an extension */
	{ "a.py", 0600, "print(1)\n", { "python3", "@" } },
	{ "a.PY", 0600, "print(1)\n", { "python3", "@" } },
	{ "a.b.sh", 0600, "", { "sh", "@" } },
	{ "a.awk", 0600, "BEGIN{}", { "awk", "-f", "@" } },
	{ "a.R", 0600, "1", { "Rscript", "@" } },
	{ "a.mjs", 0600, "1", { "node", "@" } },
	/* #! wins over the extension */
	{ "b.py", 0600, "#!/bin/bash\n", { "/bin/bash", "@" } },
	{ "b.py", 0600, "#! /usr/bin/env  python3 -u \nx", { "/usr/bin/env", "python3 -u", "@" } },
	{ "b", 0600, "#!\t/bin/sh", { "/bin/sh", "@" } },
	{ "b", 0600, "#!/bin/sh \t \n", { "/bin/sh", "@" } },
	/* an executable file is run */
	{ "c.py", 0700, "#!/bin/bash\n", { "@" } },
	{ "c", 0700, "#!/bin/bash\n", { "@" } },
	/* but execve(2) refuses a script without #! */
	{ "c.py", 0700, "print(1)\n", { "python3", "@" } },
	{ "c", 0700, "echo\n", { "sh", "@" } },
	{ "c", 0700, "", { "sh", "@" } },
};

START_TEST(a_file_becomes_a_command)
{
	struct strings command = STRINGS_INIT;
	const char *string = NULL;
	char *error = NULL;

	make_file(files[_i].name, files[_i].mode, files[_i].content, strlen(files[_i].content));
	strings_add(&command, "before");
	ck_assert_int_eq(language_file_command(NULL, path, &command, &error), 0);
	string = strings_next(&command, NULL);
	for (const char *const *word = files[_i].words; *word; word++) {
		string = strings_next(&command, string);
		ck_assert_str_eq(string, strcmp(*word, "@") == 0 ? path : *word);
	}
	ck_assert_ptr_null(strings_next(&command, string));
	strings_release(&command);
}
END_TEST

START_TEST(a_binary_runs_as_itself)
{
	struct strings command = STRINGS_INIT;
	char *error = NULL;

	make_file("program.py", 0700, "\177ELF\2\1\1\0", 8);
	ck_assert_int_eq(language_file_command(NULL, path, &command, &error), 0);
	assert_words(&command, path, NULL);
	strings_release(&command);

	/* is never looked for on PATH */
	ck_assert_int_eq(language_file_command(NULL, "program.py", &command, &error), 0);
	assert_words(&command, "./program.py", NULL);
	strings_release(&command);
}
END_TEST

START_TEST(a_named_language_wins)
{
	struct strings command = STRINGS_INIT;
	char *error = NULL;

	make_file("script.py", 0700, "#!/usr/bin/perl\n", 16);
	ck_assert_int_eq(language_file_command(language_find("ruby"), path, &command, &error), 0);
	assert_words(&command, "ruby", path, NULL);
	strings_release(&command);
	ck_assert_int_eq(language_file_command(language_find("powershell"), path, &command, &error), 0);
	assert_words(&command, "pwsh", "-NoProfile", "-File", path, NULL);
	strings_release(&command);
}
END_TEST

static void assert_error(const struct language *language, const char *file, int rc, const char *first,
                         const char *second)
{
	struct strings command = STRINGS_INIT;
	char *error = NULL;

	ck_assert_int_eq(language_file_command(language, file, &command, &error), rc);
	ck_assert_ptr_nonnull(error);
	ck_assert_msg(strstr(error, first) && strstr(error, second), "%s", error);
	ck_assert_uint_eq(command.length, 0);
	free(error);
}

START_TEST(what_cannot_be_run_is_explained)
{
	char line[400];

	assert_error(NULL, "missing.py", -ENOENT, "file 'missing.py'", "No such file");
	assert_error(language_find("sh"), "missing.py", -ENOENT, "file 'missing.py'", "No such file");
	assert_error(NULL, scratch_path(""), -EISDIR, scratch_path(""), "directory");
	assert_error(NULL, "/dev/null", -EINVAL, "file '/dev/null'", MSG_FILE_NOT_REGULAR);

	make_file("notes.txt", 0600, "hello", 5);
	assert_error(NULL, path, -EINVAL, "notes.txt' has no known language", " py pl ");
	assert_error(NULL, path, -EINVAL, "notes.txt", "sh, bash, ");
	unlink(path);
	make_file(".py", 0600, "hello", 5);
	assert_error(NULL, path, -EINVAL, "/.py'", "extension");
	unlink(path);
	make_file("empty.py", 0600, "#!  \nx", 6);
	assert_error(NULL, path, -ENOEXEC, "empty.py", MSG_FILE_NO_INTERPRETER);
	unlink(path);
	memset(line, 'x', sizeof(line));
	memcpy(line, "#!/", 3);
	make_file("long.py", 0600, line, sizeof(line));
	assert_error(NULL, path, -ENOEXEC, "long.py", MSG_FILE_LINE_TOO_LONG);
}
END_TEST

START_TEST(a_pipe_is_not_waited_for)
{
	snprintf(path, sizeof(path), "%s", scratch_path("pipe.py"));
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	assert_error(NULL, path, -EINVAL, "pipe.py", MSG_FILE_NOT_REGULAR);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("language");
	TCase *table = tcase_create("table");
	TCase *file = tcase_create("file");

	tcase_add_test(table, names_aliases_and_case);
	tcase_add_loop_test(table, code_becomes_a_command, 0, sizeof(codes) / sizeof(codes[0]));
	suite_add_tcase(suite, table);
	tcase_add_checked_fixture(file, enter_directory, scratch_remove);
	tcase_add_loop_test(file, a_file_becomes_a_command, 0, sizeof(files) / sizeof(files[0]));
	tcase_add_test(file, a_binary_runs_as_itself);
	tcase_add_test(file, a_named_language_wins);
	tcase_add_test(file, what_cannot_be_run_is_explained);
	tcase_add_test(file, a_pipe_is_not_waited_for);
	suite_add_tcase(suite, file);
	return unit_main(suite);
}
