// SPDX-License-Identifier: GPL-2.0
/*
 * Why a virtual router is in the state in which it is, in one sentence.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "router.h"
#include "value.h"
#include "why.h"

/**
 * struct sentence - A text that grows.
 * @text: Buffer.
 * @size: Bytes of it.
 */
struct sentence {
	char *text;
	size_t size;
};

static void __attribute__((format(printf, 2, 3)))
say(struct sentence *sentence, const char *format, ...)
{
	size_t used = strlen(sentence->text);
	va_list args;

	va_start(args, format);
	vsnprintf(sentence->text + used, sentence->size - used, format, args);
	va_end(args);
}

static const struct value *find_value(const struct values *values, const struct track *track)
{
	unsigned int i;

	for (i = 0; track->value && i < values->count; i++)
		if (!strcmp(values->list[i].name, track->value))
			return &values->list[i];
	return NULL;
}

/* What a track adds to the priority. A value counts even with a weight of 0. */
static int32_t track_counts(const struct track *track, const struct value *value)
{
	int32_t weight = value && !track->has_weight ? value->weight : track->weight;
	int32_t counts = value && track->up ? value->number : 0;

	return (weight > 0) == track->up ? counts + weight : counts;
}

static void say_track(struct sentence *sentence, const struct track *track,
		      const struct value *value)
{
	char text[ADDRESS_TEXT_MAX];

	if (track->neighbour.length)
		say(sentence, "neighbour %s on %s %s", address_text(&track->neighbour, text),
		    track->ifname ? track->ifname : "?",
		    track->up ? "answers" : "does not answer");
	else if (!track->value)
		say(sentence, "%s is %s", track->ifname ? track->ifname : "a track",
		    track->up ? "up" : "down");
	else if (track->up && value && value->number)
		say(sentence, "value %s is %" PRId32, track->value, value->number);
	else
		say(sentence, "value %s is %s", track->value,
		    track->up ? "up" : value ? value_state_text(value->state) : "down");
}

/* What raises or lowers the priority. */
static void say_weights(struct sentence *sentence, const struct router *router,
			const struct values *values)
{
	const char *before = "";
	unsigned int i;

	if (router->effective_priority == router->priority)
		return;
	say(sentence, " (%u, because ", (unsigned int)router->priority);
	for (i = 0; i < router->track_count; i++) {
		const struct track *track = &router->tracks[i];
		const struct value *value = find_value(values, track);

		if (!track_counts(track, value))
			continue;
		say(sentence, "%s", before);
		say_track(sentence, track, value);
		before = " and ";
	}
	say(sentence, "%s)", *before ? "" : "of what is tracked");
}

static void say_master(struct sentence *sentence, const struct router *router)
{
	char text[ADDRESS_TEXT_MAX], age[TIME_TEXT_MAX];
	unsigned int i;

	if (!router->master_address.length) {
		say(sentence, "no master was heard yet");
		return;
	}
	if (!router->master_priority) {
		say(sentence, "the last master, %s, said goodbye",
		    address_text(&router->master_address, text));
		return;
	}
	say(sentence, "%s is master with priority %u, heard %s ago",
	    address_text(&router->master_address, text), (unsigned int)router->master_priority,
	    age_text(router->last_heard, age));
	for (i = 0; i < router->path_count; i++)
		if (router->paths[i].heard && !router->paths[i].silent)
			say(sentence, "%s %s", i ? "," : " by",
			    router->paths[i].ifname ? router->paths[i].ifname : "?");
}

/* What keeps a backup from being master, beyond the master itself. */
static void say_obstacle(struct sentence *sentence, const struct router *router)
{
	char text[TIME_TEXT_MAX];

	if (router->handover_wait) {
		say(sentence, "; it waits until it knows the connections of its peers, for another %s at most",
		    age_text(router->handover_wait, text));
	} else if (group_holds(router)) {
		say(sentence, "; %s", router->reason);
	} else if (router->standby) {
		say(sentence, "; it was told to stand by");
		if (router->standby_time)
			say(sentence, " for another %s", age_text(router->standby_time, text));
	} else if (router->startup_wait) {
		say(sentence, "; its startup delay lasts for another %s",
		    age_text(router->startup_wait, text));
	} else if (!router->master_address.length || !router->master_priority) {
		say(sentence, "; it takes over unless somebody advertises within %s",
		    age_text(router->master_down_interval, text));
	} else if (router->effective_priority == router->master_priority) {
		say(sentence, "; with equal priorities the master stays");
	} else if (router->effective_priority < router->master_priority) {
		return;
	} else if (!router->preempt) {
		say(sentence, "; preempt is off, so the master stays");
	} else if (router->preempt_wait) {
		say(sentence, "; it preempts in %s (preempt-delay)",
		    age_text(router->preempt_wait, text));
	} else {
		say(sentence, "; it is about to preempt");
	}
}

