/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Checks of the changes of a cluster file, and of what it leads to later.
 */
#ifndef TEST_EDIT_H
#define TEST_EDIT_H

void check_edit(void);
void check_resolve(void);

#endif
