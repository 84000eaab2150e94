# shellcheck shell=bash disable=SC2034,SC2154  # tests/bench/run reads this file; the parts share variables
# The screen.

# The screen at the end of a line of 9,600 baud, with a key held down for 1.5 s; beside it, a terminal that does not answer.
fresh
for ((i = 1; i <= 200; i++)); do echo "new --name 'task number $i' -- true"; done | krtask --batch >/dev/null
if ${CC:-cc} -D_GNU_SOURCE -I"$here/../.." -o "$directory/slow_terminal" "$here/../system/slow_terminal.c" "$here/../system/pty.c" 2>/dev/null; then
	behind() { # KIND: milliseconds
		TERM=xterm-256color "$directory/slow_terminal" 960 "$1" Quit $'\e[B' 1500 q -- krtask | cut -d' ' -f2
	}
	answers=$(behind answers)
	silent=$(behind silent)
	figure 'behind a held key at 9,600 baud' "$answers" ms 'terminal without answers' "$silent" - - -
fi
