// SPDX-License-Identifier: GPL-2.0
/*
 * Checks what the settings of keepalived become, one by one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "import.h"

/* The settings of one instance, and what must be found in batch and report. */
static void test_settings(void)
{
	static const struct {
		const char *settings;
		const char *batch;
		const char *report;
	} rows[] = {
		{ "", " vrid 7 version 2 family inet ", "" },
		{ "", "address 192.0.2.1/24\n", "" },
		{ "version 3", " version 3 ", "" },
		{ "version 3", " checksum rfc5798", "" },
		{ "version 3\nv3_checksum_as_v2", " preempt on \\\n", "" },
		{ "version 4", " version 2 ", "f:5: R: version: note: " },
		{ "advert_int 0.5\nversion 3", " interval 500ms ", "" },
		{ "advert_int 2", " interval 2s ", "" },
		{ "advert_int 255", " interval 255s ", "" },
		{ "advert_int 1.5", " interval 2s ", "f:5: R: advert_int: note: " },
		{ "advert_int 256", " interval 1s ", "f:5: R: advert_int: note: " },
		{ "advert_int soon", " interval 1s ", "f:5: R: advert_int: note: " },
		{ "advert_int 0.001\nversion 3", " interval 1s ", "f:5: R: advert_int: note: " },
		{ "advert_int 0.01\nversion 3", " interval 10ms ", "" },
		{ "advert_int 41\nversion 3", " interval 40.95s ", "f:5: R: advert_int: note: " },
		{ "advert_int 99999999999999999999999", " interval 1s ", "f:5: R: advert_int: note" },
		{ "priority 254", " priority 254 ", "" },
		{ "priority 0", " priority 100 ", "f:5: R: priority: note: " },
		{ "priority", " priority 100 ", "f:5: R: priority: note: " },
		{ "state MASTER\npriority 5", "state backup priority 5 ", "f:5: R: state MASTER: note: " },
		{ "state MASTER", " priority 255 ", "f:1: R: priority: note: 255" },
		{ "priority 255", " priority 255 ", "f:1: R: state BACKUP: changed: " },
		{ "nopreempt", " preempt off ", "" },
		{ "nopreempt\npreempt", " preempt on ", "" },
		{ "state MASTER\npriority 5\nnopreempt", " preempt on ", "f:7: R: nopreempt: note: " },
		{ "preempt_delay 4.1", " preempt-delay 4.1s ", "" },
		{ "preempt_delay 1001", " preempt on \\\n", "f:5: R: preempt_delay: note: " },
		{ "state MASTER\npriority 5\npreempt_delay 4", " preempt on \\\n", "f:7: R: preempt_delay: note" },
		{ "authentication {\nauth_type PASS\nauth_pass abcdefgh\n}", " auth-pass abcdefgh ", "" },
		{ "authentication {\nauth_type PASS\nauth_pass abcdefghi\n}", " auth-pass abcdefgh ",
		  "f:7: R: auth_pass: note: " },
		{ "authentication {\nauth_type PASS\nauth_pass \"it's x\"\n}", " auth-pass \"it's x\" ", "" },
		{ "authentication {\nauth_type PASS\n}", " preempt on \\\n", "f:5: R: authentication: note: " },
		{ "authentication {\nauth_type AH\nauth_pass x\n}", " preempt on \\\n",
		  "f:6: R: auth_type AH: not imported: " },
		{ "version 3\nauthentication {\nauth_type PASS\nauth_pass x\n}", " preempt on checksum",
		  "f:6: R: authentication: note: " },
		{ "unicast_peer {\n192.0.2.9\n192.0.2.9\n192.0.2.8\n}", "\tpeer 192.0.2.9 peer 192.0.2.8 ", "" },
		{ "unicast_peer {\n224.0.0.1\n}", "on \\\n\taddress", "f:6: R: 224.0.0.1: not imported: " },
		{ "unicast_peer {\nfe80::1\n}", "on \\\n\taddress", "f:6: R: fe80::1: not imported: " },
		{ "unicast_peer {\n192.0.2.9 max_ttl 254\n}", "peer 192.0.2.9", "f:6: R: 192.0.2.9: changed: " },
		{ "unicast_peer {\n192.0.2.9 min_ttl 255\n}", "peer 192.0.2.9", "" },
		{ "unicast_src_ip 192.0.2.3", "", "f:5: R: unicast_src_ip 192.0.2.3: note: " },
		{ "virtual_ipaddress {\n10.0.0.1\n}", "address 10.0.0.1/32 \\\n", "" },
		{ "virtual_ipaddress {\n10.0.0.1/0\n}", "address 192.0.2.1/24\n", "f:6: R: 10.0.0.1/0: not imp" },
		{ "virtual_ipaddress {\n10.0.0.1/99\n}", "address 10.0.0.1/32 \\\n", "f:6: R: 10.0.0.1/99: note: " },
		{ "virtual_ipaddress {\n127.0.0.1\n}", "on \\\n\taddress 192.0.2.1/24\n", "not imported: no mach" },
		{ "virtual_ipaddress {\n0.0.0.1\n}", "on \\\n\taddress 192.0.2.1/24\n", "not imported: no mach" },
		{ "virtual_ipaddress {\n255.255.255.255\n}", "address 192.0.2.1/24\n", "not imported: no mach" },
		{ "virtual_ipaddress {\nnonsense/24\n}", "address 192.0.2.1/24\n", "f:6: R: nonsense/24: not imp" },
		{ "virtual_ipaddress {\n192.0.2.1/24\n}", "on \\\n\taddress 192.0.2.1/24\n", "" },
		{ "virtual_ipaddress {\n192.0.2.1/25\n}", "on \\\n\taddress 192.0.2.1/25\n", "f:8: R: 192.0.2.1/24: n" },
		{ "virtual_ipaddress {\n10.0.0.1 dev eth0\n}", "address 10.0.0.1/32 \\\n", "" },
		{ "virtual_ipaddress {\n10.0.0.1 dev eth1\n}", "address 10.0.0.1/32 dev eth1 \\\n", "" },
		{ "virtual_ipaddress {\n10.0.0.1 dev eth0:1\n}", "address 192.0.2.1/24\n", "not imported: 'eth0:1'" },
		{ "virtual_ipaddress {\n10.0.0.1 dev\n}", "address 192.0.2.1/24\n", "not imported: ''" },
		{ "virtual_ipaddress {\n10.0.0.1 scope host\n}", "address 10.0.0.1/32 scope host \\\n", "" },
		{ "virtual_ipaddress {\n10.0.0.1 scope 7\n}", "address 10.0.0.1/32 scope 7 \\\n", "" },
		{ "virtual_ipaddress {\n10.0.0.1 scope nowhere\n}", "address 10.0.0.1/32 \\\n", "changed: without scope" },
		{ "virtual_ipaddress {\n10.0.0.1 label x brd +\n}", "address 10.0.0.1/32 \\\n", "changed: without 'brd'" },
		{ "virtual_ipaddress {\n10.0.0.1 no_track -nodad\n}", "address 10.0.0.1/32 \\\n", "" },
		{ "virtual_ipaddress {\n10.0.0.1 10.0.0.2\n}", "address 10.0.0.1/32 \\\n", "note: '10.0.0.2' is not" },
		{ "virtual_ipaddress_excluded {\n10.0.0.1 dev eth1\n}", "address 10.0.0.1/32 dev eth1 excluded\n", "" },
		{ "virtual_ipaddress_excluded {\nfd00::1/64\n}", "address fd00::1/64 excluded\n", "" },
		{ "virtual_ipaddress_excluded {\nfd00::1/64 preferred_lft forever\n}", "fd00::1/64 excluded\n",
		  "changed: without 'preferred_lft'" },
		{ "virtual_ipaddress {\nfd00::1/64\n}", " version 3 family inet6 ", "R: 192.0.2.1/24: not imported" },
		{ "version 2\nvirtual_ipaddress {\nfd00::1/64\n}", " version 3 ", "f:5: R: version 2: changed: " },
		{ "virtual_routes {\ndefault via 192.0.2.9\n}", "\troute default via 192.0.2.9\n", "" },
		{ "virtual_routes {\n0.0.0.0/0 gw 192.0.2.9 dev eth1\n}", "\troute default via 192.0.2.9 dev eth1\n", "" },
		{ "virtual_routes {\nto 10.1.0.0/16 via 192.0.2.9 metric 3 table 7\n}",
		  "\troute 10.1.0.0/16 via 192.0.2.9 metric 3 table 7\n", "" },
		{ "virtual_routes {\n10.1.0.1 dev eth1 table main priority 0\n}", "\troute 10.1.0.1/32 dev eth1\n", "" },
		{ "virtual_routes {\n10.1.0.1 dev eth1 table 0\n}", "\troute 10.1.0.1/32 dev eth1\n", "" },
		{ "virtual_routes {\n10.1.0.1/8 dev eth1\n}", "\troute 10.0.0.0/8 dev eth1\n", "changed: the address" },
		{ "virtual_routes {\n10.1.0.0/33 dev eth1\n}", "192.0.2.1/24\n", "not imported: its prefix length" },
		{ "virtual_routes {\n10.1.0.0/16\n}", "192.0.2.1/24\n", "not imported: it has neither" },
		{ "virtual_routes {\nvia 192.0.2.9\n}", "192.0.2.1/24\n", "not imported: it has no dest" },
		{ "virtual_routes {\ndefault via\n}", "192.0.2.1/24\n", "not imported: its last word" },
		{ "virtual_routes {\ndefault via 224.0.0.1\n}", "192.0.2.1/24\n", "not imported: its gateway" },
		{ "virtual_routes {\ndefault dev a/b\n}", "192.0.2.1/24\n", "not imported: its device" },
		{ "virtual_routes {\ndefault dev eth1 metric x\n}", "192.0.2.1/24\n", "not imported: its metric" },
		{ "virtual_routes {\ndefault dev eth1 table none\n}", "192.0.2.1/24\n", "not imported: its table" },
		{ "virtual_routes {\ndefault dev eth1 colour red\n}", "192.0.2.1/24\n", "not imported: a word" },
		{ "virtual_routes {\n10.1.0.0/16 via fd00::1\n}", "192.0.2.1/24\n", "not imported: destination" },
		{ "virtual_routes {\ndefault via fe80::1\n}", "192.0.2.1/24\n", "link-local" },
		{ "virtual_routes {\nunreachable 10.0.0.0/8\n}", "192.0.2.1/24\n", "not imported: a virtual route" },
		{ "virtual_routes {\ndefault via 192.0.2.9 mtu lock 1400\n}", "route default via 192.0.2.9\n",
		  "changed: without 'mtu 1400'" },
		{ "virtual_routes {\ndefault via 192.0.2.9\ndefault via 192.0.2.8\n}", "route default via 192.0.2.9\n",
		  "f:7: R: route default via 192.0.2.8: not imported: " },
		{ "virtual_routes {\nfd00::/64 via fd01::1 dev eth1\n}", "route fd00::/64 via fd01::1 dev eth1\n",
		  "changed: its metric is 1" },
		{ "virtual_routes {\nfd00::/64 via fd01::1 metric 5\n}", "route fd00::/64 via fd01::1 metric 5\n", "" },
		{ "virtual_routes {\ninet6 default dev eth1 metric 5\n}", "route ::/0 dev eth1 metric 5\n", "" },
		{ "track_interface {\neth1\neth2 weight -5\neth0\n}", "\ttrack dev eth1 \\\n\ttrack dev eth2 weight -5\n", "" },
		{ "track_interface {\neth1 weight 254\n}", "track dev eth1 weight 253\n", "" },
		{ "track_interface {\neth1 weight 255\n}", "track dev eth1\n", "f:6: R: eth1: note: weight '255'" },
		{ "track_interface {\neth1 weight 5 reverse\n}", "192.0.2.1/24\n", "f:6: R: eth1: not imported: " },
		{ "state MASTER\ntrack_interface {\neth1 weight 5\n}", "192.0.2.1/24\n", "f:7: R: eth1: note: not tracked" },
		{ "track_interface {\neth1:0\n}", "192.0.2.1/24\n", "f:6: R: eth1:0: not imported: " },
		{ "track_script {\nx\ny weight 5\n}", "address 192.0.2.1/24\n",
		  "f:6: R: x: note: there is no vrrp_script" },
		{ "notify \"/a b\"", "", "f:5: R: notify /a b: not imported: " },
		{ "notify \"/a\033[2Jb\"", "", "f:5: R: notify /a?[2Jb: not imported: " },
		{ "smtp_alert no\ndebug 2", "", "f:5: note: nothing to do here for: smtp_alert, debug (line 6)" },
		{ "down_timer_adverts 3", "", "f:5: note: nothing to do here for: down_timer_adverts" },
		{ "down_timer_adverts 4", "", "f:5: R: down_timer_adverts 4: not imported: " },
		{ "use_vmac", " preempt on vmac on \\\n", "f:5: R: use_vmac: note: imported as 'vmac on'" },
		{ "no_accept", " preempt on accept off \\\n", "" },
		{ "accept\nno_accept\naccept", " preempt on \\\n", "" },
		{ "no_such { thing\n}", "", "f:5: R: no_such: not imported: this setting is not known, nor" },
		{ "native_ipv6", " family inet ", "" },
	};
	char text[512];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "vrrp_instance R {\n\ninterface eth0\nvirtual_router_id 7\n"
			 "%s\nvirtual_ipaddress { 192.0.2.1/24\n}\n}\n", rows[i].settings);
		import_text(text);
		check(!now.failed && strstr(now.batch, rows[i].batch) &&
		      (*rows[i].report ? !!strstr(now.report, rows[i].report) : !*now.report) &&
		      batch_is_understood(now.batch), "setting row %zu: %.*s: %.60s", i,
		      (int)strcspn(rows[i].settings, "\n"), rows[i].settings,
		      *now.report ? rows[i].report : "nothing to say");
	}
}

