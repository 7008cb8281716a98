// SPDX-License-Identifier: GPL-2.0
/*
 * What the monitor tells of besides virtual routers; its script is not told of it.
 */
#include "claim.h"
#include "news.h"
#include "news_others.h"
#include "state.h"

/**
 * others_take() - Tell what an event says, if it is news.
 * @others: What was told last.
 * @message: The event.
 * @command: KCLUSTER_CMD_* of it; others than ours are passed over.
 * @take_number: Takes notice of its number.
 * @arg: For @take_number.
 */
void others_take(struct others *others, const struct nlmsghdr *message, uint8_t command,
		 take_number_fn take_number, void *arg)
{
	struct clusterip ip = { 0 };
	struct claim claim = { 0 };
	struct value value = { 0 };
	struct peer peer = { 0 };
	int32_t ahead;

	switch (command) {
	case KCLUSTER_CMD_VALUE_EVENT:
		value_decode(&value, message);
		if (take_number(arg, value.sequence) == 1)
			news_tell_value(&others->values, &value, false);
		value_free(&value);
		break;
	case KCLUSTER_CMD_PEER_EVENT:
	case KCLUSTER_CMD_PEER_PATH_EVENT:
	case KCLUSTER_CMD_PEER_FILE_EVENT:
		peer_decode(&peer, message);
		ahead = take_number(arg, peer.sequence);
		if (command == KCLUSTER_CMD_PEER_EVENT && ahead == 1)
			news_tell_peer(&others->peers, &peer, false);
		else if (command == KCLUSTER_CMD_PEER_PATH_EVENT && ahead > 0)
			news_print_peer_path(&peer);
		else if (command == KCLUSTER_CMD_PEER_FILE_EVENT && ahead > 0)
			news_print_peer_file(&peer);
		peer_free(&peer);
		break;
	case KCLUSTER_CMD_CLUSTERIP_EVENT:
		clusterip_decode(&ip, message);
		if (take_number(arg, ip.sequence) == 1)
			news_tell_clusterip(&others->clusterips, &ip, false);
		clusterip_free(&ip);
		break;
	case KCLUSTER_CMD_CLAIM_EVENT:
		claim_decode(&claim, message);
		if (take_number(arg, claim.sequence) > 0)
			news_print_claim(&claim);
		claim_free(&claim);
		break;
	}
}

/**
 * others_replay() - Tell what differs from what was told last.
 * @others: What was told last.
 * @state: What there is.
 */
void others_replay(struct others *others, const struct state *state)
{
	news_replay_values(&others->values, &state->values);
	news_replay_peers(&others->peers, &state->peers);
	news_replay_clusterips(&others->clusterips, &state->clusterips);
}

/**
 * others_free() - Forget what was told.
 * @others: It.
 */
void others_free(struct others *others)
{
	told_free(&others->values);
	told_free(&others->peers);
	told_free(&others->clusterips);
}
