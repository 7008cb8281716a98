#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Memory per virtual router: what 255 of them add to the kernel's and the
# processes' memory, from /proc/meminfo.

# shellcheck source=bench/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=bench/vrrp/subjects.sh
. "$(dirname "$0")/subjects.sh"

modprobe kcluster
pair x
routers=255

# Pages of files are left out: they can be dropped.
used()
{
	echo 3 >/proc/sys/vm/drop_caches
	sleep 1
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^(AnonPages|Slab|KernelStack|PageTables|Percpu):/ {
		kib += $2 } END { print kib }' /proc/meminfo
}

for subject in kcluster keepalived keepalived-rt; do
	# Once before, so that only what stays is counted.
	for round in first measured; do
		before=$(used)
		start xA $routers 1000 1
		wait_for 60 holds xA $routers
		after=$(used)
		stop xA
		[ $round = first ] || echo "result $subject KiB" \
			"$(awk -v a="$before" -v b="$after" -v n=$routers \
				'BEGIN { print (b - a) / n }')" \
			"memory: per virtual router, of $routers"
	done
done
