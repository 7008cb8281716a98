#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Virtual routers on what is no plain network card: a VLAN, a bond, a bridge, a
# VLAN on a bond, and a device in a VRF. On each, node A takes over from nobody,
# B hears it, a client reaches the address, the loss of what carries the device
# is a loss of the device, and B takes over.
#
#	      A (207)                  B (150)            C (client)
#	+------------------+   +------------------+   +--------------+
#	| NAME over eth0/1 |---| NAME over eth0/1 |---| the same     |   one, two
#	+------------------+   +------------------+   +--------------+

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need jq

net one
net two
node A B C
for name in A B C; do
	plug "$name" eth0 one
	plug "$name" eth1 two
done
declare -A host=([A]=1 [B]=2 [C]=3)

# each COMMAND: on every machine, with its name and number as arguments.
each()
{
	local name

	for name in A B C; do
		"$@" "$name" "${host[$name]}" || return 1
	done
}

make_vlan()
{
	ipn "$1" link add link eth0 name eth0.5 type vlan id 5 &&
		ipn "$1" address add "10.1.0.$2/24" dev eth0.5 &&
		ipn "$1" link set eth0.5 up
}

make_bond()
{
	ipn "$1" link set eth0 down && ipn "$1" link set eth1 down &&
		ipn "$1" link add bond0 type bond mode active-backup miimon 20 &&
		ipn "$1" link set eth0 master bond0 && ipn "$1" link set eth1 master bond0 &&
		ipn "$1" link set bond0 up && ipn "$1" address add "10.1.0.$2/24" dev bond0
}

make_bond_vlan()
{
	make_bond "$1" 99 && ipn "$1" address flush dev bond0 &&
		ipn "$1" link add link bond0 name bond0.7 type vlan id 7 &&
		ipn "$1" address add "10.1.0.$2/24" dev bond0.7 &&
		ipn "$1" link set bond0.7 up
}

make_bridge()
{
	ipn "$1" link add br0 type bridge forward_delay 0 &&
		ipn "$1" link set eth0 master br0 && ipn "$1" link set br0 up &&
		ipn "$1" address add "10.1.0.$2/24" dev br0
}

# The client has no VRF: nobody else can know that there is one.
make_vrf()
{
	if [ "$1" != C ]; then
		ipn "$1" link add blue type vrf table 10 &&
			ipn "$1" link set blue up &&
			ipn "$1" link set eth0 master blue || return 1
	fi
	ipn "$1" address add "10.1.0.$2/24" dev eth0
}

unmake()
{
	local dev

	cc "$1" flush
	for dev in eth0.5 bond0.7 bond0 br0 blue; do
		ipn "$1" link del "$dev" 2>/dev/null
	done
	for dev in eth0 eth1; do
		ipn "$1" link set "$dev" nomaster 2>/dev/null
		ipn "$1" address flush dev "$dev"
		ipn "$1" link set "$dev" up
	done
}

reached()
{
	on C ping -c 1 -W 1 10.1.0.100
}

# story NAME DEVICE [SETTINGS]: the same on every kind of device.
story()
{
	local name=$1 dev=$2 more=${3-}

	# shellcheck disable=SC2086 # words
	check "$name: a router of each is accepted" eval \
		"cc A vrrp add R dev $dev vrid 7 priority 207 interval 100ms address 10.1.0.100/24 $more &&
		 cc B vrrp add R dev $dev vrid 7 priority 150 interval 100ms address 10.1.0.100/24 $more"
	check "$name: A is master" wait_for 5 is_state A R master
	check "$name: with the address" wait_for 3 has A 10.1.0.100 "$dev"
	check "$name: B hears it" wait_for 3 eval \
		'[ "$(get B R .master_address)" = 10.1.0.1 ] && is_state B R backup'
	check "$name: a client reaches the address" wait_for 5 reached
}

# lost NAME: A's device is no more, and comes back.
lost()
{
	check "$1: FAULT on A, with the device as the reason" wait_for 3 eval \
		'is_state A R fault && get A R .reason | grep -q "$dev"'
	check "$1: B is master" wait_for 3 is_state B R master
	check "$1: a client reaches the address there" wait_for 5 reached
}

returned()
{
	check "$1: A is master again" wait_for 5 is_state A R master
	check "$1: B is backup" wait_for 3 is_state B R backup
	check "$1: a client reaches the address" wait_for 5 reached
}

for vmac in off on; do
	each make_vlan
	dev=eth0.5
	story "VLAN, vmac $vmac" eth0.5 "vmac $vmac"
	carrier_off A one
	lost "VLAN, vmac $vmac: the card below loses carrier"
	carrier_on A one
	returned "VLAN, vmac $vmac"
	each unmake

	each make_bond
	dev=bond0
	story "bond, vmac $vmac" bond0 "vmac $vmac"
	for name in A B C; do
		carrier_off "$name" one
	done
	check "bond, vmac $vmac: a member loses carrier: A stays master" \
		stays 1 is_state A R master
	check "bond, vmac $vmac: B is backup, by the other member" wait_for 3 is_state B R backup
	check "bond, vmac $vmac: a client reaches the address by the other member" wait_for 5 reached
	carrier_off A two
	check "bond, vmac $vmac: both members lost: FAULT on A" wait_for 3 is_state A R fault
	check "bond, vmac $vmac: B is master" wait_for 3 is_state B R master
	check "bond, vmac $vmac: a client reaches the address there" wait_for 5 reached
	carrier_on A two
	returned "bond, vmac $vmac"
	for name in A B C; do
		carrier_on "$name" one
	done
	each unmake

	each make_bond_vlan
	dev=bond0.7
	story "VLAN on a bond, vmac $vmac" bond0.7 "vmac $vmac"
	carrier_off A one
	carrier_off A two
	lost "VLAN on a bond, vmac $vmac: all members lost"
	carrier_on A one
	carrier_on A two
	returned "VLAN on a bond, vmac $vmac"
	each unmake

	each make_bridge
	dev=br0
	story "bridge, vmac $vmac" br0 "vmac $vmac"
	carrier_off A one
	lost "bridge, vmac $vmac: its only port loses carrier"
	carrier_on A one
	returned "bridge, vmac $vmac"
	each unmake

	each make_vrf
	dev=eth0
	story "VRF, vmac $vmac" eth0 "vmac $vmac"
	check "VRF, vmac $vmac: the address is in the VRF's table" eval \
		'ipn A route show table 10 type local | grep -q 10.1.0.100'
	carrier_off A one
	lost "VRF, vmac $vmac: a device of it loses carrier"
	carrier_on A one
	returned "VRF, vmac $vmac"
	each unmake
done

each make_vrf
cc A vrrp add R dev eth0 vrid 7 priority 207 interval 100ms address 10.1.0.100/24 \
	route 10.9.0.0/16 via 10.1.0.3 dev eth0 table 10
check "VRF: a virtual route in its table comes with mastership" wait_for 5 eval \
	'ipn A route show table 10 | grep -q "10.9.0.0/16 via 10.1.0.3 dev eth0"'
ipn A link set eth0 nomaster
check "the device leaves its VRF: A stays master" wait_for 5 is_state A R master
check "with the address" wait_for 3 has A 10.1.0.100 eth0
check "a client reaches the address outside the VRF" wait_for 5 reached
each unmake
finish
