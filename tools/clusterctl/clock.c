// SPDX-License-Identifier: GPL-2.0
/*
 * The time that also passes while the machine sleeps.
 */
#include <time.h>

#include "clusterctl.h"

/**
 * boot_ms() - How long ago did the machine boot?
 *
 * Return: Milliseconds.
 */
int64_t boot_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
