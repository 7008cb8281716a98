#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How many short connections there can be, all of it on one machine: both ends,
# the firewall and its standby. In turns, so that all have the same host.
#
#	rate.sh SECONDS ROUNDS

# shellcheck source=bench/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=bench/mirror/subjects.sh
. "$(dirname "$0")/subjects.sh"

seconds=$1 rounds=$2
build
declare -A sum
short 1 0 4 >/dev/null

for round in $(seq "$rounds"); do
	for subject in none kcluster conntrackd conntrackd-notrack; do
		start fw1
		start fw2
		settled
		before=$(created)
		line=$(short "$seconds" 0 8)
		sleep 3
		count=$(connections "$line")
		known=$(($(created) - before))
		rate=$(per "$count" "$(echo "$line" | cut -d ' ' -f 2)")
		echo "rate: round $round: $subject: $rate connections/s," \
			"$known of $count known there"
		sum[$subject]=$(awk -v a="${sum[$subject]:-0}" -v b="$rate" \
			'BEGIN { print a + b }')
		missed=$(awk -v n="$count" -v k="$known" \
			'BEGIN { print 100 * (1 - k / n) }')
		[ "$round" != "$rounds" ] || [ $subject = none ] ||
			echo "result $subject % $missed connect rate, all on" \
				"one machine: connections the standby missed"
		stop
		sleep 1
	done
done
for subject in none kcluster conntrackd conntrackd-notrack; do
	echo "result $subject conn/s $(per "${sum[$subject]}" "$rounds")" \
		"connect rate, all on one machine: connections per second"
	[ $subject = none ] ||
		echo "result $subject % $(awk -v a="${sum[$subject]}" \
			-v f="${sum[none]}" 'BEGIN { print 100 * (1 - a / f) }')" \
			"connect rate, all on one machine: lost by mirroring"
done
