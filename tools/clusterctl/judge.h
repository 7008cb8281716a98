/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From single results to a verdict: rise and fall. Pure.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct judge - What the results so far say.
 * @rise: Good results in a row that make it up.
 * @fall: Bad results in a row that make it down.
 * @known: Whether there was a result.
 * @up: The verdict.
 * @streak: Results in a row that contradict it.
 */
struct judge {
	uint32_t rise;
	uint32_t fall;
	bool known;
	bool up;
	uint32_t streak;
};

bool judge_result(struct judge *judge, bool good);

#endif
