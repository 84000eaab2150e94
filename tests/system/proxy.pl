# A bad connection, made to order: between clients and a server, by sockets.
#
#     perl proxy.pl SOCKET SERVER-SOCKET RULE...
#
#     hold METHOD N   no answer to a METHOD passes before the N-th call of METHOD has come
#     lose METHOD N   the N-th call of METHOD reaches the server, its answer is lost: both connections are closed
#     cut METHOD N    the N-th call of METHOD does not reach the server: both connections are closed
#     lack METHOD 0   the server does not know METHOD
#
# It counts over all connections, and writes the method of each call to SOCKET.calls.
use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;

my ($path, $server_path, @rules) = @ARGV;
my (%rules);
while (my ($kind, $method, $count) = splice @rules, 0, 3) {
	$rules{$kind}{$method} = $count;
}
$SIG{PIPE} = "IGNORE";
unlink $path;
my $listener = IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => $path, Listen => 16) or die "$path: $!\n";
open my $calls, ">", "$path.calls" or die;
$calls->autoflush(1);
my $select = IO::Select->new($listener);
my (%link, %count);

sub close_link {
	my ($link) = @_;
	for my $socket (@$link{qw(client server)}) {
		$select->remove($socket);
		delete $link{$socket};
		close $socket;
	}
	$link->{closed} = 1;
}

sub send_all {
	my ($link, $to, $text) = @_;
	while (length $text) {
		my $written = syswrite $link->{$to}, $text;
		return close_link($link) unless defined $written;
		substr $text, 0, $written, "";
	}
}

# What the server has answered, as far as it may pass.
sub pass_answers {
	my ($link) = @_;
	while (!$link->{closed} && $link->{answers} =~ /\0/) {
		my $call = $link->{pending}[0];
		return if $call && ($count{$call->{method}} // 0) < ($rules{hold}{$call->{method}} // 0);
		return close_link($link) if $call && $call->{lost};
		$link->{answers} =~ s/^([^\0]*\0)//;
		my $answer = $1;
		shift @{$link->{pending}} unless $answer =~ /"continues": ?true/;
		send_all($link, "client", $answer);
	}
}

sub take_call {
	my ($link, $frame) = @_;
	my ($method) = $frame =~ /"method": ?"(?:io\.krtask\.)?([^"]*)"/;
	$method //= "?";
	my $nth = ++$count{$method};
	print $calls "$method\n";
	return close_link($link) if $nth == ($rules{cut}{$method} // 0);
	$frame =~ s/io\.krtask\.$method/io.krtask.Nothing/ if defined $rules{lack}{$method};
	push @{$link->{pending}}, { method => $method, lost => $nth == ($rules{lose}{$method} // 0) };
	send_all($link, "server", $frame);
}

while (my @ready = $select->can_read) {
	for my $socket (@ready) {
		if ($socket == $listener) {
			my $client = $listener->accept or next;
			my $server = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $server_path) or die "$server_path: $!\n";
			my $link = { client => $client, server => $server, pending => [], answers => "", frames => "" };
			$link{$client} = $link{$server} = $link;
			$select->add($client, $server);
			next;
		}
		my $link = $link{$socket} or next;
		my $count = sysread $socket, my $text, 65536;
		if (!$count) {
			close_link($link);
		} elsif ($socket == $link->{server}) {
			$link->{answers} .= $text;
		} else {
			$link->{frames} .= $text;
			take_call($link, $1) while !$link->{closed} && $link->{frames} =~ s/^([^\0]*\0)//;
		}
		my @links = values %link; # each twice; copies, since some go meanwhile
		pass_answers($_) for @links;
	}
}
