# Examples; tests/system/examples.test runs them all.
examplesdir = $(docdir)/examples
dist_examples_DATA = examples/backup.sh examples/build-krtask.sh examples/family.sh examples/tour.krt examples/train.sh
