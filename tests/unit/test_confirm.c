#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"
#include "tui/confirm/ask_text.h"
#include "tui/confirm/confirm.h"

static const enum confirm_impact impacts[OPERATION_COUNT] = { IMPACT_LOW, IMPACT_MEDIUM, IMPACT_MEDIUM,
	                                                      IMPACT_LOW, IMPACT_LOW };

/* The same rule, written in another way: what-if, then the switch, then impact against preference. */
static enum confirm_verdict expected(enum confirm_impact impact, const struct confirm_options *options)
{
	if (options->what_if)
		return CONFIRM_WHAT_IF;
	if (options->confirm == CONFIRM_TRUE)
		return CONFIRM_ASK;
	if (options->confirm == CONFIRM_FALSE)
		return CONFIRM_DO;
	if (options->preference == PREFERENCE_NONE)
		return CONFIRM_DO;
	return (int)impact < (int)options->preference ? CONFIRM_DO : CONFIRM_ASK;
}

START_TEST(every_cell_of_impact_preference_and_switches)
{
	int operation = _i % OPERATION_COUNT;
	int rest = _i / OPERATION_COUNT;
	struct confirm_options options = {
		.preference = (enum confirm_preference)(rest % 4),
		.confirm = (enum confirm_switch)(rest / 4 % 3),
		.what_if = rest / 12 % 2,
		.verbose = rest / 24 % 2,
	};
	struct confirm confirm;

	confirm_init(&confirm, &options);
	ck_assert_int_eq(confirm_next(&confirm, (enum confirm_operation)operation),
	                 expected(impacts[operation], &options));
}
END_TEST

START_TEST(start_does_not_ask_by_itself_where_cancel_and_remove_do)
{
	struct confirm_options options = { .preference = PREFERENCE_MEDIUM };
	struct confirm confirm;

	confirm_init(&confirm, &options);
	ck_assert_int_eq(confirm_next(&confirm, OPERATION_START), CONFIRM_DO);
	ck_assert_int_eq(confirm_next(&confirm, OPERATION_CANCEL), CONFIRM_ASK);
	ck_assert_int_eq(confirm_next(&confirm, OPERATION_REMOVE), CONFIRM_ASK);
}
END_TEST

START_TEST(answers_to_all_last_for_the_command)
{
	struct confirm_options options = { .confirm = CONFIRM_TRUE };
	struct confirm confirm;

	confirm_init(&confirm, &options);
	ck_assert_int_eq(confirm_answer(&confirm, CHOICE_YES), CONFIRM_DO);
	ck_assert_int_eq(confirm_next(&confirm, OPERATION_CANCEL), CONFIRM_ASK);
	ck_assert_int_eq(confirm_answer(&confirm, CHOICE_YES_ALL), CONFIRM_DO);
	ck_assert_int_eq(confirm_next(&confirm, OPERATION_CANCEL), CONFIRM_DO);

	confirm_init(&confirm, &options);
	ck_assert_int_eq(confirm_next(&confirm, OPERATION_CANCEL), CONFIRM_ASK);
	ck_assert_int_eq(confirm_answer(&confirm, CHOICE_NO), CONFIRM_SKIP);
	ck_assert_int_eq(confirm_next(&confirm, OPERATION_CANCEL), CONFIRM_ASK);
	ck_assert_int_eq(confirm_answer(&confirm, CHOICE_NO_ALL), CONFIRM_SKIP);
	ck_assert_int_eq(confirm_next(&confirm, OPERATION_CANCEL), CONFIRM_SKIP);
}
END_TEST

START_TEST(help_suspend_and_nonsense_ask_again)
{
	struct confirm_options options = { .confirm = CONFIRM_TRUE };
	struct confirm confirm;

	confirm_init(&confirm, &options);
	ck_assert_int_eq(confirm_answer(&confirm, CHOICE_HELP), CONFIRM_EXPLAIN);
	ck_assert_int_eq(confirm_answer(&confirm, CHOICE_SUSPEND), CONFIRM_SUSPEND);
	ck_assert_int_eq(confirm_answer(&confirm, CHOICE_UNKNOWN), CONFIRM_ASK);
	ck_assert_int_eq(confirm_next(&confirm, OPERATION_START), CONFIRM_ASK);
}
END_TEST

