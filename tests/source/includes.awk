# Includes and calls point downwards only.  Where circles are refused, no files form one.
#
#     awk -f includes.awk SOURCE... SYMBOLS
#
# SOURCE: those of engine and tui, by paths from the top.  SYMBOLS: what `nm -A -P -g` says of their objects.

# floor(DIRECTORY, BELOW): the next one up.  BELOW: the directories, and single headers, that it may use beside itself.
function floor(directory, below,    list, count, i)
{
	count = split(below, list, " ")
	for (i = 1; i <= count; i++) {
		if (list[i] !~ /[.]h$/ && !(list[i] in rank))
			complain("includes.awk", directory " stands below " list[i] ": it may not use it")
		may[directory, list[i]] = 1
	}
	may[directory, directory] = 1
	rank[directory] = ++floors
}

BEGIN {
	floor("engine/task")
	floor("engine/store", "engine/task")
	floor("engine/run", "engine/task")
	floor("engine/wire", "engine/task")
	floor("engine/wire/serve", "engine/wire engine/task")
	floor("engine/wire/client", "engine/wire engine/task")
	floor("engine/core", "engine/store engine/task")
	floor("engine/exec", "engine/core engine/run engine/task")
	floor("engine/exec/local", "engine/exec engine/core engine/run engine/task")
	floor("engine/exec/slurm", "engine/exec/local/variables.h engine/exec engine/core engine/run engine/task")
	# What a pilot is: it needs no library.
	floor("engine/pilot", "engine/exec/slurm/claims.h")
	floor("engine", "engine/exec/slurm engine/exec/local engine/exec engine/core engine/run engine/store engine/task")
	floor("engine/service", "engine engine/core engine/wire/serve engine/wire engine/run engine/store engine/task")
	floor("engine/host", "engine/service engine engine/core engine/wire/client engine/wire/serve engine/wire" \
		" engine/run engine/store engine/task")

	# The front end reaches tasks by the wire's client only.  What asks stands below the commands, which ask before they act.
	client = " engine/wire/client/client.h engine/wire/client/address.h engine/wire/client/known.h engine/wire/jsonr.h" \
		" engine/wire/jsonw.h engine/task"
	floor("tui/text", "engine/task")
	floor("tui/fields", "tui/text" client)
	floor("tui/confirm", "tui/text engine/task")
	floor("tui/cli", "tui/confirm tui/fields tui/text" client)
	floor("tui/batch", "tui/cli tui/confirm tui/fields tui/text" client)
	# Forms make lines of a batch.
	floor("tui/view", "tui/batch/lexer.h tui/cli tui/confirm tui/fields tui/text" client)
	floor("tui/screen", "tui/view tui/batch tui/cli tui/confirm tui/fields tui/text" client)
	floor("tui", "tui/screen tui/view tui/batch tui/cli tui/confirm tui/fields tui/text" client)

	# Where files stand in an order too: NAME.c and NAME.h are one, which uses another by an include or by a call.
	split("engine/store engine/core engine/exec engine/exec/local engine/exec/slurm", list, " ")
	for (i in list)
		ordered[list[i]] = 1

	for (i = 1; i < ARGC - 1; i++) {
		sources[ARGV[i]] = 1
		if (!(directory_of(ARGV[i]) in rank))
			complain(ARGV[i], "includes.awk has no rule for " directory_of(ARGV[i]))
	}
}

function complain(where, why)
{
	printf "%s: %s\n", where, why > "/dev/stderr"
	failed = 1
}

function directory_of(path)
{
	sub(/\/[^\/]*$/, "", path)
	return path
}

function stem_of(path)
{
	sub(/[.][cho]$/, "", path)
	return path
}

function allowed(directory, header)
{
	return (directory, directory_of(header)) in may || (directory, header) in may
}

# One file uses another.  Only the first reason is kept.
function use(from, to, reason)
{
	if (from == to || directory_of(from) != directory_of(to) || !(directory_of(from) in ordered))
		return
	if (!((from, to) in reasons)) {
		reasons[from, to] = reason
		used[from] = used[from] " " to
	}
}

FILENAME ~ /[.][ch]$/ && /^[ \t]*#[ \t]*include/ {
	directory = directory_of(FILENAME)
	included = $0
	sub(/^[^"<]*["<]/, "", included)
	sub(/[">].*/, "", included)
	if (included ~ /curses[.]h$/ && directory != "tui/screen")
		complain(FILENAME ":" FNR, $0 ": only tui/screen may include curses")
	if ($0 !~ /"/ || included == "config.h")
		next
	if (!allowed(directory, included))
		complain(FILENAME ":" FNR, $0 ": " directory " may not include it")
	use(stem_of(FILENAME), stem_of(included), "includes it")
}

# The rest is a line of symbols: OBJECT: NAME TYPE …
FILENAME !~ /[.][ch]$/ {
	object = $1
	sub(/:$/, "", object)
	source = stem_of(object) ".c"
	if (!(source in sources))
		next
	built[source] = 1
	if ($3 == "U") {
		wanted++
		wanted_by[wanted] = stem_of(object)
		wanted_name[wanted] = $2
	} else {
		defined_in[$2] = stem_of(object)
	}
}

# From a file over what it uses back to itself by the shortest way; said by the first of those on it.
function look_for_circle(start,    queue, first, last, from, seen, list, count, i, path, at)
{
	queue[first = last = 1] = start
	while (first <= last) {
		from = queue[first++]
		count = split(used[from], list, " ")
		for (i = 1; i <= count; i++) {
			if (list[i] == start) {
				path = "\n\t" from " " reasons[from, start] ": " start
				for (at = from; at != start; at = seen[at]) {
					if (at < start)
						return
					path = "\n\t" seen[at] " " reasons[seen[at], at] ": " at path
				}
				complain(start, "is in a circle of files" path)
				return
			}
			if (!(list[i] in seen)) {
				seen[list[i]] = from
				queue[++last] = list[i]
			}
		}
	}
}

END {
	for (i = 1; i <= wanted; i++) {
		if (!(wanted_name[i] in defined_in))
			continue
		to = defined_in[wanted_name[i]]
		if (rank[directory_of(to)] > rank[directory_of(wanted_by[i])] && !allowed(directory_of(wanted_by[i]), to ".h"))
			complain(wanted_by[i] ".c", "calls " wanted_name[i] " of " to ".c, which stands above it")
		use(wanted_by[i], to, "calls " wanted_name[i] " of it")
	}
	for (source in sources)
		if (source ~ /[.]c$/ && directory_of(source) in ordered && !(source in built))
			complain(source, "nothing is known of its object")
	for (source in used)
		look_for_circle(source)
	exit failed
}
