# What a call costs through `krtask server bridge` and on the socket, in milliseconds, the medians of COUNT calls each:
#
#     perl bridge.pl SOCKET COUNT
use strict;
use warnings;
use IO::Socket::UNIX;
use IPC::Open2;
use Time::HiRes qw(time);

my ($path, $count) = @ARGV;
my $socket = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $path) or die "$path: $!\n";
my $pid = open2(my $from, my $to, qw(krtask --server default server bridge never));
my $call = qq({"method":"io.krtask.Get","parameters":{"id":"1"}}\0);
my (@bridged, @direct);

sub timed {
	my ($in, $out) = @_;
	my ($begun, $frame) = (time, '');
	syswrite($out, $call) == length $call or die "$!\n";
	while ($frame !~ /\0/) {
		sysread($in, $frame, 65536, length $frame) or die "the server has gone\n";
	}
	$frame =~ /"error"/ and die "$frame\n";
	return 1000 * (time - $begun);
}

sub median { return (sort { $a <=> $b } @_)[ @_ / 2 ] }

timed($from, $to), timed($socket, $socket); # the first one connects
for (1 .. $count) {
	push @bridged, timed($from, $to);
	push @direct, timed($socket, $socket);
}
printf "%.3f %.3f\n", median(@bridged), median(@direct);
close $to;
waitpid $pid, 0;
