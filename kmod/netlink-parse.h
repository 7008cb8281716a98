/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What attributes of several objects have in common, for the parsers only.
 */
#ifndef KC_NETLINK_PARSE_H
#define KC_NETLINK_PARSE_H

#include <linux/types.h>

struct netlink_ext_ack;
struct nlattr;

void kc_netlink_print_addr(char *buf, size_t size, u8 family, const u8 *addr);
int kc_netlink_check_unicast(u8 family, const u8 *addr,
			     const struct nlattr *attr, const char *what,
			     struct netlink_ext_ack *extack);
int kc_netlink_get_ifname(char *ifname, const struct nlattr *attr,
			  struct netlink_ext_ack *extack);
int kc_netlink_get_name(char *name, const struct nlattr *attr,
			struct netlink_ext_ack *extack);
int kc_netlink_get_weight(int *weight, const struct nlattr *attr,
			  const char *what, struct netlink_ext_ack *extack);
int kc_netlink_check_read_only(struct nlattr *const *tb, const u16 *types,
			       size_t n, struct netlink_ext_ack *extack);

#endif
