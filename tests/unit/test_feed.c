/* Feeds against servers in threads: which feed gets which answer, and when a feed connects again. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/fake_server.h"
#include "tests/unit/unit.h"
#include "tui/screen/feed.h"

/* Milliseconds: the limit for a server in this process, and the waiting times of feed.c. */
enum { LONG = 5000, RETRY_SOON = 200, RETRY_LATER = 1000 };

/* One server and its feed. */
struct side {
	struct fake fake;
	struct address address;
	struct feed feed;
};

static struct side one, other;

static void side_init(struct side *side)
{
	char text[128], *error = NULL;

	fake_init(&side->fake, NULL);
	fake_thread(&side->fake);
	snprintf(text, sizeof(text), "unix:%s", side->fake.path);
	ck_assert_int_eq(address_parse(&side->address, text, &error), 0);
	feed_init(&side->feed, &side->address);
	ck_assert_int_eq(feed_open(&side->feed, CLIENT_START_NEVER, &error), 0);
}

static void side_release(struct side *side)
{
	feed_release(&side->feed);
	fake_join(&side->fake);
	fake_release(&side->fake);
	address_release(&side->address);
}

/* Ends all connections of the server, which still listens. */
static void side_restart(struct side *side)
{
	fake_join(&side->fake);
	fake_stop_serving(&side->fake);
	fake_serve(&side->fake);
	fake_thread(&side->fake);
}

static void setup(void)
{
	side_init(&one);
}

static void teardown(void)
{
	side_release(&one);
}

/* Turns the feed as the loop of the screen does, until this many answers have arrived. */
static void take(struct feed *feed, const size_t *answers, size_t wanted)
{
	while (*answers < wanted) {
		struct pollfd ready[FEED_CHANNELS_MAX];
		int count = feed_poll(feed, ready), wait = feed_turn(feed, feed->now);

		ck_assert_int_gt(poll(ready, (nfds_t)count, wait == 0 ? 0 : LONG), wait == 0 ? -1 : 0);
		feed_receive(feed, ready, feed->now);
	}
}

/* The answers in order of arrival: the tag of each, and whether it is a real answer. */
static struct {
	size_t tags[64], count, lost;
} seen;

static void note(void *ctx, size_t tag, const struct client_reply *reply)
{
	(void)ctx;
	seen.tags[seen.count++] = tag;
	seen.lost += reply == NULL;
}

static void call(struct feed *feed, const char *method, size_t tag)
{
	struct jsonw params = JSONW_INIT;

	feed_call(feed, method, &params, note, feed, tag);
}

START_TEST(each_answer_goes_to_its_call_in_order)
{
	for (size_t i = 0; i < 40; i++)
		call(&one.feed, "Count", i);
	ck_assert_uint_eq(seen.count, 0); /* no call waits for its answer */
	take(&one.feed, &seen.count, 40);
	for (size_t i = 0; i < 40; i++)
		ck_assert_uint_eq(seen.tags[i], i);
	ck_assert_uint_eq(seen.lost, 0);
}
END_TEST

START_TEST(who_is_gone_gets_no_answer)
{
	struct jsonw params = JSONW_INIT;
	int gone;

	feed_call(&one.feed, "Count", &params, note, &gone, 1);
	call(&one.feed, "Count", 2);
	feed_forget(&one.feed, &gone);
	take(&one.feed, &seen.count, 1);
	ck_assert_uint_eq(seen.tags[0], 2);
}
END_TEST

START_TEST(what_is_given_up_has_its_answer_at_once_and_no_other)
{
	struct jsonw params = JSONW_INIT, more = JSONW_INIT;

	ck_assert(!feed_give_up(&one.feed));
	feed_wish(&one.feed, "Count", &params, note, &one.feed, 1);
	call(&one.feed, "Count", 2);
	feed_wish(&one.feed, "Count", &more, note, &one.feed, 3);
	ck_assert(feed_give_up(&one.feed));
	ck_assert(feed_give_up(&one.feed));
	ck_assert(!feed_give_up(&one.feed));
	ck_assert_uint_eq(seen.count, 2);
	ck_assert_uint_eq(seen.lost, 2);
	ck_assert_uint_eq(seen.tags[0], 1);
	ck_assert_uint_eq(seen.tags[1], 3);
	call(&one.feed, "Count", 4);
	take(&one.feed, &seen.count, 4);
	ck_assert_uint_eq(seen.tags[2], 2);
	ck_assert_uint_eq(seen.tags[3], 4);
	ck_assert_uint_eq(seen.lost, 2);
}
END_TEST

/* Its own channel, for a call that goes on. */
struct stream {
	struct channel channel;
	size_t begun, answers;
};

static void stream_answer(void *ctx, size_t tag, const struct client_reply *reply)
{
	struct stream *stream = ctx;

	(void)tag;
	stream->answers++;
	if (reply && !reply->continues)
		feed_rest(&stream->channel);
}

