#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Devices that are missing, down or tracked: what they do to a router's state
# and to its priority.
#
#	        A                       B
#	+----------------+      +----------------+
#	| eth0 10.1.0.1  |------| eth0 10.1.0.2  |   network one
#	| dummy0 tracked |      +----------------+
#	| late0 appears  |
#	+----------------+

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need tcpdump jq

net one
node A B
plug A eth0 one 10.1.0.1/24
plug B eth0 one 10.1.0.2/24
ipn A link add dummy0 type dummy
ipn A link set dummy0 up

effective()
{
	[ "$(get A "$1" .effective_priority)" = "$2" ]
}

# --- a device that is missing or down at the start --------------------------

cc A vrrp add L dev late0 vrid 9 priority 100 interval 100ms address 10.2.0.100/24
check_is "a router on a device that does not exist is accepted" 0 $?
check_is "it is in FAULT" fault "$(state_of A L)"
check "the reason names the device" eval 'get A L .reason | grep -q late0'
ipn A link add late0 type veth peer name late1
ipn A address add 10.2.0.1/24 dev late0
check "the device appears, but is down: still FAULT" \
	stays 1 is_state A L fault
ipn A link set late1 up
ipn A link set late0 up
check "it becomes master once the device is up" \
	wait_for 5 is_state A L master
check "with its address" wait_for 3 has A 10.2.0.100 late0
ipn A link set late1 down
check "carrier lost: FAULT" wait_for 3 is_state A L fault
check "its address is gone" wait_for 3 negate has A 10.2.0.100
ipn A link set late1 up
check "carrier back: master" wait_for 5 is_state A L master
ipn A link del late0
check "the device disappears: FAULT" wait_for 3 is_state A L fault
ipn A link add late0 type veth peer name late1
ipn A address add 10.2.0.1/24 dev late0
ipn A link set late1 up
ipn A link set late0 up
check "a new device of that name: master again" \
	wait_for 5 is_state A L master
ipn A address del 10.2.0.1/24 dev late0
check "without an address of its own the router cannot advertise: FAULT" \
	wait_for 3 is_state A L fault
check "the reason says address" eval 'get A L .reason | grep -qi address'
ipn A address add 10.2.0.1/24 dev late0
check "the address returns: master" wait_for 5 is_state A L master
cc A vrrp del L
ipn A link del late0

# --- tracked devices --------------------------------------------------------

capture "$tmp/one" one
cc A vrrp add T dev eth0 vrid 10 priority 100 interval 100ms state master \
	address 10.1.0.130/24 track dev dummy0
check "with its tracked device up the router is master" \
	wait_for 5 is_state A T master
ipn A link set dummy0 down
check "tracked device of weight 0 down: FAULT" wait_for 3 is_state A T fault
check "FAULT gives the address up" wait_for 3 negate has A 10.1.0.130
check "FAULT says priority 0" wait_for 3 heard "$tmp/one" 0 10.1.0.1 0
check "the reason names dummy0" eval 'get A T .reason | grep -q dummy0'
ipn A link set dummy0 up
check "tracked device up again: master" wait_for 5 is_state A T master
cc A vrrp track del T dev dummy0
check_is "a track is deleted" 0 $?
ipn A link set dummy0 down
check "a device no longer tracked does not matter" \
	stays 1 is_state A T master
ipn A link set dummy0 up
cc A vrrp track add T dev dummy0 weight 50
check "positive weight adds while the device is up" wait_for 3 effective T 150
check "the wire says so" wait_for 3 eval \
	'adverts "$tmp/one" | tail -n 5 | grep -q "10.1.0.1 150"'
ipn A link set dummy0 down
check "and does not while it is down" wait_for 3 effective T 100
cc A vrrp track del T dev dummy0
cc A vrrp track add T dev dummy0 weight -30
check "negative weight takes away while the device is down" \
	wait_for 3 effective T 70
check "the router stays master meanwhile" is_state A T master
ipn A link set dummy0 up
check "and not while it is up" wait_for 3 effective T 100
cc A vrrp track del T dev dummy0
cc A vrrp track add T dev dummy0 weight 254
check "priority after tracking never exceeds 254" wait_for 3 effective T 254
ipn A link set dummy0 down
cc A vrrp track del T dev dummy0
cc A vrrp track add T dev dummy0 weight -254
check "and never falls below 1" wait_for 3 effective T 1
cc A vrrp del T
ipn A link set dummy0 up

# --- a weight decides who is master -----------------------------------------

cc A vrrp add M dev eth0 vrid 11 priority 150 interval 100ms \
	address 10.1.0.140/24 track dev dummy0 weight -100
cc B vrrp add M dev eth0 vrid 11 priority 100 interval 100ms \
	address 10.1.0.140/24
check "A, 150, is master" wait_for 5 is_state A M master
check "B, 100, is backup" wait_for 5 is_state B M backup
ipn A link set dummy0 down
check "tracked device down: 50 is less than 100, B becomes master" \
	wait_for 5 is_state B M master
check "A is backup" wait_for 3 is_state A M backup
ipn A link set dummy0 up
check "tracked device up: A takes over again" wait_for 5 is_state A M master
check "B is backup again" wait_for 3 is_state B M backup

finish
