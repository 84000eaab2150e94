# shellcheck shell=bash disable=SC2034,SC2154  # tests/bench/run reads this file; the parts share variables
# What a command costs.

tsp_start() { # a task-spooler of the benchmark's own
	export TS_SOCKET=$sockets/tsp TMPDIR=$directory TS_SLOTS=2 TS_MAXFINISHED=$((rows + 1))
	tsp >/dev/null
}
tsp_stop() { tsp -K; }

# One command: creating a task, and asking for its state.
fresh
krtask new -- true >/dev/null
before=$(server_cpu)
in_turn /bin/true :: least "$KRTASK_RUNTIME_DIR/default.sock" :: krtask new -- true
# The server works for `least` and for `new` alike, and twice for the two questions after its time.
cpu=$(calc %.0f "$cpu_3 + ($(server_cpu) - $before) / $runs / 2")
command_cost 'krtask new, p50' '<=1.3' 'smallest durable client'
figure 'krtask new, p50' "$wall_3" ms /bin/true "$wall_1" "$(calc %.2f "$wall_3 / $wall_1")" "$cpu" -
in_turn /bin/true :: least "$KRTASK_RUNTIME_DIR/default.sock" state :: krtask state 1
cpu=$cpu_3
figure 'krtask state 1, p50' "$wall_3" ms /bin/true "$wall_1" "$(calc %.2f "$wall_3 / $wall_1")" "$cpu" '<=1.3'
command_cost 'the same' - 'smallest client that asks'
if command -v tsp >/dev/null; then
	tsp_start
	in_turn true :: tsp true :: krtask new -- true
	cpu=$cpu_3
	command_cost 'krtask new, p50' '<=1.4' 'tsp true (not durable)'
	tsp_stop
else
	missing 'krtask new, p50; tsp' task-spooler
fi

# Others that queue a command, for the table: none of them has a goal.
peer() { # PACKAGE PROGRAM COMMAND [ARG]...
	if command -v "$2" >/dev/null; then
		local package=$1
		shift 2
		in_turn true :: "$@" :: krtask new -- true
		cpu=$cpu_3
		command_cost 'krtask new, p50' - "$package"
	else
		missing "krtask new, p50; $2" "$1"
	fi
}
runs=$((runs / 4 + 1))
export NQDIR=$directory/nq
mkdir -p "$NQDIR"
peer nq nq nq -q true
peer at at sh -c 'echo true | at now 2>/dev/null'
peer parallel parallel sh -c 'echo | parallel --semaphore --id krtask-bench true'
runs=${BENCH_RUNS:-51}

# Creations from a batch, with an environment of 3.4 KB; against inserts, 100 in a synced transaction.
for ((i = 1; i <= creates; i++)); do echo "new -- /bin/true"; done >"$directory/new"
create_all() {
	local took
	fresh
	took=$(milliseconds env -i "PATH=$PATH" "HOME=$HOME" "KRTASK_RUNTIME_DIR=$KRTASK_RUNTIME_DIR" "KRTASK_STATE_DIR=$KRTASK_STATE_DIR" \
		"XDG_CONFIG_HOME=$XDG_CONFIG_HOME" "FILLER=$(printf '%03000d' 0)" krtask --batch "$directory/new")
	calc %.0f "1000 * $creates / $took"
}
insert_all() { # with "status", two rows for each task
	calc %.0f "$creates / $(inserts "$creates" 100 "$directory/inserts.db" "$@")"
	rm -f "$directory/inserts.db"*
}
insert_both() { insert_all status; }
versus create_all insert_all
figure 'durable creations from one batch' "$ours" tasks/s 'SQLite alone by 100' "$theirs" "$ratio" \
	"$(calc %.1f "$(server_cpu) / $creates")" '>=0.8'
versus create_all insert_both
figure 'the same' "$ours" tasks/s 'the same, two rows a task' "$theirs" "$ratio" "$(calc %.1f "$(server_cpu) / $creates")" -

# The whole of `krtask get`.
fresh
for ((i = 1; i <= rows; i++)); do echo "new --name 'task number $i' -- /bin/echo $i"; done >"$directory/new"
krtask --batch "$directory/new" >/dev/null
if command -v tsp >/dev/null; then
	tsp_start
	for ((i = 1; i <= rows; i++)); do tsp -n true; done >/dev/null
	tsp -w
	in_turn true :: tsp :: krtask get
	cpu=$cpu_3
	command_cost "krtask get of $rows tasks" '<=0.12' 'tsp'
	tsp_stop
else
	missing "krtask get of $rows tasks; tsp" task-spooler
fi
in_turn /bin/true :: least "$KRTASK_RUNTIME_DIR/default.sock" list :: krtask get
cpu=$cpu_3
figure "krtask get of $rows tasks" "$wall_3" ms /bin/true "$wall_1" "$(calc %.2f "$wall_3 / $wall_1")" "$cpu" -
command_cost 'the same' - 'smallest client that lists'

# Parsing and checking the lines of a batch; against counting their words.
read -r ours theirs <<<"$(parse "$lines")"
figure 'lines of a batch, parsed and checked' "$ours" lines/s 'their bytes looked at' "$theirs" "$(calc %.3f "$ours / $theirs")" \
	"$(calc %.2f "1e6 / $ours")" -
figure 'the same' "$ours" lines/s - - - - '>=1000000'

# What both programs take on the disk.
for program in krtask krtaskd; do strip -o "$directory/$program" "$build/$program"; done
kilobytes() { cat "$@" | wc -c | awk '{ printf "%.0f", $1 / 1024 }'; }
both=$(kilobytes "$directory/krtask" "$directory/krtaskd")
figure 'both programs, stripped' "$both" KB - - - - '<=480'
if command -v tmux >/dev/null; then
	figure 'the same' "$both" KB tmux "$(kilobytes "$(command -v tmux)")" - - -
fi
