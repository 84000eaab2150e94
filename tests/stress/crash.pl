# The client of tests/stress/crash: has tasks run while krtaskd is killed and its calls fail, and checks what it was answered.
#
#     perl crash.pl DIRECTORY SECONDS SEED LIBRARY POINTS-SOURCE [graph]      (KRTASK_… and PATH are set; DIRECTORY is empty)
#
# Some of the tasks are tried again when they fail: each attempt writes down that it begins and that it ends, and must do so once and in
# order.
#
# In windows of some rounds.  A round arms fault points (points.c), or kills from outside after a random time, and meanwhile asks for
# tasks, most of which write down that they run and exit with a status of their own; some are to be stopped.  Each reply is kept: a task
# is acknowledged, refused, or neither, since the connection broke.  At the end of a window nothing fails any more, and after all has
# ended each task is checked.  In windows in which no anchor is killed no status may be lost.
use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;
use JSON::PP;
use MIME::Base64;
use Time::HiRes qw(time sleep);
use Errno;
use File::Basename;

require(dirname(__FILE__) . "/$_.pl") for qw(graph processes);

my ($directory, $seconds, $seed, $library, $source, $graph) = @ARGV;
my ($round_tasks, $window_rounds, $reply_seconds, $settle_seconds) = ($graph ? 34 : 16, 6, 20, $graph ? 120 : 60);
my $control = "$directory/control";
my $socket_path = "$ENV{KRTASK_RUNTIME_DIR}/default.sock";
my $json = JSON::PP->new->utf8;
srand $seed;
$| = 1;
$SIG{PIPE} = 'IGNORE';

# --- what is found

my (@bad, @happened); # happened: in this window

# The first time in a window, what happened in it.
sub bad {
	my ($text) = @_;
	push @bad, $text;
	print "# $text\n" if @bad <= 30;
	print "#     before that: $_\n" for @happened;
	@happened = ();
}

# --- fault points

my ($any, $anchor, $server, $child) = (0 .. 3);                      # roles
my ($slots, $slot_ints, $roles) = (4, 9, 4);
my $next = 1; # number of a task
my @points;                                                          # [name, [error…]]
my %injected;                                                        # "name error" => how often

sub read_points {
	open my $in, '<', $source or die "$source: $!";
	while (<$in>) {
		push @points, [$1, [split ' ', $2]] if /^\tX\([A-Z_]+, "([a-z-]+)", "([A-Z ]*)"\)/;
	}
	die 'memory is not the last point' if !@points || $points[-1][0] ne 'memory';
	open my $out, '>', $control or die "$control: $!";
	print $out "\0" x (4 * ($slots * $slot_ints + 2 * $roles)) or die;
	close $out or die;
}

sub control_io { # FIRST COUNT [VALUE…]: ints of struct control, read or written
	my ($first, $count, @values) = @_;
	open my $file, '+<', $control or die "$control: $!";
	sysseek $file, 4 * $first, 0;
	if (@values) {
		syswrite $file, pack('l*', @values);
		return;
	}
	sysread $file, my $bytes, 4 * $count;
	return unpack 'l*', $bytes;
}

sub arm { # SLOT POINT AFTER ROLE SKIP ACTION
	my ($slot, @fault) = @_;
	control_io($slot * $slot_ints + 1, 0, @fault, 0, 0, 0);
	control_io($slot * $slot_ints, 0, 1);
}

my $window_round = 0;

sub happened {
	my ($text) = @_;
	push @happened, sprintf 'round %d (up to k%d): %s', $window_round, $next - 1, $text;
}

sub fired { # what the slots say, for people
	return join ', ', map {
		my ($armed, $point, $after, $role, $skip, $action, $fired, $by, $served) = control_io($_ * $slot_ints, $slot_ints);
		$armed || $fired ? "$points[$point][0] after=$after role=$role action=$action fired=$fired by=$by" : ();
	} 0 .. $slots - 1;
}

sub pid_of { (control_io($slots * $slot_ints + $_[0], 1))[0] }
sub begins_of { (control_io($slots * $slot_ints + $roles + $_[0], 1))[0] }

my ($kills, $errors, $anchor_kills, $server_kills, $starts_failed) = (0) x 5;

