// SPDX-License-Identifier: GPL-2.0
/*
 * kcluster: highly available clusters without a daemon.
 *
 * Lifetime of the module and of its part of each network namespace, nothing
 * else.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/reboot.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "claim/claim.h"
#include "clusterip/clusterip.h"
#include "log.h"
#include "mirror/mirror.h"
#include "net.h"
#include "netlink.h"
#include "peer/peer.h"
#include "version.h"
#include "vrrp/router.h"

static unsigned int kc_net_id __read_mostly;

/**
 * kc_net() - kcluster's part of a network namespace
 * @net: the namespace
 */
struct kc_net *kc_net(const struct net *net)
{
	return net_generic(net, kc_net_id);
}

static int __net_init kc_net_init(struct net *net)
{
	struct kc_net *kn = kc_net(net);

	kn->net = net;
	ATOMIC_INIT_NOTIFIER_HEAD(&kn->events);
	kc_estate_net_init(kn);
	kc_peer_net_init(kn);
	kc_vrrp_net_init(kn);
	kc_mirror_net_init(kn);
	kc_cip_net_init(kn);
	kc_claim_net_init(kn);
	kc_netlink_net_init(kn);
	return 0;
}

/* Before anything else of the namespace goes: devices can still send. */
static void __net_exit kc_net_pre_exit(struct net *net)
{
	struct kc_net *kn = kc_net(net);

	kc_claim_net_exit(kn);
	kc_cip_net_exit(kn);
	kc_mirror_net_exit(kn);
	kc_vrrp_net_exit(kn);
	kc_peer_net_exit(kn);
	kc_netlink_net_exit(kn);
}

static struct pernet_operations kc_net_ops = {
	.init = kc_net_init,
	.pre_exit = kc_net_pre_exit,
	.id = &kc_net_id,
	.size = sizeof(struct kc_net),
};

/*
 * Devices leave a namespace before subsystems, those that were registered last
 * first. WireGuard sends nothing any more once it has, so peers are told before,
 * if it was loaded earlier than we were.
 */
static void __net_exit kc_net_farewell(struct net *net)
{
	kc_cip_net_goodbye(kc_net(net));
	kc_peer_net_farewell(kc_net(net));
}

static struct pernet_operations kc_farewell_ops = {
	.pre_exit = kc_net_farewell,
};

static void kc_goodbye(const char *reason)
{
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net) {
		kc_cip_net_goodbye(kc_net(net));
		kc_vrrp_net_goodbye(kc_net(net), reason);
		kc_peer_net_goodbye(kc_net(net), reason);
	}
	up_read(&net_rwsem);
}

static int kc_reboot(struct notifier_block *nb, unsigned long event, void *data)
{
	kc_goodbye("the system is going down");
	kc_log_flush();
	return NOTIFY_DONE;
}

static struct notifier_block kc_reboot_nb = {
	.notifier_call = kc_reboot,
};

static int __init kc_init(void)
{
	int err;

	/*
	 * Who comes later leaves a dying namespace earlier: while tunnels can still
	 * carry a farewell. No dependency: "modprobe -r kcluster" would take
	 * WireGuard along, with all tunnels. A kernel without it does as well.
	 */
	request_module("wireguard");
	err = kc_log_init();
	if (err)
		return err;
	err = kc_peer_init();
	if (err)
		goto err_log;
	err = kc_mirror_init();
	if (err)
		goto err_peer;
	err = kc_claim_init();
	if (err)
		goto err_mirror;
	kc_cip_estate_init();
	err = register_pernet_subsys(&kc_net_ops);
	if (err)
		goto err_estate;
	err = register_pernet_device(&kc_farewell_ops);
	if (err)
		goto err_pernet;
	err = kc_vrrp_device_init();
	if (err)
		goto err_farewell;
	err = kc_cip_init();
	if (err)
		goto err_device;
	err = kc_vrrp_proto_init();
	if (err)
		goto err_cip;
	err = register_reboot_notifier(&kc_reboot_nb);
	if (err)
		goto err_proto;
	err = kc_netlink_init();
	if (err)
		goto err_reboot;
	pr_info("version " KC_VERSION " loaded\n");
	return 0;

err_reboot:
	unregister_reboot_notifier(&kc_reboot_nb);
err_proto:
	kc_vrrp_proto_exit();
err_cip:
	kc_cip_exit();
err_device:
	kc_vrrp_device_exit();
err_farewell:
	unregister_pernet_device(&kc_farewell_ops);
err_pernet:
	unregister_pernet_subsys(&kc_net_ops);
err_estate:
	kc_cip_estate_exit();
	kc_claim_exit();
err_mirror:
	kc_mirror_exit();
err_peer:
	kc_peer_exit();
err_log:
	kc_log_exit();
	return err;
}

static void __exit kc_exit(void)
{
	/* While there still is a family to tell it through. */
	kc_goodbye("the module is going away");
	kc_netlink_exit();
	unregister_reboot_notifier(&kc_reboot_nb);
	kc_vrrp_proto_exit();
	kc_cip_exit();
	kc_vrrp_device_exit();
	unregister_pernet_device(&kc_farewell_ops);
	unregister_pernet_subsys(&kc_net_ops);
	kc_cip_estate_exit();
	kc_claim_exit();
	kc_mirror_exit();
	kc_peer_exit();
	kc_log_exit();
}

module_init(kc_init);
module_exit(kc_exit);

MODULE_DESCRIPTION("Highly available clusters without a daemon: VRRP and peers in the kernel");
MODULE_AUTHOR("The kcluster authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(KC_VERSION);
MODULE_ALIAS_GENL_FAMILY("kcluster");
