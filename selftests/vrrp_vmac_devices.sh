#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A virtual MAC on kinds of devices: VLANs, a bridge with a guest, a bond,
# devices that cannot have one, and devices that come and go. The picture is in
# vmac.sh.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/vmac.sh
. "$(dirname "$0")/vmac.sh"

need_module
need jq bridge
build_vmac

# in_bridge MAC: A's bridge delivers frames to it to itself.
in_bridge()
{
	on A bridge fdb show br br0 | grep "^$1 dev br0 .*permanent"
}

# --- kinds of devices -------------------------------------------------------

# serves NAME DEVICE ADDRESS FROM: master on it; a host reaches the address by
# the virtual MAC.
serves()
{
	check "$1: master" wait_for 5 is_state A R master
	check "$1: the address answers" \
		wait_for 5 on "$4" ping -n -c 1 -W 1 "$3"
	check_is "$1: with the virtual MAC" $vmac4 "$(lladdr "$4" "$3")"
	check_not "$1: no flaw" eval 'get A R .vmac_flaw | grep -v null'
}

ipn A link add link eth0 name eth0.10 type vlan id 10
ipn H link add link eth0 name eth0.10 type vlan id 10
ipn A address add 10.10.0.1/24 dev eth0.10
ipn H address add 10.10.0.9/24 dev eth0.10
ipn A link set eth0.10 up
ipn H link set eth0.10 up
cc A vrrp add R dev eth0.10 vrid 7 interval 100ms vmac on address 10.10.0.100/24
serves "VLAN" eth0.10 10.10.0.100 H
check "VLAN: the device below takes frames to it, too" in_filter A eth0 $vmac4
check "VLAN: the host's own address answers" on H ping -n -c 1 -W 1 10.10.0.1
check_is "VLAN: with its own MAC" "$mac_a" "$(lladdr H 10.10.0.1)"
ipn H neigh replace 10.1.0.1 lladdr $vmac4 dev eth0 nud permanent
check_not "VLAN: outside of it the MAC is nobody's" answers 10.1.0.1
ipn H neigh del 10.1.0.1 dev eth0
ipn A link del eth0.10
check "VLAN: its end takes the MAC along" wait_for 3 negate any_vmac A
ipn A link add link eth0 name eth0.10 type vlan id 10 reorder_hdr off
ipn A address add 10.10.0.1/24 dev eth0.10
ipn A link set eth0.10 up
ipn H neigh flush dev eth0.10
serves "VLAN with its header in the frame" eth0.10 10.10.0.100 H
check "the host learned it from an answer" eval \
	'ipn H neigh flush dev eth0.10; on H ping -n -c 1 -W 1 10.10.0.100 && knows H 10.10.0.100 $vmac4'
cc A vrrp del R
ipn A link del eth0.10
ipn H link del eth0.10

# A bridge with the network on one port and a guest on another one.
node G
ipn A address flush dev eth1
ipn A link add br0 type bridge vlan_filtering 1 vlan_default_pvid 1
ipn A link set eth1 master br0
ipn A link add guest type veth peer name eth0 netns "${ns_prefix}G"
ipn A link set guest master br0 up
ipn A link set br0 up
ipn A address add 10.2.0.1/24 dev br0
ipn G address add 10.2.0.8/24 dev eth0
ipn G link set eth0 up
cc A vrrp add R dev br0 vrid 7 interval 100ms vmac on address 10.2.0.100/24
serves "bridge" br0 10.2.0.100 C
check "bridge: a guest reaches it, too" wait_for 5 on G ping -n -c 1 -W 1 10.2.0.100
check "bridge: it is a local entry of the FDB" in_bridge $vmac4
check "bridge: which is not promiscuous" eval \
	'[ "$(ipn A -d -j link show br0 | jq ".[0].promiscuity")" = 0 ]'
check "bridge: the host's own address answers" on C ping -n -c 1 -W 1 10.2.0.1
cc B vrrp add R dev eth1 vrid 7 interval 100ms priority 200 vmac on address 10.2.0.100/24
check "bridge: another node takes over" wait_for 5 is_state A R backup
check "bridge: its FDB has no local entry" wait_for 3 negate in_bridge $vmac4
check "bridge: the guest reaches the other node through it" \
	wait_for 5 on G ping -n -c 1 -W 1 10.2.0.100
check_not "bridge: and is not served here" has A 10.2.0.100
cc B vrrp del R
check "bridge: the node takes over" wait_for 5 is_state A R master
check "bridge: the guest reaches it" wait_for 5 on G ping -n -c 1 -W 1 10.2.0.100
cc A vrrp del R
check_not "bridge: nothing is left" any_vmac A

ipn A link add link br0 name br0.20 type vlan id 20
on A bridge vlan add dev br0 vid 20 self
on A bridge vlan add dev guest vid 20
ipn G link add link eth0 name eth0.20 type vlan id 20
ipn A address add 10.20.0.1/24 dev br0.20
ipn G address add 10.20.0.8/24 dev eth0.20
ipn A link set br0.20 up
ipn G link set eth0.20 up
cc A vrrp add R dev br0.20 vrid 7 interval 100ms vmac on address 10.20.0.100/24
serves "VLAN on a bridge" br0.20 10.20.0.100 G
check_is "VLAN on a bridge: the FDB has it in that VLAN only" 20 \
	"$(on A bridge -j fdb show br br0 | jq -r '[.[] | select(.mac == "'$vmac4'") | .vlan] | join(" ")')"
