#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Cluster IPs on kinds of devices, what is refused, and devices that come, go
# and lose addresses. The picture is in crowd.sh; A is on network two later.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/crowd.sh
. "$(dirname "$0")/crowd.sh"

need_module
need jq python3
build_crowd A B
net two
serve A B

state()
{
	ip_of "$1" web .state
}

is_now()
{
	[ "$(state "$1")" = "$2" ]
}

# both DEVICE ADDRESS...: A is node 1 of 2 there and B is node 2.
both()
{
	local dev=$1 name n=0 address words=()

	shift
	for address; do
		words+=(address "$address")
	done
	for name in A B; do
		n=$((n + 1))
		cc "$name" clusterip add web dev "$dev" "${words[@]}" nodes static 2 local "$n" || return 1
	done
}

# works WHERE: each client is answered once there, by both nodes.
works()
{
	once "$1: each client is answered once" udp "$2" 100
	check_between "$1: A has its share" 25 "$(answered A)" 75
	cc A clusterip flush
	cc B clusterip flush
}

# --- kinds ------------------------------------------------------------------

for name in A:1 B:2 H:9; do
	node=${name%:*}
	ipn "$node" link add link eth0 name eth0.5 type vlan id 5
	ipn "$node" address add "10.5.0.${name#*:}/24" dev eth0.5
	ipn "$node" link set eth0.5 up
done
check "a VLAN" both eth0.5 10.5.0.100/24
works "VLAN" 10.5.0.100
check "the device below it" both eth0 10.1.0.100/24
check "and the VLAN at once" cc A clusterip add vlan dev eth0.5 address 10.5.0.101/24 nodes static 1 local 1
once "serve their own" udp 10.5.0.101 20
works "below" 10.1.0.100

for name in A:1 B:2; do
	node=${name%:*}
	ipn "$node" link set eth0 down
	ipn "$node" address flush dev eth0
	ipn "$node" link add br0 type bridge mcast_snooping 0
	ipn "$node" link set eth0 master br0
	ipn "$node" address add "10.1.0.${name#*:}/24" dev br0
	ipn "$node" link set eth0 up
	ipn "$node" link set br0 up
	ipn "$node" route add 10.9.0.0/16 via 10.1.0.9
done
check "a bridge" both br0 10.1.0.100/24
works "bridge" 10.1.0.100
refused A 'eth0 belongs to br0: use that one' clusterip add web dev eth0 address 10.1.0.100/24 \
	nodes static 1 local 1

modprobe bonding max_bonds=0 2>/dev/null
for name in A:1 B:2; do
	node=${name%:*}
	ipn "$node" link del br0
	ipn "$node" link set eth0 down
	ipn "$node" link add bond0 type bond mode active-backup miimon 100
	ipn "$node" link set eth0 master bond0
	ipn "$node" address add "10.1.0.${name#*:}/24" dev bond0
	ipn "$node" link set bond0 up
	ipn "$node" route add 10.9.0.0/16 via 10.1.0.9
done
wait_for 10 on A ping -n -c 1 -W 1 10.1.0.9
wait_for 10 on B ping -n -c 1 -W 1 10.1.0.9
check "a bond" both bond0 10.1.0.100/24
works "bond" 10.1.0.100
refused A 'eth0 belongs to bond0: use that one' clusterip add web dev eth0 address 10.1.0.100/24 \
	nodes static 1 local 1

for name in A:1 B:2; do
	node=${name%:*}
	ipn "$node" link del bond0
	ipn "$node" link set eth0 up
	ipn "$node" link add link eth0 name mv0 type macvlan mode bridge
	ipn "$node" link set mv0 up
	ipn "$node" address add "10.1.0.${name#*:}/24" dev eth0
	ipn "$node" route add 10.9.0.0/16 via 10.1.0.9
done
refused A 'mv0 gets copies of what the device below it takes as well: use that one' \
	clusterip add web dev mv0 address 10.1.0.100/24 nodes static 1 local 1
# A device has the one kind or the other above it.
ipn A link del mv0
ipn A link add link eth0 name iv0 type ipvlan mode l2
refused A 'iv0 gets copies' clusterip add web dev iv0 address 10.1.0.100/24 nodes static 1 local 1
ipn A link del iv0
check "the device below a macvlan" both eth0 10.1.0.100/24
works "below a macvlan" 10.1.0.100

ipn A link add dummy0 type dummy
ipn A link set dummy0 up
refused A 'dummy0 is no Ethernet device with neighbours' clusterip add web dev dummy0 \
	address 10.1.0.100/24 nodes static 1 local 1
refused A 'lo is no Ethernet device with neighbours' clusterip add web dev lo \
	address 10.1.0.100/24 nodes static 1 local 1

# --- they come and go -------------------------------------------------------

