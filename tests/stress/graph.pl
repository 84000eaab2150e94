# Windows of tests/stress/crash in which the tasks are a graph: they wait for the ends of others, are paused and resumed, and have time
# limits.  At its begin, a task writes down how far those are that it waits for: all of their attempts must have ended.
use strict;
use warnings;

my %conditions = (ok => sub { $_[0] eq 'Completed' }, fail => sub { $_[0] eq 'Failed' }, any => sub { $_[0] =~ /^(Completed|Failed)$/ });

# Tasks that are stopped are nobody's: whether they ran is not sure.
sub graph_choose { # WINDOW NUMBER
	my ($window, $number) = @_;
	my $task = $window->{$number};
	my @earlier = grep { $_ < $number && !$window->{$_}{stops} } keys %$window;
	$task->{limit} = 0.2 + rand 0.3 if !$task->{stops} && !$task->{retries} && rand() < 0.15;
	$task->{pauses} = rand() < 0.15;
	for (1 .. (@earlier ? int rand 3 : 0)) {
		my $condition = rand() < 0.5 ? 'any' : rand() < 0.5 ? 'ok' : 'fail';
		$task->{after}{ $earlier[rand @earlier] } //= $condition;
	}
}

sub graph_parameters { # TASK
	my ($task) = @_;
	my $after = $task->{after} || {};
	return ((%$after ? (after => [map { "k$_:$after->{$_}" } sort keys %$after]) : ()), ($task->{limit} ? (timeLimit => $task->{limit}) : ()));
}

# What it writes down of those that it waits for.
sub graph_code { # TASK FILE DIRECTORY
	my ($task, $file, $directory) = @_;
	return join '', map { "echo $_ \$(wc -l <$directory/$_) >>$file.saw; " } sort keys %{ $task->{after} || {} };
}

# True: it can never run.  False: it must.  undef: that is not known.
sub graph_unmet { # TASK TASKS
	my ($task, $tasks) = @_;
	my ($unmet, $unsure) = (0, 0);
	for my $target (keys %{ $task->{after} || {} }) {
		my $row = $tasks->{$target} or return undef;
		my $lost = $row->{state} eq 'Failed' && !defined $row->{exitCode} && !defined $row->{signal};
		$unsure ||= $lost;
		$unmet ||= !$lost && !$conditions{ $task->{after}{$target} }->($row->{state});
	}
	return $unmet ? 1 : $unsure ? undef : 0;
}

# What it saw when it began; the files are complete by now.  Returns what is wrong.
sub graph_early { # TASK TASKS WINDOW FILE DIRECTORY
	my ($task, $tasks, $window, $file, $directory) = @_;
	my @wrong;
	open my $in, '<', "$file.saw" or return;
	while (<$in>) {
		my ($target, $lines) = (split, 0); # 0: it had written nothing
		my $row = $tasks->{$target};
		next if !$row || !defined $row->{exitCode} || $window->{$target}{limit};
		open my $its, '<', "$directory/$target" or next;
		my $all = () = <$its>;
		push @wrong, "when only $lines of $all lines of k$target were there" if $lines != $all;
	}
	unlink "$file.saw";
	return @wrong;
}

# What any task has written down of itself: how many attempts began, and what is wrong.
sub read_ran { # FILE
	my ($file) = @_;
	my ($begun, @wrong) = (0);
	open my $in, '<', $file or return 0;
	while (my $line = <$in>) {
		chomp $line;
		my $wanted = $. % 2 ? 'begin ' . ++$begun : "end $begun";
		push @wrong, "wrote '$line' instead of '$wanted'" if $line ne $wanted;
	}
	return ($begun, @wrong);
}

1;
