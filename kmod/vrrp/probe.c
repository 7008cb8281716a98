// SPDX-License-Identifier: GPL-2.0
/*
 * Tracked neighbours: the objects, and what they count as. See probe.h for who
 * may do what, and core/probe.c for when a neighbour counts as down.
 */
#include <linux/if_arp.h>
#include <linux/jhash.h>
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "../extack.h"
#include "../log.h"
#include "../net.h"
#include "device.h"
#include "probe.h"
#include "router.h"

/**
 * kc_vrrp_probe_name() - whom a probe asks
 * @spec: of the probe
 * @text: where to
 * @size: of @text
 */
void kc_vrrp_probe_name(const struct kc_vrrp_probe_spec *spec, char *text,
			size_t size)
{
	snprintf(text, size, spec->family == KC_AF_INET6 ?
		 "neighbour %pI6c on %s" : "neighbour %pI4 on %s",
		 spec->addr, spec->ifname);
}

/**
 * kc_vrrp_probe_describe() - one clause on a neighbour
 * @spec: of the probe
 * @up: what it counts as
 * @flaw: why it cannot be asked, NULL if it can
 * @text: where to
 * @size: of @text
 */
void kc_vrrp_probe_describe(const struct kc_vrrp_probe_spec *spec, bool up,
			    const char *flaw, char *text, size_t size)
{
	char name[KC_VRRP_PROBE_TEXT];

	kc_vrrp_probe_name(spec, name, sizeof(name));
	if (flaw)
		snprintf(text, size, "%s: the device %s", name, flaw);
	else
		snprintf(text, size, "%s %s", name,
			 up ? "answers" : "does not answer");
}

/* What keeps a device that exists from ever asking? NULL if nothing. */
static const char *unfit(const struct net_device *dev)
{
	if (dev->type != ARPHRD_ETHER || dev->flags & IFF_NOARP)
		return "has no neighbours";
	if (netif_is_bridge_port(dev))
		return "is the port of a bridge";
	if (netif_is_lag_port(dev))
		return "is the port of a bond";
	return NULL;
}

static const char *flaw_of(const struct net_device *dev,
			   const struct net_device *going)
{
	const char *flaw;

	if (!dev)
		return "does not exist";
	flaw = unfit(dev);
	if (flaw)
		return flaw;
	return kc_vrrp_device_up(dev, going) ? NULL : "is down";
}

/* Make known what it counts as now. */
static void tell(struct kc_vrrp_probe *probe)
{
	char text[KC_VRRP_PROBE_TEXT];

	if (!__ratelimit(&probe->kn->vrrp.values_log))
		return;
	kc_vrrp_probe_describe(&probe->spec, probe->logic.up, probe->flaw, text,
			       sizeof(text));
	kc_info("%s\n", text);
}

static unsigned int run(struct kc_vrrp_probe *probe, const struct kc_vrrp *r,
			struct net_device *dev)
{
	u64 now = kc_now();
	unsigned int actions;
	bool heard = false;

	/* Answers between two judgements count for the second one. */
	if (kc_probe_judges(&probe->logic, now))
		heard = xchg(&probe->heard, 0);
	actions = kc_probe_run(&probe->logic, now, heard);
	if (actions & KC_PROBE_SEND && kc_vrrp_ask(probe, r, dev))
		kc_probe_unsent(&probe->logic, now);
	return actions;
}

/**
 * kc_vrrp_probe_look() - what a neighbour counts as now
 * @probe: the probe, kept by a track of @r
 * @r: the router that wants to know, locked
 * @going: a device that counts as down already, or NULL
 * @sight: filled in
 *
 * Whoever looks first when the neighbour is to be asked asks it.
 *
 * Context: under RCU; any but hard interrupts
 */
void kc_vrrp_probe_look(struct kc_vrrp_probe *probe, const struct kc_vrrp *r,
			const struct net_device *going,
			struct kc_vrrp_probe_sight *sight)
{
	struct net_device *dev;
	unsigned int actions;

	dev = dev_get_by_name_rcu(probe->kn->net, probe->spec.ifname);
	spin_lock_bh(&probe->lock);
	probe->flaw = flaw_of(dev, going);
	if (probe->flaw) {
		/* No answer that comes now is meant for the next question. */
		WRITE_ONCE(probe->ifindex, 0);
		WRITE_ONCE(probe->heard, 0);
		actions = kc_probe_stop(&probe->logic);
	} else {
		actions = run(probe, r, dev);
	}
	if (actions & KC_PROBE_CHANGED)
		tell(probe);
	sight->up = probe->logic.up;
	sight->flaw = probe->flaw;
	sight->due_at = probe->flaw ? KC_FSM_NEVER : probe->logic.due;
	spin_unlock_bh(&probe->lock);
}

