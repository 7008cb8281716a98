// SPDX-License-Identifier: GPL-2.0
/*
 * What can be wrong with a cluster IP that is asked for.
 */
#include <linux/etherdevice.h>
#include <linux/inet.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>

#include "../extack.h"
#include "../net.h"
#include "../vrrp/item.h"
#include "clusterip.h"
#include "share.h"

/* Of what is held as a local route, as the parser of requests has it. */
#define LOCAL_PREFIXLEN_MIN 20

static void print_addr(char *buf, size_t size, u8 family, const u8 *addr)
{
	snprintf(buf, size, family == KC_AF_INET6 ? "%pI6c" : "%pI4", addr);
}

static const char *owner_of(const struct kc_net *kn,
			    const struct kc_vrrp_item *item)
{
	const struct kc_vrrp_item *other;
	const struct kc_cip *cip;

	list_for_each_entry(cip, &kn->cip.objects, list)
		list_for_each_entry(other, &cip->items, list)
			if (other == item)
				return cip->name;
	/* In the index are those that are asked for, too. */
	return NULL;
}

static const struct kc_vrrp_item *find_in(struct kc_net *kn, u8 family,
					  const u8 *addr, unsigned int len)
{
	struct hlist_head *bucket = kc_vrrp_index_bucket(kn->cip.index, family,
							 addr);
	unsigned int bits = 8 * kc_addr_len(family);
	const struct kc_vrrp_item *item;

	hlist_for_each_entry(item, bucket, index)
		if (item->family == family &&
		    (item->local ? item->prefixlen : bits) == len &&
		    !memcmp(item->addr, addr, kc_addr_len(family)))
			return item;
	return NULL;
}

/* Who has the address already, alone or in a prefix? */
static const struct kc_vrrp_item *find_item(struct kc_net *kn, u8 family,
					    const u8 *addr)
{
	const struct kc_vrrp_item *item;
	unsigned int len;
	u8 net[4];

	item = find_in(kn, family, addr, 8 * kc_addr_len(family));
	if (item || family != KC_AF_INET)
		return item;
	memcpy(net, addr, sizeof(net));
	for (len = 31; !item && len >= LOCAL_PREFIXLEN_MIN; len--) {
		/* One bit of the host more is none of the prefix. */
		net[len / 8] &= ~(0x80 >> len % 8);
		item = find_in(kn, family, net, len);
	}
	return item;
}

static int check_address(struct kc_net *kn, const struct kc_vrrp_item *item,
			 const u8 *addr, struct netlink_ext_ack *extack)
{
	const struct kc_vrrp_item *other = find_item(kn, item->family, addr);
	const char *owner;
	char text[INET6_ADDRSTRLEN];

	print_addr(text, sizeof(text), item->family, addr);
	if (other) {
		owner = owner_of(kn, other);
		if (!owner)
			return kc_refuse(extack, item->attr, -EEXIST,
					 "%s twice", text);
		return kc_refuse(extack, item->attr, -EEXIST,
				 "%s is an address of cluster IP \"%s\" already",
				 text, owner);
	}
	owner = kc_vrrp_index_owner(kn, item->family, addr);
	if (owner)
		return kc_refuse(extack, item->attr, -EEXIST,
				 "%s is an address of virtual router \"%s\" already",
				 text, owner);
	return 0;
}

static int check_item(struct kc_net *kn, const struct kc_vrrp_item *item,
		      struct netlink_ext_ack *extack)
{
	unsigned int i, size = kc_vrrp_item_size(item);
	u8 addr[16];
	int err;

	if (item->ifname[0])
		return kc_refuse(extack, item->attr, -EINVAL,
				 "all addresses of a cluster IP are on its own device: leave dev out");
	if (item->excluded)
		return kc_refuse(extack, item->attr, -EINVAL,
				 "no address of a cluster IP is listed anywhere: leave excluded out");
	if (item->family == KC_AF_INET6 && !ipv6_mod_enabled())
		return kc_refuse(extack, item->attr, -EAFNOSUPPORT,
				 "this system has no IPv6");
	for (i = 0; i < size; i++) {
		kc_vrrp_item_nth(item, i, addr);
		err = check_address(kn, item, addr, extack);
		if (err)
			return err;
	}
	return 0;
}

