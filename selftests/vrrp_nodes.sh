#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two whole machines: what happens when the power of one is cut.
#
#	 node 1 (150)             node 2 (200)
#	+--------------+         +--------------+
#	| eth0 .1      |---------| eth0 .2      |   10.7.5.0/24
#	+--------------+         +--------------+
#
# Runs on both nodes; only node 1, which survives, has checks. They meet in
# /mnt/nodes: a file is a message.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

[ "${KC_NODES:-0}" -ge 2 ] || skip_all "needs two machines"
need_module
need tcpdump jq

meet=/mnt/nodes
tell()
{
	echo "${2-}" >"$meet/$1.new" && mv "$meet/$1.new" "$meet/$1"
}

# No namespaces here: the node is the machine.
cc()
{
	shift
	clusterctl "$@"
}
switch=none

link_up()
{
	ip link set eth0 up
	ip address replace "10.7.5.$KC_NODE/24" dev eth0
}

listen()
{
	tcpdump -i eth0 -s 512 -tt -nn -v -l -U --immediate-mode 'ip proto 112' \
		>"$1.raw" 2>"$1.err" &
	background+=($!)
	wait_for 20 grep -q 'listening on' "$1.err"
}

state_is()
{
	is_state . KA "$1"
}

# --- node 2: does what it is told -------------------------------------------

if [ "$KC_NODE" = 2 ]; then
	link_up
	for round in 1 2; do
		until [ -e "$meet/start.$round" ]; do sleep 0.2; done
		[ -d /sys/module/kcluster ] || modprobe kcluster
		clusterctl vrrp add KA dev eth0 vrid 182 priority 200 \
			interval 1s version 2 auth-pass secret \
			address 10.7.5.100/24
		until state_is master; do sleep 0.2; done
		tell "master.$round"
		until [ -e "$meet/go.$round" ]; do sleep 0.1; done
		case $(cat "$meet/go.$round") in
		rmmod) rmmod kcluster ;;
		# The power goes while we wait here.
		power) sleep 600 ;;
		esac
	done
	exit 0
fi

# --- node 1 -----------------------------------------------------------------

link_up
listen "$tmp/wire"
check "node 1 has its router" clusterctl vrrp add KA dev eth0 vrid 182 \
	priority 150 interval 1s version 2 auth-pass secret address 10.7.5.100/24

# begin ROUND WHAT: node 2 becomes master, then WHAT happens to it.
begin()
{
	tell "start.$1"
	check "$2: node 2, of higher priority, becomes master" \
		wait_for 60 test -e "$meet/master.$1"
	check "$2: node 1 is backup" wait_for 10 state_is backup
	wait_for 10 heard "$tmp/wire" "$(now)" 10.7.5.2
	mark=$(now)
}

begin 1 "rmmod on node 2"
tell go.1 rmmod
check "rmmod on node 2: node 1 becomes master" wait_for 10 state_is master
wait_for 3 heard "$tmp/wire" "$mark" 10.7.5.1
check_between "rmmod on node 2: seconds from its farewell to our first advert" 0 \
	"$(handover "$tmp/wire" "$mark" 10.7.5.2 10.7.5.1)" 0.5
check "rmmod on node 2: node 1 holds the address" \
	wait_for 3 eval 'ip -o address show eth0 | grep -q " 10.7.5.100/"'

begin 2 "power cut of node 2"
touch "$meet/kill.2"
check "power cut of node 2: node 1 becomes master" wait_for 20 state_is master
wait_for 3 heard "$tmp/wire" "$mark" 10.7.5.1
check_between "power cut of node 2: seconds from its last advert to our first" \
	"$(percent 3.4141 -10)" \
	"$(silence_before "$tmp/wire" "$mark" 10.7.5.2 10.7.5.1)" \
	"$(percent 3.4141 10)"
check_not "power cut of node 2: there was no farewell" \
	heard "$tmp/wire" "$mark" 10.7.5.2 0
check "power cut of node 2: node 1 holds the address" \
	wait_for 3 eval 'ip -o address show eth0 | grep -q " 10.7.5.100/"'
clusterctl flush
finish
