#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Scenario 2: no established connection is lost when the master dies. Hundreds of
# connections through two firewalls, hidden behind one address and published at
# another, IPv4 and IPv6; the master falls silent and is replaced, twice, ten times
# with KC_LONG, or KC_ROUNDS times; each time it comes back empty, learns and takes
# the addresses back.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/scenario2.sh
. "$(dirname "$0")/scenario2.sh"

rounds=${KC_ROUNDS-${KC_LONG:+10}}
rounds=${rounds:-2}
# Of each kind of way: hidden and published, IPv4 and IPv6.
tcp=${TCP-125}
udp=${UDP-50}
tick=1000	# ms between the data of one connection
# TCP's first retransmission after the takeover may be one doubled before it; a
# connection that is silent for longer has stalled.
stalled=5000

need_module
need jq conntrack nft flows
build_scenario2

# start_firewall NODE PRIORITY
start_firewall()
{
	policy "$1" && mirrored "$1" && routers "$1" "$2"
}

# --- the connections --------------------------------------------------------

# way NAME NODE ADDRESS: begin connections from there to an address; they are
# told what to do by a pipe.
ways=()
declare -A to_way
way()
{
	local name=$1 fd

	mkfifo "$tmp/$name.in"
	# Both ends, so that opening it waits for nobody.
	exec {fd}<>"$tmp/$name.in"
	in_background ip netns exec "$ns_prefix$2" flows run "$3" $services \
		tcp "$tcp" udp "$udp" chunk 1024 tick $tick \
		<"$tmp/$name.in" >"$tmp/$name.out" 2>"$tmp/$name.err"
	to_way[$name]=$fd
	ways+=("$name")
}

ready()
{
	local name

	for name in "${ways[@]}"; do
		grep -qx ready "$tmp/$name.out" || return 1
	done
}

# tell WORD: to all of them, and wait for what they answer.
tell()
{
	local name before

	for name in "${ways[@]}"; do
		before=$(wc -l <"$tmp/$name.out")
		echo "$1" >&"${to_way[$name]}"
		wait_for 20 eval '[ "$(wc -l <"$tmp/$name.out")" -gt '"$before"' ]' ||
			return 1
	done
}

# of FILTER: a number of all their last answers together.
of()
{
	local name

	for name in "${ways[@]}"; do
		tail -n 1 "$tmp/$name.out"
	done | jq -s "$1"
}

# go_on_since TIME: all have heard something within two ticks, and these are
# over since that time; before that nobody could have been silent for so long.
go_on_since()
{
	tell report && [ "$(of "map(.tcp.silent_ms, .udp.silent_ms) | max")" \
		-lt $((2 * tick)) ] &&
		awk -v then="$1" -v now="$(now)" -v ticks=$((2 * tick)) \
			'BEGIN { exit now - then <= ticks / 1000 }'
}

# lived NAME: no connection has noticed more than a pause since the mark.
lived()
{
	check "$1: all connections go on" wait_for 30 go_on_since "$(now)"
	check_is "$1: none was reset" 0 "$(of 'map(.tcp.reset) | add')"
	check_is "$1: none was closed" 0 "$(of 'map(.tcp.closed) | add')"
	check_is "$1: none got wrong data" 0 \
		"$(of 'map(.tcp.corrupt, .udp.corrupt) | add')"
	check "$1: none stalled" [ "$(of 'map(.tcp.gap_ms.max) | max')" -lt $stalled ]
	note "$1: longest silence of TCP $(of 'map(.tcp.gap_ms.max) | max') ms," \
		"of UDP $(of 'map(.udp.gap_ms.max) | max') ms, half of them less" \
		"than $(of 'map(.tcp.gap_ms.p50) | max') ms"
}

# in_sync NODE: it knows what its peer knows, and says so.
in_sync()
{
	cc "$1" -s -j mirror show | jq -e .safe >/dev/null 2>&1
}

safe()
{
	in_sync fw1 && in_sync fw2
}

# --- both are there ---------------------------------------------------------
check "fw1 is set up" start_firewall fw1 200
check "fw2 is set up" start_firewall fw2 150
check "fw1 is master of all addresses" wait_for 10 is_master fw1
for name in inside client; do
	in_background ip netns exec "$ns_prefix$name" flows serve $services \
		>"$tmp/$name.served"
done
check "the service is there" wait_for 10 eval \
	'on client ss -Hlnt | grep -q ":$services "'
way hidden4 inside 203.0.113.10
way hidden6 inside 2001:db8::10
way published4 client 203.0.113.101
way published6 client 2001:db8::101
check "$((4 * tcp)) TCP and $((4 * udp)) UDP connections are up" wait_for 60 ready
check "both say that it is safe to fail over" wait_for 30 safe

# --- and one dies -----------------------------------------------------------
for round in $(seq "$rounds"); do
	tell mark
	for network in lan outside sync; do
		silence fw1 $network
	done
	check "$round: fw1 is cut off: fw2 has all addresses" \
		wait_for 10 has fw2 203.0.113.131 eth1
	lived "$round, fw2 took over"

	# It comes back as after a crash: with nothing.
	cc fw1 flush
	on fw1 conntrack -F 2>/dev/null
	for network in lan outside sync; do
		restore fw1 $network
	done
	tell mark
	check "$round: fw1 starts anew" start_firewall fw1 200
	check "$round: and takes the addresses back" wait_for 30 is_master fw1
	lived "$round, fw1 is back"
	check "$round: safe again" wait_for 30 safe
done

tell quit
finish
