// SPDX-License-Identifier: GPL-2.0
/*
 * Does a neighbour answer?
 *
 * Each question is judged once, some time after it was asked. An answer that
 * is slower counts for the next one: a slow neighbour is not a dead one. So a
 * neighbour that answers in time and dies is given up no later than
 * lose * interval + wait after it did.
 */
#include "probe.h"

#define MS 1000000ULL

/**
 * kc_probe_init() - a neighbour of which nothing is known
 * @probe: filled in; the first question is due at once
 * @interval_ms: between questions
 * @lose: questions in a row without an answer after which it is down, and
 *	with one after which it is up again; 1 or more
 *
 * It counts as up until the contrary is known: to begin to ask, or to load
 * the module anew, must not move an address.
 */
void kc_probe_init(struct kc_probe *probe, u32 interval_ms, u8 lose)
{
	memset(probe, 0, sizeof(*probe));
	probe->interval = interval_ms * MS;
	probe->wait = probe->interval / 2;
	if (probe->wait > KC_PROBE_WAIT_MAX)
		probe->wait = KC_PROBE_WAIT_MAX;
	probe->lose = lose;
	probe->up = true;
}

static unsigned int ask(struct kc_probe *probe, u64 now)
{
	/* In step, unless the time for that has passed. */
	probe->asked_at = now - probe->due > probe->wait ? now : probe->due;
	probe->due = now + probe->wait;
	probe->asked = true;
	probe->late = false;
	return KC_PROBE_SEND;
}

static unsigned int judge(struct kc_probe *probe, u64 now, bool heard)
{
	probe->asked = false;
	probe->due = probe->asked_at + probe->interval;
	if (probe->due < now)
		probe->due = now;
	if (heard == probe->up) {
		probe->run = 0;
		return 0;
	}
	if (++probe->run < probe->lose)
		return 0;
	probe->run = 0;
	probe->up = heard;
	return KC_PROBE_CHANGED;
}

/**
 * kc_probe_run() - do what is due
 * @probe: the neighbour
 * @now: present time, ns
 * @heard: an answer came since this was asked for last; only counts if
 *	kc_probe_judges()
 *
 * Return: &enum kc_probe_action, ored
 */
unsigned int kc_probe_run(struct kc_probe *probe, u64 now, bool heard)
{
	if (now < probe->due)
		return 0;
	if (!probe->asked)
		return ask(probe, now);
	/*
	 * Whoever overslept may have the answer waiting in a queue, and has to
	 * read that first.
	 */
	if (!heard && !probe->late && now - probe->due > probe->wait) {
		probe->late = true;
		probe->due = now + probe->wait;
		return 0;
	}
	return judge(probe, now, heard);
}

/**
 * kc_probe_stop() - it cannot be asked, which is worse than not answering
 * @probe: the neighbour; down, and the next kc_probe_run() asks at once
 *
 * Return: KC_PROBE_CHANGED or 0
 */
unsigned int kc_probe_stop(struct kc_probe *probe)
{
	bool was_up = probe->up;

	probe->up = false;
	probe->asked = false;
	probe->run = 0;
	probe->due = 0;
	return was_up ? KC_PROBE_CHANGED : 0;
}

/**
 * kc_probe_unsent() - the question could not be asked for want of memory
 * @probe: the neighbour, whose fault that is not
 * @now: present time, ns
 */
void kc_probe_unsent(struct kc_probe *probe, u64 now)
{
	probe->asked = false;
	probe->due = now + probe->wait;
}