sub disarm { # counts what has fired
	for my $slot (0 .. $slots - 1) {
		control_io($slot * $slot_ints, 0, 0);
		my (undef, $point, $after, undef, undef, $action, $fired, $by, $served) = control_io($slot * $slot_ints, $slot_ints);
		next if !$fired;
		control_io($slot * $slot_ints + 6, 0, 0);
		happened(sprintf '%s %s, %s, by %d', $points[$point][0], $after ? 'after' : 'before', $action || 'SIGKILL', $by);
		my $name = $points[$point][0] . ($after ? ' after' : ' before');
		if ($action) {
			$errors++;
			$starts_failed++ if !$served && $by != $anchor;
			$! = $action;
			$injected{"$points[$point][0] " . (grep { $!{$_} } qw(EIO ENOSPC EMFILE ENOMEM EAGAIN))[0]}++;
			next;
		}
		$kills++;
		$injected{"$name SIGKILL"}++;
		$by == $anchor ? $anchor_kills++ : $server_kills++;
	}
}

# At which a new server or anchor passes.
my %at_start = map { $_ => 1 } qw(begin fork hand-over pair bind listen truncate map open memory line);

sub arm_error { # SLOT POINT SKIP
	my ($slot, $point, $skip) = @_;
	my @can = @{ $points[$point][1] } or return;
	my $name = $can[rand @can];
	arm($slot, $point, 0, $any, $skip, do { no strict 'refs'; &{"Errno::$name"}() });
}

sub arm_kill { # SLOT POINT SKIP WITH-ANCHOR
	my ($slot, $point, $skip, $with_anchor) = @_;
	my $role = $points[$point][0] eq 'hand-over' ? $child : $with_anchor ? $any : $server;
	arm($slot, $point, int rand 2, $role, $skip, 0);
}

# A point, and how often it is passed before.  Memory is asked for everywhere.
sub some_error {
	my $most = rand() < 0.6 ? 2 : 30;
	return rand() < 0.2 ? ($#points, int rand(100 * $most)) : (int rand @points, int rand $most);
}

# What is to happen in a round: at a step of what runs, or of what is started again.  True: something is to be killed from outside too.
sub arm_some { # WITH-ANCHOR
	my ($with_anchor) = @_;
	my $plan = rand;
	my @starts = grep { $at_start{ $points[$_][0] } } 0 .. $#points;
	for my $slot (1 .. $slots - 1) {
		arm_error($slot, some_error()) if rand() < 0.8;
	}
	if ($plan < 0.4) {
		arm_kill(0, int rand @points, int rand(rand() < 0.6 ? 2 : 20), $with_anchor);
	} elsif ($plan < 0.65) {
		my $point = $starts[rand @starts];
		rand() < 0.5 ? arm_kill(0, $point, int rand 2, $with_anchor) : arm_error(0, $point, int rand 2);
	}
	return $plan > 0.4 && $plan < 0.85;
}

sub kill_from_outside { # WITH-ANCHOR
	my ($with_anchor) = @_;
	my $who = $with_anchor ? int rand 3 : 0;
	for my $role ($who == 0 ? $server : $who == 1 ? $anchor : ($anchor, $server)) {
		my $pid = pid_of($role) or next;
		next if !process_is_daemon($pid, $control);
		kill 'KILL', $pid or next;
		$kills++;
		happened($role == $anchor ? 'anchor SIGKILL' : 'server SIGKILL');
		$injected{$role == $anchor ? 'anchor SIGKILL' : 'server SIGKILL'}++;
		$role == $anchor ? $anchor_kills++ : $server_kills++;
	}
}

# --- connections

sub start_server {
	local $ENV{LD_PRELOAD} = $library;
	local $ENV{KRTASK_POINTS} = $control;
	system('timeout 30 krtask server start >/dev/null 2>&1 </dev/null');
}

sub connect_server { # undef: there is none
	for (1 .. 3) {
		my $socket = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $socket_path);
		return $socket if $socket;
		start_server();
	}
	return undef;
}

