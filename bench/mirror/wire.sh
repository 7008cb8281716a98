#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a short connection is on the wire between the firewalls, both ways, from
# its beginning until it is forgotten. kcluster's is recorded before WireGuard
# encrypts it, conntrackd's as it is.
#
#	wire.sh SECONDS RATE...

# shellcheck source=bench/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=bench/mirror/subjects.sh
. "$(dirname "$0")/subjects.sh"

seconds=$1
shift
build

for subject in kcluster conntrackd conntrackd-notrack; do
	start fw1
	start fw2
	settled
	dev=eth2 only='udp port 3781'
	[ $subject != kcluster ] || dev=wg0 only='udp port 3780'
	for rate; do
		file=wire-$subject-$rate
		in_background nsenter --net="/run/netns/${ns_prefix}fw1" \
			tcpdump -i $dev -s 2000 -B 16384 -U -w "$tmp/$file" \
			"$only" 2>"$tmp/$file.err"
		recorder=$!
		wait_for 20 grep -q 'listening on' "$tmp/$file.err"
		before=$(created)
		count=$(connections "$(short "$seconds" "$rate" 4)")
		sleep 2
		# What has expired is forgotten when somebody asks.
		on fw1 conntrack -L >/dev/null 2>&1
		sleep 1
		known=$(($(created) - before))
		kill $recorder
		wait_for 20 negate kill -0 $recorder
		grep -q '^0 packets dropped' "$tmp/$file.err" ||
			echo "$subject: $(grep 'dropped' "$tmp/$file.err" | tail -n 1)"
		echo "wire: $subject: $count connections, $rate per second;" \
			"$known known there"
		mv "$tmp/$file" "$share/$file.wire"
		echo "wire $subject $file flows count=$count known=$known rate=$rate"
	done
	stop
	sleep 2
done