ipn A link del br0.20
check "VLAN on a bridge: the VLAN device goes: the FDB has it no more" \
	wait_for 3 negate in_bridge $vmac4
check "VLAN on a bridge: FAULT" is_state A R fault
ipn A link add link br0 name br0.20 type vlan id 20
ipn A address add 10.20.0.1/24 dev br0.20
ipn A link set br0.20 up
serves "VLAN on a bridge, back" br0.20 10.20.0.100 G
cc A vrrp del R
check_not "VLAN on a bridge: nothing is left" any_vmac A
ipn A link del br0

if ipn A link add bond9 type bond mode active-backup miimon 100 2>/dev/null; then
	ipn A link set eth1 down
	ipn A link set eth1 master bond9
	ipn A link set bond9 up
	ipn A address add 10.2.0.1/24 dev bond9
	cc A vrrp add R dev bond9 vrid 7 interval 100ms vmac on address 10.2.0.100/24
	serves "bond" bond9 10.2.0.100 C
	check "bond: its port takes frames to it" in_filter A eth1 $vmac4
	cc A vrrp del R
	check "bond: nothing is left" wait_for 3 negate any_vmac A
	ipn A link del bond9
else
	skip "bond" "the kernel has none"
fi
ipn A link set eth1 up
ipn A address add 10.2.0.1/24 dev eth1 2>/dev/null

ipn A link add link eth0 name mv0 type macvlan mode bridge
ipn A address add 10.1.0.31/24 dev mv0
ipn A link set mv0 up
refused A 'mv0 is a macvlan' vrrp add R dev mv0 vrid 7 vmac on address 10.1.0.100/24
cc A vrrp add R dev eth0 vrid 7 interval 100ms vmac on address 10.1.0.100/24 address 10.1.0.133/24 dev mv0
check "an address on a device that cannot: it says why" \
	wait_for 5 eval 'get A R .vmac_flaw | grep -q "mv0 is a macvlan"'
check_is "status says it, too" 3 "$(cc A status >"$tmp/status"; echo $?)"
check "in words" grep -q 'no virtual MAC: mv0 is a macvlan' "$tmp/status"
check "the other one has it" wait_for 5 eval 'answers 10.1.0.100 && knows H 10.1.0.100 $vmac4'
cc A vrrp del R
ipn A link del mv0
refused A 'cannot have\|can have a virtual MAC' vrrp add R dev lo vrid 7 vmac on address 10.1.0.100/32
if ipn A link add wg0 type wireguard 2>/dev/null; then
	ipn A address add 10.6.0.1/24 dev wg0
	ipn A link set wg0 up
	refused A 'no Ethernet device' vrrp add R dev wg0 vrid 7 peer 10.6.0.2 vmac on address 10.6.0.100/24
	check "advertising by WireGuard, an address on Ethernet" \
		cc A vrrp add R dev wg0 vrid 7 interval 100ms peer 10.6.0.2 vmac on \
		address 10.1.0.100/24 dev eth0
	serves "WireGuard" wg0 10.1.0.100 H
	refused A 'no Ethernet device' vrrp add R2 dev wg0 vrid 8 peer 10.6.0.2 vmac on address 10.6.0.100/24
	cc A vrrp del R
	ipn A link del wg0
else
	skip "advertising by WireGuard" "the kernel has none"
fi

# --- devices come and go ----------------------------------------------------

cc A vrrp add R dev new0 vrid 7 interval 100ms vmac on address 10.7.0.100/24
check "a device that is not there yet: FAULT" wait_for 3 is_state A R fault
node N
ipn A link add new0 type veth peer name eth0 netns "${ns_prefix}N"
ipn A address add 10.7.0.1/24 dev new0
ipn N address add 10.7.0.9/24 dev eth0
ipn A link set new0 up
ipn N link set eth0 up
serves "it comes" new0 10.7.0.100 N
ipn A link set new0 down
ipn A link set new0 name old0
ipn A link set old0 up
check "it is renamed: FAULT, and the MAC is gone" wait_for 3 eval \
	'is_state A R fault && ! any_vmac A'
ipn A link set old0 down
ipn A link set old0 name new0
ipn A link set new0 up
serves "it is named back" new0 10.7.0.100 N
ipn A link set new0 netns "${ns_prefix}B"
check "it is moved to another namespace: FAULT" wait_for 3 is_state A R fault
check_not "nothing is left in its filter there" any_vmac B
ipn B link set new0 up
check_is "nor makes it promiscuous" 0 \
	"$(ipn B -d -j link show new0 | jq '.[0].promiscuity')"
ipn B link set new0 netns "${ns_prefix}A"
ipn A address add 10.7.0.1/24 dev new0
ipn A link set new0 up
serves "it is moved back" new0 10.7.0.100 N
ipn A link del new0
check "it is deleted while master: FAULT" wait_for 3 is_state A R fault
cc A vrrp del R

finish
