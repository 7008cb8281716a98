// SPDX-License-Identifier: GPL-2.0
/*
 * What a request asks of virtual routers: attributes become structures.
 *
 * Here is refused what is wrong by itself. What is wrong because of something
 * that exists already is for the concept to say.
 */
#include <linux/inet.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "extack.h"
#include "netlink-gen.h"
#include "netlink-parse.h"
#include "netlink.h"
#include "vrrp/router.h"

#define PRIORITY_DEFAULT 100
#define INTERVAL_DEFAULT 1000		/* ms */
#define V3_INTERVAL_MAX 40950		/* ms, 12 bits of centiseconds */
#define V3_INTERVAL_STEP 10		/* ms */
#define V2_INTERVAL_STEP 1000		/* ms */

static struct nlattr *given(const struct genl_info *info, u16 type)
{
	return info->attrs[type];
}

/**
 * kc_netlink_check_name() - is there a name, and does it look like one?
 * @info: the request
 *
 * Return: 0 or a negative errno, explained
 */
int kc_netlink_check_name(const struct genl_info *info)
{
	const struct nlattr *attr = given(info, KCLUSTER_A_VRRP_NAME);
	char name[KCLUSTER_NAME_MAX + 1];

	if (!attr) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, KCLUSTER_A_VRRP_NAME);
		return kc_refuse(info->extack, NULL, -EINVAL,
				 "the request names no virtual router");
	}
	return kc_netlink_get_name(name, attr, info->extack);
}

static int check_interval(const struct kc_fsm_config *cfg,
			  const struct nlattr *attr,
			  struct netlink_ext_ack *extack)
{
	if (cfg->version == 2) {
		if (!cfg->interval_ms || cfg->interval_ms % V2_INTERVAL_STEP)
			return kc_refuse(extack, attr, -ERANGE,
					 "VRRPv2 takes intervals of 1 to 255 whole seconds, not %u ms",
					 cfg->interval_ms);
		return 0;
	}
	if (cfg->interval_ms > V3_INTERVAL_MAX ||
	    cfg->interval_ms % V3_INTERVAL_STEP)
		return kc_refuse(extack, attr, -ERANGE,
				 "VRRPv3 takes intervals of 10 to %d ms in steps of %d ms, not %u ms",
				 V3_INTERVAL_MAX, V3_INTERVAL_STEP,
				 cfg->interval_ms);
	return 0;
}

/*
 * An owner has its addresses whether it is master or not, and a witness never
 * has any: neither of them can go with others.
 */
static int check_group(const struct genl_info *info,
		       const struct kc_fsm_config *cfg)
{
	const struct nlattr *attr = given(info, KCLUSTER_A_VRRP_GROUP);

	if (cfg->witness)
		return kc_refuse(info->extack, attr, -EINVAL,
				 "a witness is never master, so it cannot be in a group");
	if (cfg->priority == KC_FSM_OWNER)
		return kc_refuse(info->extack, attr ?:
				 given(info, KCLUSTER_A_VRRP_PRIORITY), -EINVAL,
				 "an owner (priority 255) has its addresses whatever its group does: take a priority up to 254, or no group");
	return 0;
}

static int parse_group(const struct nlattr *attr, char *group,
		       struct netlink_ext_ack *extack)
{
	int err;

	if (!nla_len(attr) || !*(const char *)nla_data(attr)) {
		*group = '\0';
		return 0;
	}
	err = kc_netlink_get_name(group, attr, extack);
	if (!err && !strcmp(group, "none"))
		err = kc_refuse(extack, attr, -EINVAL,
				"\"none\" is no group: give another name, or an empty one for no group");
	return err;
}

