# Sums what gcov says of each file, the least covered first.
/^File '/ {
	file = $0
	gsub(/^File '|'$/, "", file)
	sub(/^([.][.]\/)+/, "", file)
}

/^Lines executed:/ && file ~ /(engine|tui)\// {
	split($0, part, /[:% ]+/)
	share[file] = part[3]
	lines[file] = part[5]
	file = ""
}

END {
	for (name in share) {
		total += lines[name]
		covered += lines[name] * share[name] / 100
		printf "%6.2f%% of %5d  %s\n", share[name], lines[name], name | "sort -n"
	}
	close("sort -n")
	if (total)
		printf "%6.2f%% of %5d  in all\n", 100 * covered / total, total
}
