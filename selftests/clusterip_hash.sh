#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What decides which of three nodes a client belongs to, and what follows it:
# fragments, and ICMP errors of a router on the way to some clients. The picture
# is in crowd.sh; behind it,
#
#	  network one                     network two
#	=======||=======    +--------+   ======||======    +--------------------+
#	   A, B, C, H   ----| R (.8) |---- MTU 1300   -----| X, with 10.8.0.0/16 |
#	                    +--------+                     |    and fd08::/64    |
#	                                                   +--------------------+

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/crowd.sh
. "$(dirname "$0")/crowd.sh"

need_module
need jq python3
build_crowd A B C
net two
node R X
plug R eth0 one 10.1.0.8/24 fd01::8/64
plug R eth1 two 10.2.0.8/24 fd02::8/64
plug X eth0 two 10.2.0.9/24 fd02::9/64
ipn R link set eth1 mtu 1300
on R sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ipn R route add 10.8.0.0/16 via 10.2.0.9
ipn R -6 route add fd08::/64 via fd02::9
ipn X route add local 10.8.0.0/16 dev lo
ipn X -6 route add local fd08::/64 dev lo
ipn X route add 10.1.0.0/24 via 10.2.0.8
ipn X -6 route add fd01::/64 via fd02::8
for name in A B C; do
	ipn "$name" route add 10.8.0.0/16 via 10.1.0.8
	ipn "$name" -6 route add fd08::/64 via fd01::8
done
serve A B C

failures=0 n=0
for name in A B C; do
	n=$((n + 1))
	cc "$name" clusterip add web dev eth0 address 10.1.0.100/24 address fd01::100/64 \
		nodes static 3 local "$n" || failures=$((failures + 1))
	cc "$name" clusterip add old dev eth0 address 10.1.0.101/24 \
		nodes static 3 local "$n" || failures=$((failures + 1))
done
check_is "three nodes have two cluster IPs" 0 $failures

# set_all NAME ARGUMENTS...: on all three.
set_all()
{
	local name

	for name in A B C; do
		cc "$name" clusterip set "$@" || return 1
	done
}

# defrags NODE: the kernel puts packets together before anybody sees them.
defrags()
{
	on "$1" nft list hooks ip 2>/dev/null | grep -q 'ipv4_conntrack_defrag'
}

# --- each mode --------------------------------------------------------------

for mode in source-ip source-ip-port source-ip-port-dest-port; do
	check "hash $mode" set_all web hash $mode seed 7
	for kind in udp tcp frag; do
		once "$mode, $kind: each client is answered once" $kind 10.1.0.100 200
		check_between "A has its share" 40 "$(answered A)" 95
		check_between "and C" 40 "$(answered C)" 95
		once "IPv6 likewise" $kind fd01::100 200
		check_between "A has its share" 40 "$(answered A)" 95
	done
	once "$mode, icmp: each client is answered once" icmp 10.1.0.100 200
	once "IPv6 likewise" icmp fd01::100 200
	once "$mode, behind extension headers" options fd01::100 200
	check_is "show says whether a client stays with a node" \
		"$([ $mode = source-ip ] && echo true || echo false)" "$(ip_of A web .keeps_clients)"
done
check "fragments were put together" [ "$(count_of A web fragments)" -gt 100 ]
check_is "nothing was malformed" 0 "$(count_of A web malformed)"

check "other seeds" set_all web hash source-ip seed 1
ask udp 10.1.0.100 200
by1=$by
check "and others" set_all web seed 2
once "answer each client once" udp 10.1.0.100 200
check_not "but not by the same nodes" [ "$by1" = "$by" ]

for mode in legacy-source-ip legacy-source-ip-port legacy-source-ip-port-dest-port; do
	check "hash $mode" set_all old hash $mode
	for kind in udp tcp frag icmp; do
		once "$mode, $kind: each client is answered once" $kind 10.1.0.101 200
	done
done
check_is "IPv6 has no legacy hash" 1 \
	"$(cc A clusterip set web hash legacy-source-ip 2>"$tmp/err"; echo $?)"
check "which is said" grep -q 'IPv4 only' "$tmp/err"
check_is "and nothing changed" source-ip "$(ip_of A web .hash)"

# --- ICMP errors ------------------------------------------------------------

# Their router belongs to one node by its own address, the clients to all.
asker=X crowd4=10.8.1.1 crowd6=fd08::1
for mode in source-ip source-ip-port; do
	check "hash $mode" set_all web hash $mode seed 0
	# What they learned about the way to the clients is forgotten.
	for name in A B C; do
		ipn "$name" route flush cache
		ipn "$name" -6 route flush cache
	done
	once "$mode: clients behind a small MTU get 200 kB each" bulk 10.1.0.100 24 20
	for name in A B C; do
		check_between "some by $name" 1 "$(answered "$name")" 22
	done
	once "and by IPv6" bulk fd01::100 24 20
	check_between "some by A" 1 "$(answered A)" 22
done
check "the nodes were told by ICMP" eval \
	'on A ip route show cache | grep -q "mtu 1300" || on B ip route show cache | grep -q "mtu 1300"'
asker=H crowd4=10.9.1.1 crowd6=fd09::1

# --- defragmentation --------------------------------------------------------

# What is for other addresses passes through as it came.
if can_list_hooks >/dev/null 2>&1; then
	check_not "ports are hashed without conntrack's defragmentation" defrags A
	on A nft -f - <<-'END'
	table ip tracks {
		chain in {
			type filter hook prerouting priority 0
			ct state new
		}
	}
	END
	check "which would be seen" defrags A
	on A nft delete table ip tracks
else
	skip "ports are hashed without conntrack's defragmentation" "the kernel lists no hooks"
fi
check "all hashes without" eval 'set_all web hash source-ip && set_all old hash source-ip'
once "fragments are answered once" frag 10.1.0.100 100
check_is "the kernel has nothing to complain about" "" \
	"$(dmesg | grep -E 'BUG:|WARNING:|unregister_netdevice|refcount|leaked' | head -n 3)"

finish
