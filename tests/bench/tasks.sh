# shellcheck shell=bash disable=SC2034,SC2154  # tests/bench/run reads this file; the parts share variables
# What running tasks costs.

# No-op tasks in two slots, from the start of the first to the end of the last.
{
	for ((i = 1; i <= tasks; i++)); do echo "new --id n$i -- /bin/true"; done
} >"$directory/new"
{
	for ((i = 1; i <= tasks; i++)); do echo "start n$i"; done
	echo "wait --quiet $(printf 'n%d ' $(seq "$tasks"))"
} >"$directory/start"
mkdir "$directory/files"
bare_rate() { calc %.0f "$tasks / $(pool "$tasks" "$directory/files")"; }
task_rate() {
	local took before
	fresh --slots 2
	krtask --batch "$directory/new" >/dev/null
	before=$(server_cpu)
	took=$(milliseconds krtask --batch "$directory/start")
	calc %.0f "($(server_cpu) - $before) / $tasks" >"$directory/cpu"
	calc %.0f "1000 * $tasks / $took"
}
versus task_rate bare_rate
noop=$(calc %.0f "1e9 / $ours") # ns
figure 'no-op tasks, 2 slots, fresh state, durable' "$ours" tasks/s 'two bare threads' "$theirs" "$ratio" "$(cat "$directory/cpu")" '>=0.92'
figure 'CPU of the server for each of them' "$(cat "$directory/cpu")" us - - - - '<=150'
rm -rf "$directory/files"

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
start=$(date +%s%N)
krtask --batch "$directory/new" >/dev/null
until all_run; do sleep 0.05; done
figure "$running tasks run after" "$((($(date +%s%N) - start) / 1000000))" ms - - - - '<=5000'
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
urgent() {
	krtask stop --kill first-a >/dev/null
	krtask wait --quiet urgent >/dev/null
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
krtask run --id urgent --group a --priority 1000 -- /bin/true >/dev/null
figure "an urgent task before $queued has run after" "$(calc %.0f "$(milliseconds urgent)")" ms - - - - -