check "a device that is not there yet" cc A clusterip add web dev eth1 address 10.2.0.100/24 \
	address fd02::100/64 nodes static 1 local 1
check_is "is waited for" "waiting there is no device eth1" "$(ip_of A web '.state + " " + .reason')"
cc A status >"$tmp/out"
check_is "status says so" 3 $?
check "and why" grep -q 'cluster IP web waits: there is no device eth1' "$tmp/out"
plug A eth1 two 10.2.0.1/24
check "it comes: the cluster IP is served" wait_for 5 is_now A serving
check "its address is there" wait_for 3 has A 10.2.0.100
check "and the other one" wait_for 3 has A fd02::100
check "its filter takes the MAC" in_filter A eth1 01:00:5e:02:00:64
ipn A link set eth1 down
check "it goes down: it waits" wait_for 3 is_now A waiting
check_is "and says why" "eth1 is down" "$(ip_of A web .reason)"
ipn A link set eth1 up
check "it is up: it serves" wait_for 3 is_now A serving
check "with the IPv6 address, which was lost" wait_for 3 has A fd02::100
carrier_off A two
check "without carrier it waits" wait_for 5 is_now A waiting
carrier_on A two
check "with carrier it serves" wait_for 5 is_now A serving
ipn A address del 10.2.0.100/24 dev eth1
check "an address that somebody removes is put back" wait_for 5 has A 10.2.0.100
check "which is counted" [ "$(count_of A web restored)" -ge 1 ]
ipn A address flush dev eth1
check "after a flush, too" wait_for 5 eval 'has A 10.2.0.100 && has A fd02::100'
ipn A link set eth1 down
ipn A link set eth1 name eth7
ipn A link set eth7 up
check "it gets another name: it waits" wait_for 3 is_now A waiting
check "its addresses are not left there" wait_for 3 negate has A 10.2.0.100
check_not "nor the MAC in its filter" in_filter A eth7 01:00:5e:02:00:64
ipn A link set eth7 down
ipn A link set eth7 name eth1
ipn A link set eth1 up
check "it gets its name back: it serves" wait_for 5 eval 'is_now A serving && has A 10.2.0.100'
ipn A link add br1 type bridge
ipn A link set eth1 master br1
check "it becomes a port of a bridge: it waits" wait_for 3 is_now A waiting
check_is "and says why" "eth1 belongs to br1: use that one" "$(ip_of A web .reason)"
check "its addresses are not left there" wait_for 3 negate has A 10.2.0.100
ipn A link set eth1 nomaster
check "it is free again: it serves" wait_for 5 eval 'is_now A serving && has A 10.2.0.100'
node M
ipn A link set eth1 netns "${ns_prefix}M"
check "it moves to another namespace: it waits" wait_for 3 is_now A waiting
check_not "and the MAC does not go along" in_filter M eth1 01:00:5e:02:00:64
ipn M link set eth1 netns "${ns_prefix}A"
ipn A link set eth1 up
check "it is back: it serves" wait_for 5 eval 'is_now A serving && has A 10.2.0.100'
ipn A link del eth1
check "it is deleted: it waits" wait_for 3 is_now A waiting
check "deleted, too" cc A clusterip del web
check_is "nothing is left" '[]' "$(cc A -j clusterip show | jq -c .)"

# --- with a virtual router --------------------------------------------------

check "a virtual router beside it" cc A vrrp add R dev eth0 vrid 7 interval 100ms vmac on \
	address 10.1.0.110/24
check "is master" wait_for 5 is_state A R master
refused A '10.1.0.110 is an address of virtual router "R" already' clusterip add web dev eth0 \
	address 10.1.0.110/24 nodes static 1 local 1
check "on the same device" cc A clusterip add web dev eth0 address 10.1.0.100/24 nodes static 1 local 1
once "the cluster IP answers" udp 10.1.0.100 20
once "the virtual router, too" udp 10.1.0.110 20
check_is "by its MAC" 00:00:5e:00:01:07 "$(lladdr H 10.1.0.110)"
check_is "each by its own" 01:00:5e:01:00:64 "$(lladdr H 10.1.0.100)"
check "the router goes" cc A vrrp del R
once "the cluster IP stays" udp 10.1.0.100 20
check "an address of it is none of a router's" cc A vrrp add S dev eth0 vrid 8 interval 100ms \
	address 10.1.0.100/24
check "a router that has it is master" wait_for 5 is_state A S master
check_is "of what others put there" foreign "$(get A S '.addresses[0].state')"
check "it goes" cc A vrrp del S
check "and leaves it" has A 10.1.0.100
cc A clusterip flush
check_is "the kernel has nothing to complain about" "" \
	"$(dmesg | grep -E 'BUG:|WARNING:|unregister_netdevice|refcount|leaked' | head -n 3)"

finish
