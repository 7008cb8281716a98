// SPDX-License-Identifier: GPL-2.0
/*
 * Settings of keepalived that have no counterpart, and what to do instead.
 */
#include <stdio.h>
#include <string.h>

#include "keepalived.h"

#define NOTIFY \
	"let kcluster-notify.service run it as /etc/kcluster/notify, with the same arguments: INSTANCE NAME STATE PRIORITY"
#define NOTIFY_GROUP \
	"let kcluster-notify.service run it as /etc/kcluster/notify, with the arguments GROUP NAME STATE 0"
#define TRACK_MEMBER \
	"let one of the members track it, with 'clusterctl vrrp track add': what puts it in FAULT does so with all"
#define NOTIFY_STATE(state) \
	"call it from /etc/kcluster/notify, which kcluster-notify.service runs, when the third argument is " state
#define CHECK \
	"let kcluster-check@VALUE.service run the check and the virtual router follow it: 'clusterctl vrrp track add NAME value VALUE'"
#define TRACK_FILE \
	"instead of writing the file call 'clusterctl vrrp track set VALUE N', and let the virtual router follow it: 'clusterctl vrrp track add NAME value VALUE'"
#define MAIL "mail can be sent by the script that 'clusterctl monitor --exec' runs"
#define FIFO "read 'clusterctl -j monitor' instead"
#define SNMP "'clusterctl -j -s vrrp show' has the states and counters instead"
#define LVS "keep keepalived for this, started with --check: then it leaves VRRP alone"
#define BFD "VRRPv3 notices a dead master as soon: see 'interval'"
#define STATIC "it does not move: put it into the network configuration of the system"
#define ACCEPT "of its rules only one has a counterpart: 'accept off' for a virtual router whose addresses must not answer"
#define GROUP "advertisements are only sent to 224.0.0.18, ff02::12 or to peers"
#define DOWN_TIMER "a master is gone after three intervals, as RFC 9568 has it"
#define CARRIER "a device is down when the kernel says so"

#define LOST(setting, text) { setting, KA_LEFT_OUT, NULL, text }
#define LOST_UNLESS(setting, value, text) { setting, KA_LEFT_OUT, value, text }
#define NOTHING(setting) { setting, KA_MOOT, NULL, "" }
#define HANDLED(setting) { setting, KA_HANDLED, NULL, NULL }
#define END { NULL, 0, NULL, NULL }

const struct ka_rule ka_top_rules[] = {
	HANDLED("global_defs"),
	HANDLED("vrrp_instance"),
	HANDLED("vrrp_sync_group"),
	HANDLED("vrrp_script"),
	LOST("track_file", TRACK_FILE),
	LOST("vrrp_track_file", TRACK_FILE),
	LOST("track_process", CHECK),
	LOST("vrrp_track_process", CHECK),
	LOST("virtual_server", LVS),
	LOST("virtual_server_group", LVS),
	LOST("SSL", LVS),
	LOST("bfd_instance", BFD),
	LOST("static_ipaddress", STATIC),
	LOST("static_routes", STATIC),
	LOST("static_rules", STATIC),
	LOST("track_group", STATIC),
	LOST("net_namespace", "apply the batch in that namespace: clusterctl -n NAME -batch FILE"),
	LOST("net_namespace_ipvs", LVS),
	LOST("interface_up_down_delays", CARRIER),
	LOST("linkbeat_interfaces", CARRIER),
	LOST("linkbeat_use_polling", CARRIER),
	NOTHING("garp_group"),
	NOTHING("namespace_with_ipsets"),
	NOTHING("instance"),
	NOTHING("use_pid_dir"),
	NOTHING("child_wait_time"),
	END,
};

