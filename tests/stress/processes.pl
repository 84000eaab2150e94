# Processes of tests/stress/crash: which daemon is its own, and which commands are left.
use strict;
use warnings;

sub process_text { # PID FILE: '' if it is gone
	my ($pid, $file) = @_;
	open my $in, '<', "/proc/$pid/$file" or return '';
	local $/;
	return <$in> // '';
}

# Numbers are used again: it may be that of a daemon of another test by now, or of a child that is to become the command of a task.
sub process_is_daemon { # PID CONTROL
	my ($pid, $control) = @_;
	return process_text($pid, 'comm') =~ /^krtaskd/ && index(process_text($pid, 'environ'), "KRTASK_POINTS=$control\0") >= 0;
}

sub process_commands { # PART: of those shells whose command has this part
	my ($part) = @_;
	my @lines = map { m{/(\d+)$} ? process_text($1, 'cmdline') : () } glob '/proc/[0-9]*';
	return map { tr/\0/ /r } grep { index($_, $part) >= 0 && /^sh\0/ } @lines;
}

1;
