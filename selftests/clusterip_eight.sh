#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Eight nodes, of whom one crashes under load, comes back, and then the authority
# crashes: connections that pass through them go on, the share of who is gone is
# answered again in time, and clients of others notice nothing. The picture is in
# gateways.sh; the nodes answer at an address of their own besides.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016,SC2034 # expressions for eval; for flows.sh
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/crowd.sh
. "$(dirname "$0")/crowd.sh"
# shellcheck source=selftests/flows.sh
. "$(dirname "$0")/flows.sh"
# shellcheck source=selftests/gateways.sh
. "$(dirname "$0")/gateways.sh"

modprobe wireguard 2>/dev/null || skip_all "there is no WireGuard"
need_module
need jq python3 wg conntrack flows nft
services=7777
sharing=(A B C D E F G I)
watched_at=10.1.0.200
# Each packet reaches eight nodes, of one processor.
tick=2000

# all_of NODE: each cluster IP that it has.
all_of()
{
	both "$1" && share_on "$1" web address $watched_at/24
}

# both_evenly NODE...
both_evenly()
{
	evenly out "$@" && evenly web "$@"
}

# loses NAME LOST MOST NODE...: somebody asks all the time while LOST crashes; the
# others have its share within MOST ms.
loses()
{
	local name=$1 gone=$2 most=$3

	shift 3
	tell mark
	check "40 clients ask all the time" watch 6 40
	cut_off "$gone" sync one inner
	# Before anything else keeps the only processor busy.
	lost "$gone"
	# Who asks every 50 ms notices 100 ms more at most.
	timed check "its share is answered again within $most ms" \
		[ "$(silence_of "$gone")" -le $((most + 100)) ]
	lived "$name"
	check "others have its share, evenly" wait_for 15 both_evenly "$@"
	check "who would lose nothing" wait_for 60 safe_all "$@"
}

build_gateways
serve "${sharing[@]}"
in_background ip netns exec "${ns_prefix}S" flows serve $services >"$tmp/served.S"
in_background ip netns exec "${ns_prefix}H" flows serve $services >"$tmp/served.H"
check "A is master" wait_for 10 is_state A r master
for node in "${sharing[@]}"; do
	cc "$node" mirror set on
	all_of "$node"
done
check "eight divide both addresses evenly" wait_for 30 both_evenly "${sharing[@]}"
for i in {1..10}; do
	way "dnat$i" H 10.1.0.100 bind "10.9.2.$i" tcp 12 udp 6 chunk 256 tick $tick
	way "snat$i" S "10.9.3.$i" bind "10.4.1.$i" tcp 10 udp 6 chunk 256 tick $tick
	way "six$i" H fd03::9 bind "fd09::$i" tcp 10 udp 6 chunk 256 tick $tick
done
count=$((10 * (18 + 16 + 16)))
check "$count connections are up" wait_for 120 ready
ready || bail "these are not: $(grep -Lx ready "$tmp"/*[0-9].out | xargs -n 1 basename | xargs)"
check "nobody would lose anything" wait_for 60 safe_all "${sharing[@]}"
check "each is known to one more node" wait_for 30 eval '[ "$(imported)" -ge $count ]'

# Dead time and 50 ms.
loses "a member crashes" E 350 A B C D F G I
return_of E
share_on E web address $watched_at/24
lived "it comes back"
check "evenly among eight" wait_for 30 both_evenly "${sharing[@]}"
check "who would lose nothing" wait_for 60 safe_all "${sharing[@]}"
# And the master-down interval: three of 50 ms, and at most one more.
loses "the authority crashes" A 550 B C D E F G I
tell quit
finish
