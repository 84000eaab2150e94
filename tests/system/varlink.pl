# Reading a varlink interface by the grammar of https://varlink.org/Interface-Definition, and checking values against its types.
#
#     my $interface = varlink_read($text);   dies with what is wrong and where
#     varlink_check($interface, $type, $value, $where)   dies; undef for null
#
# A type is { kind, optional } with kind one of bool, int, float, string, object, array (of), map (of), struct (fields), enum (names), name.
# As libvarlink and most others read it: no name is there twice among types, methods and errors; an array has one type, and no nulls.
use strict;
use warnings;
use JSON::PP ();
use B ();

my ($text, $interface);

sub varlink_fail {
	my ($what) = @_;
	my $line = 1 + (substr($text, 0, pos $text // 0) =~ tr/\n//);
	die "line $line: $what\n";
}

# Blanks and comments; whether a line ended among them.
sub varlink_skip {
	my $lines = 0;
	while ($text =~ /\G([ \t\r\n]+|#[^\n]*)/gc) {
		$lines ||= $1 =~ /\n/;
	}
	return $lines;
}

sub varlink_expect {
	my ($pattern, $what) = @_;
	varlink_skip();
	$text =~ /\G($pattern)/gc or varlink_fail("$what expected");
	return $1;
}

sub varlink_struct {
	my (%fields, @order);
	varlink_expect(qr/\(/, "(");
	varlink_skip();
	return { kind => "struct", fields => {}, order => [] } if $text =~ /\G\)/gc;
	my $enum;
	while (1) {
		my $name = varlink_expect(qr/[A-Za-z](?:_?[A-Za-z0-9])*/, "name of a field");
		varlink_fail("field '$name' is there twice") if exists $fields{$name};
		push @order, $name;
		varlink_skip();
		my $typed = $text =~ /\G:/gc;
		$enum //= !$typed;
		varlink_fail("field '$name' has a type, or none, unlike the others") if $enum == $typed;
		$fields{$name} = $typed ? varlink_type() : 1;
		last if varlink_expect(qr/[,)]/, ", or )") eq ")";
	}
	return $enum ? { kind => "enum", names => \%fields } : { kind => "struct", fields => \%fields, order => \@order };
}

sub varlink_type {
	varlink_skip();
	my $optional = $text =~ /\G\?/gc;
	my $type;
	if ($text =~ /\G\[\]/gc) {
		$type = { kind => "array", of => varlink_type() };
	} elsif ($text =~ /\G\[string\]/gc) {
		$type = { kind => "map", of => varlink_type() };
	} elsif ($text =~ /\G(bool|int|float|string|object)\b/gc) {
		$type = { kind => $1 };
	} elsif ($text =~ /\G([A-Z][A-Za-z0-9]*)/gc) {
		$type = { kind => "name", name => $1 };
		push @{$interface->{used}}, $1;
	} elsif ($text =~ /\G(?=\()/gc) {
		$type = varlink_struct();
	} else {
		varlink_fail("type expected");
	}
	$type->{optional} = $optional ? 1 : 0;
	return $type;
}

sub varlink_member {
	varlink_skip() || pos $text == length $text or varlink_fail("a new line expected");
	return 0 if pos $text == length $text;
	my $kind = varlink_expect(qr/type|method|error/, "type, method or error");
	$text =~ /\G(?=[ \t\r\n#])/gc or varlink_fail("blank expected");
	my $name = varlink_expect(qr/[A-Z][A-Za-z0-9]*/, "name");
	varlink_fail("'$name' is there twice, as $interface->{kinds}{$name} and as $kind") if $interface->{kinds}{$name};
	$interface->{kinds}{$name} = $kind;
	my $struct = varlink_struct();
	varlink_fail("$kind '$name' has no fields") if $kind ne "type" && $struct->{kind} ne "struct";
	if ($kind eq "method") {
		varlink_expect(qr/->/, "->");
		my $result = varlink_struct();
		varlink_fail("method '$name' has no fields") if $result->{kind} ne "struct";
		$struct = { in => $struct, out => $result };
	}
	$interface->{$kind}{$name} = $struct;
	return 1;
}

sub varlink_read {
	($text) = @_;
	pos($text) = 0;
	$interface = { used => [] };
	varlink_expect(qr/interface(?=[ \t])/, "interface");
	$interface->{name} = varlink_expect(qr/[A-Za-z](?:-*[A-Za-z0-9])*(?:\.[A-Za-z0-9](?:-*[A-Za-z0-9])*)+/, "name of an interface");
	1 while varlink_member();
	for my $name (@{$interface->{used}}) {
		die "there is no type '$name'\n" if ($interface->{kinds}{$name} // "") ne "type";
	}
	return $interface;
}

sub varlink_scalar {
	my ($kind, $value) = @_;
	return JSON::PP::is_bool($value) if $kind eq "bool";
	return 0 if ref $value;
	my $flags = B::svref_2object(\$value)->FLAGS;
	return $flags & B::SVp_POK if $kind eq "string";
	return !($flags & B::SVp_POK) && $kind =~ /^(?:int|float)$/ && ($kind eq "float" || $value == int $value);
}

sub varlink_check {
	my ($interface, $type, $value, $where) = @_;
	if (!defined $value) {
		die "$where: null\n" unless $type->{optional};
	} elsif ($type->{kind} eq "name") {
		varlink_check($interface, $interface->{type}{$type->{name}}, $value, $where);
	} elsif ($type->{kind} eq "struct") {
		die "$where: no object\n" unless ref $value eq "HASH";
		for my $name (keys %$value) {
			die "$where: there is no field '$name'\n" unless $type->{fields}{$name};
		}
		varlink_check($interface, $type->{fields}{$_}, $value->{$_}, "$where.$_") for keys %{$type->{fields}};
	} elsif ($type->{kind} eq "array") {
		die "$where: no array\n" unless ref $value eq "ARRAY";
		varlink_check($interface, { %{$type->{of}}, optional => 0 }, $value->[$_], "$where\[$_]") for 0 .. $#$value;
	} elsif ($type->{kind} eq "map") {
		die "$where: no map\n" unless ref $value eq "HASH";
		varlink_check($interface, $type->{of}, $value->{$_}, "$where\{$_}") for keys %$value;
	} elsif ($type->{kind} eq "enum") {
		die "$where: $value\n" unless $type->{names}{$value};
	} elsif ($type->{kind} eq "object") {
		die "$where: no object\n" unless ref $value eq "HASH";
	} else {
		die "$where: no $type->{kind}: $value\n" unless varlink_scalar($type->{kind}, $value);
	}
}

1;
