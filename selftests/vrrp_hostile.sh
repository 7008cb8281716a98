#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A hostile LAN: whatever one of its hosts sends, and however often, changes
# nothing where the advertisements go through WireGuard.
#
#	   A (priority 200)        B (priority 100)        X (hostile)
#	+------------------+    +------------------+    +----------------+
#	| eth0 10.1.0.1    |----| eth0 10.1.0.2    |----| eth0 10.1.0.9  |  one
#	| eth1 10.2.0.1    |----| eth1 10.2.0.2    |    +----------------+  two
#	| wg0  10.6.0.1    |====| wg0  10.6.0.2    |    through two
#	+------------------+    +------------------+
#
# Twice: with the tunnel as the only path; and with the LAN as a second one,
# which hears what X sends and counts it as untrusted.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016,SC2034 # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need tcpdump jq wg python3

net one
net two
node A B X
plug A eth0 one 10.1.0.1/24 fd01::1/64
plug B eth0 one 10.1.0.2/24 fd01::2/64
plug X eth0 one 10.1.0.9/24 fd01::9/64
plug A eth1 two 10.2.0.1/24
plug B eth1 two 10.2.0.2/24
wireguard A 10.2.0.1 B 10.2.0.2
mac_a=$(ipn A -j link show eth0 | jq -r '.[0].address')
mac_b=$(ipn B -j link show eth0 | jq -r '.[0].address')

mkfifo "$tmp/to" "$tmp/from"
on X "$selftests/vrrp_send.py" --batch --dev eth0 --src 10.1.0.9 --vrid 7 \
	<"$tmp/to" >"$tmp/from" &
background+=($!)
exec 3>"$tmp/to" 4<"$tmp/from"

send()
{
	local answer

	case "$*" in
	*--address*) echo "$*" >&3 ;;
	*) echo "$* --address 10.1.0.100" >&3 ;;
	esac
	read -r -t 60 answer <&4 && [ "$answer" = sent ]
}

transitions()
{
	cc "$1" -j vrrp history R | jq length
}

# What must not change: who is master, since when, by whose word.
picture()
{
	local i

	for i in A B; do
		get $i R '"\(.state) \(.reason) \(.effective_priority) \(.master_address) \(.master_priority)"'
		transitions $i
	done
}

# unmoved WHAT COMMAND...: the attack is made, and the picture is as before.
unmoved()
{
	local what=$1 before

	shift
	before=$(picture)
	check "$how: $what: is sent" "$@"
	check "$how: $what: nothing has changed" stays 1 eval '[ "$(picture)" = "$before" ]'
}

spoofed()
{
	local src

	for src in 10.1.0.1 10.1.0.2 10.6.0.1 10.6.0.2 10.1.0.100; do
		send --src "$src" "$@" || return 1
	done
}

unicast()
{
	spoofed --dst 10.1.0.1 --dmac "$mac_a" "$@" &&
		spoofed --dst 10.6.0.1 --dmac "$mac_a" "$@" &&
		spoofed --dst 10.1.0.2 --dmac "$mac_b" "$@" &&
		spoofed --dst 10.6.0.2 --dmac "$mac_b" "$@"
}

# What is wrong with each is one thing; most are right but for where they are from.
malformed()
{
	spoofed --priority 255 --ttl 1 && spoofed --priority 255 --version 4 &&
		spoofed --priority 255 --type 2 && spoofed --priority 255 --cut 7 &&
		spoofed --priority 255 --cut 1 && spoofed --priority 255 --count 255 &&
		spoofed --priority 255 --checksum wrong && spoofed --raw '""' &&
		spoofed --priority 255 --pad 1400 && spoofed --priority 255 --fragment &&
		spoofed --priority 255 --options && spoofed --priority 255 --interval 0
}

replayed()
{
	on X "$selftests/vrrp_replay.py" --dev eth0 --send "$tmp/frames" "$@" >/dev/null
}

attack()
{
	unmoved "priority 255" send --src 10.1.0.9 --priority 255 --repeat 20 --every 0.05
	unmoved "priority 255 in the name of either node, of the tunnel and of the address" \
		spoofed --priority 255 --repeat 10 --every 0.02
	unmoved "the same as unicast" unicast --priority 255
	unmoved "priority 0, as if the master went" spoofed --priority 0
	unmoved "the same as unicast" unicast --priority 0
	unmoved "priority 255 over IPv6" send --src fe80::9 --priority 255 --address fd01::100
	unmoved "version 2 with the highest priority" spoofed --version 2 --priority 255
	unmoved "intervals of 10 ms and of 40 s" eval \
		'spoofed --priority 255 --interval 1 && spoofed --priority 255 --interval 4095'
	unmoved "malformed packets" malformed
	unmoved "a flood of priority 255" spoofed --priority 255 --repeat 400
	unmoved "a flood of priority 0" spoofed --priority 0 --repeat 400
	if [ -s "$tmp/frames" ]; then
		unmoved "1000 replays of what the nodes said" replayed --times 50
		unmoved "2000 of them with bits turned over" replayed --times 100 --flip 7
	fi
}

both_add()
{
	cc A vrrp add R dev eth0 vrid 7 priority 200 interval 100ms address 10.1.0.100/24 \
		path dev wg0 peer 10.6.0.2 "$@" &&
		cc B vrrp add R dev eth0 vrid 7 priority 100 interval 100ms \
			address 10.1.0.100/24 path dev wg0 peer 10.6.0.1 "$@"
}

settled()
{
	is_state A R master && is_state B R backup &&
		[ "$(get B R .master_address)" = "$1" ]
}

# What a host of the LAN can record of an earlier life: adverts of both nodes.
how="before"
check "$how: routers that speak to the LAN" eval '
	cc A vrrp add R dev eth0 vrid 7 priority 200 interval 100ms address 10.1.0.100/24 &&
	cc B vrrp add R dev eth0 vrid 7 priority 100 interval 100ms address 10.1.0.100/24'
check "$how: A is master" wait_for 5 settled 10.1.0.1
check "$how: X records what A says" on X "$selftests/vrrp_replay.py" --dev eth0 \
	--record "$tmp/frames" --frames 20
cc A flush
cc B flush

how="tunnel only"
check "$how: routers are accepted" both_add
check "$how: A is master, B hears it" wait_for 8 settled 10.6.0.1
attack
check "$how: no packet of X counted as an advertisement for B" eval \
	'[ "$(stat_of B R discard-untrusted)" = 0 ]'

cc A flush
cc B flush
how="tunnel and LAN"
check "$how: routers are accepted" both_add path dev eth0
check "$how: A is master, B hears it" wait_for 8 settled 10.6.0.1
attack
check "$how: what X sent was heard and counted as untrusted" eval \
	'[ "$(stat_of A R discard-untrusted)" -gt 100 ] && [ "$(stat_of B R discard-untrusted)" -gt 100 ]'
check "$how: and the tunnel still decides: A leaves, B is master" eval '
	cc A vrrp standby R && wait_for 5 is_state B R master'
finish
