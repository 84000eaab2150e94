#include "tui/screen/away_strip.h"

#include <stdlib.h>

#include "tui/screen/app.h"
#include "tui/screen/host.h"
#include "tui/view/news.h"

enum { AWAY_LINES = 10 }; /* lines of a terminal that has room for it */

static void away_strip_looked(void *ctx, size_t index, const struct client_reply *reply)
{
	struct app *app = ctx;
	struct host *host = &app->hosts[index];

	host->news_asked = reply != NULL; /* a connection that was lost is no answer */
	if (!reply || reply->error)
		return;
	news_take(&host->news, reply->parameters);
	app_resize(app);
}

void away_strip_look(struct app *app)
{
	for (size_t i = 0; i < app->host_count; i++) {
		struct host *host = &app->hosts[i];
		struct jsonw params = JSONW_INIT;

		if (host->news_asked || !channel_up(&host->feed.calls))
			continue;
		host->news_asked = true;
		news_request(&params);
		feed_call(&host->feed, "Away", &params, away_strip_looked, app, i);
	}
}

int away_strip_lines(const struct app *app)
{
	size_t count = 0;

	for (size_t i = 0; i < app->host_count; i++)
		count += news_count(&app->hosts[i].news);
	return count > 0 && terminal_lines() >= AWAY_LINES;
}

void away_strip_draw(const struct app *app, int y)
{
	static const char key[] = "A";
	struct news_sum sum = { .failed = NULL };
	char *text;

	for (size_t i = 0; i < app->host_count; i++)
		news_add_up(&sum, &app->hosts[i].news);
	text = news_strip(&sum);
	if (!text)
		return;
	terminal_fill(y, 0, terminal_columns(), STYLE_NOTICE);
	terminal_put(y, terminal_put(y, 0, STYLE_KEY, key) + 1, STYLE_NOTICE, text);
	free(text);
}
