#include "engine/task/sbatch.h"

#include <stdio.h>
#include <string.h>

/* Arrays, dependencies and other jobs have no identity here; the rest would change where output goes, or wait. */
static const char *const refused_words[] = {
	"--array",       "--dependency", "--wait",  "--wrap",  "--clusters", "--cluster",
	"--requeue",     "--test-only",  "--help",  "--usage", "--version",  "--get-user-env",
	"--export-file", "--output",     "--error", "--input", "--chdir",    "--comment",
	"--parsable",    "--hold",       "--batch", "--uid",   "--gid",
};

/* The same in one letter: -a -d -W -M -h -V -o -e -i -D -H. */
static const char refused_letters[] = "adWMhVoeiDH";
/* Those without a value, which may stand before another in one word. */
static const char bare_letters[] = "kOsvQIX";

/* getopt_long(3) takes the beginning of a name, if it is that of one only. */
static bool sbatch_word_refused(const char *word)
{
	size_t length = strcspn(word, "=");
	if (word[0] == '-' && word[1] != '-') {
		const char *letter = word + 1;
		while (*letter && strchr(bare_letters, *letter))
			letter++;
		return *letter && strchr(refused_letters, *letter);
	}
	for (size_t i = 0; length > 3 && i < sizeof(refused_words) / sizeof(*refused_words); i++) {
		if (strncmp(word, refused_words[i], length) == 0)
			return true;
	}
	return strcmp(word, "--") == 0 || strcmp(word, ":") == 0;
}

/* Takes a word out of the text, without its quotes.  NULL: none is left, or a quote is not closed. */
static const char *sbatch_word(const char *text, char *word, size_t size, bool *whole)
{
	size_t used = 0;
	char quote = '\0';
	text += strspn(text, " \t");
	if (!*text)
		return NULL;
	for (; *text && (quote || (*text != ' ' && *text != '\t')); text++) {
		if (!quote && (*text == '\'' || *text == '"'))
			quote = *text;
		else if (*text == quote)
			quote = '\0';
		else if (used + 1 < size)
			word[used++] = *text;
	}
	word[used] = '\0';
	*whole = !quote;
	return quote ? NULL : text;
}

bool sbatch_check(const char *options, char *word, size_t size)
{
	bool whole = true, value = true;
	if (strlen(options) > SBATCH_MAX || options[strcspn(options, "\n\r")] || strchr(options, '#')) {
		snprintf(word, size, "%.60s", options);
		return false;
	}
	for (const char *text = options; (text = sbatch_word(text, word, size, &whole));) {
		/* What has no - is the value of the word before. */
		if (*word != '-' && value)
			return false;
		if (sbatch_word_refused(word))
			return false;
		value = *word != '-';
	}
	return whole;
}

const char *sbatch_line(const char *from, size_t *length)
{
	static const char mark[] = "#SBATCH";
	for (const char *line = from; *line;) {
		size_t its = strcspn(line, "\n"), blank = strspn(line, " \t\r");
		bool comment = *line == '#' || blank >= its;
		if (!comment)
			return NULL;
		if (strncmp(line, mark, sizeof(mark) - 1) == 0) {
			*length = its;
			return line;
		}
		line += its + (line[its] == '\n');
	}
	return NULL;
}
