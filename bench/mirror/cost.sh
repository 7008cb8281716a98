#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What mirroring costs per short connection: the sender, the receiver, each for
# itself, and how many connections the firewall still makes.
#
# One machine can tell both apart because the link between them is some seconds
# long (netem): first the sender works and nothing has arrived, then the receiver
# works and the sender has ended, then what the receiver says comes back to the
# sender. A SCHED_IDLE spinner counts what is left of the CPU in each of these
# windows; what is missing compared with the same connections without mirroring,
# and with a window in which both mirror and there is nothing to tell, is what the
# connections cost. What it costs to have nothing to tell is told, too.
#
#	cost.sh WINDOW RATE SECONDS ROUNDS

# shellcheck source=bench/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=bench/mirror/subjects.sh
. "$(dirname "$0")/subjects.sh"

window=$1 pace=$2 length=$3 rounds=$4
build

# far: the link is as long as a window, and a little.
far()
{
	local name

	for name in fw1 fw2; do
		on "$name" tc qdisc replace dev eth2 root netem \
			delay "$(awk -v w="$window" 'BEGIN {
				printf "%d", 1000 * w + 300 }')ms" limit 100000
	done
	# Time to learn that an answer takes so long.
	sleep 40
	settled
}

# near: the link is as short as before, and WireGuard begins anew: it would give
# up a handshake on the long link, which is due after two minutes.
near()
{
	local name

	for name in fw1 fw2; do
		on "$name" tc qdisc del dev eth2 root 2>/dev/null
		ipn "$name" link set wg0 down
	done
	for name in fw1 fw2; do
		ipn "$name" link set wg0 up
	done
	wait_for 30 on fw1 ping -q -c 1 -W 1 10.6.0.2 ||
		echo "cost: WireGuard does not begin anew"
}

# forget: ctnetlink drops what has expired when it is asked for the table, which
# the collector of garbage would do in its own time.
forget()
{
	on fw1 conntrack -L >/dev/null 2>&1
}

# windows NUMBER: CPU time that is taken in each, in seconds, behind $taken.
windows()
{
	local i left

	for ((i = 0; i < $1; i++)); do
		left=$("$tools/spin" "$window")
		taken+=("$(awk -v b="$base" -v l="$left" -v w="$window" \
			'BEGIN { printf "%.6f", w * (1 - l / b) }')")
	done
}

# measure: $count connections, $known of them on fw2, and the windows, of which
# the first is idle.
measure()
{
	local before

	taken=()
	windows 1
	before=$(created)
	short "$length" "$pace" 4 >"$tmp/short" &
	(sleep "$(awk -v l="$length" 'BEGIN { print l + 1.4 }')" && forget) &
	windows 3
	count=$(connections "$(cat "$tmp/short")")
	sleep $((2 * window))
	known=$(($(created) - before))
	echo "cost: $subject: $count connections, $known known there," \
		"CPU ${taken[*]} s, left over $(entries fw1) and $(entries fw2)"
}

# fastest: connections per second, as many as there can be.
fastest()
{
	local line

	line=$(short 0.5 0 4)
	connections "$line" >/dev/null
	# shellcheck disable=SC2086 # three words
	set -- $line
	per "$1" "$2"
	sleep 2
	forget
	sleep $((3 * window))
}

for round in $(seq "$rounds"); do
	for subject in none kcluster conntrackd conntrackd-notrack; do
		near
		start fw1
		start fw2
		settled
		far
		[ "$round" != 1 ] || [ $subject != none ] || {
			# What is done for the first time is not measured.
			short 0.2 "$pace" 4 >/dev/null
			sleep 3
		}
		[ $subject != none ] || base=$("$tools/spin" 1)
		measure
		if [ $subject = none ]; then
			nothing=("${taken[@]}")
			echo "result none us $(awk -v t="${taken[1]}" -v n="$count" \
				'BEGIN { print 1e6 * t / n }')" \
				"CPU per short connection: the firewall and both ends"
		else
			echo "$subject ${taken[*]} ${nothing[*]} $count $known" |
				awk -v w="$window" '{
				group = "CPU per short connection"
				idle = $2 - $6
				print "result", $1, "", $10 - $11,
					group ": not known to the standby"
				print "result", $1, "%", 100 * idle / w,
					"CPU of both while nothing happens: " \
					"share of one core"
				if ($11 < $10) {
					print "none", $1, group ": not all of " \
						"them came to be known"
					exit
				}
				print "result", $1, "us",
					1e6 * ($3 - $7 + $5 - $9 - 2 * idle) / $10,
					group ": sender"
				print "result", $1, "us",
					1e6 * ($4 - $8 - idle) / $10,
					group ": receiver" }'
		fi
		rate=$(fastest)
		echo "cost: $subject: $rate connections/s at most"
		echo "result $subject conn/s $rate connect rate, the standby elsewhere: connections per second"
		if [ $subject = none ]; then
			full=$rate
		else
			echo "result $subject % $(awk -v a="$rate" -v f="$full" \
				'BEGIN { print 100 * (1 - a / f) }')" \
				"connect rate, the standby elsewhere: lost by mirroring"
		fi
		stop
		sleep 2
	done
done
