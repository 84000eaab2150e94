# shellcheck shell=bash disable=SC2034,SC2154  # tests/bench/run reads this file; the parts share variables
# The table that `make bench` prints, and what its figures are made with.

# Prints a row.  GOAL is "<=N" or ">=N" for RATIO, or for OURS where RATIO is "-"; "-": there is none.
# CPU: microseconds of processor time for each task or command, the server's and the client's.
figure() { # WHAT OURS UNIT BESIDE THEIRS RATIO CPU GOAL
	local met=-
	if test "$8" != -; then
		met=$(perl -e 'my ($v, $goal) = @ARGV; my ($op, $n) = $goal =~ /^([<>]=)(.*)/;
			print(($op eq "<=" ? $v <= $n : $v >= $n) ? "yes" : "no")' -- "$(test "$6" = - && echo "$2" || echo "$6")" "$8")
	fi
	printf '%-50s %10s %-8s %-28s %10s %6s %7s %7s %s\n' "$@" "$met"
}
missing() { # WHAT PACKAGE: a peer that is not installed
	printf '%-50s %s\n' "$1" "not measured: apt-get install $2"
}
heading() {
	printf '%-50s %10s %-8s %-28s %10s %6s %7s %7s %s\n' figure krtask unit beside theirs ratio 'CPU us' goal met
}

calc() { perl -e 'printf $ARGV[0], eval $ARGV[1]' -- "$1" "$2"; }
median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
milliseconds() { # COMMAND...: how long it took
	local start
	start=$(date +%s%N)
	"$@" >/dev/null
	echo "$((($(date +%s%N) - start) / 1000))e-3"
}

# Calls two functions in turn, $rounds times; each prints a number.  Sets ours and theirs to the medians, and ratio to
# the median of ours / theirs, so that what else the machine does meets both alike.
versus() { # OURS THEIRS
	local i a b all_ours='' all_theirs='' all_ratios=''
	for ((i = 0; i < rounds; i++)); do
		b=$("$2")
		a=$("$1")
		all_ours+="$a"$'\n' all_theirs+="$b"$'\n' all_ratios+="$(calc %.4f "$a / $b")"$'\n'
	done
	ours=$(printf %s "$all_ours" | median)
	theirs=$(printf %s "$all_theirs" | median)
	ratio=$(calc %.2f "$(printf %s "$all_ratios" | median)")
}

# Servers of the benchmark's own.
fresh() { # OPTION...: a server with nothing in it
	krtask --no-start server stop --cancel >/dev/null 2>&1 || true
	rm -rf "$KRTASK_STATE_DIR"
	krtask server start "$@" >/dev/null
}
server_pid() { krtask --no-start server status --json | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p'; }
resident() { awk '/^VmRSS/ { print $2 * 1024 }' "/proc/$(server_pid)/status"; } # bytes of the server's memory
server_cpu() { cat "/proc/$(server_pid)/task"/*/schedstat | awk '{ sum += $1 } END { printf "%.0f", sum / 1000 }'; } # us
stop() { # returns when nothing has the database open any more
	local pid
	pid=$(server_pid)
	krtask --no-start server stop >/dev/null
	tail --pid="$pid" -f /dev/null
}

# Commands that a shell starts, in turn: sets wall_1 and cpu_1 (ms, us), wall_2 ... in the order of the commands.
in_turn() { # COMMAND [ARG]... [:: COMMAND [ARG]...]...
	local i=0 wall cpu
	while read -r wall cpu; do
		i=$((i + 1))
		printf -v "wall_$i" %s "$wall"
		printf -v "cpu_$i" %s "$cpu"
	done < <(repeat "$runs" "$@")
	test "$i" -gt 0
}

wall_1='' wall_2='' wall_3='' cpu_3='' # in_turn() sets them
command_cost() { # WHAT GOAL BESIDE: of wall_3 with cpu_3, against wall_2; $cpu is the server's
	figure "$1" "$wall_3" ms "$3" "$wall_2" "$(calc %.2f "$wall_3 / $wall_2")" "$cpu" "$2"
}

# Makes a terminal that moves the cursor and clears the screen, and can do nothing else, for paint.
plain_terminal() {
	mkdir -p "$directory/terminfo"
	printf 'plain|moves and clears,\n\tam, xenl, cols#80, lines#24, cup=\\E[%%i%%p1%%d;%%p2%%dH, clear=\\E[H\\E[J,\n' >"$directory/plain"
	tic -o "$directory/terminfo" "$directory/plain"
}
