#include "tui/fields/details.h"

#include <stdio.h>
#include <string.h>

#include "engine/task/duration.h"
#include "engine/task/usual.h"
#include "tui/fields/format.h"

static struct slice detail_made(struct text *scratch, const char *made)
{
	text_clear(scratch);
	text_add_string(scratch, made);
	return (struct slice){ .text = scratch->data, .length = scratch->length };
}

static struct slice detail_text(const struct value *values, const struct field_look *look,
                                struct text *scratch)
{
	struct slice slice = { .text = "" };

	(void)look;
	slice.text = value_string(values, scratch, &slice.length);
	return slice.text ? slice : (struct slice){ .text = "" };
}

/* A number, unless it is the usual one. */
static struct slice detail_number(const struct value *values, int64_t usual, struct text *scratch)
{
	int64_t number = value_integer(values);
	char text[24];

	if (value_is_null(values) || number == usual)
		return (struct slice){ .text = "" };
	snprintf(text, sizeof(text), "%lld", (long long)number);
	return detail_made(scratch, text);
}

static struct slice detail_count(const struct value *values, const struct field_look *look,
                                 struct text *scratch)
{
	(void)look;
	return detail_number(values, 0, scratch);
}

static struct slice detail_weight(const struct value *values, const struct field_look *look,
                                  struct text *scratch)
{
	(void)look;
	return detail_number(values, 1, scratch);
}

static struct slice detail_flag(const struct value *values, const struct field_look *look,
                                struct text *scratch)
{
	(void)look;
	return value_is_true(values) ? detail_made(scratch, "yes") : (struct slice){ .text = "" };
}

static struct slice detail_bytes(const struct value *values, const struct field_look *look,
                                 struct text *scratch)
{
	char text[FORMAT_SHORT];

	(void)look;
	if (value_integer(values) == 0)
		return (struct slice){ .text = "" };
	format_bytes(value_integer(values), text, sizeof(text));
	return detail_made(scratch, text);
}

static struct slice detail_duration(const struct value *values, const struct field_look *look,
                                    struct text *scratch)
{
	char text[DURATION_SIZE];

	(void)look;
	if (value_is_null(values))
		return (struct slice){ .text = "" };
	return detail_made(scratch, duration_write(value_milliseconds(values), text));
}

static struct slice detail_unmet(const struct value *values, const struct field_look *look,
                                 struct text *scratch)
{
	struct slice slice = detail_text(values, look, scratch);

	if (slice.length == 4 && strncmp(slice.text, "stop", 4) == 0)
		return (struct slice){ .text = "" };
	return slice;
}

static struct slice detail_joined(const struct value *values, const char *between, struct text *scratch)
{
	struct text list = TEXT_INIT, piece = TEXT_INIT;
	struct value item;
	const char *at = NULL;

	while (value_item(values, &at, &item)) {
		size_t length = 0;
		const char *name = value_string(&item, &piece, &length);

		if (list.length)
			text_add_string(&list, between);
		text_add(&list, name ? name : "", length);
	}
	text_release(&piece);
	text_release(scratch);
	*scratch = list;
	return (struct slice){ .text = list.length ? list.data : "", .length = list.length };
}

static struct slice detail_names(const struct value *values, const struct field_look *look,
                                 struct text *scratch)
{
	(void)look;
	return detail_joined(values, " ", scratch);
}

/* As the option takes them. */
static struct slice detail_ends(const struct value *values, const struct field_look *look,
                                struct text *scratch)
{
	(void)look;
	return detail_joined(values, ",", scratch);
}

/* The labels are the words of the options; the names are those of Create. */
/* clang-format off */
const struct field detail_table[DETAIL_TOTAL] = {
	{ .name = "priority", .label = "Priority", .sources = { "priority" }, .text = detail_count },
	{ .name = "weight", .label = "Weight", .sources = { "weight" }, .text = detail_weight },
	{ .name = "devices", .label = "Devices", .sources = { "devices" }, .text = detail_text },
	{ .name = "delay", .label = "Delay", .sources = { "delay" }, .text = detail_duration },
	{ .name = "unmet", .label = "Unmet", .sources = { "unmet" }, .text = detail_unmet },
	{ .name = "retries", .label = "Retry", .sources = { "retries" }, .text = detail_count },
	{ .name = "retryDelay", .label = "Retry delay", .sources = { "retryDelay" },
	  .text = detail_duration },
	{ .name = "retryMax", .label = "Retry max", .sources = { "retryMax" },
	  .text = detail_duration },
	{ .name = "retryOn", .label = "Retry on", .sources = { "retryOn" }, .text = detail_ends },
	{ .name = "retryNot", .label = "Retry not", .sources = { "retryNot" }, .text = detail_ends },
	{ .name = "retryLost", .label = "Retry lost", .sources = { "retryLost" },
	  .text = detail_flag },
	{ .name = "unique", .label = "Unique", .sources = { "unique" }, .text = detail_text },
	{ .name = "autoRemove", .label = "Rm", .sources = { "autoRemove" }, .text = detail_flag },
	{ .name = "onEnd", .label = "On end", .sources = { "onEnd" }, .text = detail_text },
	{ .name = "onFail", .label = "On fail", .sources = { "onFail" }, .text = detail_text },
	{ .name = "onOk", .label = "On ok", .sources = { "onOk" }, .text = detail_text },
	{ .name = "webhook", .label = "Webhook", .sources = { "webhook" }, .text = detail_text },
	{ .name = "sbatch", .label = "Sbatch", .sources = { "sbatch" }, .text = detail_text },
	{ .name = "job", .label = "Slurm job", .sources = { "job" }, .text = detail_count },
	{ .name = "node", .label = "Node", .sources = { "node" }, .text = detail_text },
	{ .name = "maxLog", .label = "Max log", .sources = { "maxLog" }, .text = detail_bytes },
	{ .name = "merge", .label = "Merge", .sources = { "merge" }, .text = detail_flag },
	{ .name = "variables", .label = "Variables", .sources = { "variableNames" }, .text = detail_names },
};
/* clang-format on */

/* What was asked for.  A plain task has the usual values, which are not sent. */
static void detail_options(struct jsonw *w, const struct value *values)
{
	if (value_is_null(values))
		jsonw_raw(w, OPTIONS_USUAL, sizeof(OPTIONS_USUAL) - 1);
	else
		jsonw_raw(w, values->json + 1, values->length - 2);
}

const struct field options_field = {
	.name = "options",
	.heading = "",
	.sources = { "options" },
	.text = detail_text,
	.json = detail_options,
	.members = true,
	.in_json = true,
};
