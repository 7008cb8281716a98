// SPDX-License-Identifier: GPL-2.0
/*
 * Asking the kernel for virtual routers. Of one with very many addresses it
 * tells the first ones together with the rest, and all of them when asked.
 */
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "extack.h"
#include "module.h"
#include "router.h"

static void take_addresses(const struct nlmsghdr *message, void *arg)
{
	router_decode(arg, message);
}

/*
 * Completes the addresses of a router. -EAGAIN if it changes meanwhile, and the
 * list may lack some or have others twice.
 */
static int get_addresses(struct router *router)
{
	struct extack extack;
	struct nl_msg *msg;
	unsigned int i;
	int result;

	if (router->addresses_total <= router->address_count)
		return 0;
	for (i = 0; i < router->address_count; i++)
		free(router->addresses[i].ifname);
	free(router->addresses);
	router->addresses = NULL;
	router->address_count = 0;
	msg = module_new(KCLUSTER_CMD_VRRP_ADDRESS_GET, NLM_F_DUMP);
	module_must(nla_put_string(msg, KCLUSTER_A_VRRP_NAME, router->name));
	result = module_transact(msg, take_addresses, router, &extack);
	if (result == -ENOENT || (!result && router->address_count != router->addresses_total))
		return -EAGAIN;
	return result;
}

static void take_router(const struct nlmsghdr *message, void *arg)
{
	struct routers *routers = arg;

	routers->list = need_memory(realloc(routers->list, (routers->count + 1) *
					    sizeof(*routers->list)));
	memset(&routers->list[routers->count], 0, sizeof(*routers->list));
	router_decode(&routers->list[routers->count], message);
	routers->count++;
}

/**
 * routers_try_get() - Ask for all routers, again if a change gets in between.
 * @routers: Filled in; starts out zeroed. To be freed with routers_free().
 *
 * The socket must be connected.
 *
 * Return: 0 or a negative errno; -EAGAIN when changes did not cease, and the list
 * may lack some routers or have others twice.
 */
int routers_try_get(struct routers *routers)
{
	struct extack extack;
	int result, tries = 20;
	unsigned int i;

	do {
		routers_free(routers);
		result = module_transact(module_new(KCLUSTER_CMD_VRRP_GET, NLM_F_DUMP),
					 take_router, routers, &extack);
		for (i = 0; !result && i < routers->count; i++)
			result = get_addresses(&routers->list[i]);
	} while (result == -EAGAIN && --tries);
	return result;
}

/**
 * routers_get() - Ask for routers, and report what goes wrong.
 * @routers: Filled in; starts out zeroed. To be freed with routers_free().
 * @what: What the user asked for, for the report.
 *
 * Return: DONE or REFUSED.
 */
enum status routers_get(struct routers *routers, const char *what)
{
	int result;

	if (module_connect() != DONE)
		return REFUSED;
	result = routers_try_get(routers);
	/* For a reader, what was read last is as good as it gets. */
	if (!result || result == -EAGAIN)
		return DONE;
	error("%s: %s", what, strerror(-result));
	return REFUSED;
}

/**
 * routers_get_one() - Ask for one router, and report what goes wrong.
 * @routers: Filled in; starts out zeroed. To be freed with routers_free().
 * @name: Its name.
 * @what: What the user asked for, for the report.
 *
 * Return: DONE or REFUSED.
 */
enum status routers_get_one(struct routers *routers, const char *name, const char *what)
{
	int result, tries = 20;
	enum status status;
	struct nl_msg *msg;

	if (module_connect() != DONE)
		return REFUSED;
	do {
		routers_free(routers);
		msg = module_new(KCLUSTER_CMD_VRRP_GET, NLM_F_ACK);
		module_must(nla_put_string(msg, KCLUSTER_A_VRRP_NAME, name));
		status = module_request(msg, what, take_router, routers);
		if (status != DONE || !routers->count)
			return status;
		result = get_addresses(&routers->list[0]);
	} while (result == -EAGAIN && --tries);
	if (!result || result == -EAGAIN)
		return DONE;
	error("%s: %s", what, strerror(-result));
	return REFUSED;
}
