# What this folder adds to the build.
dist_man_MANS += man/krtask.1 man/krtask-batch.5 man/krtask.7 man/krtaskd.8
