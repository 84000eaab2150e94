# shellcheck shell=bash disable=SC2034,SC2154  # tests/bench/run reads this file; the parts share variables
# A server that holds many tasks.

# With many tasks held: the memory of the server for each task, and the time until the server is ready;
# against a plain read of the same rows and columns.  The goals are for BENCH_HELD=1000000.
ready() { # WHAT GOAL: the server is stopped
	local bare took
	bare=$(rows "$KRTASK_STATE_DIR/default/tasks.db")
	took=$(milliseconds krtask server start)
	figure "server ready with $held tasks $1" "$(calc %.0f "$took")" ms 'their rows read by SQLite' "$(calc %.0f "1000 * $bare")" \
		"$(calc %.2f "$took / 1000 / $bare")" - '<=1.5'
	figure "memory of the server for each of $held $1" "$(calc %.0f "($(resident) - $empty) / $held")" bytes - - - - "<=$2"
}
fresh
empty=$(resident)
for ((i = 1; i <= held; i++)); do echo "new -- /bin/true"; done >"$directory/new"
krtask --batch "$directory/new" >/dev/null
figure "memory of the server for each of $held from a batch" "$(calc %.0f "($(resident) - $empty) / $held")" bytes - - - - '<=250'
stop
ready created 250
stop
rows "$KRTASK_STATE_DIR/default/tasks.db" end
ready ended 300

# 50 rows of a list of them; beside it, a look at all tasks that finds none.  Then the same again.
if perl -MJSON::PP -e 1 2>/dev/null; then
	scan=
	while read -r first again what; do
		case $what in
		scan) scan=$first ;;
		'another client')
			figure "longest reply while $held are sorted" "$first" ms 'beside nothing' "$again" "$(calc %.2f "$first / $again")" - - ;;
		*)
			figure "50 rows of $held $what" "$first" ms 'a look at all' "$scan" "$(calc %.2f "$first / $scan")" - '<=5'
			figure '    the same again' "$again" ms - - - - '<=1' ;;
		esac
	done < <(perl "$here/lists.pl" "$KRTASK_RUNTIME_DIR/default.sock" "$rounds" "$held")
fi

# The table of ids; against uthash.
hashes "$held" | while read -r what took bare; do
	unit=ns
	test "$what" != bytes || unit=bytes
	figure "an id among $held: $what" "$took" "$unit" uthash "$bare" "$(calc %.2f "$took / $bare")" - -
done
