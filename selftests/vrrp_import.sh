#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The keepalived configuration of scenario 3, imported: the same file makes the
# same cluster of keepalived, of kcluster, and of both together.
#
# Three rounds: kcluster on all machines; keepalived on KA2, with the very file
# that the others were imported from; keepalived on all but KA3. In each, KA1
# has everything, falls silent, loses its link, KA2 too, and KA1 returns.

# shellcheck disable=SC2016        # expressions for eval
# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/scenario3.sh
. "$(dirname "$0")/scenario3.sh"

need_module
need tcpdump jq keepalived

conf=$(dirname "$0")/../tools/clusterctl/test/keepalived/three-nodes.conf
declare -A daemon

# imported I: what the file becomes for node I.
imported()
{
	clusterctl import keepalived "$conf" id "KA$1" 2>"$tmp/report.$1" >"$tmp/batch.$1"
	# 3: something, here the notify script, is left to the user.
	[ $? -eq 3 ]
}

start_kcluster()
{
	cc "KA$1" -batch "$tmp/batch.$1"
}

# Two at once: 2.3 wants a pid file of its own for each of its parts.
bfd=
keepalived --help 2>&1 | grep -q -- --bfd_pid && bfd=1
start_keepalived()
{
	ip netns exec "${ns_prefix}KA$1" keepalived -n -l -D -P -i "KA$1" -f "$conf" \
		-p "$tmp/keepalived.$1.pid" -r "$tmp/keepalived.$1.vrrp.pid" \
		-c "$tmp/keepalived.$1.checkers.pid" \
		${bfd:+-b "$tmp/keepalived.$1.bfd.pid"} \
		>"$tmp/keepalived.$1.log" 2>&1 &
	daemon[$1]=$!
	background+=("$!")
	disown
}

stop_all()
{
	local i

	for i in 1 2 3; do
		cc "KA$i" flush
		[ -z "${daemon[$i]-}" ] || kill "${daemon[$i]}"
	done
	for i in ${daemon[@]+"${daemon[@]}"}; do
		wait_for 10 negate kill -0 "$i"
	done
	daemon=()
}

nobody_holds()
{
	local i

	for i in 1 2 3; do
		negate has "KA$i" 192.168.43.100 || return 1
		negate has "KA$i" 192.168.1.11 || return 1
	done
}

# round NAME KIND KIND KIND: kcluster or keepalived, for each of the machines.
round()
{
	local what=$1 i mark down2

	shift
	down2=$(takeover_time 150 1)
	for i in 3 2 1; do
		"start_${!i}" "$i"
	done
	check "$what: KA1 has both addresses and the way out through 192.168.1.1" \
		wait_for 15 holds 1
	check "$what: the client's router reaches 192.168.1.11" \
		on router ping -c 1 -W 2 192.168.1.11

	mark=$(now)
	silence KA1 management
	# KA1 believes in itself, as it must: it cannot know.
	check "$what: KA1 falls silent: KA2 takes over" wait_for 8 has KA2 192.168.43.100
	check_between "$what: seconds from KA1's last advert to KA2's first" \
		"$(percent "$down2" -10)" \
		"$(silence_before "$tmp/wire" "$mark" 10.7.5.1 10.7.5.2)" \
		"$(percent "$down2" 10)"
	restore KA1 management
	check "$what: KA1 is heard again and has everything" wait_for 8 holds 1

	ipn KA1 link set enp0s9 down
	check "$what: KA1's management link down: KA2 has everything" wait_for 8 holds 2
	ipn KA2 link set enp0s9 down
	check "$what: KA2's, too: KA3 has everything" wait_for 8 holds 3
	ipn KA1 link set enp0s9 up
	check "$what: KA1 returns and has everything" wait_for 8 holds 1
	ipn KA2 link set enp0s9 up
	for i in 1 2 3; do
		[ "${!i}" = kcluster ] || continue
		check_is "$what: KA$i discarded no advertisement" 0 \
			"$(get "KA$i" "KA$i" '[.statistics | to_entries[] |
				select(.key | startswith("discard-")) | .value] | add // 0')"
	done
	stop_all
	check "$what: stopped, nobody has anything" wait_for 10 nobody_holds
}

build_scenario3
capture "$tmp/wire" management
for i in 1 2 3; do
	check "KA$i: the configuration is imported" imported "$i"
	check_is "KA$i: nothing is lost but the notify script" 1 \
		"$(grep -c ': not imported: \|: changed: ' "$tmp/report.$i")"
	check "KA$i: the script is named, and who calls it now" grep -q \
		'notify /etc/keepalived/notify.sh: not imported: let kcluster-notify' "$tmp/report.$i"
	start_kcluster "$i"
	check "KA$i: save prints what was imported" eval \
		'diff <(grep -v "^#\|^$" "$tmp/batch.$i") <(cc "KA$i" save | grep -v "^#\|^$")'
	cc "KA$i" flush
done
note "$(keepalived --version 2>&1 | head -n 1)"
round "all kcluster" kcluster kcluster kcluster
round "KA2 keepalived" kcluster keepalived kcluster
round "KA1 and KA2 keepalived" keepalived keepalived kcluster
finish