const struct ka_rule ka_global_rules[] = {
	HANDLED("vrrp_version"),
	HANDLED("vrrp_startup_delay"),
	HANDLED("v3_checksum_as_v2"),
	LOST_UNLESS("smtp_alert", "off", MAIL),
	LOST_UNLESS("smtp_alert_vrrp", "off", MAIL),
	LOST_UNLESS("vrrp_strict", "off", ACCEPT),
	LOST_UNLESS("vrrp_mcast_group4", "224.0.0.18", GROUP),
	LOST_UNLESS("vrrp_mcast_group6", "ff02::12", GROUP),
	LOST_UNLESS("vrrp_down_timer_adverts", "3", DOWN_TIMER),
	LOST_UNLESS("vrrp_garp_master_refresh", "0", "addresses are only announced by a new master and after a rival"),
	LOST_UNLESS("vrrp_garp_extra_if", "0", "addresses are only announced by a new master and after a rival"),
	LOST("lvs_sync_daemon", "start it in the notify script: ipvsadm --start-daemon"),
	LOST("startup_script", "let systemd run it: ExecStartPre= in a drop-in of kcluster.service"),
	LOST("shutdown_script", "let systemd run it: ExecStopPost= in a drop-in of kcluster.service"),
	LOST("notify_fifo", FIFO),
	LOST("notify_fifo_script", FIFO),
	LOST("vrrp_notify_fifo", FIFO),
	LOST("vrrp_notify_fifo_script", FIFO),
	LOST("enable_snmp_keepalived", SNMP),
	LOST("enable_snmp_vrrp", SNMP),
	LOST("enable_snmp_rfc", SNMP),
	LOST("enable_snmp_rfcv2", SNMP),
	LOST("enable_snmp_rfcv3", SNMP),
	LOST("enable_traps", SNMP),
	LOST("enable_dbus", SNMP),
	LOST("linkbeat_use_polling", CARRIER),
	LOST("net_namespace", "apply the batch in that namespace: clusterctl -n NAME -batch FILE"),
	NOTHING("router_id"),
	NOTHING("notification_email"),
	NOTHING("notification_email_from"),
	NOTHING("smtp_server"),
	NOTHING("smtp_helo_name"),
	NOTHING("smtp_connect_timeout"),
	NOTHING("smtp_alert_checker"),
	NOTHING("no_email_faults"),
	NOTHING("script_user"),
	NOTHING("enable_script_security"),
	NOTHING("startup_script_timeout"),
	NOTHING("shutdown_script_timeout"),
	NOTHING("default_interface"),
	NOTHING("dynamic_interfaces"),
	NOTHING("vrrp_garp_master_delay"),
	NOTHING("vrrp_garp_master_repeat"),
	NOTHING("vrrp_garp_master_refresh_repeat"),
	NOTHING("vrrp_garp_lower_prio_delay"),
	NOTHING("vrrp_garp_lower_prio_repeat"),
	NOTHING("vrrp_garp_interval"),
	NOTHING("vrrp_gna_interval"),
	NOTHING("vrrp_min_garp"),
	NOTHING("vrrp_lower_prio_no_advert"),
	NOTHING("vrrp_higher_prio_send_advert"),
	NOTHING("vrrp_check_unicast_src"),
	NOTHING("vrrp_skip_check_adv_addr"),
	NOTHING("vrrp_notify_priority_changes"),
	NOTHING("vrrp_iptables"),
	NOTHING("vrrp_ipsets"),
	NOTHING("vrrp_priority"),
	NOTHING("vrrp_no_swap"),
	NOTHING("vrrp_cpu_affinity"),
	NOTHING("vrrp_rt_priority"),
	NOTHING("vrrp_rlimit_rttime"),
	NOTHING("vrrp_rlimit_rtime"),
	NOTHING("vrrp_process_name"),
	NOTHING("vrrp_rx_bufs_policy"),
	NOTHING("vrrp_rx_bufs_multiplier"),
	NOTHING("vrrp_netlink_cmd_rcv_bufs"),
	NOTHING("vrrp_netlink_cmd_rcv_bufs_force"),
	NOTHING("vrrp_netlink_monitor_rcv_bufs"),
	NOTHING("vrrp_netlink_monitor_rcv_bufs_force"),
	NOTHING("nftables"),
	NOTHING("nftables_priority"),
	NOTHING("nftables_counters"),
	NOTHING("nftables_ifindex"),
	NOTHING("disable_local_igmp"),
	NOTHING("max_auto_priority"),
	NOTHING("min_auto_priority_delay"),
	NOTHING("process_names"),
	NOTHING("process_name"),
	NOTHING("snmp_socket"),
	NOTHING("dbus_service_name"),
	NOTHING("dbus_no_interface_name"),
	NOTHING("fifo_write_vrrp_states_on_reload"),
	NOTHING("log_unknown_vrids"),
	NOTHING("vmac_prefix"),
	NOTHING("vmac_addr_prefix"),
	NOTHING("random_seed"),
	NOTHING("reload_check_config"),
	NOTHING("reload_time_file"),
	NOTHING("reload_repeat"),
	NOTHING("reload_file"),
	NOTHING("include_check"),
	NOTHING("data_use_instance"),
	NOTHING("tmp_config_directory"),
	NOTHING("config_save_dir"),
	NOTHING("umask"),
	NOTHING("use_pid_dir"),
	NOTHING("instance"),
	NOTHING("child_wait_time"),
	NOTHING("process_monitor_rcv_bufs"),
	NOTHING("process_monitor_rcv_bufs_force"),
	END,
};

