#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A cluster IP with two nodes: each client is answered once, shares move, the
# wire says the shared MAC, and nothing is left behind. The picture is in
# crowd.sh.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/crowd.sh
. "$(dirname "$0")/crowd.sh"

need_module
need jq python3 tcpdump
build_crowd A B
serve A B
mac=01:00:5e:01:00:64

# both ARGUMENTS...: A is node 1 of 2 and B is node 2.
both()
{
	cc A clusterip add "$@" nodes static 2 local 1 &&
		cc B clusterip add "$@" nodes static 2 local 2
}

# --- each client once -------------------------------------------------------

wire "$tmp/neigh" one 'arp or (icmp6 and ip6[40] >= 133 and ip6[40] <= 136)'
check "both nodes get it" both web dev eth0 address 10.1.0.100/24 address fd01::100/64
check_is "it is serving" serving "$(ip_of A web .state)"
check "the address is there" has A 10.1.0.100
check "so is the other one" has A fd01::100
check_is "the MAC is that of the address as a group" $mac "$(ip_of A web .mac)"
check "the device takes frames to it" in_filter A eth0 $mac
once "100 clients ask by UDP: each is answered once" udp 10.1.0.100 100
check_between "A answers some" 30 "$(answered A)" 70
check_is "B all others" $((100 - $(answered A))) "$(answered B)"
a=$(answered A)
once "by TCP" tcp 10.1.0.100 100
check_is "the same ones by A: only the address counts" "$a" "$(answered A)"
once "by ICMP" icmp 10.1.0.100 100
once "in fragments" frag 10.1.0.100 100
check_is "the same ones by A" "$a" "$(answered A)"
once "by IPv6 and UDP" udp fd01::100 100
check_between "A answers some" 30 "$(answered A)" 70
once "and TCP" tcp fd01::100 100
once "and ICMP" icmp fd01::100 100
once "and in fragments" frag fd01::100 100
once "and behind extension headers" options fd01::100 100
check "packets that were A's are counted" [ "$(count_of A web mine)" -ge 400 ]
check "and those that were not" [ "$(count_of A web others)" -ge 400 ]
check_is "no address is malformed" 0 "$(count_of A web malformed)"
check_is "what A has counted as node 2's B has as its own" \
	"$(ip_of A web '[.buckets[] | select(.node == 2)][0].packets')" \
	"$(count_of B web mine)"

# --- the wire ---------------------------------------------------------------

check_is "the clients know the shared MAC" $mac "$(lladdr H 10.1.0.100)"
check_is "also for IPv6" $mac "$(lladdr H fd01::100)"
check "it was announced" on_wire "$tmp/neigh" 'tell 10.1.0.100' "ff:ff:ff:ff:ff:ff"
check_not "nobody says that the address has another MAC" eval \
	'one_line "$tmp/neigh" | grep "Reply 10.1.0.100 is-at" | grep -v "is-at $mac"'
check "ARP replies say it" on_wire "$tmp/neigh" "Reply 10.1.0.100 is-at $mac"
check "neighbour advertisements say it" on_wire "$tmp/neigh" 'tgt is fd01::100' \
	"link-address option.*: $mac"
check_not "no frame comes from a multicast MAC" on_wire "$tmp/neigh" "^[0-9.]* $mac >"
check_not "no checksum is wrong" eval \
	'one_line "$tmp/neigh" | grep ICMP6 | grep -v "icmp6 sum ok"'
check "the host's own address answers" on H ping -n -c 1 -W 2 10.1.0.1
check_is "with its own MAC" "$(mac_of A eth0)" "$(lladdr H 10.1.0.1)"
check "its own IPv6 address, too" on H ping -n -c 1 -W 2 fd01::1
check_is "with its own MAC" "$(mac_of A eth0)" "$(lladdr H fd01::1)"
ipn A neigh flush dev eth0
check "a request from the address asks with the shared MAC" eval \
	'on A ping -n -c 1 -W 1 -I 10.1.0.100 10.1.0.77; wait_for 3 on_wire "$tmp/neigh" "who-has 10.1.0.77 .*tell 10.1.0.100"'