/**
 * kc_vrrp_probe_bucket() - where the probes of an address are
 * @kn: the namespace
 * @family: KC_AF_INET or KC_AF_INET6
 * @addr: network order
 *
 * Return: the list of its hash
 */
struct hlist_head *kc_vrrp_probe_bucket(struct kc_net *kn, u8 family,
					const u8 *addr)
{
	u32 hash = jhash(addr, kc_addr_len(family), 0);

	return &kn->vrrp.probes[hash & ((1 << KC_VRRP_PROBE_BITS) - 1)];
}

static int check_spec(struct kc_net *kn, const struct kc_vrrp_probe_spec *spec,
		      const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	const char *flaw = NULL;
	struct net_device *dev;

	if (!kc_net_privileged(kn) &&
	    spec->interval_ms < KC_VRRP_PROBE_INTERVAL_MIN_USER)
		return kc_refuse(extack, attr, -EPERM,
				 "a user namespace may ask a neighbour once per second at most: give an interval of %u ms or more",
				 KC_VRRP_PROBE_INTERVAL_MIN_USER);
	rcu_read_lock();
	dev = dev_get_by_name_rcu(kn->net, spec->ifname);
	if (dev)
		flaw = unfit(dev);
	rcu_read_unlock();
	if (!flaw)
		return 0;
	return kc_refuse(extack, attr, -EOPNOTSUPP,
			 "%s %s: name an Ethernet device that does ARP, or the bridge or bond itself",
			 spec->ifname, flaw);
}

static struct kc_vrrp_probe *find(struct hlist_head *bucket,
				  const struct kc_vrrp_probe_spec *spec)
{
	struct kc_vrrp_probe *probe;

	hlist_for_each_entry(probe, bucket, hash)
		if (probe->spec.family == spec->family &&
		    probe->spec.lose == spec->lose &&
		    probe->spec.interval_ms == spec->interval_ms &&
		    !strcmp(probe->spec.ifname, spec->ifname) &&
		    !memcmp(probe->spec.addr, spec->addr, sizeof(spec->addr)))
			return probe;
	return NULL;
}

/**
 * kc_vrrp_probe_hold() - a probe for a track
 * @kn: the namespace, its mutex held
 * @spec: whom to ask, and how
 * @attr: where that came from
 * @extack: why not
 *
 * Context: process
 * Return: the probe, to be given back with kc_vrrp_probe_put(), or ERR_PTR()
 */
struct kc_vrrp_probe *
kc_vrrp_probe_hold(struct kc_net *kn, const struct kc_vrrp_probe_spec *spec,
		   const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	struct hlist_head *bucket = kc_vrrp_probe_bucket(kn, spec->family,
							 spec->addr);
	unsigned int max = kc_net_privileged(kn) ? KC_VRRP_PROBES_MAX :
						   KC_VRRP_PROBES_MAX_USER;
	struct kc_vrrp_probe *probe;
	int err;

	lockdep_assert_held(&kn->vrrp.mutex);

	probe = find(bucket, spec);
	if (probe) {
		probe->users++;
		return probe;
	}
	err = check_spec(kn, spec, attr, extack);
	if (err)
		return ERR_PTR(err);
	if (kn->vrrp.n_probes >= max)
		return ERR_PTR(kc_refuse(extack, attr, -ENOSPC,
					 "this network namespace may ask %u neighbours and does",
					 max));
	err = kc_vrrp_hear(kn, spec->family);
	if (err)
		return ERR_PTR(kc_refuse(extack, attr, err,
					 "cannot listen to neighbours (error %d)",
					 err));
	probe = kzalloc(sizeof(*probe), GFP_KERNEL_ACCOUNT);
	if (!probe)
		return ERR_PTR(-ENOMEM);
	probe->kn = kn;
	probe->users = 1;
	probe->spec = *spec;
	spin_lock_init(&probe->lock);
	kc_probe_init(&probe->logic, spec->interval_ms, spec->lose);
	hlist_add_head_rcu(&probe->hash, bucket);
	kn->vrrp.n_probes++;
	return probe;
}

/**
 * kc_vrrp_probe_put() - a track needs the probe no longer
 * @probe: the probe, mutex of its namespace held; no softirq finds it through
 *	the track any more
 */
void kc_vrrp_probe_put(struct kc_vrrp_probe *probe)
{
	lockdep_assert_held(&probe->kn->vrrp.mutex);

	if (--probe->users)
		return;
	probe->kn->vrrp.n_probes--;
	hlist_del_rcu(&probe->hash);
	kfree_rcu(probe, rcu);
}
