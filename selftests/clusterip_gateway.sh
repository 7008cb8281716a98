#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Nodes that are a gateway together: both directions of a connection pass through
# the same one, with NAT and without, for each hash that can; and connections that
# pass go on when a member crashes, or the authority, comes back, or is drained.
# Nothing but what connection tracking knows is let through, see policy().
# The picture is in gateways.sh.

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
sharing=(A B C)

# per_bucket NODE NAME: what packets were for.
per_bucket()
{
	cc "$1" -s -j clusterip show "$2" | jq -c '[.[0].buckets[].packets]'
}

# gained NODE NAME BEFORE: how many more for each, if BEFORE is what it was.
gained()
{
	per_bucket "$1" "$2" | jq -c --argjson before "$3" \
		'[., $before] | transpose | map(.[0] - .[1])'
}

# mine_of NAME: packets that A, B and C took.
mine_of()
{
	local node

	for node in "${sharing[@]}"; do
		count_of "$node" "$1" mine
	done | xargs
}

# through KIND TEXT ADDRESS COUNT [SECONDS [TO-COUNT]]: each of them is answered
# once, and what asks and what answers is for the same buckets.
through()
{
	local out_before in_before taken

	out_before=$(per_bucket A out)
	in_before=$(per_bucket A in)
	once "$2" "$1" "${@:3}"
	taken=$(gained A out "$out_before")
	check_is "$2: question and answer are for the same buckets" \
		"$(gained A in "$in_before")" "$taken"
}

# takes_part NODE...: of what passes each of these nodes took something.
takes_part()
{
	local node

	for node; do
		[ "$(count_of "$node" in mine)" -gt 0 ] &&
			[ "$(count_of "$node" out mine)" -gt 0 ] || return 1
	done
}

build_gateways
serve S H

# --- by static nodes, which can be changed ----------------------------------
i=0
for node in "${sharing[@]}"; do
	i=$((i + 1))
	cc "$node" clusterip add "${out[0]}" dev eth0 "${out[@]:1}" nodes static 3 local $i
	follow "$node"
done
refused A 'cluster IP "in" follows "out": delete that one first' clusterip del out
through udp "UDP by DNAT" 10.1.0.100 60
through udp "UDP without NAT, IPv6" fd03::9 60
check "all three nodes take part" takes_part A B C
check_is "each took as many answers as questions" "$(mine_of out)" "$(mine_of in)"
asker=S crowd4=10.4.1.1
once "UDP by SNAT, to many" udp 10.9.1.1 60 5 60
asker=H crowd4=10.9.1.1
check_is "and so did these" "$(mine_of out)" "$(mine_of in)"
once "errors go back by DNAT" refused 10.1.0.100 30
once "and without NAT" refused fd03::9 30

before=$(mine_of in)
cc B clusterip set out local -2
check_is "B gives up its share: the other side shows it at once" 0 "$(shares_of B in)"
cc A clusterip set out local +2
check_is "A takes it" 2 "$(shares_of A in)"
through udp "now by A" 10.1.0.100 60
check_is "B took nothing" "$(cut -d ' ' -f 2 <<<"$before")" "$(count_of B in mine)"
cc A clusterip set out local -2
cc B clusterip set out local +2

for node in "${sharing[@]}"; do
	cc "$node" clusterip set out hash source-ip-port
done
through udp "by ports, UDP by DNAT" 10.1.0.100 60
through udp "by ports, IPv6" fd03::9 60
once "by ports, TCP" tcp 10.1.0.100 40
once "by ports, what comes in pieces" frag 10.1.0.100 30
once "by ports, what comes in pieces, IPv6" frag fd03::9 30
once "by ports, errors go back" refused 10.1.0.100 30
once "by ports, errors of IPv6" refused fd03::9 30
asker=S crowd4=10.4.1.1
once "by ports, UDP by SNAT" udp 10.9.1.1 40 5 40
asker=H crowd4=10.9.1.1
for node in "${sharing[@]}"; do
	cc "$node" clusterip set out gateway off
done
ask udp fd03::9 20 2
check_is "no gateway any more: nothing passes from that side" \
	"0 once, 0 twice or more, 20 never" "$asked"
for node in "${sharing[@]}"; do
	cc "$node" clusterip flush
done

# --- by peers, at the MAC of a virtual router --------------------------------
check "A is master" wait_for 10 is_state A r master
for node in "${sharing[@]}"; do
	share_on "$node" "${out[@]}" mac vmac
	follow "$node"
done
check "peers divide it" wait_for 15 evenly out A B C
check_is "the other side shows it" "$(shares_of B out)" "$(shares_of B in)"
through udp "at a virtual MAC, UDP by DNAT" 10.1.0.100 60
through udp "at a virtual MAC, IPv6" fd03::9 60
ipn B link set eth2 down
check "B has lost the other side: it gives up its share" wait_for 10 evenly out A C
check_is "and says so" "cluster IP in follows it: eth2 is down" "$(ip_of B out .reason)"
once "the others have it" udp 10.1.0.100 60
ipn B link set eth2 up
inner B 2
check "and it is back" wait_for 15 evenly out A B C
for node in "${sharing[@]}"; do
	cc "$node" clusterip flush
	on "$node" conntrack -F 2>/dev/null
done

# --- connections that go on -------------------------------------------------
for node in "${sharing[@]}"; do
	check "$node mirrors" cc "$node" mirror set on
	check "$node has both sides" both "$node"
done
for node in S H; do
	in_background ip netns exec "$ns_prefix$node" flows serve $services \
		>"$tmp/served.$node"
done
check "it is divided evenly" wait_for 15 evenly out A B C
for i in {1..10}; do
	way "dnat$i" H 10.1.0.100 bind "10.9.1.$i" tcp 12 udp 6 chunk 256 tick $tick
	way "snat$i" S "10.9.2.$i" bind "10.4.1.$i" tcp 10 udp 6 chunk 256 tick $tick
	way "six$i" H fd03::9 bind "fd09::$i" tcp 10 udp 6 chunk 256 tick $tick
done
count=$((10 * (18 + 16 + 16)))
check "$count connections are up" wait_for 120 ready
ready || bail "these are not: $(grep -Lx ready "$tmp"/*[0-9].out | xargs -n 1 basename |
	xargs); $(sort "$tmp"/*[0-9].err | uniq -c | head -n 1)"

settled A B C
check "each is known to one more node" wait_for 30 eval '[ "$(imported)" = $count ]'
crash C
lived "a member crashes"
settled A B
return_of C
lived "it comes back"
settled A B C
crash A
lived "the authority crashes"
settled B C
return_of A
lived "it comes back"
settled A B C
tell mark
check "B stands by" cc B node standby
lived "B is drained"
check "the others have its share" wait_for 10 evenly out A C
check "who would lose nothing" wait_for 60 safe_all A C
tell mark
check "B takes part" cc B node active
lived "it takes part again"
settled A B C
tell quit
finish