static void stream_begin(void *ctx)
{
	struct stream *stream = ctx;
	struct jsonw params = JSONW_INIT;

	jsonw_object(&params);
	jsonw_key(&params, "count");
	jsonw_int(&params, 20);
	jsonw_end_object(&params);
	stream->begun++;
	channel_send(&stream->channel, "Open", &params, true, stream_answer, stream, 0);
}

static void stream_open(struct stream *stream)
{
	*stream = (struct stream){ .channel = { .connected = stream_begin, .ctx = stream } };
	feed_add(&one.feed, &stream->channel);
}

START_TEST(a_call_that_goes_on_holds_back_no_other)
{
	struct stream stream;

	stream_open(&stream);
	call(&one.feed, "Count", 7);
	take(&one.feed, &seen.count, 1);
	take(&one.feed, &stream.answers, 20);
	ck_assert_uint_eq(stream.begun, 1);
	feed_drop(&one.feed, &stream.channel);
}
END_TEST

START_TEST(what_is_lost_is_told_and_connected_again)
{
	struct stream stream;

	stream_open(&stream);
	call(&one.feed, "Hold", 1);
	take(&one.feed, &stream.answers, 20);
	side_restart(&one);
	take(&one.feed, &seen.count, 1);
	ck_assert_uint_eq(seen.lost, 1);
	take(&one.feed, &stream.answers, 21); /* the last answer says that no more will come */
	ck_assert(!feed_up(&one.feed));
	call(&one.feed, "Count", 2);
	ck_assert_uint_eq(seen.lost, 2); /* without a wait */

	int64_t now = one.feed.now;

	ck_assert_int_eq(feed_turn(&one.feed, now), RETRY_SOON);
	ck_assert_int_eq(feed_turn(&one.feed, now + RETRY_SOON - 1), 1);
	ck_assert(!feed_up(&one.feed));
	ck_assert_int_eq(feed_turn(&one.feed, now + RETRY_SOON), -1);
	ck_assert(feed_up(&one.feed));
	ck_assert_uint_eq(stream.begun, 2);
	call(&one.feed, "Count", 3);
	take(&one.feed, &seen.count, 3);
	ck_assert_uint_eq(seen.lost, 2);
	feed_drop(&one.feed, &stream.channel);
}
END_TEST

START_TEST(what_rests_stays_closed_until_it_is_wanted)
{
	struct stream stream;

	stream_open(&stream);
	take(&one.feed, &stream.answers, 20);
	feed_rest(&stream.channel);
	ck_assert(feed_up(&one.feed)); /* every channel that is wanted is up */
	ck_assert_int_eq(feed_turn(&one.feed, 10 * RETRY_LATER), -1);
	ck_assert(!channel_up(&stream.channel));
	feed_again(&one.feed, &stream.channel);
	take(&one.feed, &stream.answers, 40);
	ck_assert_uint_eq(stream.begun, 2);
	feed_drop(&one.feed, &stream.channel);
}
END_TEST

START_TEST(a_server_that_is_not_there_is_tried_now_and_then)
{
	call(&one.feed, "Hold", 1);
	fake_join(&one.fake);
	fake_stop_serving(&one.fake);
	unlink(one.fake.path);
	take(&one.feed, &seen.count, 1);
	ck_assert_int_eq(feed_turn(&one.feed, 0), RETRY_SOON);
	ck_assert_int_eq(feed_turn(&one.feed, RETRY_SOON), RETRY_LATER);
	ck_assert_ptr_nonnull(one.feed.trouble);
	ck_assert_int_eq(feed_turn(&one.feed, RETRY_SOON + 1), RETRY_LATER - 1);
	fake_thread(&one.fake);
}
END_TEST

START_TEST(two_servers_are_two_feeds)
{
	side_init(&other);
	call(&one.feed, "Hold", 1);
	call(&other.feed, "Count", 2);
	take(&other.feed, &seen.count, 1);
	ck_assert_uint_eq(seen.tags[0], 2);
	side_restart(&one);
	take(&one.feed, &seen.count, 2);
	ck_assert_uint_eq(seen.lost, 1);
	ck_assert(!feed_up(&one.feed));
	ck_assert(feed_up(&other.feed));
	side_release(&other);
}
END_TEST

/* --- another machine */

/* The feed of a machine with that ssh, whose connection of single calls is wanted. */
static void far_init(struct feed *feed, struct address *address, const char *ssh)
{
	char *error = NULL;

	setenv("KRTASK_SSH", ssh, 1);
	ck_assert_int_eq(address_parse(address, "ssh://far", &error), 0);
	feed_init(feed, address);
}

/* Until the attempt that was begun has failed. */
static void far_fail(struct feed *feed, int64_t now)
{
	ck_assert(feed->calls.settling);
	while (feed->calls.settling) {
		struct pollfd ready[FEED_CHANNELS_MAX];
		int count = feed_poll(feed, ready);

		ck_assert_int_gt(poll(ready, (nfds_t)count, LONG), 0);
		feed_receive(feed, ready, now);
	}
}

