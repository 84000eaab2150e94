# The least that a program on a terminal does: a key, and it shows what the screen of krtask shows then.
use strict;
use warnings;

$| = 1;
system(qw(stty raw -echo)) == 0 or die "stty: $?\n";
print "\e[H\e[JQuit";
while (sysread STDIN, my $key, 1) {
	print "\e[H\e[J", $key eq '?' ? 'show this help' : 'Quit';
}
