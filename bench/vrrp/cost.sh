#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What 255 virtual routers cost. A SCHED_IDLE spinner counts what is left of
# the CPUs, with and without them. "master" sends into a switch that forwards
# nothing, "both" is a master and its backup with the switch between them.
# Where a nanosecond is an instruction, their quotient is instructions per
# advert.
#
#	cost.sh INTERVALS SECONDS

# shellcheck source=bench/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=bench/vrrp/subjects.sh
. "$(dirname "$0")/subjects.sh"

modprobe kcluster
pair x
routers=255
seconds=$2

sent()
{
	ip netns exec "$switch" cat /sys/class/net/xA-x/statistics/rx_packets
}

# spin: the line of the spinner, and $rate adverts per second meanwhile.
spin()
{
	local from start

	from=$(sent) start=$(now)
	spun=$("$tools/spin" "$seconds")
	rate=$(awk -v a="$from" -v b="$(sent)" -v s="$start" -v e="$(now)" \
		'BEGIN { print (b - a) / (e - s) }')
}

# tell WHO INTERVAL
tell()
{
	local taken

	taken=$(cores "$base" "$spun")
	echo "cost: $subject $1 at $2 ms: $taken cores, $rate adverts/s"
	echo "result $subject % $(awk -v c="$taken" 'BEGIN { print 100 * c }')" \
		"CPU of $routers routers at $2 ms: $1, share of one core"
	echo "result $subject 1/s $rate" \
		"CPU of $routers routers at $2 ms: $1, adverts sent"
	! grep -q kcvm.icount /proc/cmdline ||
		echo "result $subject instr $(awk -v c="$taken" -v r="$rate" \
			'BEGIN { print 1e9 * c / r }')" \
			"CPU of $routers routers at $2 ms: $1, instructions per advert"
}

for interval in $1; do
	for subject in kcluster keepalived keepalived-rt; do
		# Idle anew each time: the host is not always equally fast.
		spin
		base=$spun
		silence xA x
		start xA $routers "$interval" 1
		wait_for 30 holds xA $routers
		sleep 1
		spin
		tell master "$interval"
		restore xA x
		start xB $routers "$interval" 1
		sleep 1
		wait_for 5 settled x $routers ||
			echo "cost: $subject at $interval ms does not come to rest"
		spin
		tell both "$interval"
		stop xA
		stop xB
	done
done
