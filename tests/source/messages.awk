# The texts of messages.h, for the shell: a line NAME='text' for each definition.
#
#     awk -f messages.awk engine/task/messages.h tui/text/messages.h
#
# A definition consists of string literals and of names that were defined before it.

function quoted(text)
{
	gsub(/'/, "'\\''", text)
	return "'" text "'"
}

# The text of what follows the name.
function text_of(rest,    text, name)
{
	while (rest != "") {
		if (match(rest, /^"([^"\\]|\\.)*"/))
			text = text unescaped(substr(rest, 2, RLENGTH - 2))
		else if (match(rest, /^MSG_[A-Z0-9_]+/)) {
			name = substr(rest, 1, RLENGTH)
			if (!(name in texts))
				fail(name " is not defined before it is used")
			text = text texts[name]
		} else if (!match(rest, /^[ \t\\]+/))
			fail("neither a literal nor a name: " rest)
		rest = substr(rest, RLENGTH + 1)
	}
	return text
}

function unescaped(literal)
{
	gsub(/\\n/, "\n", literal)
	gsub(/\\"/, "\"", literal)
	gsub(/\\\\/, "\\", literal)
	return literal
}

function fail(why)
{
	printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"
	exit 1
}

/\\$/ {
	line = line substr($0, 1, length($0) - 1)
	next
}

{
	line = line $0
}

line ~ /^#define MSG_/ {
	split(line, words, /[ \t]+/)
	name = words[2]
	if (name in texts)
		fail(name " is defined twice")
	rest = substr(line, index(line, name) + length(name))
	texts[name] = text_of(rest)
	printf "%s=%s\n", name, quoted(texts[name])
}

{
	line = ""
}
