# shellcheck shell=bash
#
# A cluster of Slurm for one test, after lib.sh: daemons of its own on loopback, without systemd.
#
#     cluster_lacks     prints what is missing for it, or nothing
#     cluster_start     munged, slurmctld and two nodes, whose ports are free ones
#     cluster_stop      ends them
#     controller_start, controller_end
#
# Everything is in $T/cluster.  The daemons have the HOME of the test, so lib.sh finds what is left of them.

cluster=$T/cluster

cluster_lacks() {
	local program
	test "$(id -u)" = 0 || { echo "it takes root"; return; }
	for program in munged slurmctld slurmd sbatch; do
		PATH=$PATH:/usr/sbin:/sbin command -v $program >/dev/null || { echo "$program is not installed"; return; }
	done
	case $(getent ahostsv4 "$(hostname -s)" | awk 'NR == 1 { print $1 }') in
	127.*) ;;
	*) echo "the name of this machine is not that of its loopback" ;;
	esac
}

# A daemon stays in the foreground, so its pid is known.
cluster_daemon() { # NAME COMMAND...
	local name=$1
	shift
	setsid "$@" >>"$cluster/$name.out" 2>&1 &
	echo $! >"$cluster/$name.pid"
	disown
}

free_ports() { # COUNT
	perl -MIO::Socket::INET -e 'my @all = map { IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1) } 1 .. shift;
		print join(" ", map { $_->sockport } @all), "\n"' "$1"
}

controller_start() {
	cluster_daemon slurmctld slurmctld -D -f "$SLURM_CONF"
}

controller_end() {
	kill "$(cat "$cluster/slurmctld.pid")"
	poll 10 dead "$(cat "$cluster/slurmctld.pid")"
}

cluster_is_up() {
	test "$(timeout 5 sinfo -h -N -o %T 2>/dev/null | grep -cE '^(idle|mixed|allocated)$')" = 2
}

cluster_configure() { # CONTROLLER NODE NODE: ports
	local host
	host=$(hostname -s)
	cat >"$cluster/slurm.conf" <<-EOF
	ClusterName=krtask
	SlurmctldHost=$host(127.0.0.1)
	SlurmctldPort=$1
	CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
	SlurmUser=root
	SlurmdUser=root
	AuthType=auth/munge
	CredType=cred/munge
	AuthInfo=socket=$cluster/munge/socket
	StateSaveLocation=$cluster/state
	SlurmdSpoolDir=$cluster/spool-%n
	SlurmctldPidFile=$cluster/slurmctld.own
	SlurmdPidFile=$cluster/slurmd-%n.own
	SlurmctldLogFile=$cluster/slurmctld.log
	SlurmdLogFile=$cluster/slurmd-%n.log
	ProctrackType=proctrack/linuxproc
	TaskPlugin=task/none
	JobAcctGatherType=jobacct_gather/none
	MpiDefault=none
	SwitchType=switch/none
	SlurmdParameters=config_overrides
	ReturnToService=2
	SchedulerType=sched/backfill
	SchedulerParameters=batch_sched_delay=0,sched_min_interval=0
	SelectType=select/cons_tres
	SelectTypeParameters=CR_Core
	KillWait=2
	InactiveLimit=0
	Waittime=0
	AccountingStorageType=accounting_storage/none
	NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$2 CPUs=8 RealMemory=1000 State=UNKNOWN
	NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$3 CPUs=8 RealMemory=1000 State=UNKNOWN
	PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
	EOF
	# Where no cgroups are mounted, the daemons would not start otherwise.  Slurm 22.05 does not know "disabled".
	case $(slurmd -V) in
	*\ 2[0-2].*) echo "CgroupPlugin=cgroup/v1" ;;
	*) echo "CgroupPlugin=disabled" ;;
	esac >"$cluster/cgroup.conf"
}

cluster_start() {
	local -a ports
	PATH=$PATH:/usr/sbin:/sbin
	# munged insists on directories that all can search and only their owner can write.
	chmod 755 "$T"
	mkdir -p "$cluster"/{munge,state,spool-n1,spool-n2}
	chmod 755 "$cluster" "$cluster"/*
	(umask 077; head -c 1024 /dev/urandom >"$cluster/munge/key")
	cluster_daemon munged munged -F --key-file="$cluster/munge/key" --socket="$cluster/munge/socket" \
		--pid-file="$cluster/munge/pid" --seed-file="$cluster/munge/seed" --log-file="$cluster/munge/log"
	poll 10 test -S "$cluster/munge/socket" || return 1
	read -ra ports <<<"$(free_ports 3)"
	cluster_configure "${ports[@]}"
	export SLURM_CONF=$cluster/slurm.conf
	controller_start
	cluster_daemon slurmd-n1 slurmd -D -f "$SLURM_CONF" -N n1
	cluster_daemon slurmd-n2 slurmd -D -f "$SLURM_CONF" -N n2
	poll 30 cluster_is_up
}

cluster_stop() {
	local file
	timeout 10 scancel --me 2>/dev/null
	for file in "$cluster"/{slurmd-n1,slurmd-n2,slurmctld,munged}.pid; do
		kill "$(cat "$file")" 2>/dev/null
	done
}
