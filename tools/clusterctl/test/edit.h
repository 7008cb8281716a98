/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Checks of the changes of a cluster file.
 */
#ifndef TEST_EDIT_H
#define TEST_EDIT_H

void check_edit(void);

#endif
