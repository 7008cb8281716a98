#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One public address, three machines: what keepalived users run today; the picture
# is in scenario3.sh.
#
# Virtual router 182 runs on enp0s9 and holds 192.168.43.100/24 on enp0s3,
# 192.168.1.11/24 on enp0s8 and a default route. First as VRRPv2 with a
# password at 1 s, then as VRRPv3 without one at 10 ms.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/scenario3.sh
. "$(dirname "$0")/scenario3.sh"

need_module
need tcpdump jq

build()
{
	build_scenario3
	cat >"$tmp/notify" <<-'END'
		#!/bin/sh
		echo "$*" >>"$(dirname "$0")/notify.$2"
	END
	chmod +x "$tmp/notify"
}

# add I SETTINGS...: virtual router 182 on node I.
add()
{
	local i=$1

	shift
	cc "KA$i" vrrp add "KA$i" dev enp0s9 vrid 182 state backup \
		priority "${priority[i]}" "$@" \
		address 192.168.43.100/24 dev enp0s3 \
		address 192.168.1.11/24 dev enp0s8 \
		route default via "${gateway[i]}"
}

# owns I: node I, and no other, is master and has all that goes with it.
owns()
{
	local i

	for i in 1 2 3; do
		if [ "$i" = "$1" ]; then
			is_state "KA$i" "KA$i" master || return 1
		else
			negate is_state "KA$i" "KA$i" master || return 1
		fi
	done
	holds "$1"
}

told()
{
	[ "$(tail -n 1 "$tmp/notify.KA$1" 2>/dev/null)" = "$2" ]
}

# events VERSION INTERVAL UNIT: the story, with the master-down interval of
# priority 150 as the yardstick. SLACK is what a test machine may add.
events()
{
	local what=$1 interval=$2 slack=$3 down2 mark low

	down2=$(takeover_time 150 "$interval")
	low=$(percent "$down2" -10)

	check "$what: KA1, the highest priority, becomes master with both addresses and its route" \
		wait_for 8 owns 1
	check "$what: the client's router reaches 192.168.43.100" \
		on router ping -c 1 -W 2 192.168.43.100
	check "$what: the client's router reaches 192.168.1.11" \
		on router ping -c 1 -W 2 192.168.1.11
	check "$what: notify is called with INSTANCE KA1 MASTER 207" \
		wait_for 5 told 1 "INSTANCE KA1 MASTER 207"
	check "$what: notify is called with INSTANCE KA2 BACKUP 150" \
		wait_for 5 told 2 "INSTANCE KA2 BACKUP 150"

	mark=$(now)
	ipn KA1 link set enp0s9 down
	check "$what: KA1 enp0s9 down: KA2 owns everything" wait_for 5 owns 2
	check_is "$what: KA1 is in FAULT" fault "$(state_of KA1 KA1)"
	check "$what: KA1 said priority 0 before its link went" \
		heard "$tmp/wire" "$mark" 10.7.5.1 0
	check_between "$what: seconds from KA1's farewell to KA2's first advert" \
		0 "$(handover "$tmp/wire" "$mark" 10.7.5.1 10.7.5.2)" 0.5
	check "$what: notify is called with INSTANCE KA1 FAULT 207" \
		wait_for 5 told 1 "INSTANCE KA1 FAULT 207"
	check "$what: notify is called with INSTANCE KA2 MASTER 150" \
		wait_for 5 told 2 "INSTANCE KA2 MASTER 150"

	mark=$(now)
	ipn KA2 link set enp0s9 down
	check "$what: KA2 enp0s9 down too: KA3 owns everything" \
		wait_for 5 owns 3
	check_between "$what: seconds from KA2's farewell to KA3's first advert, skew of priority 100" \
		0 "$(handover "$tmp/wire" "$mark" 10.7.5.2 10.7.5.3)" \
		"$(percent "$(awk -v i="$interval" 'BEGIN { print 156 * i / 256 }')" "$slack")"

	ipn KA1 link set enp0s9 up
	check "$what: KA1 returns and preempts" wait_for 8 owns 1
	check "$what: notify is called with INSTANCE KA1 MASTER 207 again" \
		wait_for 5 told 1 "INSTANCE KA1 MASTER 207"
	check_is "$what: KA3 is back in BACKUP" backup "$(state_of KA3 KA3)"
	ipn KA2 link set enp0s9 up
	check "$what: KA2 returns as BACKUP" wait_for 5 is_state KA2 KA2 backup
	check "$what: KA1 keeps everything when KA2 returns" owns 1

	# KA2 has to hear the master again before silence means anything.
	check "$what: KA2 hears KA1" wait_for 5 hears KA2 10.7.5.1
	mark=$(now)
	silence KA1 management
	check "$what: KA1 dies in silence: KA2 takes over" \
		wait_for 8 is_state KA2 KA2 master
	check_between "$what: seconds from KA1's last advert to KA2's first" \
		"$low" "$(silence_before "$tmp/wire" "$mark" 10.7.5.1 10.7.5.2)" \
		"$(percent "$down2" "$slack")"
	check_not "$what: no farewell was heard from the silent KA1" \
		heard "$tmp/wire" "$mark" 10.7.5.1 0
	restore KA1 management
	check "$what: the split heals to KA1" wait_for 5 owns 1

	check "$what: KA2 hears KA1 again" wait_for 5 hears KA2 10.7.5.1
	mark=$(now)
	carrier_off KA1 management
	check "$what: KA1 loses carrier: KA2 takes over" wait_for 8 owns 2
	check_between "$what: seconds from KA1's last advert to KA2's first, carrier lost" \
		0 "$(silence_before "$tmp/wire" "$mark" 10.7.5.1 10.7.5.2)" \
		"$(percent "$down2" "$slack")"
	carrier_on KA1 management
	check "$what: carrier returns and KA1 preempts" wait_for 8 owns 1

	check "$what: KA2 hears KA1 once more" wait_for 5 hears KA2 10.7.5.1
	mark=$(now)
	check "$what: router KA1 is deleted" cc KA1 vrrp del KA1
	check "$what: deletion says priority 0 and KA2 becomes master" \
		wait_for 5 is_state KA2 KA2 master
	check_between "$what: seconds from deletion to KA2's first advert" \
		0 "$(handover "$tmp/wire" "$mark" 10.7.5.1 10.7.5.2)" 0.5
	check_not "$what: deletion took 192.168.43.100 away" \
		has KA1 192.168.43.100
	check "$what: notify is called with INSTANCE KA1 STOP 207" \
		wait_for 5 told 1 "INSTANCE KA1 STOP 207"
}

