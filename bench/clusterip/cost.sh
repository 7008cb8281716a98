#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a packet costs: of this node, and of another one.
#
#	cost.sh BURSTS COUNT...
#
# One client, two nodes: the client belongs to one of them, so R is each of the
# two in turn.

# shellcheck source=bench/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=bench/clusterip/subjects.sh
. "$(dirname "$0")/subjects.sh"

bursts=$1
shift
modes='source-ip source-ip-port source-ip-port-dest-port'
modules

# pour MAC: instructions per packet, sent, delivered.
pour()
{
	on "$sender" "$tools/pour" eth0 "$1" $client $first "$count" \
		"$((count == 1 ? bursts : bursts < 64 ? 64 : bursts))" \
		"/run/netns/$ns_prefix$receiver"
}

# tell SUBJECT MODE WHOSE INSTRUCTIONS
tell()
{
	echo "result $1 instr $4 $3 packet, IPv$family," \
		"$count address$([ "$count" = 1 ] || echo es): $2"
}

# floor: below everybody.
floor()
{
	local kind mode drop own_packet

	machines "$family" "$count" others
	start drop
	drop=$(pour $mac)
	stop drop
	own_packet=$(pour "$own")
	echo "cost: IPv$family, $count: dropped $drop, delivered $own_packet"
	for mode in $modes; do
		tell floor "$mode" "another node's" "${drop%% *}"
		tell floor "$mode" "this node's" "${own_packet%% *}"
	done
}

# judge SUBJECT MODE: as either node.
judge()
{
	local local_node cost sent delivered

	for local_node in 1 2; do
		start "$1" "$2" $local_node || return
		sleep 0.5
		read -r cost sent delivered < <(pour $mac)
		stop "$1"
		echo "cost: IPv$family, $count: $1 $2 as node $local_node:" \
			"$cost, $delivered of $sent delivered"
		case ${delivered:-none} in
		0) tell "$1" "$2" "another node's" "$cost" ;;
		"$sent") tell "$1" "$2" "this node's" "$cost" ;;
		*) echo "none $1 $2, IPv$family, $count: it delivers $delivered of $sent" ;;
		esac
	done
}

# router: this node's packet beside a virtual router, which looks at all packets,
# and without which there are no leases.
router()
{
	local cost

	machines "$family" "$count" others
	start router
	sleep 0.5
	cost=$(pour "$own")
	echo "cost: IPv$family, $count: beside a virtual router $cost"
	stop router
	for mode in $modes; do
		tell router "$mode" "this node's" "${cost%% *}"
	done
}

# leased MODE: this node's packet, when it has it by a lease.
leased()
{
	local cost sent delivered

	start router && start leased "$1" || return
	sleep 0.5
	read -r cost sent delivered < <(pour $mac)
	stop leased
	stop router
	echo "cost: IPv$family, $count: leased $1: $cost, $delivered of $sent delivered"
	if [ "$delivered" = "$sent" ]; then
		tell leased "$1" "this node's" "$cost"
	else
		echo "none leased $1, IPv$family, $count: it delivers $delivered of $sent"
	fi
}

for count; do
	for family in 4 6; do
		floor
		for mode in $modes; do
			for subject in nft-ingress nft-prerouting; do
				judge $subject "$mode"
			done
		done
		machines "$family" "$count" kcluster
		for mode in $modes; do
			judge kcluster "$mode"
			[ "$family" = 6 ] || judge kcluster "legacy-$mode"
		done
		router
		machines "$family" "$count" kcluster
		for mode in $modes; do
			leased "$mode"
		done
		machines "$family" "$count" others
		judge xt_cluster source-ip
		[ "$family" = 4 ] || continue
		machines "$family" "$count" others
		for mode in $modes; do
			judge clusterip "$mode"
		done
	done
done
