// SPDX-License-Identifier: GPL-2.0
/*
 * What the monitor prints of claims: a line per change of owner.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

#include "claim.h"
#include "clusterctl.h"
#include "news.h"
#include "output.h"

/**
 * news_print_claim() - Print a line about a claim, at once.
 * @claim: Its name, its owner and its states, before and after.
 */
void news_print_claim(const struct claim *claim)
{
	struct json_object *object;

	if (options.json) {
		object = news_begin("CLAIM");
		json_add_text(object, "name", claim->name);
		json_add_text(object, "state", claim_state_text(claim->state));
		json_add_text(object, "old_state", claim_state_text(claim->old_state));
		json_add_text(object, "owner", claim->owner);
		if (claim->epoch)
			json_add_number(object, "epoch", claim->epoch);
		json_add_number(object, "prefixes", claim->total);
		json_add_number(object, "sequence", claim->sequence);
		json_print(object);
	} else {
		news_stamp();
		printf("claim ");
		print_colored(COLOR_NAME, claim->name);
		printf(": %s -> ", claim_state_text(claim->old_state));
		claim_show_state(claim);
		if (claim->epoch)
			printf(" epoch %" PRIu64, claim->epoch);
		putchar('\n');
	}
	fflush(stdout);
}
