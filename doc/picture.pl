#!/usr/bin/perl
# Reads what tmux capture-pane -ep writes, and writes a picture of it (SVG).
#
#     picture.pl COLUMNS TITLE <CAPTURE >PICTURE
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));

my ($columns, $title) = @ARGV;
my ($width, $height, $left, $top) = (8.4, 18, 12, 12);
my @palette = map { "#$_" } qw(1c1c1c e06c6c 7fbf7f d7b45f 6f9fd8 c08fd0 5fb8c4 d0d0d0
	8a8a8a ff8787 a4dca4 f0d28a 9cc0ee dcb0e8 8fdbe4 ffffff);
my ($paper, $ink) = ('#1c1c1c', '#d0d0d0');

sub colour { # of the 256 of xterm
	my $n = shift;
	return $palette[$n] if $n < 16;
	return sprintf '#%02x%02x%02x', (8 + 10 * ($n - 232)) x 3 if $n >= 232;
	my @level = (0, 95, 135, 175, 215, 255);
	$n -= 16;
	return sprintf '#%02x%02x%02x', @level[$n / 36, $n / 6 % 6, $n % 6];
}

my %look;
sub select_look { # the numbers of an SGR sequence
	my @n = split /;/, shift;
	@n = (0) if !@n;
	while (defined(my $n = shift @n)) {
		$n ||= 0;
		if ($n == 0) { %look = () }
		elsif ($n == 1) { $look{bold} = 1 }
		elsif ($n == 2) { $look{dim} = 1 }
		elsif ($n == 4) { $look{line} = 1 }
		elsif ($n == 7) { $look{reverse} = 1 }
		elsif ($n == 22) { delete @look{qw(bold dim)} }
		elsif ($n == 24) { delete $look{line} }
		elsif ($n == 27) { delete $look{reverse} }
		elsif ($n >= 30 && $n <= 37) { $look{ink} = colour($n - 30) }
		elsif ($n >= 90 && $n <= 97) { $look{ink} = colour($n - 82) }
		elsif ($n == 39) { delete $look{ink} }
		elsif ($n >= 40 && $n <= 47) { $look{paper} = colour($n - 40) }
		elsif ($n >= 100 && $n <= 107) { $look{paper} = colour($n - 92) }
		elsif ($n == 49) { delete $look{paper} }
		elsif ($n == 38 || $n == 48) {
			my $which = $n == 38 ? 'ink' : 'paper';
			my $kind = shift @n // 0;
			if ($kind == 5) { $look{$which} = colour(shift @n) }
			else { $look{$which} = sprintf '#%02x%02x%02x', splice @n, 0, 3 }
		}
	}
}

sub escape {
	my $text = shift;
	$text =~ s/&/&amp;/g;
	$text =~ s/</&lt;/g;
	$text =~ s/>/&gt;/g;
	return $text;
}

my (@papers, @texts, $y);
sub piece { # of a line, all in one look
	my ($x, $text) = @_;
	my ($fore, $back) = ($look{ink} // $ink, $look{paper});
	($fore, $back) = ($back // $paper, $fore) if $look{reverse};
	my $at = $left + $x * $width;
	my $wide = length($text) * $width;
	push @papers, sprintf '<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>', $at, $y, $wide, $height, $back if $back;
	return if $text !~ /\S/ && !$look{line};
	my $more = ($look{bold} ? ' font-weight="bold"' : '') . ($look{dim} ? ' opacity="0.6"' : '') .
		($look{line} ? ' text-decoration="underline"' : '');
	push @texts, sprintf '<text x="%.1f" y="%d" textLength="%.1f" fill="%s"%s xml:space="preserve">%s</text>',
		$at, $y + 13, $wide, $fore, $more, escape($text);
}

my $line = 0;
while (my $bytes = <STDIN>) {
	chomp $bytes;
	$y = $top + $line++ * $height;
	my $x = 0;
	while ($bytes =~ /\G(?:\e\[([\d;]*)m|\e[()].|\x0e|\x0f|([^\e\x0e\x0f]+))/gc) {
		if (defined $2) {
			piece($x, $2);
			$x += length $2;
		} elsif (defined $1) {
			select_look($1);
		}
	}
}
my ($w, $h) = (2 * $left + $columns * $width, 2 * $top + $line * $height);
printf '<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img">' . "\n", $w, $h, $w, $h;
print '<title>', escape($title), "</title>\n";
print qq(<rect width="100%" height="100%" rx="6" fill="$paper"/>\n);
print "$_\n" for @papers;
print qq(<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">\n);
print "$_\n" for @texts;
print "</g>\n</svg>\n";
