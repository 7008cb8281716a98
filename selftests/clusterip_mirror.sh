#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Flows of a cluster IP are known to who has them and to who would get them, and to
# nobody else: for one successor, two and none, after a crash, while a node comes
# back that knows nothing, and while one is drained. The picture is in crowd.sh.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016,SC2034 # expressions for eval; for flows.sh
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/crowd.sh
. "$(dirname "$0")/crowd.sh"
# shellcheck source=selftests/flows.sh
. "$(dirname "$0")/flows.sh"

modprobe wireguard 2>/dev/null || skip_all "there is no WireGuard"
need_module
need jq python3 wg conntrack flows
services=7777
clients=16
sharing=(A B C)
build_sharing "${sharing[@]}"

# flows_on NODE: those that are up, as the client sees them, one per line.
flows_on()
{
	on "$1" conntrack -L -d 10.1.0.100 2>/dev/null |
		sed -n "s/^\(tcp\|udp\) .*\(src=10\.9[0-9.]*\) .*\(sport=[0-9]*\) dport=$services src=.*/\1 \2 \3/p" |
		sort -u
}

# known_to N COUNT NODE...: there are so many flows, and each is known to exactly
# N of these nodes.
known_to()
{
	local want=$1 count=$2 node

	shift 2
	for node; do
		flows_on "$node"
	done | sort | uniq -c >"$tmp/known"
	[ "$(wc -l <"$tmp/known")" = "$count" ] &&
		[ "$(awk -v n="$want" '$1 != n' "$tmp/known" | wc -l)" = 0 ]
}

# tell_known NAME N COUNT NODE...: a check of that, which says how it is if not.
tell_known()
{
	check "$1" wait_for 100 known_to "${@:2}"
	known_to "${@:2}" || note "known to so many nodes: $(awk '{ n[$1]++ }
		END { for (i in n) print i ": " n[i] }' "$tmp/known" | sort | paste -sd ' ')"
}

# udp_go_on: each stream of UDP hears something from now on.
udp_go_on()
{
	local since

	since=$(now)
	wait_for 10 eval 'tell report && [ "$(of "map(.udp.silent_ms) | max")" -lt \
		"$(awk -v t="$(now)" -v s='"$since"' "BEGIN { print int((t - s) * 1000) }")" ]'
}

# imported NODE
imported()
{
	cc "$1" -s -j mirror show | jq .imported
}

# safe_on NODE
safe_on()
{
	cc "$1" -s -j mirror show | jq -e .safe >/dev/null
}

all_safe()
{
	local node

	for node; do
		safe_on "$node" || return 1
	done
}

for node in "${sharing[@]}"; do
	check "$node mirrors" cc "$node" mirror set on
	in_background ip netns exec "$ns_prefix$node" flows serve $services >"$tmp/served.$node"
done
check "A is master" wait_for 10 is_state A r master
check "all three get it" share web address 10.1.0.100/24
check "it is divided evenly" wait_for 15 evenly web A B C
for i in $(seq $clients); do
	way "client$i" H 10.1.0.100 bind "10.9.1.$i" tcp 4 udp 2 chunk 256 tick 500
done
check "$((clients * 6)) connections are up" wait_for 60 ready

# --- who knows what ---------------------------------------------------------
tell_known "each is known to one more node" 2 $((clients * 6)) A B C
check "who would lose nothing" wait_for 20 all_safe A B C
total=$(($(imported A) + $(imported B) + $(imported C)))
check_is "each has one copy" $((clients * 6)) "$total"
for node in "${sharing[@]}"; do
	cc "$node" clusterip set web successors 2
done
tell_known "with two successors to both" 3 $((clients * 6)) A B C
for node in "${sharing[@]}"; do
	cc "$node" clusterip set web successors 0
done
tell_known "without successors to nobody else" 1 $((clients * 6)) A B C
for node in "${sharing[@]}"; do
	cc "$node" clusterip set web successors 1
done
tell_known "and to one again" 2 $((clients * 6)) A B C

# --- one is lost ------------------------------------------------------------
had=$(cc B -s -j mirror show | jq .own)
check "B has some" [ "$had" -gt 0 ]
flows_on B >"$tmp/of_b"
cut_off B sync one
check "B is lost: others have its share" wait_for 10 evenly web A C
check "and its flows, each of both knows the other's" \
	wait_for 30 eval '[ "$(flows_on A | grep -c udp)" = '$((clients * 2))' ] && [ "$(flows_on C | grep -c udp)" = '$((clients * 2))' ]'
check "which would lose nothing" wait_for 20 all_safe A C
check "all streams of UDP go on" udp_go_on

# It comes back as after a crash: with nothing.
on B conntrack -F 2>/dev/null
cc B mirror set off
cc B mirror set on
cc B clusterip del web
rejoin B sync one
share_on B web address 10.1.0.100/24
check "B is back, and says that it learns first" \
	wait_for 10 eval '[ "$(ip_of B web .reason)" = "it first learns what peers know of connections" ]'
check_is "it has no share then" 0 "$(shares_of B web)"
check "evenly again" wait_for 20 evenly web A B C
check "all streams of UDP go on" udp_go_on
check "all would lose nothing" wait_for 20 all_safe A B C

# --- one is drained ---------------------------------------------------------
check "C stands by" cc C node standby
check "others have its share" wait_for 10 evenly web A B
check "all streams of UDP go on" udp_go_on
check "it hears what it will get again" wait_for 20 eval '[ "$(imported C)" -gt 0 ]'
check "C takes part" cc C node active
check "evenly" wait_for 10 evenly web A B C
check "all streams of UDP go on" udp_go_on

tell quit
finish
