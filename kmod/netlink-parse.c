// SPDX-License-Identifier: GPL-2.0
/*
 * What attributes of several objects have in common: addresses and names.
 */
#include <linux/in.h>
#include <linux/inet.h>
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/ipv6.h>

#include "core/types.h"
#include "extack.h"
#include "netlink-parse.h"
#include <uapi/linux/kcluster.h>

#define WEIGHT_MAX 254

/**
 * kc_netlink_print_addr() - an address as text
 * @buf: where to
 * @size: of @buf, INET6_ADDRSTRLEN is enough
 * @family: KC_AF_INET or KC_AF_INET6
 * @addr: network order
 */
void kc_netlink_print_addr(char *buf, size_t size, u8 family, const u8 *addr)
{
	snprintf(buf, size, family == KC_AF_INET6 ? "%pI6c" : "%pI4", addr);
}

/* What kind of address is it that no node can have? NULL if one can. */
static const char *flaw4(const u8 *addr)
{
	__be32 a;

	memcpy(&a, addr, sizeof(a));
	if (ipv4_is_zeronet(a))
		return "unspecified";
	if (ipv4_is_loopback(a))
		return "loopback";
	if (ipv4_is_multicast(a))
		return "multicast";
	if (ipv4_is_lbcast(a))
		return "broadcast";
	return NULL;
}

static const char *flaw6(const u8 *addr)
{
	struct in6_addr a;

	memcpy(&a, addr, sizeof(a));
	if (ipv6_addr_any(&a))
		return "unspecified";
	if (ipv6_addr_loopback(&a))
		return "loopback";
	if (ipv6_addr_is_multicast(&a))
		return "multicast";
	if (ipv6_addr_v4mapped(&a))
		return "mapped IPv4";
	return NULL;
}

/**
 * kc_netlink_check_unicast() - can a node have this address?
 * @family: KC_AF_INET or KC_AF_INET6
 * @addr: network order
 * @attr: where it came from
 * @what: what it is meant for
 * @extack: why not
 *
 * Return: 0 or a negative errno, explained
 */
int kc_netlink_check_unicast(u8 family, const u8 *addr,
			     const struct nlattr *attr, const char *what,
			     struct netlink_ext_ack *extack)
{
	const char *flaw = family == KC_AF_INET6 ? flaw6(addr) : flaw4(addr);
	char text[INET6_ADDRSTRLEN];

	if (!flaw)
		return 0;
	kc_netlink_print_addr(text, sizeof(text), family, addr);
	return kc_refuse(extack, attr, -EINVAL,
			 "%s is a%s %s address; a %s must be a unicast address",
			 text, *flaw == 'u' ? "n" : "", flaw, what);
}

/**
 * kc_netlink_get_ifname() - the name of a device, which need not exist
 * @ifname: IFNAMSIZ octets, filled in
 * @attr: where it comes from
 * @extack: why it is no name
 *
 * Return: 0 or a negative errno, explained
 */
int kc_netlink_get_ifname(char *ifname, const struct nlattr *attr,
			  struct netlink_ext_ack *extack)
{
	const char *name = nla_data(attr);

	if (!dev_valid_name(name))
		return kc_refuse(extack, attr, -EINVAL,
				 "not a device name: it has 1 to %d characters without spaces, \"/\" and \":\"",
				 KCLUSTER_IFNAME_MAX);
	strscpy(ifname, name, IFNAMSIZ);
	return 0;
}

/**
 * kc_netlink_get_name() - the name of a virtual router or a tracked value
 * @name: KCLUSTER_NAME_MAX + 1 octets, filled in
 * @attr: where it comes from
 * @extack: why it is no name
 *
 * Names appear in the log, in file names and on command lines.
 *
 * Return: 0 or a negative errno, explained
 */
int kc_netlink_get_name(char *name, const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	const char *text = nla_data(attr), *c;

	for (c = text; *c; c++)
		if (*c <= ' ' || *c > '~' || *c == '/')
			break;
	if (*c || c == text)
		return kc_refuse(extack, attr, -EINVAL,
				 "not a name: it has 1 to %d printable ASCII characters without spaces and \"/\"",
				 KCLUSTER_NAME_MAX);
	strscpy(name, text, KCLUSTER_NAME_MAX + 1);
	return 0;
}

/**
 * kc_netlink_get_weight() - what is added to a priority or taken from it
 * @weight: filled in
 * @attr: where it comes from
 * @what: "weight", or what else it is called
 * @extack: why it is none
 *
 * Return: 0 or a negative errno, explained
 */
int kc_netlink_get_weight(int *weight, const struct nlattr *attr,
			  const char *what, struct netlink_ext_ack *extack)
{
	*weight = nla_get_s32(attr);
	if (*weight >= -WEIGHT_MAX && *weight <= WEIGHT_MAX)
		return 0;
	return kc_refuse(extack, attr, -ERANGE,
			 "%s %d is out of range: it is %d to %d", what,
			 *weight, -WEIGHT_MAX, WEIGHT_MAX);
}

/**
 * kc_netlink_check_read_only() - refuse attributes that only we set
 * @tb: what was parsed
 * @types: those attributes
 * @n: how many
 * @extack: gets the reason
 *
 * Return: 0 or a negative errno
 */
int kc_netlink_check_read_only(struct nlattr *const *tb, const u16 *types,
			       size_t n, struct netlink_ext_ack *extack)
{
	for (; n--; types++)
		if (tb[*types])
			return kc_refuse(extack, tb[*types], -EINVAL,
					 "this attribute is read only: leave it out");
	return 0;
}
