# Names of functions, static ones too: more than one word, and each in one file only.
#
#     awk -f names.awk SOURCE...
#
# A definition is recognized by house style: its name is on a line that begins at the margin, its { alone on a later one.
function complain(where, why)
{
	printf "%s: %s\n", where, why > "/dev/stderr"
	failed = 1
}

FNR == 1 { head = "" }

/^[A-Za-z_]/ && head == "" && !/^(struct|union|enum|typedef) [^(]*$/ {
	head = $0
	line = FNR
	gsub(/__attribute__[ ]*\(\(([^()]|\([^()]*\))*\)\)[ ]*/, "", head)
}

# The head ends at the body, or at the end of a declaration.
/^\{/ && head != "" {
	name = head
	sub(/\(.*/, "", name)
	sub(/.*[^A-Za-z0-9_]/, "", name)
	place = FILENAME ":" line
	if (head ~ /\(/ && name ~ /^[a-z]/ && name != "main") {
		if (name !~ /_/)
			complain(place, name "() is called by one word only: which " name "?")
		if (name in place_of && file_of[name] != FILENAME)
			complain(place, name "() is also in " place_of[name])
		place_of[name] = place
		file_of[name] = FILENAME
	}
	head = ""
}

/;[ \t]*$/ || /^\}/ || /^$/ { head = "" }

END { exit failed }
