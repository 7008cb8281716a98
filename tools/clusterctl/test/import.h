/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of the import share.
 */
#ifndef IMPORT_H
#define IMPORT_H

#include "../keepalived.h"

/**
 * struct imported - What came of the latest import.
 * @import: Its virtual routers and remarks.
 * @config: The tree they come from.
 * @batch: The batch; empty when it failed.
 * @report: The remarks as text; empty when it failed.
 * @failed: Whether the text was no configuration.
 */
struct imported {
	struct ka_import import;
	struct ka_config config;
	char *batch;
	char *report;
	bool failed;
};

extern struct imported now;

void forget(void);
void import_text(const char *text);
bool batch_is_understood(const char *batch);

/* import_meaning.c */
void test_meaning(void);

/* import_clusterip.c */
void test_clusterip_rules(void);

#endif
