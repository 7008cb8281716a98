// SPDX-License-Identifier: GPL-2.0
/*
 * What there is to tell of the module and of a network namespace.
 */
#include <net/genetlink.h>

#include "claim/claim.h"
#include "clusterip/clusterip.h"
#include "net.h"
#include "netlink-gen.h"
#include "netlink.h"
#include "peer/peer.h"
#include "version.h"
#include "vrrp/router.h"
#include "vrrp/value.h"

static int fill_info(struct sk_buff *skb, struct kc_net *kn)
{
	bool privileged = kc_net_privileged(kn);
	u64 until = READ_ONCE(kn->vrrp.standby_until), now = kc_now();
	unsigned int observers = READ_ONCE(kn->peer.observers);
	const u8 pad = KCLUSTER_A_INFO_STATS_PAD;
	struct nlattr *nest;

	if (nla_put_string(skb, KCLUSTER_A_INFO_MODULE_VERSION, KC_VERSION) ||
	    nla_put_u32(skb, KCLUSTER_A_INFO_ROUTERS,
			READ_ONCE(kn->vrrp.count)) ||
	    nla_put_u32(skb, KCLUSTER_A_INFO_ROUTERS_MAX,
			privileged ? KC_VRRP_ROUTERS_MAX :
				     KC_VRRP_ROUTERS_MAX_USER) ||
	    nla_put_u32(skb, KCLUSTER_A_INFO_INTERVAL_MIN,
			privileged ? KC_VRRP_INTERVAL_MIN :
				     KC_VRRP_INTERVAL_MIN_USER) ||
	    nla_put_u32(skb, KCLUSTER_A_INFO_SEQUENCE,
			atomic_read(&kn->sequence)) ||
	    nla_put_u8(skb, KCLUSTER_A_INFO_STANDBY, now < until))
		return -EMSGSIZE;
	if (now < until && until != KC_FSM_NEVER &&
	    nla_put_u32(skb, KCLUSTER_A_INFO_STANDBY_TIME,
			kc_netlink_ms_between(now, until)))
		return -EMSGSIZE;

	nest = nla_nest_start(skb, KCLUSTER_A_INFO_STATS);
	if (!nest ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_INFO_STATS_DISCARD_VRID,
			      atomic64_read(&kn->vrrp.discard_vrid), pad) ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_INFO_STATS_DISCARD_MALFORMED,
			      atomic64_read(&kn->vrrp.discard_malformed),
			      pad) ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_INFO_STATS_DISCARD_FRAGMENT,
			      atomic64_read(&kn->vrrp.discard_fragment), pad) ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_INFO_STATS_EVENTS_LOST,
			      atomic64_read(&kn->events_lost), pad) ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_INFO_STATS_DISCARD_NOT_A_PEER,
			      atomic64_read(&kn->peer.discard_not_a_peer),
			      pad) ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_INFO_STATS_DISCARD_WRONG_DEVICE,
			      atomic64_read(&kn->peer.discard_wrong_device),
			      pad))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);

	if (nla_put_u32(skb, KCLUSTER_A_INFO_VALUES,
			READ_ONCE(kn->vrrp.n_values)) ||
	    nla_put_u32(skb, KCLUSTER_A_INFO_VALUES_MAX,
			kc_vrrp_values_max(kn)) ||
	    nla_put_u32(skb, KCLUSTER_A_INFO_PEERS,
			READ_ONCE(kn->peer.count) - observers) ||
	    nla_put_u32(skb, KCLUSTER_A_INFO_PEERS_MAX, kc_peers_max(kn)) ||
	    nla_put_u32(skb, KCLUSTER_A_INFO_PEER_INTERVAL_MIN,
			privileged ? KC_PEER_INTERVAL_MIN :
				     KC_PEER_INTERVAL_MIN_USER) ||
	    nla_put_u32(skb, KCLUSTER_A_INFO_CLUSTERIPS,
			READ_ONCE(kn->cip.count)) ||
	    nla_put_u32(skb, KCLUSTER_A_INFO_CLUSTERIPS_MAX, kc_cips_max(kn)) ||
	    nla_put_u32(skb, KCLUSTER_A_INFO_CLAIMS,
			READ_ONCE(kn->claim.count)) ||
	    nla_put_u32(skb, KCLUSTER_A_INFO_CLAIMS_MAX, kc_claims_max(kn)) ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_INFO_FILE,
			      atomic64_read(&kn->peer.file),
			      KCLUSTER_A_INFO_PAD) ||
	    nla_put_u32(skb, KCLUSTER_A_INFO_OBSERVERS, observers) ||
	    nla_put_u32(skb, KCLUSTER_A_INFO_OBSERVERS_MAX,
			kc_observers_max(kn)))
		return -EMSGSIZE;
	return 0;
}

int kcluster_nl_info_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct sk_buff *reply;
	int err = -EMSGSIZE;
	void *hdr;

	reply = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	hdr = genlmsg_put_reply(reply, info, &kcluster_nl_family, 0,
				KCLUSTER_CMD_INFO_GET);
	if (hdr)
		err = fill_info(reply, kn);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

int kcluster_nl_info_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	const struct nlattr *file = info->attrs[KCLUSTER_A_INFO_FILE];
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	/* Peers hear of it with the next sign of life. */
	if (!err && file)
		atomic64_set(&kn->peer.file, nla_get_u64(file));
	return err;
}
