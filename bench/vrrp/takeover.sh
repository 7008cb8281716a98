#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The master vanishes without a farewell: its cable is cut inside the switch,
# so that it has carrier and nobody hears it. What was on the wire before says
# how even its adverts were.
#
#	takeover.sh "ROUTERS:INTERVAL..." ROUNDS

# shellcheck source=bench/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=bench/vrrp/subjects.sh
. "$(dirname "$0")/subjects.sh"

modprobe kcluster
pair x

# one ROUTERS INTERVAL ADDRESSES ROUNDS SECONDS
one()
{
	local routers=$1 interval=$2 each=$3 round seconds=$5 file

	echo "takeover: $subject, $routers routers at $interval ms, $each addresses each"
	both x "$routers" "$interval" "$each"
	for ((round = 1; round <= $4; round++)); do
		file=takeover-$subject-$routers-$interval-$each-$round
		record "$file" "$switch" x $((routers * 6000 / interval +
			routers * each * 12 + 20000))
		# The first is also the one the adverts' evenness is judged by.
		if [ $round = 1 ]; then sleep 3; else sleep 0.5; fi
		silence xA x
		sleep "$seconds"
		record_stop "$file"
		echo "wire $subject $file takeover routers=$routers" \
			"interval=$interval addresses=$each round=$round"
		restore xA x
		[ $round = "$4" ] || {
			sleep 1
			wait_for 10 settled x $((routers * each)) ||
				echo "$subject does not come to rest again"
		}
	done
	stop xA
	stop xB
}

for case in $1; do
	for subject in kcluster keepalived keepalived-rt; do
		routers=${case%:*}
		rounds=$2
		# Of one router a round tells one figure.
		[ "$routers" != 1 ] || rounds=$(($2 * 3))
		one "$routers" "${case#*:}" 1 "$rounds" 1
	done
done
for each in ${3-}; do
	for subject in kcluster keepalived keepalived-rt; do
		if [ $subject = kcluster ] && [ "$each" -gt 255 ] &&
		   ! clusterctl help vrrp | grep -q address-from; then
			echo "none $subject takeover of $each addresses at 100 ms:" \
				"this clusterctl has no address-from"
			continue
		fi
		settle=60
		one 1 100 "$each" 1 $((2 + each / 100))
		settle=10
	done
done
