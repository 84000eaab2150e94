# Examples; tests/system/examples.test runs them all.
EXTRA_DIST += examples/build-krtask.sh examples/family.sh examples/tour.krt
