# shellcheck shell=bash
#
# What every system test stands on: TAP, a server of its own, bounded waits, terminals.
#
# A test sources this file, and then has
#   T            a new directory of its own, removed at the end
#   krtask       on PATH, the one just built (or $KRTASK_BIN, to test an installed one)
#   expect, refuse, is, like, ok, poll …   below
# and ends with `finish`.  Whatever of its processes still lives then is found by the
# value of HOME in its environment, which nobody else has, and ended.

set -u
exec </dev/null

top_builddir=$(cd "${abs_top_builddir:-.}" && pwd)
# shellcheck disable=SC2034 # for the tests
top_srcdir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if test -z "${KRTASK_BIN:-}"; then
	KRTASK_BIN=$top_builddir
fi
PATH=$KRTASK_BIN:$PATH
command -v krtask >/dev/null || { echo "Bail out! no krtask in $KRTASK_BIN"; exit 1; }

T=$(mktemp -d "${TMPDIR:-/tmp}/krt.XXXXXX")
mkdir "$T/home" "$T/work"
mkfifo "$T/never" # nothing is ever written to it
export HOME=$T/home
export KRTASK_RUNTIME_DIR=$T/run KRTASK_STATE_DIR=$T/state XDG_CONFIG_HOME=$T/config
export PATH LC_ALL=C.UTF-8 TZ=UTC TERM=dumb
unset KRTASK_SERVER KRTASK_ID KRTASK_PROGRESS_FD XDG_RUNTIME_DIR XDG_STATE_HOME NO_COLOR
# What make passes on is none of the tasks' business.
unset MAKEFLAGS MFLAGS MAKELEVEL
umask 022
cd "$T/work" || exit 1

test_count=0
test_failed=0
out='' err='' status=0

# --- TAP

note() { # TEXT: a comment in the report, whatever lines it has
	local line
	while IFS= read -r line; do
		printf '# %s\n' "$line"
	done <<<"$1"
}

result_line() { # ok|not DESCRIPTION
	test_count=$((test_count + 1))
	if test "$1" = ok; then
		printf 'ok %d - %s\n' "$test_count" "$2"
	else
		test_failed=$((test_failed + 1))
		printf 'not ok %d - %s\n' "$test_count" "$2"
		test -z "${STOP_AT_FAILURE-}" || exit 1
	fi
}

ok() { # DESCRIPTION COMMAND...
	local description=$1
	shift
	if "$@"; then
		result_line ok "$description"
	else
		result_line not "$description"
		note "failed: $*"
	fi
}

is() { # DESCRIPTION GOT WANTED
	if test "$2" = "$3"; then
		result_line ok "$1"
	else
		result_line not "$1"
		note "     got: $2"
		note "expected: $3"
	fi
}

like() { # DESCRIPTION GOT REGEX (extended)
	if [[ $2 =~ $3 ]]; then
		result_line ok "$1"
	else
		result_line not "$1"
		note "            got: $2"
		note "expected to match: $3"
	fi
}

skip() { # DESCRIPTION REASON
	test_count=$((test_count + 1))
	printf 'ok %d - %s # SKIP %s\n' "$test_count" "$1" "$2"
}

# --- what the programs say, by the names in the headers of messages

eval "$("${AWK:-awk}" -f "$top_srcdir/tests/source/messages.awk" \
	"$top_srcdir/engine/task/messages.h" "$top_srcdir/tui/text/messages.h" "$top_srcdir/tui/text/screen_messages.h")"

as_is() { # TEXT
	printf '%s' "$1"
}

as_regex() { # TEXT: a regex that matches it and nothing else
	local text=$1 character
	while test -n "$text"; do
		character=${text:0:1} text=${text:1}
		[[ $character != [][\\.*^\$+?\(\)\{\}\|] ]] || printf '\\'
		printf '%s' "$character"
	done
}

