# shellcheck shell=bash disable=SC2034,SC2154  # tests/bench/run reads this file; the parts share variables
# What running tasks costs.

# Tasks in two slots, from the start of the first to the end of the last.
batches() { # COMMAND [ARG]...: the files new, start and both
	local i waits
	waits="wait --quiet $(printf 'n%d ' $(seq "$tasks"))"
	for ((i = 1; i <= tasks; i++)); do echo "new --id n$i -- $*"; done >"$directory/new"
	{
		for ((i = 1; i <= tasks; i++)); do echo "start n$i"; done
		echo "$waits"
	} >"$directory/start"
	{
		for ((i = 1; i <= tasks; i++)); do echo "new --start --id n$i -- $*"; done
		echo "$waits"
	} >"$directory/both"
}
mkdir "$directory/files"
bare_rate() { calc %.0f "$tasks / $(pool "$tasks" "$directory/files" "${bare[@]}")"; }
rate_of() { # BATCH: of a server that was made just now
	local took before
	before=$(server_cpu)
	took=$(milliseconds krtask --batch "$directory/$1")
	calc %.0f "($(server_cpu) - $before) / $tasks" >"$directory/cpu"
	calc %.0f "1000 * $tasks / $took"
}
task_rate() {
	fresh --slots 2
	krtask --batch "$directory/new" >/dev/null
	rate_of start
}
both_rate() {
	fresh --slots 2
	rate_of both
}
bare=(/bin/true)
batches /bin/true
versus task_rate bare_rate
noop=$(calc %.0f "1e9 / $ours") # ns
figure 'no-op tasks, 2 slots, fresh state, durable' "$ours" tasks/s 'two bare threads' "$theirs" "$ratio" "$(cat "$directory/cpu")" '>=0.92'
figure 'CPU of the server for each of them' "$(cat "$directory/cpu")" us - - - - '<=150'
versus both_rate bare_rate
figure '  made and started by one batch, which waits' "$ours" tasks/s 'two bare threads' "$theirs" "$ratio" "$(cat "$directory/cpu")" '>=0.88'
tsp_some=400 # it refuses about a thousand
tsp_rate() {
	local took
	# shellcheck disable=SC2016  # for the other shell
	took=$(TS_SOCKET=$sockets/tsp TMPDIR=$directory TS_SLOTS=2 milliseconds sh -c \
		'i=0; while test $i -lt '"$tsp_some"'; do tsp -n /bin/true; i=$((i + 1)); done; tsp -w; tsp -K')
	calc %.0f "1000 * $tsp_some / $took"
}
if command -v tsp >/dev/null; then
	versus both_rate tsp_rate
	figure '  the same' "$ours" tasks/s 'tsp (not durable)' "$theirs" "$ratio" "$(cat "$directory/cpu")" '>=2'
else
	missing '  the same; tsp' task-spooler
fi
bare=(/bin/sh -c true)
batches /bin/sh -c true
versus task_rate bare_rate
figure 'sh -c true, 2 slots, fresh state, durable' "$ours" tasks/s 'two bare threads' "$theirs" "$ratio" "$(cat "$directory/cpu")" '>=0.92'

# The same, with and without clients that follow the table.
followers=64
followed_rate() {
	local follow
	fresh --slots 2
	krtask --batch "$directory/new" >/dev/null
	: >"$directory/frames"
	perl "$here/follow.pl" "$KRTASK_RUNTIME_DIR/default.sock" "$followers" >"$directory/frames" &
	follow=$!
	until test -s "$directory/frames"; do sleep 0.05; done
	rate_of start
	kill "$follow"
	wait "$follow"
}
batches /bin/true
versus followed_rate task_rate
figure "no-op tasks while $followers clients follow" "$ours" tasks/s 'nobody follows' "$theirs" "$ratio" - '>=0.95'
figure '  frames that these got' "$(tail -n 1 "$directory/frames")" '' - - - - -

# One task, until its end is seen.
fresh
# shellcheck disable=SC2016  # the batch expands it
printf '%s\n' '$t = new --start -- true' 'wait --quiet $t' >"$directory/one"
if command -v tsp >/dev/null; then
	TS_SOCKET=$sockets/tsp TMPDIR=$directory TS_SLOTS=2 TS_MAXFINISHED=1 in_turn true :: tsp -nf true :: krtask --batch "$directory/one"
	figure 'new --start to the end, one batch, p50' "$wall_3" ms 'tsp -nf true (not durable)' "$wall_2" \
		"$(calc %.2f "$wall_3 / $wall_2")" "$cpu_3" '<=1.5'
	# What is durable before it begins, and again before its end is told, is synced twice, one after the other.
	commit=$(inserts 1000 1 "$directory/commits.db") # seconds of 1,000 are milliseconds of one
	rm -f "$directory/commits.db"*
	figure '  the same' "$wall_3" ms 'that and two commits' "$(calc %.3f "$wall_2 + 2 * $commit")" \
		"$(calc %.2f "$wall_3 / ($wall_2 + 2 * $commit)")" - -
	TS_SOCKET=$sockets/tsp tsp -K
else
	missing 'new --start to the end, one batch' task-spooler
fi

