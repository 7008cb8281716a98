#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Does a backup take over although the master lives? All subjects suffer the
# same at the same time, each on a pair of machines of its own with one router
# at 10 ms; and kcluster through WireGuard at 100 ms.
#
#	stress.sh SECONDS STRESS...

# shellcheck source=bench/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=bench/vrrp/subjects.sh
. "$(dirname "$0")/subjects.sh"

seconds=$1
shift
cpus=$(nproc)
pairs='k:kcluster p:keepalived r:keepalived-rt'

modprobe kcluster
node X
for at in $pairs; do
	pair "${at%:*}"
	plug X "eth-${at%:*}" "${at%:*}"
done

# --- WireGuard: another pair of machines ------------------------------------

pair w
wireguard wA 10.1.0.1 wB 10.1.0.2

subject=kcluster
dev=wg0 more='peer 10.6.0.2' start wA 1 100 1
dev=wg0 more='peer 10.6.0.1' start wB 1 100 1
for at in $pairs; do
	subject=${at#*:}
	both "${at%:*}" 1 10 1
done

# --- what they suffer -------------------------------------------------------

busy_loops()
{
	local i pids=()

	for ((i = 0; i < 4 * cpus; i++)); do
		(while :; do :; done) &
		pids+=($!)
	done
	sleep "$seconds"
	kill "${pids[@]}"
	wait "${pids[@]}" 2>/dev/null
}

memory_pressure()
{
	"$tools/hog" "$seconds" 24
}

stopped_user_space()
{
	frozen "$seconds"
}

# Each of the 100 on all machines of a pair.
reapplied_configuration()
{
	local i name

	for ((i = 0; i < 100; i++)); do
		for name in A B; do
			cc "k$name" -replace -batch "$tmp/k$name.batch"
			cc "w$name" -replace -batch "$tmp/w$name.batch"
			kill -HUP "$(cat "$tmp/p$name.process")" \
				"$(cat "$tmp/r$name.process")"
		done
		sleep "$(awk -v s="$seconds" 'BEGIN { print s / 200 }')"
	done
	sleep 2
}

dropped()
{
	local count sum=0

	while read -r _ count _; do
		sum=$((sum + 16#$count))
	done </proc/net/softnet_stat
	echo $sum
}

# Every backup receives it, each by a link of its own.
udp_flood()
{
	local before at name targets=()

	before=$(dropped)
	for at in $pairs; do
		name=${at%:*}
		ipn X address add "10.9.$((++link)).1/24" dev "eth-$name" 2>/dev/null
		ipn "${name}B" address add "10.9.$link.2/24" dev eth0
		targets+=("10.9.$link.2")
	done
	echo "stress: packets per second: $(on X "$tools/flood" "$seconds" "${targets[@]}")"
	link=0
	for at in $pairs; do
		name=${at%:*}
		ipn "${name}B" address del "10.9.$((++link)).2/24" dev eth0
	done
	echo "stress: dropped by a full softnet backlog: $(($(dropped) - before))"
}

link=0
for stress; do
	echo "stress: ${stress//_/ }, $seconds s"
	for at in $pairs; do
		record "stress-$stress-${at%:*}" "$switch" "${at%:*}" \
			$((seconds * 1000))
	done
	record "stress-$stress-w" "${ns_prefix}wA" wg0 $((seconds * 100))
	sleep 0.5
	start=$(date +%s%N)
	$stress >"$tmp/$stress.said" 2>&1
	end=$(date +%s%N)
	grep stress: "$tmp/$stress.said"
	# What was too late is still on its way.
	sleep 1
	for at in $pairs w:kcluster; do
		record_stop "stress-$stress-${at%:*}"
		echo "wire ${at#*:} stress-$stress-${at%:*} stress" \
			"stress=$stress start=$start end=$end pair=${at%:*}"
	done
done
