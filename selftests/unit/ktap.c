// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the checks of a test, and prints KTAP.
 */
#include "ktap.h"

unsigned int ktap_failures;
char ktap_about[96];

int ktap_run(const struct check *checks, size_t count)
{
	int status = EXIT_SUCCESS;
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..%zu\n", count);
	for (i = 0; i < count; i++) {
		ktap_failures = 0;
		about("%s", "");
		checks[i].run();
		if (ktap_failures)
			status = EXIT_FAILURE;
		printf("%s %zu - %s\n", ktap_failures ? "not ok" : "ok",
		       i + 1, checks[i].name);
	}
	return status;
}