check_is "as those who hear it know" $mac "$(lladdr H 10.1.0.100)"

# --- shares move ------------------------------------------------------------

check "A takes the share of B" cc A clusterip set web local +2
check "which B gives up" cc B clusterip set web local -2
check_is "B is idle" idle "$(ip_of B web .state)"
check_is "A has both" '1 2' "$(ip_of A web '.local | join(" ")')"
once "all clients are answered once" udp 10.1.0.100 100
check_is "by A" 100 "$(answered A)"
check "and back" eval 'cc A clusterip set web local -2 && cc B clusterip set web local +2'
once "all clients are answered once" udp 10.1.0.100 100
check_is "as before" "$a" "$(answered A)"
check "also for good" eval 'cc A clusterip set web local 1,2 && cc B clusterip set web local none'
once "all clients are answered once" udp fd01::100 100
check_is "by A" 100 "$(answered A)"
check "a share that nobody has" cc A clusterip set web local 1
ask udp 10.1.0.100 100 2
check_is "is answered by nobody" "$a once, 0 twice or more, $((100 - a)) never" "$asked"
check_is "the rest by A" "$a" "$(answered A)"
check "more shares" eval 'cc A clusterip set web nodes static 8 local 1-4 && cc B clusterip set web nodes static 8 local 5-8'
once "all clients are answered once" tcp 10.1.0.100 100
check_between "about half of them by each" 30 "$(answered A)" 70

# --- it goes ----------------------------------------------------------------

check "A leaves" cc A clusterip del web
check_not "without the address" has A 10.1.0.100
check_not "or the other one" has A fd01::100
check_not "or the MAC in its filter" in_filter A eth0 $mac
check "its own address stays" has A 10.1.0.1
if can_list_hooks >/dev/null 2>&1; then
	check_not "nor the hooks" hooked A eth0
	check "which B has" hooked B eth0
else
	skip "nor the hooks" "the kernel lists no hooks"
fi
ask udp 10.1.0.100 100 2
check_is "nobody but B answers" 0 "$(answered A)"
check "which has its share" [ "$(answered B)" -gt 20 ]
cc B clusterip flush
check_not "B has nothing left" has B 10.1.0.100

# An address that the host has by itself stays its own.
ipn A address add 10.1.0.101/24 dev eth0
cc A clusterip add own dev eth0 address 10.1.0.101/24 nodes static 1 local 1
check_is "an address that was there is used" foreign "$(ip_of A own '.addresses[0].state')"
once "and answers" udp 10.1.0.101 20
check_is "at the shared MAC" 01:00:5e:01:00:65 "$(lladdr H 10.1.0.101)"
cc A clusterip del own
check "it stays" has A 10.1.0.101
check "the clients know where" wait_for 3 eval '[ "$(lladdr H 10.1.0.101)" = "$(mac_of A eth0)" ]'
once "and reach it" udp 10.1.0.101 20
ipn A address del 10.1.0.101/24 dev eth0

# --- the module -------------------------------------------------------------

both web dev eth0 address 10.1.0.100/24 hash source-ip-port address fd01::100/64
once "once more" udp 10.1.0.100 50
in_background on H ping -q -n -i 0.01 10.1.0.100 >/dev/null
check "the module goes while clients ask" rmmod kcluster
check_not "and leaves no address" eval 'has A 10.1.0.100 || has B fd01::100'
check_not "nor a MAC in a filter" eval 'in_filter A eth0 $mac || in_filter B eth0 $mac'
modprobe kcluster
cc A clusterip add web dev eth0 address 10.1.0.100/24 nodes static 1 local 1
check "a namespace ends with its cluster IP" in_filter A eth0 $mac
for pid in $(ip netns pids "${ns_prefix}A"); do
	kill -KILL "$pid" 2>/dev/null
done
ip netns del "${ns_prefix}A"
check "and is gone" wait_for 15 eval '! ip -n "$switch" link show A-one'
check_is "the kernel has nothing to complain about" "" \
	"$(dmesg | grep -E 'BUG:|WARNING:|unregister_netdevice|refcount|leaked' | head -n 3)"

finish
