#!/bin/sh
#
# A nightly backup.  Every night, by cron (or by a timer of systemd):
#
#     25 22 * * *   /usr/share/doc/krtask/examples/backup.sh ~/work /mnt/backup 22:30 >/dev/null
#
# (cron sends what a job prints by mail: here the id.  Errors still come.)
#
#     backup.sh SOURCE DESTINATION [TIME]
#
# prints the id of the task, which begins at TIME, or at once.  There is one such task at a time.  If it cannot begin
# by 06:00, that night has no backup; if it takes longer than four hours, it is terminated; and if it fails,
# DESTINATION/failures says so.  The last seven archives are kept.

set -u
# The PATH of cron is short, and the task and what follows its failure inherit it.
PATH=$PATH:/usr/local/bin${HOME:+:$HOME/.local/bin}
export PATH
limit=${BACKUP_LIMIT:-4h} # of the time that it may take
compress=${BACKUP_WITH:-gzip} # a program that compresses standard input

back_up() { # SOURCE: inside of the task, in the destination
	trap 'rm -f new.tar new.tar.z' EXIT
	trap 'exit 143' TERM # its time limit has been reached, or somebody cancels it
	krtask progress 0 "collecting"
	tar -cf new.tar -C "$1" . || exit 1
	krtask progress 40 "comparing"
	tar -df new.tar -C "$1" || exit 1
	krtask progress 60 "compressing"
	$compress <new.tar >new.tar.z || exit 1
	mv new.tar.z "backup-$(date +%Y-%m-%dT%H%M%S)-$KRTASK_ID.tar.z" || exit 1
	set -- backup-*.tar.z
	while test $# -gt 7; do
		rm "$1"
		shift
	done
}

if test "${1:-}" = --inside; then
	back_up "$2"
	exit
fi

source=$(cd "${1:?a source is required}" && pwd) || exit 1
destination=${2:?a destination is required}
mkdir -p "$destination" || exit 1
script=$(cd "$(dirname "$0")" && pwd)/${0##*/}

# shellcheck disable=SC2016 # what follows a failure expands its variables itself
exec krtask run --name "backup of $source" --cwd "$destination" \
	--unique "backup of $source" ${3:+--at "$3"} --expire 06:00 --time-limit "$limit" --kill-after 60 \
	--nice 10 --ionice idle --on-fail '{ date; krtask why "$KRTASK_TASK_ID"; } >>failures' \
	-- sh "$script" --inside "$source"