/* Also puts those that are right into the index. */
static int check_items(struct kc_net *kn, struct kc_cip_spec *spec,
		       struct netlink_ext_ack *extack)
{
	struct kc_vrrp_item *item;
	unsigned int n = 0;
	int err = 0;

	mutex_lock(&kn->vrrp.mutex);
	list_for_each_entry(item, &spec->items, list) {
		n += kc_vrrp_item_size(item);
		if (n > KCLUSTER_CLUSTERIP_ADDRESSES_MAX) {
			err = kc_refuse(extack, item->attr, -E2BIG,
					"more than %d addresses: give the rest to another cluster IP",
					KCLUSTER_CLUSTERIP_ADDRESSES_MAX);
			break;
		}
		err = check_item(kn, item, extack);
		if (err)
			break;
		hlist_add_head(&item->index,
			       kc_vrrp_index_bucket(kn->cip.index,
						    item->family, item->addr));
	}
	mutex_unlock(&kn->vrrp.mutex);
	if (!err)
		return 0;
	list_for_each_entry(item, &spec->items, list)
		hlist_del_init(&item->index);
	return err;
}

/* RFC 1112, 6.4, and RFC 2464, 7, as if the first address were a group. */
static void make_mac(struct kc_cip_spec *spec)
{
	const struct kc_vrrp_item *item;
	u8 *mac = spec->mac;

	item = list_first_entry(&spec->items, struct kc_vrrp_item, list);
	if (item->family == KC_AF_INET6) {
		mac[0] = 0x33;
		mac[1] = 0x33;
		memcpy(mac + 2, item->addr + 12, 4);
		return;
	}
	mac[0] = 0x01;
	mac[1] = 0x00;
	mac[2] = 0x5e;
	memcpy(mac + 3, item->addr + 1, 3);
	mac[3] &= 0x7f;
}

static int check_mac(const struct kc_cip_spec *spec,
		     struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = spec->attrs[KCLUSTER_A_CLUSTERIP_MAC];

	if (is_broadcast_ether_addr(spec->mac))
		return kc_refuse(extack, attr, -EINVAL,
				 "%pM is the broadcast MAC: give a multicast one",
				 spec->mac);
	if (!is_multicast_ether_addr(spec->mac))
		return kc_refuse(extack, attr, -EINVAL,
				 "%pM is no multicast MAC: the lowest bit of the first octet is not set, so a switch would send it to one node only",
				 spec->mac);
	if (is_link_local_ether_addr(spec->mac))
		return kc_refuse(extack, attr, -EINVAL,
				 "%pM is reserved: bridges and switches do not forward it",
				 spec->mac);
	return 0;
}

/**
 * kc_cip_check_gateway() - is the MAC that of no other gateway?
 * @kn: the namespace, mutex of its cluster IPs held
 * @self: whose it would be, NULL if that is not there yet
 * @ifname: name of its device
 * @mac: the MAC
 * @attr: what is to blame
 * @extack: why not
 *
 * Return: 0 or a negative errno, explained
 */
int kc_cip_check_gateway(const struct kc_net *kn, const struct kc_cip *self,
			 const char *ifname, const u8 *mac,
			 const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	const struct kc_cip *cip;

	list_for_each_entry(cip, &kn->cip.objects, list)
		if (cip != self && cip->gateway &&
		    !strcmp(cip->ifname, ifname) &&
		    ether_addr_equal(cip->mac, mac))
			return kc_refuse(extack, attr, -EEXIST,
					 "cluster IP \"%s\" is a gateway at %pM on %s already: give another MAC",
					 cip->name, mac, ifname);
	return 0;
}

static int check_device(struct kc_net *kn, const struct kc_cip_spec *spec,
			struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = spec->attrs[KCLUSTER_A_CLUSTERIP_IFNAME];
	char buf[KC_CIP_REASON_MAX];
	const struct net_device *dev;
	const char *flaw = NULL;

	if (!IS_ENABLED(CONFIG_NETFILTER_EGRESS))
		return kc_refuse(extack, attr, -EOPNOTSUPP,
				 "a cluster IP needs CONFIG_NETFILTER_EGRESS, without which this kernel was built");
	/* It may appear later. */
	rcu_read_lock();
	dev = dev_get_by_name_rcu(kn->net, spec->ifname);
	if (dev)
		flaw = kc_cip_device_flaw(dev, buf, sizeof(buf));
	rcu_read_unlock();
	if (!flaw)
		return 0;
	return kc_refuse(extack, attr, -EOPNOTSUPP, "%s %s", spec->ifname,
			 flaw);
}