/* Do the settings go together, whether given now or before? */
static int check_settings(const struct genl_info *info, u8 family,
			  const struct kc_vrrp_settings *settings)
{
	const struct kc_fsm_config *cfg = &settings->fsm;
	struct netlink_ext_ack *extack = info->extack;
	int err;

	err = check_interval(cfg, given(info, KCLUSTER_A_VRRP_INTERVAL),
			     extack);
	if (err)
		return err;
	if (settings->auth_pass[0] && cfg->version != 2)
		return kc_refuse(extack,
				 given(info, KCLUSTER_A_VRRP_AUTH_PASS),
				 -EINVAL,
				 "VRRPv3 has no authentication: use peers through WireGuard");
	if (settings->group[0])
		err = check_group(info, cfg);
	if (err)
		return err;
	if (settings->checksum == KCLUSTER_VRRP_CHECKSUM_RFC5798 &&
	    (cfg->version != 3 || family != KC_AF_INET))
		return kc_refuse(extack,
				 given(info, KCLUSTER_A_VRRP_CHECKSUM),
				 -EINVAL,
				 "only VRRPv3 over IPv4 has a choice of checksums");
	return 0;
}

static int parse_initial_state(const struct nlattr *attr,
			       struct kc_fsm_config *cfg,
			       struct netlink_ext_ack *extack)
{
	u8 state = nla_get_u8(attr);

	if (state != KCLUSTER_VRRP_STATE_BACKUP &&
	    state != KCLUSTER_VRRP_STATE_MASTER &&
	    state != KCLUSTER_VRRP_STATE_WITNESS)
		return kc_refuse(extack, attr, -EINVAL,
				 "nothing starts in state %u: it is backup, master or witness",
				 state);
	cfg->start_master = state == KCLUSTER_VRRP_STATE_MASTER;
	cfg->witness = state == KCLUSTER_VRRP_STATE_WITNESS;
	return 0;
}

/**
 * kc_netlink_parse_settings() - change settings as a request asks for
 * @info: the request
 * @family: of the router
 * @settings: present ones; those of the request are put in
 *
 * Return: 0 or a negative errno, explained
 */
int kc_netlink_parse_settings(const struct genl_info *info, u8 family,
			      struct kc_vrrp_settings *settings)
{
	struct kc_fsm_config *cfg = &settings->fsm;
	const struct nlattr *attr;
	int err;

	attr = given(info, KCLUSTER_A_VRRP_INITIAL_STATE);
	if (attr) {
		err = parse_initial_state(attr, cfg, info->extack);
		if (err)
			return err;
	}
	attr = given(info, KCLUSTER_A_VRRP_GROUP);
	if (attr) {
		err = parse_group(attr, settings->group, info->extack);
		if (err)
			return err;
	}
	attr = given(info, KCLUSTER_A_VRRP_ON_ISOLATION);
	if (attr)
		cfg->voting = nla_get_u8(attr) == KCLUSTER_VRRP_ISOLATION_YIELD;
	attr = given(info, KCLUSTER_A_VRRP_PRIORITY);
	if (attr)
		cfg->priority = nla_get_u8(attr);
	attr = given(info, KCLUSTER_A_VRRP_INTERVAL);
	if (attr)
		cfg->interval_ms = nla_get_u32(attr);
	attr = given(info, KCLUSTER_A_VRRP_PREEMPT);
	if (attr)
		cfg->preempt = nla_get_u8(attr);
	attr = given(info, KCLUSTER_A_VRRP_PREEMPT_DELAY);
	if (attr)
		cfg->preempt_delay_ms = nla_get_u32(attr);
	attr = given(info, KCLUSTER_A_VRRP_STARTUP_DELAY);
	if (attr)
		cfg->startup_delay_ms = nla_get_u32(attr);
	attr = given(info, KCLUSTER_A_VRRP_CHECKSUM);
	if (attr)
		settings->checksum = nla_get_u8(attr);
	attr = given(info, KCLUSTER_A_VRRP_VMAC);
	if (attr)
		settings->vmac = nla_get_u8(attr);
	attr = given(info, KCLUSTER_A_VRRP_ACCEPT);
	if (attr)
		settings->accept = nla_get_u8(attr);
	attr = given(info, KCLUSTER_A_VRRP_AUTH_PASS);
	if (attr) {
		memset(settings->auth_pass, 0, sizeof(settings->auth_pass));
		strscpy(settings->auth_pass, nla_data(attr),
			sizeof(settings->auth_pass));
	}
	return check_settings(info, family, settings);
}