static void say_witness(FILE *out, const struct witness *witness)
{
	char *text = witness_text(witness), age[TIME_TEXT_MAX];

	fprintf(out, "%s ", text);
	free(text);
	switch (witness->vote) {
	case KCLUSTER_VRRP_VOTE_NONE:
		if (witness->heard)
			fprintf(out, "does not answer since %s",
				age_text(witness->last_heard, age));
		else
			fprintf(out, "never answered");
		break;
	case KCLUSTER_VRRP_VOTE_FREE:
		fprintf(out, "would vote for a majority");
		break;
	case KCLUSTER_VRRP_VOTE_TAKEN:
		fprintf(out, "votes for another node");
		break;
	case KCLUSTER_VRRP_VOTE_WAITING:
		fprintf(out, "has just started");
		break;
	default:
		fprintf(out, "counts other votes or has a shorter interval");
	}
}

/**
 * why_no_majority() - Why a candidate is not elected.
 * @router: The router.
 *
 * Return: A clause, to be freed.
 */
char *why_no_majority(const struct router *router)
{
	const char *before = " (";
	char *text = NULL;
	size_t size = 0;
	FILE *out = need_memory(open_memstream(&text, &size));
	unsigned int i;

	fprintf(out, "no majority: %u of %u votes", (unsigned int)router->votes_granted,
		(unsigned int)router->votes);
	for (i = 0; i < router->witness_count; i++) {
		if (router->witnesses[i].vote == KCLUSTER_VRRP_VOTE_GRANTED)
			continue;
		fputs(before, out);
		say_witness(out, &router->witnesses[i]);
		before = ", ";
	}
	fprintf(out, "%s", *before == ',' ? ")" : "");
	fclose(out);
	return need_memory(text);
}

/**
 * why_text() - One sentence on why a router is in its state.
 * @router: The router.
 * @values: The tracked values there are.
 * @text: Buffer for the sentence.
 * @size: Bytes of @text.
 */
void why_text(const struct router *router, const struct values *values, char *text,
	      size_t size)
{
	struct sentence sentence = { .text = text, .size = size };
	const char *reason = router->reason && *router->reason ? router->reason : "unknown";
	char age[TIME_TEXT_MAX];

	*text = '\0';
	say(&sentence, "%s ", router->name);
	switch (router->state) {
	case KCLUSTER_VRRP_STATE_MASTER:
		say(&sentence, "is master since %s with priority %u", age_text(router->since, age),
		    (unsigned int)router->effective_priority);
		say_weights(&sentence, router, values);
		say(&sentence, ": %s", reason);
		break;
	case KCLUSTER_VRRP_STATE_BACKUP:
		say(&sentence, "is backup since %s with priority %u", age_text(router->since, age),
		    (unsigned int)router->effective_priority);
		say_weights(&sentence, router, values);
		say(&sentence, ": ");
		if (router->candidate) {
			char *votes = why_no_majority(router);

			say(&sentence, "%s", votes);
			free(votes);
			break;
		}
		say_master(&sentence, router);
		say_obstacle(&sentence, router);
		break;
	case KCLUSTER_VRRP_STATE_WITNESS:
		say(&sentence, "is a witness since %s: it holds nothing, only votes",
		    age_text(router->since, age));
		break;
	case KCLUSTER_VRRP_STATE_FAULT:
		say(&sentence, "is in FAULT since %s: %s", age_text(router->since, age), reason);
		break;
	default:
		say(&sentence, "is in state %s: %s", state_text(router->state), reason);
	}
	say(&sentence, ".");
}