# A stop, from the request to the end, which is known; the time of the whole batch for each.
stop_time() {
	local i
	fresh
	for ((i = 1; i <= runs; i++)); do echo "run --id s$i -- sleep 1000"; done | krtask --batch >/dev/null
	until test "$(krtask server status --json | sed -n 's/.*"running": *\([0-9]*\).*/\1/p')" -ge "$runs"; do sleep 0.05; done
	for ((i = 1; i <= runs; i++)); do printf 'stop s%d\nwait --quiet s%d\n' "$i" "$i"; done >"$directory/stops"
	calc %.3f "$(milliseconds krtask --batch "$directory/stops") / $runs"
}
bare_stop() { stopping "$runs" "$directory/stopping.db"; }
stored_stop() { stopping --first "$runs" "$directory/stopping.db"; }
versus stop_time stored_stop
figure 'stop of a sleep, to its recorded end' "$ours" ms 'a commit before the kill, too' "$theirs" "$ratio" - -
versus stop_time bare_stop
figure '  the same' "$ours" ms 'kill, pidfd, one commit' "$theirs" "$ratio" - '<=1.5'

# The same while many other tasks run: the work for one task must not grow with their number.
true_tasks() { # PREFIX
	{
		for ((i = 1; i <= 400; i++)); do echo "run --id $1$i -- /bin/true"; done
		echo "wait --quiet $(printf "$1%d " {1..400})"
	} >"$directory/true"
	milliseconds krtask --batch "$directory/true"
}
all_run() { test "$(krtask server status --json | sed -n 's/.*"running": *\([0-9]*\).*/\1/p')" -ge "$running"; }
fresh
true_tasks warm >/dev/null
alone=$(true_tasks alone)
for ((i = 1; i <= running; i++)); do echo "run -- sleep 1000"; done >"$directory/new"
theirs=$(calc %.0f "1000 * $(pool --leave "$running" "$directory/files" /bin/sleep 1000)")
start=$(date +%s%N)
krtask --batch "$directory/new" >/dev/null
until all_run; do sleep 0.05; done
ours=$((($(date +%s%N) - start) / 1000000))
figure "$running tasks run after" "$ours" ms 'two bare threads' "$theirs" "$(calc %.2f "$ours / $theirs")" - -
figure '  the same' "$ours" ms - - - - '<=5000'
figure '  threads of the server then' "$(find "/proc/$(server_pid)/task" -mindepth 1 -maxdepth 1 | wc -l)" '' - - - - '<=16'
figure '  its memory then' "$(calc %.0f "$(resident) / 1048576")" MB - - - - '<=64'
beside=$(true_tasks beside)
figure "400 no-op tasks beside $running that run" "$(calc %.0f "$beside")" ms 'the same, alone' "$(calc %.0f "$alone")" \
	"$(calc %.2f "$beside / $alone")" - '<=2'
krtask --no-start server stop --cancel >/dev/null

# The order of the queue; against a plain list, and as a part of what a no-op task takes.  One that passes all enters
# the list at its end.
queue "$queued" | while read -r took bare what; do
	figure "of $queued queued one $what" "$took" ns 'plain list' "$bare" "$(calc %.2f "$took / $bare")" - -
	figure '  what it takes more, of a no-op task' "$(calc %.2f "100 * ($took - $bare) / $noop")" % - - - - '<=3'
done

# With many tasks queued in three groups, by priority: no-op tasks of another group, in two slots; how long `why` of one
# takes; and when an urgent task begins after a slot has come free.
no_ops() { # PREFIX: milliseconds
	{
		for ((i = 1; i <= tasks; i++)); do echo "run --id $1$i --group free -- /bin/true"; done
		echo "wait --quiet $(printf "$1%d " $(seq "$tasks"))"
	} >"$directory/free"
	milliseconds krtask --batch "$directory/free"
}
# From the recorded end of what had the slot to the recorded start of the urgent one, milliseconds.
urgent() { # BEFORE NEXT
	krtask run --id "$2" --group a --priority 1000 -- sleep 10000 >/dev/null
	krtask stop --kill "$1" >/dev/null
	until test "$(krtask state "$2")" = Running; do sleep 0.02; done
	krtask get --json "$1" "$2" | perl -e 'local $/; my $all = <STDIN>; my @at;
		for my $what ("completedAt", "startedAt") {
			my @times = $all =~ /"$what": *"[\d-]+T(\d+):(\d+):([\d.]+)Z"/g;
			@times = @times[-3 .. -1] if $what eq "startedAt";
			push @at, $times[0] * 3600 + $times[1] * 60 + $times[2];
		}
		printf "%.0f\n", 1000 * ($at[1] - $at[0])'
}
fresh --slots 5
krtask group add free
for group in a b c; do
	krtask group add "$group" --slots 1
	krtask run --id "first-$group" --group "$group" -- sleep 10000 >/dev/null
done
no_ops warm >/dev/null
alone=$(no_ops alone)
names=(a b c)
for ((i = 1; i <= queued; i++)); do
	echo "run --group ${names[i % 3]} --priority $((i % 5)) -- /bin/true"
done >"$directory/new"
last=$(krtask --batch "$directory/new" | tail -n 1)
beside=$(no_ops beside)
figure "$tasks no-op tasks beside $queued queued" "$(calc %.0f "$beside")" ms 'the same, alone' "$(calc %.0f "$alone")" \
	"$(calc %.2f "$beside / $alone")" - '<=1.05'
asks() { # COMMAND: milliseconds for one of a thousand
	for ((i = 0; i < 1000; i++)); do echo "$1 $((last - i * queued / 1000))"; done >"$directory/asks"
	calc %.3f "$(milliseconds krtask --batch "$directory/asks") / 1000"
}
why=$(asks why)
state=$(asks state)
figure "why of any of $queued" "$why" ms 'its state' "$state" "$(calc %.2f "$why / $state")" - -
figure 'the same' "$why" ms - - - - '<=1'
for ((i = 1; i <= rounds; i++)); do
	urgent "$(test "$i" = 1 && echo first-a || echo "urgent-$((i - 1))")" "urgent-$i"
done >"$directory/urgent"
figure "an urgent task before $queued begins after" "$(median <"$directory/urgent")" ms - - - - '<=5'
