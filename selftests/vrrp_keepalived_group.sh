#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Groups beside a keepalived with a vrrp_sync_group: both networks have the same
# master, whoever of the two it is and whichever network is lost.
#
#	  A (kcluster)             B (keepalived)
#	+----------------+      +----------------+
#	| eth0 10.1.0.1  |------| eth0 10.1.0.2  |   network lan: IN
#	| eth1 10.2.0.1  |------| eth1 10.2.0.2  |   network wan: OUT
#	+----------------+      +----------------+
#
# A runs what clusterctl imports from the file that keepalived reads, with a
# priority of its own.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need jq keepalived

net lan
net wan
node A B
plug A eth0 lan 10.1.0.1/24
plug A eth1 wan 10.2.0.1/24
plug B eth0 lan 10.1.0.2/24
plug B eth1 wan 10.2.0.2/24
note "$(keepalived --version 2>&1 | head -n 1)"

# instance NAME DEVICE PRIORITY ADDRESS
instance()
{
	cat <<-CONF
		vrrp_instance $1 {
		    state BACKUP
		    interface $2
		    virtual_router_id 7
		    priority $3
		    advert_int 0.2
		    virtual_ipaddress {
		        $4
		    }
		}
	CONF
}

# configuration PRIORITY
configuration()
{
	cat <<-CONF
		global_defs {
		    vrrp_version 3
		    vrrp_garp_master_delay 1
		}
		vrrp_sync_group FW {
		    group {
		        IN
		        OUT
		    }
		}
	CONF
	instance IN eth0 "$1" 10.1.0.100/24
	instance OUT eth1 "$1" 10.2.0.100/24
}

keepalived_start()
{
	configuration "$1" >"$tmp/B.conf"
	rm -f "$tmp"/keepalived.*pid
	ip netns exec "${ns_prefix}B" keepalived -n -l -D -P -f "$tmp/B.conf" \
		-p "$tmp/keepalived.pid" -r "$tmp/keepalived.vrrp.pid" \
		>"$tmp/keepalived.log" 2>&1 &
	keepalived_pid=$!
	disown
	background+=("$keepalived_pid")
}

keepalived_stop()
{
	kill "$keepalived_pid" 2>/dev/null
	wait_for 10 negate kill -0 "$keepalived_pid"
}

import()
{
	configuration "$1" >"$tmp/A.conf"
	cc A import keepalived "$tmp/A.conf" >"$tmp/A.batch" &&
		cc A -batch "$tmp/A.batch"
}

# owns NODE OTHER: NODE has both addresses, OTHER has none of them.
owns()
{
	has "$1" 10.1.0.100 eth0 && has "$1" 10.2.0.100 eth1 &&
		negate has "$2" 10.1.0.100 && negate has "$2" 10.2.0.100
}

in_state()
{
	is_state A IN "$1" && is_state A OUT "$1"
}

cut()
{
	ipn "$1" link set "$2" down
}

mend()
{
	ipn "$1" link set "$2" up
}

keepalived_start 150
check "keepalived is master in both networks" wait_for 10 owns B A

check "A runs keepalived's file with a higher priority" import 200
check "the group was understood" grep -q 'group FW' "$tmp/A.batch"
check "A takes both addresses from it" wait_for 10 owns A B

for device in eth0 eth1; do
	cut A "$device"
	check "A loses $device: keepalived takes both" wait_for 10 owns B A
	check "A is in FAULT in both" wait_for 3 in_state fault
	mend A "$device"
	check "A has $device again and takes both back" wait_for 10 owns A B
done

cc A flush
check "A says goodbye: keepalived takes both" wait_for 10 owns B A
check "A returns with a lower priority" import 100
check "and stays BACKUP in both" stays 2 in_state backup
check_is "it was never master" 0 "$(($(stat_of A IN become-master) + \
	$(stat_of A OUT become-master)))"

for device in eth0 eth1; do
	cut B "$device"
	check "keepalived loses $device: A takes both" wait_for 10 owns A B
	mend B "$device"
	check "keepalived has $device again and takes both back" \
		wait_for 20 owns B A
	check "A is BACKUP in both" wait_for 3 in_state backup
done

check "keepalived ends" keepalived_stop
check "A takes both" wait_for 5 owns A B
for router in IN OUT; do
	check_is "nothing of keepalived was discarded by $router" "" \
		"$(get A "$router" '[.statistics | to_entries[] |
			select((.key | startswith("discard-")) and .value != 0) |
			"\(.key)=\(.value)"] | join(" ")')"
done

finish
