#!/bin/sh
#
# Forty trainings on two devices: no two of them ever have the same one, and one that runs out of memory is tried
# again, up to three times.
#
#     examples/train.sh DIRECTORY     trains, and prints the three best models, which are in DIRECTORY
#
# Each training fits a polynomial to a curve, with another rate of learning.

set -u
devices=0-1 # for graphics cards the variable is CUDA_VISIBLE_DEVICES

train() { # RATE: one training, inside of a task
	# The device is ours alone: if it were not, this would fail.
	mkdir "busy.$DEVICE" || exit 70
	trap 'rmdir "busy.$DEVICE"' EXIT
	if test "$KRTASK_ATTEMPT" = 1 && test $(($1 % 8)) = 0; then
		echo "device $DEVICE: out of memory" >&2
		exit 75
	fi
	awk -v rate="$1" -v model="model.$1" '
	BEGIN {
		points = 60; rounds = 100
		for (i = 0; i < points; i++) { x[i] = 2 * i / points - 1; y[i] = sin(3 * x[i]) }
		for (round = 1; round <= rounds; round++) {
			loss = g0 = g1 = g2 = g3 = 0
			for (i = 0; i < points; i++) {
				e = a + b * x[i] + c * x[i] ^ 2 + d * x[i] ^ 3 - y[i]
				loss += e ^ 2 / points
				g0 += e; g1 += e * x[i]; g2 += e * x[i] ^ 2; g3 += e * x[i] ^ 3
			}
			step = rate / 40 / points
			a -= step * g0; b -= step * g1; c -= step * g2; d -= step * g3
			if (round % 20 == 0) printf "%d loss %.4f\n", 100 * round / rounds, loss
		}
		printf "%.6f rate %d: %.3f %.3f %.3f %.3f\n", loss, rate, a, b, c, d > model
	}' >&"${KRTASK_PROGRESS_FD:-1}"
}

if test -n "${TRAINING_RATE:-}"; then
	train "$TRAINING_RATE"
	exit
fi

mkdir -p "${1:?a directory is required}" && cd "$1" || exit 1
script=$OLDPWD/$0
test "${0#/}" = "$0" || script=$0

krtask server start >/dev/null || exit 1
krtask group list --quiet | grep -qx training || krtask group add training --devices "DEVICE=$devices" || exit 1
rate=1
while test "$rate" -le 40; do
	krtask run --group training --name "rate $rate" --arg "TRAINING_RATE=$rate" \
		--retry 3 --retry-delay 0.1s --retry-on 75 --file "$script" >/dev/null || exit 1
	rate=$((rate + 1))
done
krtask wait --quiet --group training >/dev/null || exit 1
sort -g model.* | head -n 3
