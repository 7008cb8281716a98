#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Scenario 2 on two whole machines: the module of one is replaced, then that of
# the other, under load; then the power of the master is cut. No connection may
# be reset.
#
#	 machine 1                              machine 2
#	+-----------------------------+        +-----------------------------+
#	| inside   client   fw1 (150) |        | fw2 (200)                   |
#	|    |        |     |  |  |   |        |  |  |  |                    |
#	|   lan    outside lan | sync |  eth0  | lan | sync                  |
#	|    +--------+-----+--+--+---|--------|--+--+--+   a VLAN for each  |
#	+-----------------------------+        +-----------------------------+
#
# Only machine 1, which survives, has checks; machine 2 does what it is told.
# They meet in /mnt/nodes: a file is a message.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/scenario2.sh
. "$(dirname "$0")/scenario2.sh"
# shellcheck source=selftests/flows.sh
. "$(dirname "$0")/flows.sh"
# shellcheck source=selftests/machines.sh
. "$(dirname "$0")/machines.sh"

[ "${KC_NODES:-0}" -ge 2 ] || skip_all "needs two machines"
modprobe wireguard 2>/dev/null || skip_all "there is no WireGuard"
need_module
need jq conntrack nft wg flows

tcp=25
udp=10
# More than the cable between emulated machines can carry would be lost.
much="tcp 1 udp 1 chunk 4096 tick 50"
other=$((3 - KC_NODE))

networks
firewall "$KC_NODE"
block

# tunnel_to_other: WireGuard through the cable between both.
tunnel_to_other()
{
	(umask 077 && wg genkey >"$tmp/key")
	wg pubkey <"$tmp/key" | put "key.$KC_NODE"
	wait_for 60 test -e "$meet/key.$other" || return 1
	ipn "$me" link add wg0 type wireguard
	on "$me" wg set wg0 listen-port 51820 private-key "$tmp/key" \
		peer "$(cat "$meet/key.$other")" endpoint "10.9.9.$other:51820" \
		allowed-ips "10.6.0.$other/32"
	ipn "$me" address add "10.6.0.$KC_NODE/24" dev wg0
	ipn "$me" link set wg0 up
}

# start_firewall PRIORITY
start_firewall()
{
	tunnel_to_other && policy "$me" && mirrored "$me" && routers "$me" "$1"
}

# upgrade: another module takes the place of this one, and is told the same.
upgrade()
{
	cc "$me" save >"$tmp/saved" || return 1
	cc "$me" node standby || return 1
	# What it held is held by the other one.
	wait_for 20 negate has "$me" 192.168.50.1 eth0 || return 1
	modprobe -r kcluster && modprobe kcluster || return 1
	# It does not take anything over that it does not know.
	cc "$me" -batch "$tmp/saved"
}

# --- machine 2: does what it is told ----------------------------------------

if [ "$KC_NODE" = 2 ]; then
	start_firewall 200
	echo $? | put ready.2
	until [ -e "$meet/upgrade.2" ]; do sleep 0.1; done
	upgrade 2>&1 | put log.2
	echo "${PIPESTATUS[0]}" | put upgraded.2
	until in_sync fw2; do sleep 0.1; done
	put safe.2 </dev/null
	# The power goes while we wait here.
	sleep 600
	exit 0
fi

# --- machine 1 --------------------------------------------------------------

# told MESSAGE: machine 2 has done that, with success.
told()
{
	wait_for "$2" test -e "$meet/$1" && [ "$(cat "$meet/$1")" = 0 ]
}

# holds NODE: fw1 has all addresses, or has none and another one answers.
holds()
{
	if [ "$1" = fw1 ]; then
		has fw1 192.168.50.1 eth0 && has fw1 203.0.113.131 eth1 &&
			has fw1 2001:db8::131 eth1
	else
		negate has fw1 192.168.50.1 && negate has fw1 203.0.113.131 &&
			on inside ping -q -c 1 -W 1 192.168.50.1
	fi
}

ends
check "fw1 is set up" start_firewall 150
check "fw2 is set up on the other machine" told ready.2 60
check "fw2 is master" wait_for 30 holds fw2
serve_all
begin_all
check "$((4 * tcp + 4)) TCP and $((4 * udp + 4)) UDP connections are up" wait_for 60 ready
check "fw1 says that it is safe to fail over" wait_for 30 in_sync fw1

# --- one after the other gets another module --------------------------------

tell mark
check "fw1, the backup, gets another module" upgrade
check "safe again" wait_for 30 in_sync fw1
check "fw2 is master" wait_for 5 holds fw2
check_not "and was it all the time" eval \
	'cc fw1 vrrp history LAN | tee /dev/stderr | grep -q MASTER'
lived "the backup's module is replaced"

tell mark
put upgrade.2 </dev/null
check "fw2, the master, gets another module" told upgraded.2 60
[ ! -s "$meet/log.2" ] || sed 's/^/# fw2: /' "$meet/log.2"
check "fw2 is master again" wait_for 30 holds fw2
check "fw2 says that it is safe to fail over" wait_for 30 test -e "$meet/safe.2"
check "and so does fw1" wait_for 30 in_sync fw1
lived "the master's module is replaced"
check "there was a time when fw1 was" eval 'cc fw1 vrrp history LAN | grep -q MASTER'
cc fw1 vrrp history LAN | sed 's/^/# /'

# --- the power of the master is cut -----------------------------------------

tell mark
touch "$meet/kill.2"
check "the power of fw2 is cut: fw1 has all addresses" wait_for 20 holds fw1
lived "the power of the master is cut"
tell quit
finish
