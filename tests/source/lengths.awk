# Lengths: a source, header or test has at most 500 lines, a function of the programs at most 40 between its braces.
#
#     awk -f lengths.awk FILE...
#
# A function is recognized by house style: its braces stand alone at the margin.
function complain(where, why)
{
	printf "%s: %s\n", where, why > "/dev/stderr"
	failed = 1
}

function end_file()
{
	if (file != "" && lines > 500 && !(file in longer))
		complain(file, lines " lines: more than 500")
	if (file in longer && lines > longer[file])
		complain(file, lines " lines: more than " longer[file])
}

BEGIN {
	# Those that are longer, and may grow no further than this.  Divide one of them rather than raise its limit.
	longer["tests/system/conformance.test"] = 1100 # the cases of one program, in the order of two documents
}

FNR == 1 {
	end_file()
	file = FILENAME
	begin = 0
}

{ lines = FNR }

/^[A-Za-z_].*\(/ && !/;$/ {
	name = $0
	sub(/\(.*/, "", name)
	sub(/.*[^A-Za-z0-9_]/, "", name)
}

/^\{$/ { begin = FNR }

/^\}/ {
	most = (file ":" name) in longer ? longer[file ":" name] : 40
	if (begin && FNR - begin - 1 > most && file ~ /^(engine|tui)\//)
		complain(file ":" begin, name "() has " FNR - begin - 1 " lines: more than " most)
	begin = 0
}

END {
	end_file()
	exit failed
}
