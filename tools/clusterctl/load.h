/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the module is loaded.
 */
#ifndef LOAD_H
#define LOAD_H

#include "clusterctl.h"
#include "info.h"

void system_path(void);
enum status load_file(const char *file, const char *needs);
enum status load_module(bool *loaded, struct info *info);

#endif
