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
krtask -s bench1 server start >/dev/null
for ((k = 1; k <= host_tasks; k++)); do echo "new --name 'task number $k' -- /bin/echo $k"; done | krtask -s bench1 --batch >/dev/null
pid=$(krtask -s bench1 server status --json | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p')
krtask -s bench1 server stop >/dev/null
tail --pid="$pid" -f /dev/null # nothing has the database open any more
for ((i = 1; i <= hosts; i++)); do
	others+=" bench$i"
	echo "host$i = ssh://host$i/bench$i" >>"$XDG_CONFIG_HOME/krtask/config"
	# Not the lock, by which a copy is known: nothing has run, so there is nothing that two servers would both have.
	test "$i" = 1 || { cp -r "$KRTASK_STATE_DIR/bench1" "$KRTASK_STATE_DIR/bench$i" && rm -f "$KRTASK_STATE_DIR/bench$i/lock"; }
	krtask -s "bench$i" server start >/dev/null
	one_by_one+="krtask -s host$i get; "
done

# The screen of all of them: the first rows, keys when all have answered, what is in one order, and the memory of it.
total=$((hosts * (host_tasks + 1)))
plain_terminal
TERMINFO=$directory/terminfo TERM=plain paint 'task number 1' '' ~4000 j " 3/$total" G "$total/$total" g " 1/$total" \
	j " 2/$total" o "1/$((total - hosts))" j "2/$((total - hosts))" \
	-- sh -c 'echo $$ >"$0"; exec krtask -s all' "$directory/screen" >"$directory/painted" &
painter=$!
most=0
while kill -0 "$painter" 2>/dev/null; do
	memory=$(awk '/^VmHWM/ { print $2 / 1024 }' "/proc/$(cat "$directory/screen" 2>/dev/null)/status" 2>/dev/null) || memory=
	test -z "$memory" || most=$memory
	sleep 0.05
done
wait "$painter"
read -r first _ down end home again merged moved <"$directory/painted"
figure "first rows of $hosts servers with $host_tasks tasks" "$first" ms - - - - '<=200'
figure '    a key' "$down" ms 'another' "$again" - - '<=10'
figure '    to the last row of the last server, and back' "$end" ms back "$home" - - -
figure '    all of them in one order' "$merged" ms - - - - -
figure '    a key there' "$moved" ms - - - - '<=10'
figure '    memory of the screen' "$most" MiB - - - - '<=64'
in_turn true :: sh -c "$one_by_one" :: krtask -s all get
cpu=$cpu_3
command_cost "get of $hosts servers with $host_tasks tasks each" - 'one after the other'
stop_others
rm "$XDG_CONFIG_HOME/krtask/config"
unset KRTASK_SSH