#define INSTANCE(name, interface, vrid, address, more) \
	"vrrp_instance " name " {\ninterface " interface "\nvirtual_router_id " vrid "\n" \
	"virtual_ipaddress {\n" address "\n}\n" more "\n}\n"

/* Whole configurations, of which so many instances remain. */
static void test_configurations(void)
{
	static const struct {
		const char *text;
		unsigned int routers;
		const char *batch;
		const char *report;
	} rows[] = {
		{ "", 0, "", "f:1: vrrp_instance: not imported: there is none" },
		{ "global_defs { vrrp_version 3\nvrrp_startup_delay 1.5\n}\n" INSTANCE("R", "a", "1", "10.0.0.1", ""),
		  1, " version 3 ", "" },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "") "global_defs { vrrp_startup_delay 1.5\n}\n", 1,
		  " startup-delay 1.5s", "" },
		{ "global_defs { vrrp_version 3\nv3_checksum_as_v2\n}\n" INSTANCE("R", "a", "1", "10.0.0.1", ""),
		  1, " preempt on \\\n", "" },
		{ "global_defs { vrrp_version 5\n}\n" INSTANCE("R", "a", "1", "10.0.0.1", ""), 1, " version 2 ",
		  "f:1: vrrp_version: note: " },
		{ INSTANCE("R", "a", "0", "10.0.0.1", ""), 0, "", "f:3: vrrp_instance R: not imported: " },
		{ INSTANCE("R", "", "1", "10.0.0.1", ""), 0, "", "f:2: vrrp_instance R: not imported: " },
		{ INSTANCE("R", "a:1", "1", "10.0.0.1", ""), 0, "", "f:2: vrrp_instance R: not imported: " },
		{ INSTANCE("R", "a", "1", "127.0.0.1", ""), 0, "", "f:1: vrrp_instance R: not imported: " },
		{ "vrrp_instance R {\nvirtual_router_id 3\n}\n", 0, "", "f:1: vrrp_instance R: not imported: " },
		{ "vrrp_instance R {\ninterface a\n}\n", 0, "", "f:1: vrrp_instance R: not imported: " },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "") INSTANCE("R", "a", "2", "10.0.0.2", ""), 1, "vrid 1 ",
		  "f:9: vrrp_instance R: not imported: " },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "") INSTANCE("S", "a", "1", "10.0.0.2", ""), 1, "vrid 1 ",
		  "f:11: vrrp_instance S: not imported: " },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "") INSTANCE("S", "a", "1", "fd00::1", ""), 2, "inet6", "" },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "") INSTANCE("S", "b", "1", "10.0.0.1", ""), 2, "dev b", "" },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "") INSTANCE("S", "b", "1", "10.0.0.1 dev a\n10.0.0.2", ""),
		  2, "address 10.0.0.2/32\n", "f:13: S: 10.0.0.1: not imported: virtual router 'R'" },
		{ INSTANCE("R", "a", "1", "10.0.0.1/24", "") INSTANCE("S", "b", "1", "10.0.0.1/25 dev a", ""), 2,
		  "address 10.0.0.1/25 dev a\n", "" },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "virtual_routes {\ndefault via 10.0.0.9\n}")
		  INSTANCE("S", "a", "2", "10.0.0.2", "virtual_routes {\ndefault via 10.0.0.9 dev c\n}"), 2, "vrid 2 ",
		  "S: route default via 10.0.0.9 dev c: not imported: another" },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "virtual_routes {\ndefault via 10.0.0.9 dev d\n}")
		  INSTANCE("S", "a", "2", "10.0.0.2", "virtual_routes {\ndefault via 10.0.0.9 dev c\n}"), 2,
		  "route default via 10.0.0.9 dev c\n", "" },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "virtual_routes {\ndefault via 10.0.0.9\n}")
		  INSTANCE("S", "a", "2", "10.0.0.2", "virtual_routes {\ndefault via 10.0.0.8\n}"), 2,
		  "route default via 10.0.0.8\n", "" },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "virtual_routes {\nfd00::/8 via fd00::9 dev a metric 1\n}")
		  INSTANCE("S", "a", "2", "10.0.0.2", "virtual_routes {\nfd00::/8 via fd00::8 dev b metric 1\n}"), 2,
		  "vrid 2 ", "S: route fd00::/8 via fd00::8 dev b metric 1: not imported: another" },
		{ INSTANCE("\"a b\"", "a", "1", "10.0.0.1", "") INSTANCE("a_b", "a", "2", "10.0.0.2", ""), 2,
		  "vrrp add a_b.2 ", "f:1: a_b: name: changed: it was 'a b'" },
		{ INSTANCE("", "a", "1", "10.0.0.1", ""), 1, "vrrp add _ ", "f:1: _: name: changed: it was ''" },
		{ INSTANCE("1234567890123456789012345678901x", "a", "1", "10.0.0.1", "")
		  INSTANCE("1234567890123456789012345678901y", "a", "2", "10.0.0.2", ""), 2,
		  "vrrp add 12345678901234567890123456789.2 ", "name: changed" },
		{ INSTANCE("\"x\ny\"", "a", "1", "10.0.0.1", ""), 0, "", NULL },
		{ "vrrp_instance R {\ninterface a\nvirtual_router_id 3\nvirtual_ipaddress_excluded {\n10.0.0.1\n}\n}\n",
		  1, "address 10.0.0.1/32\n", "f:1: R: virtual_ipaddress_excluded: changed: " },
		{ "@you x\n" INSTANCE("R", "a", "1", "10.0.0.1", ""), 1, "", "f:1: @NAME: not imported: " },
		{ "@^me x\n@you y\n" INSTANCE("R", "a", "1", "10.0.0.1", ""), 1, "", "f:2: @NAME: not imported: " },
		{ "@me global_defs { }\n" INSTANCE("R", "a", "1", "10.0.0.1", ""), 1, "", "f:1: @NAME: note: " },
		{ "@^me x\n" INSTANCE("R", "a", "1", "10.0.0.1", ""), 1, "", "" },
		{ "vrrp_sync_group G {\ngroup {\nR\n}\n}\n" INSTANCE("R", "a", "1", "10.0.0.1", ""), 1,
		  " group G \\\n", "" },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "") INSTANCE("S", "b", "1", "10.0.1.1", "")
		  "vrrp_sync_group G {\ngroup {\nR S\n}\n}\n", 2, "on group G \\\n\taddress 10.0.1.1/32\n", "" },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "") INSTANCE("S", "b", "1", "10.0.1.1", "")
		  "vrrp_sync_group \"a b\" {\ngroup {\nR\n}\n}\n", 2, " group a_b \\\n",
		  "vrrp_sync_group a b: changed: imported as 'a_b'" },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "") INSTANCE("S", "b", "1", "10.0.1.1", "")
		  "vrrp_sync_group none {\ngroup {\nR\n}\n}\n", 2, " group _none \\\n", ": changed: imported as" },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "") INSTANCE("S", "b", "1", "10.0.1.1", "")
		  "vrrp_sync_group G {\ngroup {\nR\nT\n}\n}\n", 2, " group G \\\n",
		  "vrrp_sync_group G: note: there is no vrrp_instance 'T'" },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "") INSTANCE("S", "b", "1", "10.0.1.1", "")
		  "vrrp_sync_group G {\ngroup {\nR\n}\n}\nvrrp_sync_group H {\ngroup {\nR\nS\n}\n}\n", 2,
		  " group H \\\n", "vrrp_sync_group H: not imported: 'R' is in group 'G' already" },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "") INSTANCE("S", "b", "1", "10.0.1.1", "")
		  "vrrp_sync_group G {\ngroup {\nR\n}\n}\nvrrp_sync_group G {\ngroup {\nS\n}\n}\n", 2,
		  " group G \\\n", "vrrp_sync_group G: not imported: there is a group 'G' already" },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "priority 255") "vrrp_sync_group G {\ngroup {\nR\n}\n}\n", 1,
		  "", "vrrp_sync_group G: not imported: 'R' owns its addresses" },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "priority 9") INSTANCE("S", "b", "1", "10.0.1.1", "")
		  "vrrp_sync_group G {\ngroup {\nR\nS\n}\n}\n", 2, " group G \\\n",
		  "vrrp_sync_group G: note: 'R' and 'S' have different priorities" },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "") INSTANCE("S", "b", "1", "10.0.1.1", "")
		  "vrrp_sync_group G {\ngroup {\nR\n}\nnotify /x\n}\n", 2, " group G \\\n",
		  "notify /x: not imported: let kcluster-notify.service run it as /etc/kcluster/notify, with the arguments GROUP" },
		{ INSTANCE("R", "a", "1", "10.0.0.1", "") INSTANCE("S", "b", "1", "10.0.1.1", "")
		  "vrrp_sync_group G {\ngroup {\nR\n}\nglobal_tracking\n}\n", 2, " group G \\\n",
		  "note: nothing to do here for: global_tracking" },
