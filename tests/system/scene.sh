# shellcheck shell=bash
#
# Tasks for pictures of the screen: those of golden.test, and of the manual (doc/pictures).  A caller has sourced lib.sh,
# and calls scene_end when the pictures are taken.
# shellcheck disable=SC2016 # code for tasks stands in single quotes

scene_report='printf "%s\n" "$1" >&"$KRTASK_PROGRESS_FD"; read -r _ <"$SCENE"'

scene_begin() {
	export SCENE=$T/scene
	mkfifo "$SCENE"
	cd / || return
	krtask server start --slots 8 >/dev/null
	krtask group add gpu --slots 1 --priority 5 >/dev/null
	krtask group add sync --slots 4 --on-empty 'echo done' >/dev/null
	krtask run --id 1 --name backup -c 'echo "copied 214 files"' >/dev/null
	krtask wait 1 >/dev/null
	krtask run --id 2 --name unit-tests -c 'echo "1..3"; echo "not ok 2 - two"; echo "FAIL: test_2: expected 3, got 4" >&2; exit 77' >/dev/null
	krtask wait 2 >/dev/null
	krtask run --id 3 --name nightly --retry 1 --retry-delay 0s -c 'echo "no space left on the device" >&2; exit 3' >/dev/null
	krtask wait 3 >/dev/null
	krtask new --id 4 --name ideas -- make -j4 all >/dev/null
	krtask run --id 5 --name 'release 4.2' --group sync -- bash -c "$scene_report" release '30 3 of 9 parts' >/dev/null
	poll 8 in_state 5 Running
	krtask run --id 6 --name compile --parent 5 -- bash -c "$scene_report" compile '45 compiling unit 45 of 100' >/dev/null
	poll 8 in_state 6 Running
	krtask run --id 7 --name test --parent 5 --after 6 -- make check >/dev/null
	krtask run --id 8 --name training --group gpu -- bash -c "$scene_report" training '80 epoch 8/10' >/dev/null
	poll 8 in_state 8 Running
	krtask run --id 9 --name evaluation --group gpu -- python3 evaluate.py >/dev/null
	krtask pause 9 >/dev/null
	krtask run --id 10 --name media -- bash -c 'for i in 1 2 3; do echo "file $i of 3: 100%"; done; read -r _ <"$SCENE"' >/dev/null
	poll 8 in_state 10 Running
}

scene_end() {
	krtask stop --kill --all >/dev/null
}
