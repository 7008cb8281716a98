/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why the module is not there, in one sentence.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "clusterctl.h"

void explain_missing_module(void);
void explain_insmod(const char *file, const char *output);
void explain_modprobe(const char *output);

#endif