#define SCRIPTED(settings, track) \
	"vrrp_script x {\n" settings "}\n" \
	"vrrp_instance R {\ninterface a\nvirtual_router_id 1\nvirtual_ipaddress {\n10.0.0.1\n}\n" \
	"track_script {\n" track "\n}\n}\n"
		{ SCRIPTED("script y\n", "x"), 1, "track value x weight 0\n",
		  "f:1: vrrp_script x: changed: write the two lines" },
		{ SCRIPTED("script y\n", "x"), 1,
		  "(line 1) is the value x; /etc/kcluster/check-x:\n#\tOPTIONS=\"interval 1s\"\n#\tCOMMAND=\"y\"\n",
		  "then: systemctl enable --now kcluster-check@x; until" },
		{ SCRIPTED("script \"/a b $c\" d\ninterval 2.5\ntimeout 1\nrise 2\nfall 3\nweight -20\n", "x"), 1,
		  "#\tOPTIONS=\"interval 2.5s timeout 1s rise 2 fall 3\"\n#\tCOMMAND=\"/a b \\$c d\"\n", "f:1: " },
		{ SCRIPTED("script y\nweight -20\n", "x"), 1, "track value x weight -20\n", "f:1: " },
		{ SCRIPTED("script y\nweight -20\n", "x weight 254"), 1, "track value x weight 253\n", "f:1: " },
		{ SCRIPTED("script y\nweight -20\n", "x weight 255"), 1, "track value x weight -20\n",
		  "f:12: R: x: note: weight '255' is out of range" },
		{ SCRIPTED("script y\ninterval 0\nrise none\n", "x"), 1, "\"interval 1s\"\n", "f:1: " },
		{ SCRIPTED("script y\n", "x reverse"), 1, "10.0.0.1/32\n", "R: x: not imported: a value cannot" },
		{ SCRIPTED("script y\n", "x\nx"), 1, "track value x weight 0\n\n", "f:1: " },
		{ SCRIPTED("interval 2\n", "x"), 1, "10.0.0.1/32\n", "R: x: not imported: its vrrp_script has no" },
		{ "vrrp_script x {\nscript y\n}\nvrrp_script x {\nscript z\n}\n"
		  INSTANCE("R", "a", "1", "10.0.0.1", "track_script {\nx\n}"), 1, "COMMAND=\"y\"\n",
		  "f:4: vrrp_script x: not imported: there is one" },
		{ "vrrp_script x {\nscript y\n}\nbfd_instance z { }\nnonsense\n", 0, "", "f:5: nonsense: not imported" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		import_text(rows[i].text);
		if (!rows[i].report) {
			check(now.failed, "configuration row %zu is refused", i);
			continue;
		}
		check(!now.failed && now.import.routers.count == rows[i].routers &&
		      strstr(now.batch, rows[i].batch) &&
		      (*rows[i].report ? !!strstr(now.report, rows[i].report) : !*now.report) &&
		      batch_is_understood(now.batch), "configuration row %zu: %u routers, %.60s", i,
		      rows[i].routers, *rows[i].report ? rows[i].report : "nothing to say");
	}
}