# Sends calls, all at once; returns a reply for each, undef where there was none.  MEANWHILE is called once they are sent.
sub call_all {
	my ($calls, $meanwhile) = @_;
	my $socket = connect_server() or return map { undef } @$calls;
	my $out = join '', map { $json->encode({ method => "io.krtask.$_->[0]", parameters => $_->[1] }) . "\0" } @$calls;
	my ($in, @replies) = ('');
	my $select = IO::Select->new($socket);
	my $end = time + $reply_seconds;
	$socket->blocking(0);
	while (@replies < @$calls) {
		if (length $out) {
			my $sent = syswrite $socket, $out;
			last if !defined $sent && !$!{EAGAIN};
			substr $out, 0, $sent // 0, '';
		}
		if (!length $out && $meanwhile) {
			$meanwhile->();
			$meanwhile = undef;
		}
		if (!$select->can_read(0.02)) {
			next if time < $end;
			bad("no reply to $calls->[@replies][0] within $reply_seconds s, after: " . fired());
			last;
		}
		my $got = sysread $socket, $in, 65536, length $in;
		last if !$got && !(!defined $got && $!{EAGAIN});
		while ($in =~ s/^([^\0]*)\0//) {
			push @replies, $json->decode($1);
		}
	}
	$meanwhile->() if $meanwhile;
	return @replies[0 .. $#$calls];
}

# One call, until it is answered: when nothing fails any more.
sub call {
	my ($method, $parameters) = @_;
	my $end = time + $settle_seconds;
	while (time < $end) {
		my ($reply) = call_all([[$method, $parameters]]);
		return $reply->{parameters} if $reply && !$reply->{error};
		return undef if $reply && $reply->{error} !~ /Unavailable|StoreFailed|OutOfMemory/;
		sleep 0.2;
	}
	bad("no answer to $method within $settle_seconds s");
	return undef;
}

# --- tasks

my ($tasks_made, $acknowledged, $refused, $unanswered, $unknown, $attempts, $not_run, $late, $waited) = (0) x 9;
my %window; # number => { code, stops, retries, good, answer, stop_answer }; good: the attempt that succeeds
mkdir "$directory/ran" or die;
# Each task has one of these, and locks it.
my $devices = 'DEVICE=0-11';

sub environment {
	return { variables => encode_base64("PATH=$ENV{PATH}\0HOME=$ENV{HOME}\0", '') };
}

sub create_call { # NUMBER
	my ($number) = @_;
	my $task = $window{$number};
	my $file = "$directory/ran/$number";
	my $good = $task->{retries} ? "test \$KRTASK_ATTEMPT = $task->{good} && exit 0; " : '';
	# Some are still there when the next server comes.
	my $words = $task->{stops} || $task->{limit} ? 'exec sleep 600' :
		($number % 3 ? '' : 'sleep 0.3; ') . "echo end \$KRTASK_ATTEMPT >>$file; ${good}exit $task->{code}";
	my $lock = "exec 9>>$directory/device.\$DEVICE && flock -n 9 || echo k$number \$DEVICE \$KRTASK_SLOT >>$directory/twice";
	return ['Create', {
		id => "k$number", start => JSON::PP::true, cwd => '/', nonce => sprintf('%032x', $number),
		command => ['sh', '-c', graph_code($task, $file, "$directory/ran") . "echo $number; echo begin \$KRTASK_ATTEMPT >>$file; $lock; $words"],
		environment => $task->{environment},
		$task->{retries} ? (retries => $task->{retries}, retryDelay => $task->{delay}) : (),
		graph_parameters($task),
	}];
}

sub is_refused {
	my ($reply) = @_;
	return $reply->{error} && $reply->{error} ne 'io.krtask.IdInUse';
}

sub note_reply { # TASK REPLY
	my ($task, $reply) = @_;
	return if !$reply;
	$task->{answer} = is_refused($reply) ? 'refused' : 'acknowledged';
}

my $hash;

sub one_round {
	my ($with_anchor) = @_;
	my (@calls, @numbers);
	for (1 .. $round_tasks) {
		my $number = $next++;
		$window{$number} = { code => $number % 5, stops => rand() < 0.15, environment => $hash };
		if (!$window{$number}{stops} && rand() < 0.3) {
			my $retries = 1 + int rand 3;
			@{ $window{$number} }{qw(code retries good delay)} = (1 + $number % 4, $retries, 2 + int rand($retries + 1), rand 0.3);
		}
		graph_choose(\%window, $number) if $graph;
		push @calls, create_call($number);
		push @numbers, $number;
		if ($window{$number}{pauses}) {
			push @calls, ['Pause', { id => "k$number" }];
			push @numbers, undef;
		}
		next if !$window{$number}{stops};
		push @calls, ['Stop', { id => "k$number", kill => rand() < 0.5 ? JSON::PP::true : JSON::PP::false }];
		push @numbers, -$number;
	}
	unshift @calls, ['Environment', environment()];
	unshift @numbers, 0;
	my $wait = rand 0.1;
	my $outside = arm_some($with_anchor);
	my @replies = call_all(\@calls, sub {
		sleep $wait;
		kill_from_outside($with_anchor) if $outside;
	});
	for my $i (1 .. $#calls) {
		next if !defined $numbers[$i];
		my ($reply, $task) = ($replies[$i], $window{ abs $numbers[$i] });
		if ($numbers[$i] > 0) {
			note_reply($task, $reply);
		} else {
			$task->{stop_answer} = 1 if $reply && !$reply->{error} && $reply->{parameters}{result};
		}
	}
}

# Some of the calls without a reply are repeated with the same nonce.
sub ask_again {
	my @numbers = grep { !$window{$_}{answer} && rand() < 0.5 } sort { $a <=> $b } keys %window;
	my (undef, @replies) = call_all([['Environment', environment()], map { create_call($_) } @numbers]);
	# A refusal says nothing about the first call.
	note_reply($window{ $numbers[$_] }, $replies[$_]) for grep { $replies[$_] && !is_refused($replies[$_]) } 0 .. $#numbers;
}

sub list_tasks {
	my $list = call('List', { columns => [qw(id state exitCode signal held statusMessage attempts command)] }) or return;
	return map { $_->{id} =~ /^k(\d+)$/ ? ($1 => $_) : () } @{ $list->{rows} };
}

sub settle {
	my (%tasks, @active);
	my $end = time + $settle_seconds;
	do {
		%tasks = list_tasks();
		@active = grep { $tasks{$_}{state} !~ /^(Completed|Failed|Stopped)$/ } keys %tasks;
		for my $number (grep { $window{$_}{stops} && !$window{$_}{last_stop}++ } @active) {
			call('Stop', { id => "k$number", kill => JSON::PP::true });
		}
		for my $number (grep { $tasks{$_}{state} eq 'Paused' || $tasks{$_}{held} } @active) {
			call('Resume', { id => "k$number" });
		}
		sleep 0.1 if @active;
	} while (@active && time < $end);
	bad("still not over: " . join ' ', map { "k$_ $tasks{$_}{state} " . ($tasks{$_}{statusMessage} // '') } @active) if @active;
	return \%tasks;
}

# Its attempts, if every status is known: how many began, and how each ended.
sub check_attempts { # TASK TEXT ROW BEGUN
	my ($task, $text, $row, $begun) = @_;
	my $wanted = $task->{good} > $task->{retries} ? $task->{retries} + 1 : $task->{good};
	my @codes = map { $_->{exitCode} // 'none' } @{ $row->{attempts} };
	my @expected = map { $_ == $task->{good} ? 0 : $task->{code} } 1 .. $wanted;
	bad("$text began $begun times instead of $wanted") if $begun != $wanted;
	bad("$text has attempts with (@codes) instead of (@expected)") if "@codes" ne "@expected";
	$attempts += $begun;
}

sub check_task { # NUMBER ROW MAY-BE-UNKNOWN UNMET
	my ($number, $row, $may_be_unknown, $unmet) = @_;
	my $task = $window{$number};
	my $answer = $task->{answer} // 'none';
	my $text = "k$number ($answer" . ($task->{stops} ? ', to be stopped' : ", exits with $task->{code}") .
		($task->{retries} ? ", up to attempt $task->{good} of " . ($task->{retries} + 1) : '') . ')';
	my ($ran, @wrong) = read_ran("$directory/ran/$number");
	bad("$text $_") for @wrong;
	$waited += $ran && $task->{after} ? 1 : 0;
	bad("$text ran $ran times") if $ran > 1 + ($task->{retries} // 0);
	if (!$row) {
		bad("$text is lost") if $answer eq 'acknowledged';
		bad("$text is not there, and ran") if $ran;
		return;
	}
	bad("$text is there") if $answer eq 'refused';
	bad("$text has the command '@{ $row->{command} }'") if "@{ $row->{command} }" ne "@{ create_call($number)->[1]{command} }";
	my ($state, $code, $message) = ($row->{state}, $row->{exitCode}, $row->{statusMessage} // '');
	my $shown = "$text: $state, " . ($code // 'no exit status') . ", '$message'";
	return if !defined $unmet;
	if ($unmet) {
		$not_run++;
		bad("$shown: it could not run, and began $ran times") if $state ne 'Stopped' || $ran;
		return;
	}
	if ($task->{limit}) {
		$late++;
		bad($shown) if $state ne 'Failed';
		return;
	}
	if ($task->{stops}) {
		bad($shown) if $state ne 'Stopped' && !($may_be_unknown && $state eq 'Failed');
		return;
	}
	if ($state eq 'Failed' && !defined $code) {
		$unknown++;
		bad("$shown: nothing says why") if $message eq '';
		bad("$shown: the anchor lived") if !$may_be_unknown;
		return;
	}
	bad("$shown: never ran") if !$ran;
	my $wanted = $task->{retries} && $task->{good} <= $task->{retries} + 1 ? 0 : $task->{code};
	bad($shown) if !defined $code || $code != $wanted || $state ne ($code ? 'Failed' : 'Completed');
	check_attempts($task, $text, $row, $ran) if $task->{retries};
}

# The output of each task is its own.
sub check_output { # TASKS
	my ($tasks) = @_;
	my @numbers = grep { $window{$_} && !$window{$_}{stops} && !$window{$_}{limit} && defined $tasks->{$_}{exitCode} } sort keys %$tasks;
	my @replies = call_all([map { ['Result', { id => "k$_" }] } @numbers]);
	for my $i (0 .. $#numbers) {
		my $data = $replies[$i] && $replies[$i]{parameters}{data};
		my $text = defined $data ? decode_base64($data) : 'no reply';
		bad("k$numbers[$i] printed '$text'") if $text ne "$numbers[$i]\n";
	}
}

sub check_devices {
	open my $in, '<', "$directory/twice" or return;
	while (my $line = <$in>) {
		chomp $line;
		bad("it got a device that another one had: $line");
	}
	unlink "$directory/twice";
}

sub check_window {
	my ($may_be_unknown) = @_;
	my $tasks = settle();
	for my $number (sort { $a <=> $b } keys %window) {
		bad("k$number began $_") for graph_early($window{$number}, $tasks, \%window, "$directory/ran/$number", "$directory/ran");
	}
	for my $number (sort { $a <=> $b } keys %window) {
		check_task($number, $tasks->{$number}, $may_be_unknown, graph_unmet($window{$number}, $tasks));
		$tasks_made++;
		my $answer = $window{$number}{answer} // '';
		$answer eq 'acknowledged' ? $acknowledged++ : $answer eq 'refused' ? $refused++ : $unanswered++;
		unlink "$directory/ran/$number";
	}
	check_output($tasks);
	check_devices();
	$window{$_} or bad("k$_ is nobody's") for keys %$tasks;
	bad("left running: $_") for process_commands("$directory/ran/"); # of tasks that are over
	call('Remove', { id => "k$_" }) for sort keys %$tasks;
	my %left = list_tasks();
	bad("k$_ was removed, and is there") for keys %left;
	%window = ();
	@happened = ();
}

# --- all of it

read_points();
start_server();
call('GroupSet', { name => 'default', devices => $devices });
my $end = time + $seconds;
my ($windows, $begun) = (0, time);
while (time < $end && @bad < 30) {
	my $with_anchor = $windows++ % 2;
	my ($anchors_before, $begins_before) = ($anchor_kills, begins_of($server));
	my $deaths_before = $server_kills + $starts_failed;
	$hash = (call('Environment', environment()) // {})->{hash};
	for (1 .. $window_rounds) {
		$window_round = $_;
		one_round($with_anchor);
		disarm();
	}
	ask_again();
	check_window($anchor_kills > $anchors_before);
	# A server that has answered dies only if it is killed, or its anchor with it.
	my $begins = begins_of($server) - $begins_before;
	my $deaths = $server_kills + $starts_failed - $deaths_before + 2 * ($anchor_kills - $anchors_before);
	bad("$begins servers began in window $windows, and $deaths were killed") if $begins > $deaths;
}
system('timeout 60 krtask server stop --cancel >/dev/null 2>&1');
printf "# %d windows in %d s; %d tasks: %d acknowledged, %d refused, %d neither; the status of %d is not known\n", $windows,
	time - $begun, $tasks_made, $acknowledged, $refused, $unanswered, $unknown;
printf "# %d attempts of tasks that are tried again\n", $attempts;
printf "# %d ran after others, %d could not; %d reached their time limit\n", $waited, $not_run, $late if $graph;
printf "# %d kills (%d of a server, %d of an anchor), %d failed calls\n", $kills, $server_kills, $anchor_kills, $errors;
printf "# %s: %d\n", $_, $injected{$_} for $ENV{CRASH_DETAILS} ? sort keys %injected : ();
exit(@bad || !$kills || !$errors);
