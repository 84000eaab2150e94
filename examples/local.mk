# Scripts that do real work; the system tests run them.
EXTRA_DIST += \
	examples/build-krtask.sh \
	examples/family.sh \
	examples/tour.krt
