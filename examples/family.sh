#!/bin/sh
#
# A family of tasks: a parent with three children, of which one does its work, one fails, and one is cancelled.
#
#     examples/family.sh          makes the parent and prints its id
#     krtask wait ID; krtask log ID
#
# A task that is made inside of a task is its child: nothing more is to be said about it.

set -u

if test -z "${KRTASK_ID:-}"; then
	exec krtask run --name family --description 'three children of different luck' --file "$0"
fi

# --- from here on inside of the parent

diligent=$(krtask run --name diligent -c '
	for percent in 20 40 60 80 100; do
		echo "$percent washing up" >&"$KRTASK_PROGRESS_FD"
	done')

unlucky=$(krtask run --name unlucky -c '
	echo "40 carrying plates" >&"$KRTASK_PROGRESS_FD"
	echo "dropped them" >&2
	exit 3')

# It does not end by itself, and says so in its output once it is ready to be asked.
endless=$(krtask run --name endless -c '
	trap "echo put everything away; exit 0" TERM
	echo playing
	while :; do sleep 0.1; done')

succeeded=0 failed=0 cancelled=0

krtask progress 10 'waiting for the diligent one'
krtask wait "$diligent" && succeeded=$((succeeded + 1))

krtask progress 40 'waiting for the unlucky one'
krtask wait "$unlucky" || failed=$((failed + 1))

krtask progress 70 'calling the endless one'
until krtask log "$endless" | grep -q playing; do sleep 0.1; done
krtask stop "$endless" >/dev/null
krtask wait "$endless"
test "$(krtask state "$endless")" = Stopped && cancelled=$((cancelled + 1))

krtask progress 100 'all are in bed'
echo "$succeeded done, $failed failed, $cancelled cancelled"
