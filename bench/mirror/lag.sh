#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# From connect() of a new connection until the standby has it in its table,
# when nothing else happens, and among RATE other connections per second.
#
#	lag.sh COUNT RATE

# shellcheck source=bench/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=bench/mirror/subjects.sh
. "$(dirname "$0")/subjects.sh"

build

# lag WHEN: results of $tmp/lags.
tell()
{
	local group="time until a new connection is known to the standby, $1"

	grep '^lag [0-9]' "$tmp/lags" | cut -d ' ' -f 2 | sort -n |
		awk -v s="$subject" -v g="$group" '
		{ at[NR] = $1 }
		END {
			if (!NR)
				exit
			for (p = 50; p <= 99; p += 49)
				print "result", s, "ms",
					at[int((NR - 1) * p / 100) + 1] / 1000,
					g ": p" p
			print "result", s, "ms", at[NR] / 1000, g ": max"
		}'
	echo "result $subject conn $(grep -c never "$tmp/lags") $group: never known"
}

for subject in kcluster conntrackd conntrackd-notrack; do
	start fw1
	start fw2
	settled
	for load in 0 "$2"; do
		when="otherwise idle"
		if [ "$load" != 0 ]; then
			when="among $load others per second"
			in_background nsenter --net="/run/netns/${ns_prefix}client" \
				"$tools/shorts" run $service $port 600 "$load" 4
			others=$!
			sleep 0.5
		fi
		"$tools/entries" lag "/run/netns/${ns_prefix}client" \
			"/run/netns/${ns_prefix}fw2" $service $port "$1" 3 \
			>"$tmp/lags"
		tell "$when"
		if [ "$load" != 0 ]; then
			kill "$others"
			sleep 2
		fi
	done
	stop
	sleep 1
done
