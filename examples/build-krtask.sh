#!/bin/sh
#
# Builds krtask from its sources, as a task with live progress.
#
#     examples/build-krtask.sh [SOURCE]      makes the task and prints its id
#     krtask                                 shows it
#
# The build is in a temporary directory of its own, which goes away with it; SOURCE (default: where this script is) stays as it is.
# CFLAGS and CC of the caller count.

set -eu

if test -z "${KRTASK_ID:-}"; then
	source=$(cd "${1:-$(dirname "$0")/..}" && pwd)
	exec krtask run --name 'build krtask' --merge --file "$0" -- "$source"
fi

# --- from here on inside of the task

source=$1
directory=$(mktemp -d "${TMPDIR:-/tmp}/krtask-build.XXXXXX")
trap 'chmod -R u+w "$directory"; rm -rf "$directory"' EXIT
trap 'exit 143' TERM

progress() { echo "$1 $2" >&"$KRTASK_PROGRESS_FD"; }

progress 1 'copying the sources'
tar -C "$source" -cf - --mode=u+w --exclude=.git --exclude=./build --exclude='*.o' --exclude='*.a' . | tar -C "$directory" -xf -
cd "$directory"

if ! test -x configure; then
	progress 3 'autoreconf'
	autoreconf -fi
fi
progress 8 'configure'
./configure --quiet CFLAGS="${CFLAGS:--O0}"

# make tells beforehand how many files there are to compile.
total=$(make -n krtask krtaskd | grep -c ' -c -o ')
test "$total" -gt 0
count=0
progress 20 "compiling $total files"
mkfifo lines
make -j2 V=0 krtask krtaskd >lines 2>&1 &
make=$!
while read -r line; do
	echo "$line"
	case $line in
	*CC*)
		count=$((count + 1))
		test "$count" -le "$total" || count=$total
		progress $((20 + 78 * count / total)) "$line"
		;;
	esac
done <lines
wait "$make"

progress 99 'trying it'
./krtask --version
