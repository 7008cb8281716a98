#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A standby joins a firewall that has many connections: how long until it has
# them all, and what memory that takes there (and the sender, for what it keeps
# to send).
#
#	bulk.sh ENTRIES

# shellcheck source=bench/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=bench/mirror/subjects.sh
. "$(dirname "$0")/subjects.sh"

many=$1
buckets=$((many > 131072 ? many : 131072))
limit=$((many * 2))
build

# Pages of files are left out: they can be dropped.
used()
{
	echo 3 >/proc/sys/vm/drop_caches
	sleep 1
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^(AnonPages|Slab|KernelStack|PageTables|Percpu|VmallocUsed):/ {
		kib += $2 } END { print kib }' /proc/meminfo
}

filled()
{
	[ "$(entries fw2)" -ge "$many" ]
}

for subject in kcluster conntrackd conntrackd-notrack; do
	group="$many connections to a standby that joins"
	if [ $subject = conntrackd-notrack ]; then
		echo "none $subject $group: it has no cache to send from"
		continue
	fi
	on fw1 "$tools/entries" fill "$many"
	start fw1
	before=$(used)
	from=$(now)
	start fw2
	if [ $subject = conntrackd ]; then
		sleep 3
		from=$(now)
		daemon fw2 -n
	fi
	wait_for $((100 + many / 5000)) filled || echo "$subject: fw2 has $(entries fw2) of $many"
	to=$(now)
	settled
	echo "bulk: $subject: $(entries fw2) of $(entries fw1) after" \
		"$(awk -v a="$from" -v b="$to" 'BEGIN { print b - a }') s"
	missing=$((many - $(entries fw2)))
	[ $missing -gt 0 ] || missing=0
	[ $missing -gt 0 ] || echo "result $subject s" \
		"$(awk -v a="$from" -v b="$to" 'BEGIN { print b - a }')" \
		"$group: until all are there"
	echo "result $subject conn $missing $group: missing after all"
	after=$(used)
	echo "result $subject B $(awk -v a="$before" -v b="$after" -v n="$many" \
		'BEGIN { print 1024 * (b - a) / n }') $group: memory per connection"
	stop
	sleep 2
done
