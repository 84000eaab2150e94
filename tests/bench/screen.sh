# shellcheck shell=bash disable=SC2034,SC2154  # tests/bench/run reads this file; the parts share variables
# The screen.

# The screen at the end of a line of 9,600 baud, with a key held down for 1.5 s; beside it, a terminal that does not answer.
fresh
for ((i = 1; i <= 200; i++)); do echo "new --name 'task number $i' -- true"; done | krtask --batch >/dev/null
if ${CC:-cc} -D_GNU_SOURCE -I"$here/../.." -o "$directory/slow_terminal" "$here/../system/slow_terminal.c" "$here/../system/pty.c" 2>/dev/null; then
	behind() { # KIND: milliseconds
		TERM=xterm-256color "$directory/slow_terminal" 960 "$1" Quit $'\e[B' 1500 q -- krtask | cut -d' ' -f4
	}
	answers=$(behind answers)
	silent=$(behind silent)
	figure 'behind a held key at 9,600 baud' "$answers" ms 'terminal without answers' "$silent" - - -
fi

# Keys, with many tasks held.  The terminal moves the cursor and clears the screen, and can do nothing else, so that paint
# knows what it shows.
plain_terminal
on_screen() { # TEXT [KEY TEXT]...: milliseconds, in the order of activity
	rm -f "$KRTASK_STATE_DIR/screen.ini"
	TERMINFO=$directory/terminfo TERM=plain paint "$@" -- krtask
}
slowest() { tr ' ' '\n' | sort -g | tail -n 1; }
middle_of() { tr ' ' '\n' | median; }
help=('?' 'show this help' q Quit)
helps=("${help[@]}" "${help[@]}" "${help[@]}" "${help[@]}" "${help[@]}")
keys_figure() { # WHAT GOAL: the keys of help, the median and the longest time
	local times
	times=$(on_screen Quit "${helps[@]}" | cut -d' ' -f2-)
	figure "$1" "$(middle_of <<<"$times")" ms 'the slowest of 10' "$(slowest <<<"$times")" - - "<=$2"
}

fresh
# The first one is the first by name, too, so the selection stays there.
perl -MList::Util=shuffle -e 'printf "new --name \"task %07d\" -- true\n", $_ for 1, shuffle 2 .. shift' "$held" >"$directory/new"
krtask --batch "$directory/new" >/dev/null
for ((i = 0; i < rounds; i++)); do on_screen Quit; done | median >"$directory/first"
figure "first rows of $held tasks on a screen" "$(cat "$directory/first")" ms - - - - '<=20'
keys_figure "a key with $held tasks" 10
middle=$(printf 'task %07d' "$((held / 2))") page=$(printf 'task %07d' "$((held / 2 + 50))") last=$(printf 'task %07d' "$held")
read -r _ _ sorted end found page back < <(on_screen Quit '>' 'by ID' '>' 'task 0000015' $'\e[F' "$last" \
	"/$middle"$'\r' "$middle" $'\e[6~\e[6~\e[6~' "$page" $'\e[H' 'task 0000015')
figure "$held sorted by name: the first rows" "$sorted" ms - - - - '<=300'
figure '    the last rows' "$end" ms - - - - '<=300'
figure '    a task in the middle is found' "$found" ms - - - - -
figure '    three pages on' "$page" ms - - - - '<=10'
figure '    the first rows again' "$back" ms - - - - '<=10'
read -r _ filtered < <(on_screen Quit $'f000123 \r' 'filter: 000123')
figure '    a filter' "$filtered" ms - - - - '<=300'

# The same while 1,000 tasks a second end, in turn with a program that only echoes: what both wait for is the scheduler.
for ((i = 0; i < 300; i++)); do
	for ((j = 0; j < 100; j++)); do echo 'new --start -- true'; done
	sleep 0.1
done | krtask --batch >/dev/null &
busy=$!
slow='' echoes=''
for ((i = 0; i < 2; i++)); do
	slow+=$(on_screen Quit "${helps[@]}" | cut -d' ' -f2-)' '
	echoes+=$(paint Quit "${helps[@]}" -- perl "$here/echo.pl" | cut -d' ' -f2-)' '
done
figure '    while 1,000 tasks a second end' "$(middle_of <<<"${slow% }")" ms 'an echo' "$(middle_of <<<"${echoes% }")" - - '<=10'
figure '      the slowest of 20' "$(slowest <<<"${slow% }")" ms 'an echo' "$(slowest <<<"${echoes% }")" - - '<=10'
kill "$busy" 2>/dev/null || true
wait "$busy" 2>/dev/null || true

# Following a task that prints as fast as it can.
fresh
krtask new --start --max-log 1m --name yes -- timeout 10 yes >/dev/null
read -r _ _ cpu_yes < <(on_screen Quit l 'Task 1' '' '~3000')
figure 'processor time a second of a screen that follows yes' "$cpu_yes" ms - - - - '<=20'
times=$(on_screen Quit l 'Task 1' h 'show this help' q 'Task 1' h 'show this help' q 'Task 1' | cut -d' ' -f3-)
figure '    a key there' "$(middle_of <<<"$times")" ms 'the slowest of 4' "$(slowest <<<"$times")" - - '<=20'
krtask stop --all >/dev/null 2>&1 || true
