/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KC_VERSION_H
#define KC_VERSION_H

#define KC_VERSION "0.1.0"

#endif
