# shellcheck shell=bash disable=SC2034,SC2154  # tests/bench/run reads this file; the parts share variables
# Servers of other machines, by an ssh that runs its words here.

# One call through a bridge, against the same call on the socket, in turn.
fresh
krtask new -- true >/dev/null
if perl -MIPC::Open2 -e 1 2>/dev/null; then
	took=$(perl "$here/bridge.pl" "$KRTASK_RUNTIME_DIR/default.sock" "$((rounds * 500))")
	read -r bridged direct <<<"$took"
	figure 'a call through a bridge' "$bridged" ms 'on the socket' "$direct" "$(calc %.2f "$bridged / $direct")" - -
	figure '    more by' "$(calc %.3f "$bridged - $direct")" ms - - - - '<=0.3'
fi

# The tasks of all of several servers; against one server after the other.
printf '#!/bin/sh\nwhile test "$1" = -o; do shift 2; done\nshift\nexec "$@"\n' >"$directory/ssh"
chmod +x "$directory/ssh"
export KRTASK_SSH=$directory/ssh
mkdir -p "$XDG_CONFIG_HOME/krtask"
echo '[servers]' >"$XDG_CONFIG_HOME/krtask/config"
one_by_one=
for ((i = 1; i <= hosts; i++)); do
	others+=" bench$i"
	echo "host$i = ssh://host$i/bench$i" >>"$XDG_CONFIG_HOME/krtask/config"
	krtask -s "bench$i" server start >/dev/null
	for ((k = 1; k <= host_tasks; k++)); do echo "new --name 'task number $k' -- /bin/echo $k"; done | krtask -s "bench$i" --batch >/dev/null
	one_by_one+="krtask -s host$i get; "
done
in_turn true :: sh -c "$one_by_one" :: krtask -s all get
cpu=$cpu_3
command_cost "get of $hosts servers with $host_tasks tasks each" - 'one after the other'
stop_others
rm "$XDG_CONFIG_HOME/krtask/config"
unset KRTASK_SSH
