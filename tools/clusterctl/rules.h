/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table "inet kcluster" of nftables: as it is, as it shall be, and the way from one
 * to the other.
 */
#ifndef RULES_H
#define RULES_H

#include "clusterctl.h"
#include "work.h"

/* rules.c: our table */
enum status rules_read(char **table, bool needed);
enum status rules_change(struct work *work, const char *is, const char *want);
enum status rules_replace(const char *table);

/* rules_nft.c: libnftables */
int nft_run(const char *commands, unsigned int flags, char **said);

#endif
