#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How much more do several nodes answer than one? On one machine, which has one
# CPU: each node in turn gets the frames of the whole crowd, as all nodes do, and
# the instructions are counted that it is busy with them: its own requests, from
# the device to the answer, and to throw away the others'. Nodes have a CPU each,
# so all of the crowd is answered when the busiest one is done. What sending the
# frames takes is left out: the same into a device that swallows them.
#
# The ideal is as many times what a node does that has the address to itself and
# no cluster IP. Answers go to where the clients are and are thrown away there.
#
#	throughput.sh CLIENTS WORK NODES...

# shellcheck source=bench/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=bench/clusterip/subjects.sh
. "$(dirname "$0")/subjects.sh"

clients=$1 work=$2
shift 2
modules

# share MAC [DEVICE NETNS]: nanoseconds, answers.
share()
{
	on "$sender" "$tools/share" "${2-eth0}" "$1" 10.9.0.1 $first "$clients" \
		"$work" "${3-/run/netns/$ns_prefix$receiver}"
}

# crowd WHO: R knows where the clients are, and S does not want their answers.
crowd()
{
	machines 4 1 "$1"
	ipn "$receiver" neigh replace 10.1.0.9 lladdr 02:00:00:00:00:01 dev eth0 \
		nud permanent
	ipn "$receiver" route add 10.9.0.0/16 via 10.1.0.9
	on "$sender" nft -f - <<-'END'
		table netdev bench {
			chain in {
				type filter hook ingress device eth0 priority 0;
				drop
			}
		}
	END
}

# one SUBJECT TOTAL NODE: $busy and $answered of that node.
one()
{
	start "$1" source-ip "$3" "$2"
	sleep 0.5
	read -r busy answered < <(share $mac)
	stop "$1"
	busy=$(awk -v b="$busy" -v s="$sending" 'BEGIN { print b - s }')
	echo "throughput: $1, node $3 of $2: $answered answers," \
		"$(awk -v b="$busy" 'BEGIN { printf "%.1f", b / 1e6 }') ms"
}

# several SUBJECT TOTAL
several()
{
	local i busiest=0 most=0 all=0

	for ((i = 1; i <= $2; i++)); do
		one "$1" "$2" "$i"
		all=$((all + answered))
		[ "$answered" -le "$most" ] || most=$answered
		busiest=$(awk -v a="$busiest" -v b="$busy" \
			'BEGIN { print b > a ? b : a }')
	done
	if [ $all != "$clients" ]; then
		echo "none $1 $group, $2 nodes: $all of $clients are answered"
		return
	fi
	awk -v s="$1" -v n="$2" -v c="$clients" -v b="$busiest" -v p="$alone" \
		-v m="$most" -v g="$group" 'BEGIN {
			print "result", s, "1/s", 1e9 * c / b,
				g ": requests per second, " n
			print "result", s, "% of ideal", 100 * p / b / n,
				g ": share of the ideal, " n
			print "result", s, "% of ideal", 100 * c / m / n,
				g ": likewise if nothing but the crowd were uneven, " n }'
}

crowd others
ipn "$sender" link add swallow type dummy
ipn "$sender" link set swallow arp off up
read -r sending answered < <(share $mac swallow -)
read -r alone answered < <(share "$own")
alone=$(awk -v b="$alone" -v s="$sending" 'BEGIN { print b - s }')
each=$(awk -v b="$alone" -v c="$answered" 'BEGIN { printf "%.0f", b / c }')
echo "throughput: alone: $answered answers, $each instructions each"
group="throughput of several nodes, $each instructions per request"
for subject in kcluster nft-ingress clusterip; do
	[ $subject = kcluster ] && crowd kcluster || crowd others
	for total; do
		several $subject "$total"
	done
done