static const struct {
	const char *text;
	enum confirm_choice choice;
} answers[] = {
	{ "", CHOICE_YES },
	{ "  \t ", CHOICE_UNKNOWN },
	{ "y", CHOICE_YES },
	{ "Y", CHOICE_YES },
	{ " yes ", CHOICE_YES },
	{ "YES", CHOICE_YES },
	{ "a", CHOICE_YES_ALL },
	{ "yes to all", CHOICE_YES_ALL },
	{ "n", CHOICE_NO },
	{ "No", CHOICE_NO },
	{ "L\r", CHOICE_NO_ALL },
	{ "NO TO ALL", CHOICE_NO_ALL },
	{ "s", CHOICE_SUSPEND },
	{ "Suspend", CHOICE_SUSPEND },
	{ "?", CHOICE_HELP },
	{ "help", CHOICE_HELP },
	{ "ye", CHOICE_UNKNOWN },
	{ "yess", CHOICE_UNKNOWN },
	{ "yes  to all", CHOICE_UNKNOWN },
	{ "1", CHOICE_UNKNOWN },
	{ "yn", CHOICE_UNKNOWN },
	{ "y n", CHOICE_UNKNOWN },
	{ "h", CHOICE_UNKNOWN },
	{ "\xff", CHOICE_UNKNOWN },
};

START_TEST(answers_are_letters_or_labels)
{
	ck_assert_int_eq(confirm_parse_answer(answers[_i].text), answers[_i].choice);
}
END_TEST

START_TEST(preferences_by_name)
{
	ck_assert_int_eq(confirm_parse_preference("none"), PREFERENCE_NONE);
	ck_assert_int_eq(confirm_parse_preference("LOW"), PREFERENCE_LOW);
	ck_assert_int_eq(confirm_parse_preference("Medium"), PREFERENCE_MEDIUM);
	ck_assert_int_eq(confirm_parse_preference("high"), PREFERENCE_HIGH);
	ck_assert_int_eq(confirm_parse_preference(""), -1);
	ck_assert_int_eq(confirm_parse_preference("highest"), -1);
	ck_assert_int_eq(confirm_parse_preference("Lo"), PREFERENCE_LOW);
	ck_assert_int_eq(confirm_parse_preference("0"), PREFERENCE_NONE);
	ck_assert_int_eq(confirm_parse_preference("3"), PREFERENCE_HIGH);
	ck_assert_int_eq(confirm_parse_preference("4"), -1);
	ck_assert_int_eq(confirm_parse_preference("11"), -1);
}
END_TEST

static void ck_text(char *made, const char *wanted)
{
	ck_assert_str_eq(made, wanted);
	free(made);
}

START_TEST(texts_are_powershells)
{
	ck_text(confirm_what_if(OPERATION_CANCEL, "7"),
	        "What if: Performing the operation \"Cancel\" on target \"Task 7\".");
	ck_text(confirm_verbose(OPERATION_START, "a b"),
	        "VERBOSE: Performing the operation \"Start\" on target \"Task a b\".");
	ck_text(confirm_performing(OPERATION_REMOVE, ""),
	        "Performing the operation \"Remove\" on target \"Task \".");
	ck_assert_str_eq(
		confirm_choice_line(),
		"[Y] Yes  [A] Yes to All  [N] No  [L] No to All  [S] Suspend  [?] Help (default is \"Y\"): ");
}
END_TEST

#define QUESTION                                                                                                    \
	"\nConfirm\nAre you sure you want to perform this action?\n"                                                \
	"Performing the operation \"Cancel\" on target \"Task 7\".\n"
#define CHOICES "[Y] Yes  [A] Yes to All  [N] No  [L] No to All  [S] Suspend  [?] Help (default is \"Y\"): "

/* Asks with this input.  Returns the verdict; *said is all output, *left the input that was not read. */
static int ask(const char *input, char **said, char left[64])
{
	struct confirm_options options = { .confirm = CONFIRM_TRUE };
	struct confirm confirm;
	size_t size, length = strlen(input);
	FILE *out = open_memstream(said, &size);
	int fds[2], result;
	ssize_t rest;

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], input, length), (ssize_t)length);
	close(fds[1]);
	confirm_init(&confirm, &options);
	result = ask_text(&confirm, OPERATION_CANCEL, "7", fds[0], out);
	rest = read(fds[0], left, 63);
	left[rest > 0 ? rest : 0] = '\0';
	close(fds[0]);
	fclose(out);
	return result;
}

