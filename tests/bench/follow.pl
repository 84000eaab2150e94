# Clients that follow the table, and count the frames that they get.
#
#     perl follow.pl SOCKET CLIENTS
#
# Prints a line when each has its first rows.  When it is terminated, it prints how many frames came after those.
use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;

my ($path, $clients) = @ARGV;
my $call = '{"method":"io.krtask.List","more":true,"parameters":{"columns":["id","name","state","percentComplete","duration"],'
	. "\"compact\":true,\"rows\":50,\"sort\":\"activity\"}}\0";
my $select = IO::Select->new;
my ($frames, $over) = (0, 0);
local $SIG{TERM} = sub { $over = 1 };
for (1 .. $clients) {
	my $socket = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $path) || die "$path: $!\n";
	syswrite($socket, $call) == length $call or die "List: $!\n";
	$select->add($socket);
}
$| = 1;
until ($over) {
	for my $socket ($select->can_read) {
		sysread($socket, my $bytes, 1 << 16) or die "the server has gone\n";
		$bytes !~ /"error"/ or die "$bytes\n";
		my $before = $frames;
		$frames += $bytes =~ tr/\0//;
		print "ready\n" if $before < $clients && $frames >= $clients;
	}
}
print $frames - $clients, "\n";
