/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Nodes that come into a cluster file and go from it.
 */
#ifndef NODE_EDIT_H
#define NODE_EDIT_H

#include "clusterctl.h"

enum status node_add(char **argv);
enum status node_remove(char **argv);

#endif
