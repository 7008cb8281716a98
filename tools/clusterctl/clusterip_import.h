/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From rules of ipt_CLUSTERIP, as iptables-save prints them, to cluster IPs.
 */
#ifndef CLUSTERIP_IMPORT_H
#define CLUSTERIP_IMPORT_H

#include <stdio.h>

#include "clusterip.h"

/**
 * struct cip_import - What became of the rules.
 * @ips: The cluster IPs; rules that differ in nothing but their address share one.
 * @lines: For each of them, the line of its first rule.
 * @rules: How many rules they come from.
 * @others: How many rules are of other kinds.
 * @line: On failure: the line at fault.
 * @error: On failure: what is wrong, and what would be right.
 */
struct cip_import {
	struct clusterips ips;
	unsigned int *lines;
	unsigned int rules;
	unsigned int others;
	unsigned int line;
	char error[256];
};

int cip_import_read(struct cip_import *import, FILE *in);
void cip_import_print(FILE *out, const struct cip_import *import, const char *file);
void cip_import_free(struct cip_import *import);

#endif