hears()
{
	[ "$(get "$1" "$1" .master_address)" = "$2" ] && is_state "$1" "$1" backup &&
		# Since it is backup: whom it heard in an earlier life does not count.
		[ "$(get "$1" "$1" '(.last_heard // 1e9) < .since')" = true ]
}

build
for i in 1 2 3; do
	in_background ip netns exec "${ns_prefix}KA$i" \
		clusterctl monitor --exec "$tmp/notify" >/dev/null
done
capture "$tmp/wire" management

# --- as written: version 2, a password, 1 s ---------------------------------

long=longer-than-eight
add 1 version 2 interval 1s auth-pass "$long" 2>"$tmp/warning"
check_is "a password longer than 8 characters is accepted" 0 $?
check "a warning tells that the password is cut to 8 characters" \
	grep -qi '8 char' "$tmp/warning"
check_is "the warning is one line" 1 "$(wc -l <"$tmp/warning")"
# The others are given the cut form: that they agree proves what is sent.
add 2 version 2 interval 1s auth-pass "${long:0:8}"
add 3 version 2 interval 1s auth-pass "${long:0:8}"
events "v2 at 1 s" 1 10
check_is "v2: KA2 discarded nothing for its password" 0 \
	"$(stat_of KA2 KA2 discard-auth)"

# The namespace of a master goes away as a whole.
add 1 version 2 interval 1s auth-pass "${long:0:8}"
check "v2: KA1 is master again" wait_for 8 owns 1
mark=$(now)
for pid in $(ip netns pids "${ns_prefix}KA1"); do
	kill -KILL "$pid"
done
ip netns del "${ns_prefix}KA1"
check "v2: the master's whole namespace is removed: KA2 takes over" \
	wait_for 5 is_state KA2 KA2 master
check_between "v2: seconds from the namespace's farewell to KA2's first advert" \
	0 "$(handover "$tmp/wire" "$mark" 10.7.5.1 10.7.5.2)" 0.5
for i in 2 3; do
	cc "KA$i" flush
done
wait_for 5 negate has KA2 192.168.43.100
ip -n "$switch" link del KA1-management 2>/dev/null
ip -n "$switch" link del KA1-clients 2>/dev/null
ip -n "$switch" link del KA1-floating 2>/dev/null

# --- the same as version 3, no password, 10 ms ------------------------------

node KA1
plug KA1 enp0s3 clients 192.168.43.101/24
plug KA1 enp0s8 floating
plug KA1 enp0s9 management 10.7.5.1/24
in_background ip netns exec "${ns_prefix}KA1" \
	clusterctl monitor --exec "$tmp/notify" >/dev/null
rm -f "$tmp"/notify.KA*
for i in 1 2 3; do
	check "v3: KA$i is configured with an interval of 10 ms" \
		add "$i" version 3 interval 10ms
done
events "v3 at 10 ms" 0.01 25

finish
