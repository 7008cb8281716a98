// SPDX-License-Identifier: GPL-2.0
/*
 * From single results to a verdict: rise and fall.
 */
#include "judge.h"

/**
 * judge_result() - Take one more result into account.
 * @judge: What the results so far say.
 * @good: The result.
 *
 * The first one decides at once: before it nothing is known that would have to
 * be contradicted several times.
 *
 * Return: Whether the verdict is another one.
 */
bool judge_result(struct judge *judge, bool good)
{
	if (judge->known && good == judge->up) {
		judge->streak = 0;
		return false;
	}
	judge->streak++;
	if (judge->known && judge->streak < (good ? judge->rise : judge->fall))
		return false;
	judge->known = true;
	judge->up = good;
	judge->streak = 0;
	return true;
}