/* What must be there, and what can only be said at the beginning. */
static int parse_identity(const struct genl_info *info,
			  struct kc_vrrp_spec *spec)
{
	struct kc_fsm_config *cfg = &spec->settings.fsm;
	struct netlink_ext_ack *extack = info->extack;
	const struct nlattr *attr;
	int err;

	err = kc_netlink_check_name(info);
	if (err)
		return err;
	strscpy(spec->name, nla_data(given(info, KCLUSTER_A_VRRP_NAME)),
		sizeof(spec->name));

	attr = given(info, KCLUSTER_A_VRRP_IFNAME);
	if (!attr) {
		NL_SET_ERR_ATTR_MISS(extack, NULL, KCLUSTER_A_VRRP_IFNAME);
		return kc_refuse(extack, NULL, -EINVAL,
				 "a virtual router needs a device");
	}
	err = kc_netlink_get_ifname(spec->ifname, attr, extack);
	if (err)
		return err;

	attr = given(info, KCLUSTER_A_VRRP_VRID);
	if (!attr) {
		NL_SET_ERR_ATTR_MISS(extack, NULL, KCLUSTER_A_VRRP_VRID);
		return kc_refuse(extack, NULL, -EINVAL,
				 "a virtual router needs a VRID, 1 to 255");
	}
	spec->vrid = nla_get_u8(attr);

	attr = given(info, KCLUSTER_A_VRRP_FAMILY);
	spec->family = attr ? nla_get_u8(attr) : KC_AF_INET;
	if (spec->family != KC_AF_INET && spec->family != KC_AF_INET6)
		return kc_refuse(extack, attr, -EAFNOSUPPORT,
				 "family %u is neither inet (%d) nor inet6 (%d)",
				 spec->family, KC_AF_INET, KC_AF_INET6);

	attr = given(info, KCLUSTER_A_VRRP_VERSION);
	cfg->version = attr ? nla_get_u8(attr) : 3;
	if (cfg->version == 2 && spec->family != KC_AF_INET)
		return kc_refuse(extack, attr, -EAFNOSUPPORT,
				 "VRRPv2 is for IPv4 only: use version 3");

	return 0;
}

/**
 * kc_netlink_parse_spec() - the virtual router that a request asks for
 * @info: the request
 * @spec: zeroed, with empty lists
 *
 * Return: 0 or a negative errno, explained. The caller frees items, tracks
 * and paths.
 */
int kc_netlink_parse_spec(const struct genl_info *info,
			  struct kc_vrrp_spec *spec)
{
	int err;

	spec->attrs = info->attrs;
	spec->settings.fsm.priority = PRIORITY_DEFAULT;
	spec->settings.fsm.interval_ms = INTERVAL_DEFAULT;
	spec->settings.fsm.preempt = true;
	spec->settings.accept = true;
	err = parse_identity(info, spec);
	if (!err)
		err = kc_netlink_parse_settings(info, spec->family,
						&spec->settings);
	if (!err)
		err = kc_netlink_parse_items(info, spec->family, spec->ifname,
					     KCLUSTER_A_VRRP_ADDRESS,
					     KC_NETLINK_ADD, &spec->items);
	if (!err)
		err = kc_netlink_parse_items(info, spec->family, spec->ifname,
					     KCLUSTER_A_VRRP_ROUTE,
					     KC_NETLINK_ADD, &spec->items);
	if (!err)
		err = kc_netlink_parse_tracks(info, &spec->tracks);
	if (!err)
		err = kc_netlink_parse_paths(info, spec->family, spec->ifname,
					     &spec->paths);
	if (!err)
		err = kc_netlink_parse_witnesses(info, spec->family,
						 &spec->witnesses);
	return err;
}
