/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the module is loaded.
 */
#ifndef LOAD_H
#define LOAD_H

#include "clusterctl.h"
#include "info.h"

enum status load_module(bool *loaded, struct info *info);

#endif