const struct ka_rule ka_instance_rules[] = {
	HANDLED("state"),
	HANDLED("interface"),
	HANDLED("virtual_router_id"),
	HANDLED("priority"),
	HANDLED("advert_int"),
	HANDLED("version"),
	HANDLED("nopreempt"),
	HANDLED("preempt"),
	HANDLED("preempt_delay"),
	HANDLED("authentication"),
	HANDLED("native_ipv6"),
	HANDLED("unicast_peer"),
	HANDLED("virtual_ipaddress"),
	HANDLED("virtual_ipaddress_excluded"),
	HANDLED("virtual_routes"),
	HANDLED("track_interface"),
	HANDLED("v3_checksum_as_v2"),
	{ "unicast_src_ip", KA_NOTE, NULL, "advertisements come from the first address of the device: see that it is this one" },
	{ "mcast_src_ip", KA_NOTE, NULL, "advertisements come from the first address of the device: see that it is this one" },
	LOST("notify", NOTIFY),
	LOST("notify_master", NOTIFY_STATE("MASTER")),
	LOST("notify_backup", NOTIFY_STATE("BACKUP")),
	LOST("notify_fault", NOTIFY_STATE("FAULT")),
	LOST("notify_stop", NOTIFY_STATE("STOP")),
	LOST("notify_deleted", NOTIFY_STATE("STOP")),
	LOST("notify_master_rx_lower_pri", "nothing is run for that: the addresses are announced anew by the module"),
	HANDLED("track_script"),
	LOST("track_file", TRACK_FILE),
	LOST("track_process", CHECK),
	LOST("track_bfd", BFD),
	LOST("virtual_rules", "leave them in place with ip-rule(8), or change them in the notify script"),
	HANDLED("use_vmac"),
	LOST("use_vmac_addr", "addresses on other devices answer with the MAC of these"),
	LOST("use_ipvlan", "the addresses are put on the device itself"),
	LOST("vrf", "name the device of the VRF where its routes or addresses belong"),
	HANDLED("no_accept"),
	HANDLED("accept"),
	LOST_UNLESS("strict_mode", "off", ACCEPT),
	LOST("dont_track_primary", "a virtual router is in FAULT while its device is down"),
	LOST_UNLESS("smtp_alert", "off", MAIL),
	LOST_UNLESS("mcast_dst_ip", "224.0.0.18", GROUP),
	LOST_UNLESS("unicast_ttl", "255", "advertisements are sent with a TTL of 255, and no other is accepted"),
	LOST_UNLESS("down_timer_adverts", "3", DOWN_TIMER),
	LOST_UNLESS("garp_master_refresh", "0", "addresses are only announced by a new master and after a rival"),
	LOST_UNLESS("garp_extra_if", "0", "addresses are only announced by a new master and after a rival"),
	LOST("old_unicast_checksum", "only keepalived up to 1.3.6 needs it"),
	LOST("linkbeat_use_polling", CARRIER),
	LOST("lvs_sync_daemon_interface", "start it in the notify script: ipvsadm --start-daemon"),
	NOTHING("vmac_xmit_base"),
	NOTHING("track_src_ip"),
	NOTHING("check_unicast_src"),
	NOTHING("unicast_fault_no_peer"),
	NOTHING("skip_check_adv_addr"),
	NOTHING("promote_secondaries"),
	NOTHING("lower_prio_no_advert"),
	NOTHING("higher_prio_send_advert"),
	NOTHING("garp_master_delay"),
	NOTHING("garp_master_repeat"),
	NOTHING("garp_master_refresh_repeat"),
	NOTHING("garp_lower_prio_delay"),
	NOTHING("garp_lower_prio_repeat"),
	NOTHING("notify_priority_changes"),
	NOTHING("kernel_rx_buf_size"),
	NOTHING("allow_no_vips"),
	NOTHING("debug"),
	END,
};

