# Includes point downwards only.  Reads the sources of engine and tui, by paths from the top.
BEGIN {
	# What the files of a folder may include of this project.
	may["engine/task"] = "^engine/task/"
	may["engine/store"] = "^engine/(store|task)/"
	may["engine/run"] = "^engine/(run|task)/"
	may["engine/wire"] = "^engine/wire/[^/]*$|^engine/task/"
	may["engine/wire/serve"] = "^engine/wire/(serve/)?[^/]*$|^engine/task/"
	may["engine/wire/client"] = "^engine/wire/(client/)?[^/]*$|^engine/task/"
	may["engine/core"] = "^engine/(core|run|store|task)/|^engine/engine[.]h$|^engine/host/line[.]h$"
	may["engine"] = "^engine/(core|run|store|task)/|^engine/engine[.]h$|^engine/host/line[.]h$"
	may["engine/service"] = "^engine/(service|core|wire|run|store|task)/|^engine/engine[.]h$"
	may["engine/host"] = "^engine/"
	client = "engine/wire/(client/(client|address)|jsonw)[.]h$|^engine/task/"
	may["tui/text"] = "^tui/text/|^engine/task/"
	may["tui/confirm"] = "^tui/(confirm|text)/|^engine/task/"
	may["tui/cli"] = "^tui/(cli|confirm|text)/|^" client
	may["tui/batch"] = "^tui/(batch|cli|confirm|text)/|^" client
	may["tui/view"] = "^tui/(view|cli|confirm|text)/|^tui/batch/lexer[.]h|^" client # forms make lines of a batch
	may["tui/screen"] = "^tui/(screen|view|batch|cli|confirm|text)/|^" client
	may["tui"] = "^tui/|^" client
}

function wrong(why)
{
	printf "%s:%d: %s: %s\n", FILENAME, FNR, $0, why > "/dev/stderr"
	failed = 1
}

/^[ \t]*#[ \t]*include/ {
	folder = FILENAME
	sub(/\/[^\/]*$/, "", folder)
	included = $0
	sub(/^[^"<]*["<]/, "", included)
	sub(/[">].*/, "", included)
	if (included ~ /curses[.]h$/ && folder != "tui/screen")
		wrong("only tui/screen may include curses")
	if ($0 !~ /"/ || included == "config.h")
		next
	if (!(folder in may))
		wrong("includes.awk has no rule for " folder)
	else if (included !~ may[folder])
		wrong(folder " may not include it")
}

END { exit failed }