static int check_bits(const u8 *bits, u16 nodes, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	unsigned int i;

	for (i = nodes; i < KC_CIP_BUCKETS_MAX; i++)
		if (kc_cip_bit(bits, i))
			return kc_refuse(extack, attr, -ERANGE,
					 "there is no node %u: they are 1 to %u",
					 i + 1, nodes);
	return 0;
}

/**
 * kc_cip_check_map() - can packets be divided like that?
 * @spec: what is asked for, or how it is
 * @ipv6: there are IPv6 addresses
 * @extack: why not
 *
 * Return: 0 or a negative errno, explained
 */
int kc_cip_check_map(const struct kc_cip_spec *spec, bool ipv6,
		     struct netlink_ext_ack *extack)
{
	struct nlattr **attrs = spec->attrs;
	int err;

	if (ipv6 && kc_cip_legacy(spec->hash))
		return kc_refuse(extack, attrs[KCLUSTER_A_CLUSTERIP_HASH],
				 -EAFNOSUPPORT,
				 "the legacy hashes are for IPv4 only, and there is an IPv6 address");
	err = check_bits(spec->local, spec->nodes,
			 attrs[KCLUSTER_A_CLUSTERIP_LOCAL] ?:
			 attrs[KCLUSTER_A_CLUSTERIP_NODES], extack);
	if (!err)
		err = check_bits(spec->add, spec->nodes,
				 attrs[KCLUSTER_A_CLUSTERIP_LOCAL_ADD], extack);
	if (!err)
		err = check_bits(spec->remove, spec->nodes,
				 attrs[KCLUSTER_A_CLUSTERIP_LOCAL_REMOVE],
				 extack);
	return err;
}

/**
 * kc_cip_has_ipv6() - is an address one of IPv6?
 * @items: addresses, &struct kc_vrrp_item
 */
bool kc_cip_has_ipv6(const struct list_head *items)
{
	const struct kc_vrrp_item *item;

	list_for_each_entry(item, items, list)
		if (item->family == KC_AF_INET6)
			return true;
	return false;
}

/**
 * kc_cip_check() - may there be such a cluster IP?
 * @kn: the namespace, mutex of its cluster IPs held, and running
 * @spec: what is asked for; a MAC that was left out is filled in
 * @extack: why not
 *
 * If it may, its addresses are in the index.
 *
 * Context: process
 * Return: 0 or a negative errno, explained
 */
int kc_cip_check(struct kc_net *kn, struct kc_cip_spec *spec,
		 struct netlink_ext_ack *extack)
{
	struct nlattr **attrs = spec->attrs;
	int err;

	lockdep_assert_held(&kn->cip.mutex);

	if (kc_cip_find(kn, spec->name))
		return kc_refuse(extack, attrs[KCLUSTER_A_CLUSTERIP_NAME],
				 -EEXIST, "cluster IP \"%s\" exists already",
				 spec->name);
	if (kn->cip.count >= kc_cips_max(kn))
		return kc_refuse(extack, attrs[KCLUSTER_A_CLUSTERIP_NAME],
				 -ENOSPC,
				 "this network namespace may have %u cluster IPs and has them",
				 kc_cips_max(kn));
	err = check_device(kn, spec, extack);
	if (err)
		return err;
	if (!attrs[KCLUSTER_A_CLUSTERIP_MAC])
		make_mac(spec);
	err = kc_cip_share_check(kn, spec, extack);
	if (err)
		return err;
	err = spec->vmac ? 0 : check_mac(spec, extack);
	if (err)
		return err;
	if (spec->gateway || spec->leader)
		err = kc_cip_check_gateway(kn, NULL, spec->ifname, spec->mac,
					   attrs[KCLUSTER_A_CLUSTERIP_MAC],
					   extack);
	if (err)
		return err;
	err = kc_cip_check_map(spec, kc_cip_has_ipv6(&spec->items), extack);
	return err ?: check_items(kn, spec, extack);
}