const struct ka_rule ka_group_rules[] = {
	HANDLED("group"),
	LOST("notify", NOTIFY_GROUP),
	LOST("notify_master", NOTIFY_STATE("MASTER and the first GROUP")),
	LOST("notify_backup", NOTIFY_STATE("BACKUP and the first GROUP")),
	LOST("notify_fault", NOTIFY_STATE("FAULT and the first GROUP")),
	LOST("notify_stop", NOTIFY_STATE("STOP and the first GROUP")),
	LOST_UNLESS("smtp_alert", "off", MAIL),
	LOST("track_interface", TRACK_MEMBER),
	LOST("track_script", TRACK_MEMBER),
	LOST("track_file", TRACK_MEMBER),
	LOST("track_process", TRACK_MEMBER),
	LOST("track_bfd", BFD),
	NOTHING("global_tracking"),
	NOTHING("sgroup_tracking_weight"),
	NOTHING("notify_priority_changes"),
	END,
};

/**
 * ka_is_off() - Tell whether a word is one of keepalived's words for no.
 * @text: The word.
 *
 * Return: Whether it is.
 */
bool ka_is_off(const char *text)
{
	return !strcmp(text, "off") || !strcmp(text, "no") || !strcmp(text, "false");
}

/* Writes the setting as it stands in the file, cut where it gets long. */
static void setting_text(const struct ka_node *node, char *text, size_t size)
{
	const struct ka_node *child;
	size_t used = 0;
	unsigned int i;

	text[0] = '\0';
	for (i = 0; i < node->count && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? " " : "",
					 node->words[i]);
	/* What a block of names lists is of interest, the settings of one are not. */
	if (!strncmp(node->words[0], "track_", 6) && node->count == 1 && node->children) {
		ka_for_each(child, node) {
			if (used >= size)
				break;
			used += (size_t)snprintf(text + used, size - used, "%s%s",
						 child == node->children ? " { " : ", ",
						 child->words[0]);
		}
		if (used < size)
			used += (size_t)snprintf(text + used, size - used, " }");
	}
	if (used >= size)
		strcpy(text + size - sizeof("..."), "...");
}

/**
 * ka_apply_rule() - Say what there is to say about a setting.
 * @report: The report.
 * @router: Name of the virtual router it belongs to, or NULL.
 * @rules: The settings that can stand here.
 * @node: The setting.
 */
void ka_apply_rule(struct ka_report *report, const char *router, const struct ka_rule *rules,
		   const struct ka_node *node)
{
	const char *value = ka_value(node);
	const struct ka_rule *rule = rules;
	enum ka_kind kind;
	char what[64];

	while (rule->name && strcmp(rule->name, node->words[0]))
		rule++;
	if (rule->kind == KA_HANDLED)
		return;
	setting_text(node, what, sizeof(what));
	if (!rule->name) {
		ka_remark(report, node->file, node->line, KA_LEFT_OUT, router, what,
			  "this setting is not known%s",
			  node->is_block ? ", nor what is in the block" : "");
		return;
	}
	kind = (enum ka_kind)rule->kind;
	if (rule->harmless && (!strcmp(rule->harmless, "off") ? ka_is_off(value) :
			       !strcmp(rule->harmless, value)))
		kind = KA_MOOT;
	ka_remark(report, node->file, node->line, kind, router,
		  kind == KA_MOOT ? rule->name : what, "%s",
		  kind == KA_MOOT ? "" : rule->advice);
}
