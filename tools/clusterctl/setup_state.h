/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What setup found on a machine, so that it can return.
 */
#ifndef SETUP_STATE_H
#define SETUP_STATE_H

#include <stdbool.h>

#include "objects.h"
#include "rules.h"
#include "setup.h"
#include "wireguard.h"

/**
 * struct setup_state - Of a machine, what setup is concerned with.
 * @rules: Our table of nftables, NULL for none.
 * @tunnel: The WireGuard device; without a name if there is no VPN.
 * @others: WireGuard devices that setup made when they had other names.
 * @module: The module is there.
 * @objects: What it has.
 * @sysctls: Which sysctls were set.
 */
struct setup_state {
	char *rules;
	struct tunnel tunnel;
	struct tunnels others;
	bool module;
	struct objects objects;
	long sysctls;
};

void setup_state_free(struct setup_state *state);
enum status setup_state_read(struct setup_state *is, const struct setup *setup,
			     struct nl_sock *sock);
enum status setup_state_return(const struct setup *setup, struct setup_state *before,
			       struct nl_sock *sock);

#endif