static const struct {
	const char *input;
	int verdict;
	const char *said, *left;
} dialogues[] = {
	{ "y\n", CONFIRM_DO, QUESTION CHOICES, "" },
	{ "\nrest\n", CONFIRM_DO, QUESTION CHOICES, "rest\n" },
	{ "n\ny\n", CONFIRM_SKIP, QUESTION CHOICES, "y\n" },
	{ "what\nL\n", CONFIRM_SKIP, QUESTION CHOICES CHOICES, "" },
	{ "yes to all", CONFIRM_DO, QUESTION CHOICES, "" },
	{ "", -ENODATA, QUESTION CHOICES "\n", "" },
	{ "?", -ENODATA,
	  QUESTION CHOICES
	  "Y - Continue with only the next step of the operation.\n"
	  "A - Continue with all the steps of the operation.\n"
	  "N - Skip this operation and proceed with the next operation.\n"
	  "L - Skip this operation and all subsequent operations.\n"
	  "S - Pause the current pipeline and return to the command prompt. Type \"exit\" to resume the pipeline.\n" CHOICES
	  "\n",
	  "" },
	{ "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\nn\n",
	  CONFIRM_SKIP, QUESTION CHOICES CHOICES, "" },
};

START_TEST(a_dialogue_takes_no_more_than_its_answer)
{
	char *said = NULL, left[64];

	ck_assert_int_eq(ask(dialogues[_i].input, &said, left), dialogues[_i].verdict);
	ck_assert_str_eq(said, dialogues[_i].said);
	ck_assert_str_eq(left, dialogues[_i].left);
	free(said);
}
END_TEST

#define INQUIRY "[Y] Yes  [A] Yes to All  [H] Halt Command  [S] Suspend  [?] Help (default is \"Y\"): "

static const struct {
	const char *input, *said;
	enum inquiry answer;
} inquiries[] = {
	{ "y\n", "\nConfirm\nno such task\n" INQUIRY, INQUIRY_YES },
	{ "\n", "\nConfirm\nno such task\n" INQUIRY, INQUIRY_YES },
	{ " yes TO all \n", "\nConfirm\nno such task\n" INQUIRY, INQUIRY_YES_ALL },
	{ "h\n", "\nConfirm\nno such task\n" INQUIRY, INQUIRY_HALT },
	{ "n\nHalt Command\n", "\nConfirm\nno such task\n" INQUIRY INQUIRY, INQUIRY_HALT },
	{ "", "\nConfirm\nno such task\n" INQUIRY "\n", INQUIRY_HALT },
	{ "?\na\n",
	  "\nConfirm\nno such task\n" INQUIRY "Y - Continue with only the next step of the operation.\n"
	  "A - Continue with all the steps of the operation.\nH - Stop this command.\n"
	  "S - Pause the current pipeline and return to the command prompt. Type \"exit\" to resume the pipeline.\n" INQUIRY,
	  INQUIRY_YES_ALL },
};

START_TEST(an_error_may_be_asked_about)
{
	size_t size, length = strlen(inquiries[_i].input);
	char *said = NULL;
	FILE *out = open_memstream(&said, &size);
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], inquiries[_i].input, length), (ssize_t)length);
	close(fds[1]);
	ck_assert_int_eq(ask_inquiry("no such task", fds[0], out), inquiries[_i].answer);
	close(fds[0]);
	fclose(out);
	ck_assert_str_eq(said, inquiries[_i].said);
	free(said);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("confirm");
	TCase *tcase = tcase_create("policy");

	tcase_add_loop_test(tcase, every_cell_of_impact_preference_and_switches, 0, OPERATION_COUNT * 48);
	tcase_add_test(tcase, start_does_not_ask_by_itself_where_cancel_and_remove_do);
	tcase_add_test(tcase, answers_to_all_last_for_the_command);
	tcase_add_test(tcase, help_suspend_and_nonsense_ask_again);
	tcase_add_loop_test(tcase, answers_are_letters_or_labels, 0, sizeof(answers) / sizeof(*answers));
	tcase_add_test(tcase, preferences_by_name);
	tcase_add_test(tcase, texts_are_powershells);
	tcase_add_loop_test(tcase, a_dialogue_takes_no_more_than_its_answer, 0,
	                    sizeof(dialogues) / sizeof(*dialogues));
	tcase_add_loop_test(tcase, an_error_may_be_asked_about, 0, sizeof(inquiries) / sizeof(*inquiries));
	suite_add_tcase(suite, tcase);
	return unit_main(suite);
}
