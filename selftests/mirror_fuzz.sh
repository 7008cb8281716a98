#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A peer that has gone mad: what it says of flows is nonsense, or was changed at
# random, and comes from its address through its tunnel. Nothing malformed is
# taken, nothing breaks, and the flows of the node go on.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/firewalls.sh
. "$(dirname "$0")/firewalls.sh"

modprobe wireguard 2>/dev/null || skip_all "there is no WireGuard"
modprobe -a nf_conntrack_ftp nf_nat_ftp 2>/dev/null
need_module
need jq wg nft python3 conntrack

fuzz=$selftests/mirror_fuzz.py
seconds=${KC_FUZZ_SECONDS-5}
seed=${KC_FUZZ_SEED-$RANDOM}

build_firewalls
rules fw1
# All of it takes longer on a slow kernel.
on fw1 sysctl -qw net.netfilter.nf_conntrack_udp_timeout_stream=$((30 * patience))
gateway fw1 150
# As long as another router may have a master elsewhere, what a peer tells of no
# virtual address stays the peer's.
cc fw1 vrrp add other dev eth1 vrid 11 priority 1 interval 40s address 192.0.2.9/24
check "fw1 is master" wait_for 10 is_state fw1 gw master
check "but not of all" is_state fw1 other backup
cc fw1 peer add fw2 address 10.6.0.2
cc fw1 mirror set on
serve served server 192.0.2.100 80
start tcp client tcp 192.0.2.100 80 20
start udp client udp 192.0.2.100 80 20
check "tcp: open" opened tcp
check "udp: open" opened udp
sleep 2.5
check_is "udp goes on" "answered 20 silent 0 reset 0" "$(use udp)"
dump fw1 >"$tmp/before"
dmesg -C

# own_flows WHEN: they are what they were, and go on.
own_flows()
{
	check_is "tcp: lives $1" "answered 20 silent 0 reset 0" "$(use tcp)"
	check_is "udp: lives $1" "answered 20 silent 0 reset 0" "$(use udp)"
	dump fw1 >"$tmp/after"
	check "and the table says so" diff "$tmp/before" "$tmp/after"
}

# --- nonsense ---------------------------------------------------------------

on fw2 "$fuzz" malformed 10.6.0.1 >"$tmp/sent"
sent=$(cat "$tmp/sent")
check_is "fw1 heard its peer" 0 $?
check "each nonsense is counted" [ "$(stat fw1 discard_malformed)" -ge "$sent" ]
note "$sent sent, $(stat fw1 discard_malformed) counted"
check_not "nothing of it is in the table" listed fw1 --dst 198.51.100.66
check_not "nor is it expected" eval \
	'on fw1 conntrack -L expect 2>/dev/null | grep -q 198.51.100.66'
check_between "what was good around it is" 30 \
	"$(on fw1 conntrack -L --dst 198.51.100.1 2>/dev/null | wc -l)" 46
own_flows "through nonsense"

# --- flows that hold each other ---------------------------------------------

on fw2 "$fuzz" chain 10.6.0.1
timed check "a thousand flows were told of" wait_for 10 eval '[ "$(stat fw1 deleted)" -ge 1000 ]'
check "each of which held the one before, and all ended" \
	wait_for 10 negate listed fw1 -p tcp --dst 198.51.100.1
own_flows "through their end"

# --- at random --------------------------------------------------------------

note "seed $seed"
on fw2 "$fuzz" storm 10.6.0.1 "$seconds" "$seed" >"$tmp/sent"
check_between "datagrams, changed at random" 1000 "$(cat "$tmp/sent")" 10000000
note "$(stat fw1 datagrams_received) taken, $(stat fw1 discard_malformed) malformed"
check "not all of it was nonsense" [ "$(stat fw1 created)" -gt 100 ]
own_flows "through the storm"
# It has told of flows that are not its own.
check "fw1 still mirrors" is fw1 .on true
check "and a peer in its right mind heals it" cc fw2 peer add fw1 address 10.6.0.1
cc fw2 mirror set on
rules fw2
check "which is told all" wait_for 30 is fw1 '.peers[0].state' sync
check "the tables are equal" wait_for 20 same_tables
cc fw1 mirror set off
check "off again" is fw1 .on false
on fw1 conntrack -F 2>/dev/null
check_not "the kernel says nothing about all that" \
	eval 'dmesg | grep -E "WARN|BUG|Call Trace|refcount|leak"'
finish
