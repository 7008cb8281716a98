// SPDX-License-Identifier: GPL-2.0
/*
 * Another node that votes as netlink attributes.
 */
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "attributes.h"
#include "module.h"
#include "router.h"
#include "witness.h"

/**
 * witness_encode() - Write a witness into a request.
 * @msg: The request.
 * @witness: The witness.
 */
void witness_encode(struct nl_msg *msg, const struct witness *witness)
{
	struct nlattr *nest = module_nest(msg, KCLUSTER_A_VRRP_WITNESS);
	unsigned int i;

	for (i = 0; i < witness->address_count; i++)
		module_must(nla_put(msg, KCLUSTER_A_WITNESS_ADDRESS, witness->addresses[i].length,
				    witness->addresses[i].bytes));
	module_must(nla_nest_end(msg, nest));
}

/**
 * witness_decode() - Read a witness from a message of the kernel.
 * @witness: Filled in; starts out zeroed.
 * @nest: The attribute.
 */
void witness_decode(struct witness *witness, struct nlattr *nest)
{
	struct nlattr *attr;
	int left;

	nla_for_each_nested(attr, nest, left) {
		switch (nla_type(attr)) {
		case KCLUSTER_A_WITNESS_ADDRESS:
			address_from_attribute(witness_new_address(witness), attr);
			break;
		case KCLUSTER_A_WITNESS_VOTE:
			witness->vote = (uint8_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_WITNESS_LAST_HEARD:
			witness->last_heard = number_from_attribute(attr);
			witness->heard = true;
			break;
		case KCLUSTER_A_WITNESS_PROMISE:
			witness->promise = (uint32_t)number_from_attribute(attr);
			break;
		}
	}
}

/**
 * votes_decode() - Read what the kernel tells of votes as a number.
 * @router: The router.
 * @type: KCLUSTER_A_VRRP_*.
 * @number: The number.
 */
void votes_decode(struct router *router, int type, uint64_t number)
{
	switch (type) {
	case KCLUSTER_A_VRRP_ON_ISOLATION:
		router->on_isolation = (uint8_t)number;
		break;
	case KCLUSTER_A_VRRP_VOTES:
		router->votes = (uint8_t)number;
		break;
	case KCLUSTER_A_VRRP_VOTES_GRANTED:
		router->votes_granted = (uint8_t)number;
		break;
	case KCLUSTER_A_VRRP_LEASE:
		router->lease = (uint32_t)number;
		break;
	case KCLUSTER_A_VRRP_CANDIDATE:
		router->candidate = (uint8_t)number;
		break;
	}
}
