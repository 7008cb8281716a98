/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the unit test of the parts share.
 */
#ifndef TEST_H
#define TEST_H

#include "check.h"

void test_grammar(void);
void test_block(void);
void test_extack(void);
void test_value(void);
void test_peer(void);
void test_claim(void);
void test_clusterip(void);
void test_judge(void);
void test_run(void);
void test_roll(void);
void test_why(void);

#endif
