// SPDX-License-Identifier: GPL-2.0
/*
 * Checks what becomes of a refusal of the kernel.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/kcluster.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <string.h>

#include "../clusterctl.h"
#include "../extack.h"
#include "test.h"

/* Has the kernel's answer say @message about the attribute at @offset. */
static void check_extack(const struct nlmsghdr *request, int error, const char *message,
			 uint32_t offset, int max, const char *expected)
{
	struct nl_msg *answer = nlmsg_alloc_simple(NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS);
	struct nlmsgerr header = { .error = error, .msg = *request };
	struct extack extack = { 0 };
	struct nlattr *nest;
	char text[256];

	nlmsg_append(answer, &header, sizeof(header), NLMSG_ALIGNTO);
	if (message)
		nla_put_string(answer, NLMSGERR_ATTR_MSG, message);
	if (offset)
		nla_put_u32(answer, NLMSGERR_ATTR_OFFS, offset);
	if (max) {
		nest = nla_nest_start(answer, NLMSGERR_ATTR_POLICY);
		nla_put_u64(answer, NL_POLICY_TYPE_ATTR_MIN_VALUE_U, 1);
		nla_put_u64(answer, NL_POLICY_TYPE_ATTR_MAX_VALUE_U, (uint64_t)max);
		nla_nest_end(answer, nest);
	}
	extack_read(&extack, nlmsg_hdr(answer));
	extack_text(&extack, extack.error, request, text, sizeof(text));
	check(extack.error == error && !strcmp(text, expected), "refusal: %s", text);
	nlmsg_free(answer);
}

void test_extack(void)
{
	struct nl_msg *msg = nlmsg_alloc();
	const struct nlmsghdr *request = nlmsg_hdr(msg);
	uint32_t name, priority, address, scope;
	struct nlattr *nest;

	genlmsg_put(msg, 0, 0, 0x20, 0, 0, KCLUSTER_CMD_VRRP_ADD, 1);
	name = request->nlmsg_len;
	nla_put_string(msg, KCLUSTER_A_VRRP_NAME, "KA1");
	priority = request->nlmsg_len;
	nla_put_u8(msg, KCLUSTER_A_VRRP_PRIORITY, 0);
	address = request->nlmsg_len;
	nest = nla_nest_start(msg, KCLUSTER_A_VRRP_ADDRESS);
	nla_put(msg, KCLUSTER_A_ADDRESS_ADDRESS, 4, "\012\0\0\001");
	scope = request->nlmsg_len;
	nla_put_u8(msg, KCLUSTER_A_ADDRESS_SCOPE, 255);
	nla_nest_end(msg, nest);

	check_extack(request, -EPERM, NULL, 0, 0, "needs CAP_NET_ADMIN (run as root or with sudo)");
	check_extack(request, -EEXIST, "is there", name, 0, "is there");
	check_extack(request, -ERANGE, "integer out of range", priority, 255,
		     "priority 0: 1 to 255 allowed");
	check_extack(request, -EINVAL, "no good", address, 0, "address 10.0.0.1: no good");
	check_extack(request, -EINVAL, "no good", scope, 0, "address 10.0.0.1: scope 255: no good");
	check_extack(request, -EINVAL, "scope 255 is nowhere", scope, 0,
		     "address 10.0.0.1: scope 255 is nowhere");
	check_extack(request, -EINVAL, "Unknown attribute type", priority, 0,
		     "priority 0: the loaded kcluster module is too old for this");
	check_extack(request, -EINVAL, "no good", 4, 0, "no good");
	check_extack(request, -EINVAL, "no good", 40000, 0, "no good");
	nlmsg_free(msg);

	msg = nlmsg_alloc();
	request = nlmsg_hdr(msg);
	genlmsg_put(msg, 0, 0, 0x20, 0, 0, KCLUSTER_CMD_VRRP_ADD, 1);
	address = request->nlmsg_len;
	nest = nla_nest_start(msg, KCLUSTER_A_VRRP_TRACK);
	nla_put_string(msg, KCLUSTER_A_TRACK_VALUE, "web");
	nla_nest_end(msg, nest);
	check_extack(request, -EEXIST, "no good", address, 0, "track value web: no good");
	nlmsg_free(msg);

	msg = nlmsg_alloc();
	request = nlmsg_hdr(msg);
	genlmsg_put(msg, 0, 0, 0x20, 0, 0, KCLUSTER_CMD_VRRP_TRACK_ADD, 1);
	nest = nla_nest_start(msg, KCLUSTER_A_VRRP_TRACK);
	nla_put_string(msg, KCLUSTER_A_TRACK_IFNAME, "eth1");
	address = request->nlmsg_len;
	nla_put_u32(msg, KCLUSTER_A_TRACK_INTERVAL, 20);
	nla_nest_end(msg, nest);
	check_extack(request, -ERANGE, "no good", address, 0,
		     "track dev eth1: interval 20ms: no good");
	nlmsg_free(msg);

	msg = nlmsg_alloc();
	request = nlmsg_hdr(msg);
	genlmsg_put(msg, 0, 0, 0x20, 0, 0, KCLUSTER_CMD_VALUE_SET, 1);
	name = request->nlmsg_len;
	nla_put_string(msg, KCLUSTER_A_VALUE_NAME, "web");
	scope = request->nlmsg_len;
	nla_put_u32(msg, KCLUSTER_A_VALUE_TTL, 5);
	priority = request->nlmsg_len;
	nla_put_s32(msg, KCLUSTER_A_VALUE_WEIGHT, 300);
	check_extack(request, -EINVAL, "is none", name, 0, "is none");
	check_extack(request, -ERANGE, "no good", scope, 0, "ttl 5ms: no good");
	check_extack(request, -ERANGE, "weight 300 is out of range: it is -254 to 254", priority,
		     0, "weight 300 is out of range: it is -254 to 254");
	nlmsg_free(msg);
}
