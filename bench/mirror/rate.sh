#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How many short connections there can be, all of it on one machine: both ends,
# the firewall and its standby. In turns, so that all have the same host.
#
# Few clients, each of which waits for its answer, measure how long an answer
# takes as well: the machine has idle time. Many leave it none.
#
#	rate.sh SECONDS ROUNDS CLIENTS...

# shellcheck source=bench/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=bench/mirror/subjects.sh
. "$(dirname "$0")/subjects.sh"

seconds=$1 rounds=$2 crowds=("${@:3}")
group="connect rate, all on one machine"
build
declare -A sum
short 1 0 4 >/dev/null

# turn: how many connections $subject lets through, how many of them fw2 knows.
turn()
{
	local before count known line missed rate

	start fw1
	start fw2
	settled
	before=$(created)
	line=$(short "$seconds" 0 "$clients")
	sleep 3
	count=$(connections "$line")
	known=$(($(created) - before))
	rate=$(per "$count" "$(echo "$line" | cut -d ' ' -f 2)")
	echo "rate: $clients clients: $subject: $rate connections/s," \
		"$known of $count known there"
	sum[$subject:$clients]=$(awk -v a="${sum[$subject:$clients]:-0}" \
		-v b="$rate" 'BEGIN { print a + b }')
	missed=$(awk -v n="$count" -v k="$known" \
		'BEGIN { print 100 * (1 - k / n) }')
	[ "$round" != "$rounds" ] || [ $subject = none ] ||
		echo "result $subject % $missed $group, $clients clients:" \
			"connections the standby missed"
	stop
	sleep 1
}

for round in $(seq "$rounds"); do
	for clients in "${crowds[@]}"; do
		for subject in none kcluster conntrackd conntrackd-notrack; do
			turn
		done
	done
done
for clients in "${crowds[@]}"; do
	for subject in none kcluster conntrackd conntrackd-notrack; do
		echo "result $subject conn/s" \
			"$(per "${sum[$subject:$clients]}" "$rounds")" \
			"$group, $clients clients: connections per second"
		[ $subject = none ] ||
			echo "result $subject % $(awk \
				-v a="${sum[$subject:$clients]}" \
				-v f="${sum[none:$clients]}" \
				'BEGIN { print 100 * (1 - a / f) }')" \
				"$group, $clients clients: lost by mirroring"
	done
done