START_TEST(another_machine_is_tried_ever_less_often_and_that_is_said_once)
{
	static const int pauses[] = { 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 };
	struct address address;
	struct feed feed;
	int64_t now = 5000;
	char *news;

	far_init(&feed, &address, "false");
	for (size_t i = 0; i < sizeof(pauses) / sizeof(*pauses); i++) {
		ck_assert_int_eq(feed_turn(&feed, now), -1); /* nobody waits for it */
		far_fail(&feed, now);
		news = feed_news(&feed);
		ck_assert_int_eq(news != NULL, i == 0);
		free(news);
		ck_assert_int_eq(feed_turn(&feed, now), pauses[i]);
		now += pauses[i];
	}
	feed_hurry(&feed);
	ck_assert_int_eq(feed_turn(&feed, now), -1);
	far_fail(&feed, now);
	ck_assert_int_eq(feed_turn(&feed, now), pauses[0]);
	feed_release(&feed);
	address_release(&address);
}
END_TEST

START_TEST(few_are_connected_at_once)
{
	struct feed_gate gate = { .most = 1 };
	struct address address, second;
	struct feed feed, next;

	far_init(&feed, &address, "false");
	far_init(&next, &second, "false");
	feed.gate = next.gate = &gate;
	feed_turn(&feed, 1);
	feed_turn(&next, 1);
	ck_assert(feed.calls.settling);
	ck_assert(!next.calls.settling);
	far_fail(&feed, 1);
	feed_turn(&next, 1);
	ck_assert(next.calls.settling);
	feed_release(&next);
	ck_assert_uint_eq(gate.open, 0);
	feed_release(&feed);
	address_release(&address);
	address_release(&second);
}
END_TEST

/* --- a server that hangs */

START_TEST(a_reply_that_is_late_is_counted_in_seconds)
{
	int64_t now = 1000000;

	ck_assert_int_eq(feed_turn(&one.feed, now), -1);
	call(&one.feed, "Hold", 1);
	ck_assert_int_eq(feed_turn(&one.feed, now), 1000);
	ck_assert_uint_eq(feed_waiting(&one.feed), 0);
	ck_assert_int_eq(feed_turn(&one.feed, now + 999), 1);
	ck_assert_uint_eq(feed_waiting(&one.feed), 0);
	ck_assert_int_eq(feed_turn(&one.feed, now + 3400), 600);
	ck_assert_uint_eq(feed_waiting(&one.feed), 3);
	side_restart(&one);
	take(&one.feed, &seen.count, 1);
	feed_turn(&one.feed, now + 3500);
	ck_assert_uint_eq(feed_waiting(&one.feed), 0);
}
END_TEST

START_TEST(a_call_that_goes_on_is_not_late)
{
	struct stream stream;

	stream_open(&stream);
	take(&one.feed, &stream.answers, 20);
	stream.channel.prompt = true; /* as that of a list, whose first reply comes at once */
	ck_assert_int_eq(feed_turn(&one.feed, one.feed.now + 5000), -1);
	ck_assert_uint_eq(feed_waiting(&one.feed), 0);
	feed_drop(&one.feed, &stream.channel);
}
END_TEST

START_TEST(a_server_that_said_nothing_lately_is_asked)
{
	ck_assert_int_eq(feed_turn(&one.feed, 1000000), -1);
	call(&one.feed, "Count", 1);
	take(&one.feed, &seen.count, 1);
	feed_turn(&one.feed, 1000500); /* it has heard that now */
	feed_turn(&one.feed, 1001499);
	feed_ask(&one.feed, 1000);
	ck_assert(!channel_waits(&one.feed.calls));
	feed_turn(&one.feed, 1001500);
	feed_ask(&one.feed, 1000);
	ck_assert(channel_waits(&one.feed.calls));
	feed_ask(&one.feed, 0); /* it has been asked */
	call(&one.feed, "Count", 2);
	take(&one.feed, &seen.count, 2);
	ck_assert(!channel_waits(&one.feed.calls));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("feed");
	TCase *tcase = tcase_create("feed");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, each_answer_goes_to_its_call_in_order);
	tcase_add_test(tcase, who_is_gone_gets_no_answer);
	tcase_add_test(tcase, what_is_given_up_has_its_answer_at_once_and_no_other);
	tcase_add_test(tcase, a_call_that_goes_on_holds_back_no_other);
	tcase_add_test(tcase, what_is_lost_is_told_and_connected_again);
	tcase_add_test(tcase, what_rests_stays_closed_until_it_is_wanted);
	tcase_add_test(tcase, a_server_that_is_not_there_is_tried_now_and_then);
	tcase_add_test(tcase, two_servers_are_two_feeds);
	tcase_add_test(tcase, another_machine_is_tried_ever_less_often_and_that_is_said_once);
	tcase_add_test(tcase, few_are_connected_at_once);
	tcase_add_test(tcase, a_reply_that_is_late_is_counted_in_seconds);
	tcase_add_test(tcase, a_call_that_goes_on_is_not_late);
	tcase_add_test(tcase, a_server_that_said_nothing_lately_is_asked);
	suite_add_tcase(suite, tcase);
	unit_apart();
	return unit_main(suite);
}