/* What decides about the exit status, and what is not worth saying. */
static void test_losses(void)
{
	import_text(INSTANCE("R", "a", "1", "10.0.0.1", "debug 1"));
	check(!ka_report_has_losses(&now.import.report), "a moot setting is no loss");
	import_text(INSTANCE("R", "a", "1", "10.0.0.1/33", ""));
	check(*now.report && !ka_report_has_losses(&now.import.report), "a note is none either");
	import_text(INSTANCE("R", "a", "1", "10.0.0.1 label x", ""));
	check(ka_report_has_losses(&now.import.report), "a change is one");
	import_text(INSTANCE("R", "a", "1", "10.0.0.1", "use_ipvlan"));
	check(ka_report_has_losses(&now.import.report), "what is left out is one");
	import_text("vrrp_instance \"a b\" {\nuse_ipvlan\n}\n");
	check(now.import.report.count == 1, "of an instance that is left out, nothing else is said");
	import_text(INSTANCE("R", "a", "1", "10.0.0.1",
			     "virtual_routes {\ndefault via 10.0.0.9 mtu 5 or 10.0.0.8\n}"));
	check(now.import.report.count == 1, "nor of a route");
}

/* One more of each than the module takes. */
static void test_limits(void)
{
	const struct router *router;
	char *text = NULL;
	unsigned int i, listed = 0;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	fprintf(out, "vrrp_instance R {\ninterface eth0\nvirtual_router_id 7\n");
	fprintf(out, "virtual_ipaddress {\n");
	for (i = 0; i < 200; i++)
		fprintf(out, "fd00::1:%x\n", i);
	fprintf(out, "}\nvirtual_ipaddress_excluded {\n");
	for (i = 0; i < KCLUSTER_VRRP_ADDRESSES_MAX + 1 - 200; i++)
		fprintf(out, "fd00::2:%x\n", i);
	fprintf(out, "}\nunicast_peer {\n");
	for (i = 0; i < 65; i++)
		fprintf(out, "fe80::3:%x\n", i);
	fprintf(out, "}\nvirtual_routes {\n");
	for (i = 0; i < 65; i++)
		fprintf(out, "fd04:%x::/32 dev eth1 metric 3\n", i);
	fprintf(out, "}\ntrack_interface {\n");
	for (i = 1; i < 34; i++)
		fprintf(out, "eth%u\n", i);
	fprintf(out, "}\n}\n");
	fclose(out);
	import_text(text);
	free(text);
	router = now.import.routers.list;
	check(!now.failed && now.import.routers.count == 1, "a big instance");
	for (i = 0; i < router->address_count; i++)
		listed += !router->addresses[i].excluded;
	check(router->address_count == KCLUSTER_VRRP_ADDRESSES_MAX, "it has %u addresses",
	      router->address_count);
	check(listed == (1500 - 48) / 16, "an advertisement lists %u", listed);
	check(router->peer_count == KCLUSTER_VRRP_PEERS_MAX, "it has %u peers", router->peer_count);
	check(router->route_count == KCLUSTER_VRRP_ROUTES_MAX, "it has %u routes",
	      router->route_count);
	check(router->track_count == KCLUSTER_VRRP_TRACKS_MAX, "it tracks %u devices",
	      router->track_count);
	check(strstr(now.report, "fd00::2:f38: not imported: a virtual router has at most 4096"),
	      "the last address is reported");
	check(strstr(now.report, "fe80::3:40: not imported: "), "the last peer is");
	check(strstr(now.report, "route fd04:40::/32 dev eth1 metric 3: not imported: "),
	      "the last route is");
	check(strstr(now.report, "eth33: not imported: "), "the last device is");
	check(strstr(now.report, "virtual_ipaddress: changed: "), "what is excluded is");
	check(batch_is_understood(now.batch), "the batch is understood");
}

/**
 * test_meaning() - Check what the settings of keepalived become.
 */
void test_meaning(void)
{
	test_settings();
	test_configurations();
	test_losses();
	test_limits();
}
