# What 50 rows of a list cost, in milliseconds, the medians of several rounds:
#
#     perl lists.pl SOCKET ROUNDS TOTAL
#
# Prints for each list: what it takes first, what it takes again, and its name.  Then the longest reply to another client
# while a list is sorted, and beside nothing.  The name "scan": tasks are looked at, and none is in the list.
use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;
use JSON::PP ();
use Time::HiRes qw(time);

my ($path, $rounds, $total) = @ARGV;
my $json = JSON::PP->new;

sub connected {
	return IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $path) || die "$path: $!\n";
}

sub ask {
	my ($socket, $method, $parameters) = @_;
	my $frame = $json->encode({ method => "io.krtask.$method", parameters => $parameters }) . "\0";
	syswrite($socket, $frame) == length $frame or die "$method: $!\n";
}

sub answer {
	my ($socket) = @_;
	my $frame = '';
	while ($frame !~ /\0/) {
		sysread($socket, $frame, 1 << 20, length $frame) or die "the server has gone\n";
	}
	return $frame;
}

sub median { return (sort { $a <=> $b } @_)[ @_ / 2 ] }

my ($one, $other) = (connected(), connected());
my $lists = 0;

# No list is the one before: its filter names an id that does not exist.
sub timed {
	my ($list, $filter) = @_;
	my $begun = time;
	ask($one, 'List', { columns => [ 'id', 'name', 'state' ], compact => JSON::PP::true, rows => 50, filter => $filter, %$list });
	my $frame = answer($one);
	$frame =~ /"rows"/ or die $frame;
	return 1000 * (time - $begun);
}

sub figure {
	my ($name, $list, $filter) = @_;
	my (@first, @again);
	for (1 .. $rounds) {
		my $own = $filter =~ s/%d/++$lists/er;
		push @first, timed($list, $own);
		push @again, timed($list, $own);
	}
	printf "%.2f %.2f %s\n", median(@first), median(@again), $name;
}

figure('scan', {}, 'group:none-%d');
figure('by name', { sort => 'name' }, '-group:none-%d');
figure('by command, the last ones first', { sort => 'command', reverse => JSON::PP::true }, '-group:none-%d');
figure('by state', { sort => 'state' }, '-group:none-%d');
figure('the last ones by name', { sort => 'name', offset => $total - 50 }, '');
figure('with a text in any of id, name and command', { sort => 'activity' }, '12345 -group:none-%d');

sub longest { # the longest reply until this says that it is enough
	my ($enough) = @_;
	my $longest = 0;
	do {
		my $begun = time;
		ask($other, 'ServerStatus', {});
		answer($other);
		my $took = 1000 * (time - $begun);
		$longest = $took if $took > $longest;
	} until $enough->();
	return $longest;
}

my (@beside, @alone);
my $select = IO::Select->new($one);
for my $round (1 .. $rounds) {
	my $replies = 0;
	push @alone, longest(sub { ++$replies == 200 });
	ask($one, 'List', { columns => ['id'], rows => 50, sort => 'name', filter => '-group:beside-' . $round });
	push @beside, longest(sub { $select->can_read(0) });
	answer($one);
}
printf "%.2f %.2f %s\n", median(@beside), median(@alone), 'another client';