fill_in() { # QUOTE NAME VALUE...: message MSG_NAME, each piece through the command QUOTE, with values in place of its %s, %d and so on
	local quote=$1 name=MSG_$2 rest
	shift 2
	test -n "${!name+defined}" || { echo "there is no message $name"; return; }
	rest=${!name}
	while [[ $rest =~ ^([^%]*)%[-+0-9.*]*[hlzjt]*[a-z](.*)$ ]]; do
		rest=${BASH_REMATCH[2]}
		"$quote" "${BASH_REMATCH[1]}"
		as_is "${1-}"
		shift $(($# > 0))
	done
	"$quote" "$rest"
}

message() { # NAME VALUE...: the text
	fill_in as_is "$@"
}

like_message() { # NAME REGEX...: a regex that matches the text, with values that match these
	fill_in as_regex "$@"
}

# --- commands

# Starting a program costs more than most of what is tested here: these helpers start none.

# pause SECONDS
pause() {
	local nothing
	! read -rt "$1" nothing <>"$T/never"
}

# whole FILE: leaves what is in it in $text, without last newlines and NULs.
whole() {
	local -a pieces
	mapfile -d '' -t pieces <"$1"
	printf -v text %s "${pieces[@]}"
	text=${text%"${text##*[!$'\n']}"}
}

# run COMMAND...: leaves $out, $err (without last newlines and NULs), $status, and the bytes in $T/out, $T/err.  It has RUN_LIMIT
# seconds (20).
run() {
	timeout --foreground "${RUN_LIMIT:-20}" "$@" >"$T/out" 2>"$T/err"
	status=$?
	whole "$T/out" && out=$text
	whole "$T/err" && err=$text
}

expect() { # DESCRIPTION STATUS OUTPUT COMMAND...: both, exactly
	local description=$1 wanted_status=$2 wanted_out=$3
	shift 3
	run "$@"
	if test "$status" = "$wanted_status" && test "$out" = "$wanted_out"; then
		result_line ok "$description"
		return
	fi
	result_line not "$description"
	note "command: $*"
	note "     got: status $status, output: $out"
	note "expected: status $wanted_status, output: $wanted_out"
	note "  stderr: $err"
}

refuse() { # DESCRIPTION STATUS REGEX COMMAND...: nothing on standard output, one line of error that matches
	local description=$1 wanted_status=$2 regex=$3
	shift 3
	run "$@"
	if test "$status" = "$wanted_status" && test -z "$out" && [[ $err =~ $regex ]] && [[ $err != *$'\n'* ]]; then
		result_line ok "$description"
		return
	fi
	result_line not "$description"
	note "command: $*"
	note "     got: status $status, output: $out"
	note "  stderr: $err"
	note "expected: status $wanted_status, one line of error matching: $regex"
}

# poll SECONDS COMMAND...: until it succeeds; for what nothing can be waited for.  A busy machine, which tries it less than ten times
# a second, has the time for as many tries.
poll() {
	local deadline=$((SECONDS + $1)) tries=$((10 * $1))
	shift
	case "$1 ${3-}" in
	'test =' | 'test !=' | 'test -eq' | 'test -ne' | 'test -lt' | 'test -le' | 'test -gt' | 'test -ge')
		result_line not "poll gets words that never change: $*"
		;;
	esac
	until "$@"; do
		test "$SECONDS" -le "$deadline" || test "$tries" -gt 0 || return 1
		tries=$((tries - 1))
		pause 0.03
	done
}

# --- tasks

in_state() { # ID STATE
	test "$(krtask state "$1" 2>/dev/null)" = "$2"
}

field() { # ID PATH: of its JSON, as in  field 7 '{progress}{percentComplete}'
	krtask get "$1" --json 2>/dev/null | json "$2"
}

json() { # PATH... or --keys: of each object on standard input, see json.c; it is compiled when it is first needed in a build
	local program=$top_builddir/tests/system/json source=$top_srcdir/tests/system/json.c
	if ! test "$program" -nt "$source"; then
		mkdir -p "${program%/*}" && ${CC:-cc} -D_GNU_SOURCE -o "$program.$BASHPID" "$source" -ljansson &&
			mv "$program.$BASHPID" "$program" || return
	fi
	"$program" "$@"
}

server_pid() { krtask --no-start server status --json 2>/dev/null | json '{pid}'; }
anchor_pid() { krtask --no-start server status --json 2>/dev/null | json '{anchorPid}'; }

kill_at_once() { # ANCHOR SERVER: neither sees the other one die, and starts another server
	kill -STOP "$@"
	kill -KILL "$@"
}

dead() { # PID: gone, or nothing but a zombie
	local word state=''
	while read -r word state _; do
		test "$word" != State: || break
	done 2>/dev/null <"/proc/$1/status"
	test "${word-}" = State: || state=''
	test -z "$state" || test "$state" = Z
}

# shellcheck disable=SC2120 # the tests give it
pids_of_ours() { # [PROGRAM]: of every process of this test (not this shell), or of those that run that program
	perl -e '
		my ($home, $program) = @ARGV;
		for my $directory (glob "/proc/[0-9]*") {
			open my $environ, "<", "$directory/environ" or next;
			local $/;
			("\0" . (<$environ> // "")) =~ /\0\Q$home\E\0/ or next;
			my $pid = substr $directory, 6;
			next if $pid == $$ || defined $program && (readlink("$directory/exe") // "") !~ m{/\Q$program\E( \(deleted\))?$};
			print "$pid\n";
		}
	' "HOME=$T/home" "$@"
}

# --- a bad connection

proxy() { # SERVER RULE...: a socket $proxied before the socket of that server, see proxy.pl
	local server=$KRTASK_RUNTIME_DIR/$1.sock
	shift
	proxied=$(mktemp -u "$T/proxy.XXXXXX")
	perl "$top_srcdir/tests/system/proxy.pl" "$proxied" "$server" "$@" &
	disown
	poll 10 test -e "$proxied.calls" # made once it listens
}

calls_of() { # METHOD: how many of it came through the last proxy
	grep -cx "$1" "$proxied.calls"
}

# --- the wire by hand

# Sends the server `default` what standard input holds (with \0 as it stands here), prints the replies, a line each, until WANTED of
# them came or the server ends the connection ("closed"); -1: until then.
talk() { # WANTED
	# shellcheck disable=SC2016 # perl
	timeout 20 perl -MIO::Socket::UNIX -e '
		my ($path, $wanted) = @ARGV;
		my $socket = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $path) or die "connect: $!\n";
		local ($/, $|) = (undef, 1);
		my $text = <STDIN>;
		$text =~ s/\n+\z//;
		$text =~ s/\\0/\0/g;
		$SIG{PIPE} = "IGNORE";
		my $written = 0;
		while ($written < length $text) {
			my $count = syswrite $socket, $text, 65536, $written;
			last unless defined $count;
			$written += $count;
		}
		shutdown $socket, 1 if $wanted < 0;
		my ($buffer, $seen) = ("", 0);
		while ($wanted < 0 || $seen < $wanted) {
			my $count = sysread $socket, $buffer, 65536, length $buffer;
			if (!$count) { print "closed\n"; last }
			while ($buffer =~ s/^([^\0]*)\0//) { print "$1\n"; $seen++ }
		}
	' "$KRTASK_RUNTIME_DIR/default.sock" "$1"
}

# --- gates: a task that waits until the test lets it go

gate() { # NAME: makes it; in the task:  read -r line <NAME
	mkfifo "$T/$1"
}

open_gate() { # NAME: lets go the one reader that waits, or will within 10 s
	# shellcheck disable=SC2016 # it is the inner shell's $1
	timeout 10 sh -c 'echo go >"$1"' sh "$T/$1"
}

# --- terminals, by tmux with a server of this test's own

tmux_socket=$T/tmux.0
tmux_own() { tmux -S "$tmux_socket" -f /dev/null "$@"; }

terminal() { # COLUMNS LINES COMMAND: runs it on a terminal of that size
	test ! -S "$tmux_socket" || tmux_own kill-server
	tmux_socket=$T/tmux.$((${tmux_socket##*.} + 1)) # a server that is just ending is no server
	tmux_own new-session -d -x "$1" -y "$2" "$3; echo exit status \$?; exec cat"
	tmux_own set-option -g remain-on-exit on
	tmux_own set-option -g escape-time 0
	tmux_own set-option -g status off
	tmux_own resize-window -x "$1" -y "$2"
}

keys() { tmux_own send-keys "$@"; }
missed_text='' missed_regex=''
screen() { tmux_own capture-pane -p; }
on_screen() { # REGEX (extended): a line of it matches
	local text line
	text=$(screen)
	# It is looked at often, and often as it was.
	test "$text" != "$missed_text" || test "$1" != "$missed_regex" || return 1
	while IFS= read -r line; do
		if [[ $line =~ $1 ]]; then return 0; fi
	done <<<"$text"
	missed_text=$text missed_regex=$1
	return 1
}
not_on_screen() { ! on_screen "$1"; }

shows() { # DESCRIPTION REGEX [SECONDS]: a line of the screen comes to match
	if poll "${3:-8}" on_screen "$2"; then
		result_line ok "$1"
	else
		result_line not "$1"
		note "no line matches: $2"
		note "$(screen)"
	fi
}

hides() { # DESCRIPTION REGEX [SECONDS]: no line of the screen matches any more
	if poll "${3:-8}" not_on_screen "$2"; then
		result_line ok "$1"
	else
		result_line not "$1"
		note "a line still matches: $2"
		note "$(screen)"
	fi
}

# --- terminals by programs of these tests, with bytes as they are

compile() { # NAME: tests/system/NAME.c, as $T/NAME; if that fails, $T/cc says why
	${CC:-cc} -D_GNU_SOURCE -I"$top_srcdir" -o "$T/$1" "$top_srcdir/tests/system/$1.c" "$top_srcdir/tests/system/pty.c" 2>"$T/cc"
}

# --- the end

# shellcheck disable=SC2317 # it is a trap's
clean_up() {
	local pid pids round
	test ! -S "$tmux_socket" || tmux_own kill-server 2>/dev/null
	if test -d "$KRTASK_STATE_DIR"; then
		timeout 5 krtask --no-start server stop --cancel >/dev/null 2>&1
	fi
	for round in 1 2 3 4 5 6 7 8 9 10; do
		pids=$(pids_of_ours)
		test -n "$pids" || break
		for pid in $pids; do
			kill -KILL "$pid" 2>/dev/null
		done
		pause "0.0$((round - 1))"
	done
	cd / && rm -rf "$T"
}
trap clean_up EXIT
trap 'exit 1' HUP INT PIPE TERM

# never_logged NAME REGEX: no server's log has such a line.  This is a result only if it fails.
never_logged() {
	if grep -hsE "$2" "$KRTASK_STATE_DIR"/*/krtaskd.log >"$T/logged"; then
		result_line not "$1"
		note "$(cat "$T/logged")"
	fi
}

finish() {
	# Builds for tests have a limit of what a turn may take: the server says so, and ends.
	never_logged "no turn of the loop takes long" "$(like_message TURN_TOO_LONG "[0-9]+" "[0-9]+")"
	# The next server goes on as if nothing had been.
	never_logged "no server dies of a fault" "$(like_message SERVER_KILLED "(SEGV|BUS|FPE|ILL|ABRT)")"
	printf '1..%d\n' "$test_count"
	test "$test_failed" = 0
	exit
}
