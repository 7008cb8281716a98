#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a router does on hearing others: who wins, what it learns, how long it
# waits; and that neither conntrack nor a firewall comes between.
#
#	   A (router)              X (sends what it likes)
#	+----------------+      +----------------+
#	| eth0 10.1.0.1  |------| eth0 10.1.0.9  |
#	+----------------+      | eth0 10.1.0.0  |
#	                        +----------------+

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need tcpdump jq python3

net one
node A X
plug A eth0 one 10.1.0.5/24
plug X eth0 one 10.1.0.9/24
capture "$tmp/wire" one
mkfifo "$tmp/to" "$tmp/from"
on X "$selftests/vrrp_send.py" --batch --dev eth0 --src 10.1.0.9 --vrid 7 \
	--address 10.1.0.100 --interval 100 <"$tmp/to" >"$tmp/from" &
background+=($!)
exec 3>"$tmp/to" 4<"$tmp/from"

inject()
{
	local answer

	echo "$*" >&3
	read -r -t 60 answer <&4 && [ "$answer" = sent ]
}

add()
{
	cc A vrrp add R dev eth0 vrid 7 address 10.1.0.100/32 "$@"
}

number()
{
	[ "$(get A R ".$1")" = "$2" ]
}

# after WHO PRIORITY: seconds from the last such advert to A's first after it.
after()
{
	adverts "$tmp/wire" "$mark" | awk -v who="$1" -v priority="$2" '
		$2 == who && $3 == priority { last = $1; mine = 0 }
		$2 == "10.1.0.5" && last && !mine { mine = $1 }
		END { if (mine) printf "%.4f\n", mine - last }'
}

# --- backup -----------------------------------------------------------------

add priority 100 interval 4s
check "an interval of 1 s is learned from a master" eval '
	inject --priority 200 && wait_for 2 number master_interval 1000'
check "the master-down interval follows: 3 x 1 s + skew of priority 100" \
	number master_down_interval 3609
check "the master's address is known" number master_address 10.1.0.9
check "and its priority" number master_priority 200
mark=$(now)
inject --priority 200
check "silence: the backup takes over" wait_for 8 is_state A R master
check_between "seconds from the master's last advert to ours, with the learned interval" \
	3.25 "$(after 10.1.0.9 200)" 3.97
cc A vrrp del R

add priority 100 interval 1s
mark=$(now)
inject --priority 200
check "priority 0 is heard" inject --priority 0
check "the backup becomes master after no more than its skew" \
	wait_for 3 is_state A R master
check_between "seconds from priority 0 to our advert: skew of priority 100" \
	0.54 "$(after 10.1.0.9 0)" 0.68
check_is "priority 0 is counted" 1 "$(stat_of A R prio0-received)"
cc A vrrp del R

add priority 100 interval 1s preempt on
mark=$(now)
inject --priority 50 --repeat 10 --every 0.5
check "preempt on: adverts of lower priority do not keep the backup quiet" \
	wait_for 3 is_state A R master
check "they are counted" eval '[ "$(stat_of A R lower-priority)" -gt 0 ]'
cc A vrrp del R

add priority 100 interval 1s preempt off
mark=$(now)
inject --priority 50 --repeat 12 --every 0.5
check "preempt off: a master of lower priority is left in office" \
	is_state A R backup
check "until it is silent" wait_for 6 is_state A R master
cc A vrrp del R

add priority 200 interval 1s preempt-delay 6s
mark=$(now)
inject --priority 50 --repeat 10 --every 0.5
check "preempt-delay 6s: after 5 s still backup" is_state A R backup
inject --priority 50 --repeat 8 --every 0.5
check "preempt-delay 6s: after 9 s master" wait_for 2 is_state A R master
cc A vrrp del R

mark=$(now)
add priority 100 interval 1s startup-delay 6s
check "startup-delay 6s: after 4 s not master" \
	stays 4 negate is_state A R master
check "startup-delay 6s: then master" wait_for 8 is_state A R master
cc A vrrp del R

# --- master -----------------------------------------------------------------

add priority 100 interval 1s state master
check "alone it becomes master" wait_for 5 is_state A R master
mark=$(now)
check "a lower priority is heard" inject --priority 50
check "and answered with an advert" wait_for 2 heard "$tmp/wire" "$mark" 10.1.0.5
check_between "seconds from the loser's advert to ours" 0 "$(after 10.1.0.9 50)" 0.1
check "and no change" is_state A R master
mark=$(now)
inject --priority 0
check_between "priority 0 heard as master: advert at once" 0 \
	"$(wait_for 2 heard "$tmp/wire" "$mark" 10.1.0.5; after 10.1.0.9 0)" 0.1
inject --priority 100 --src 10.1.0.4
check "the same priority and a lower address: stays master" \
	stays 1 is_state A R master
inject --priority 100 --src 10.1.0.9
check "the same priority and a higher address: becomes backup" \
	wait_for 1 is_state A R backup
check "its addresses are gone" wait_for 2 negate has A 10.1.0.100
check "it takes over again after the silence" wait_for 6 is_state A R master
inject --priority 101
check "a higher priority: becomes backup" wait_for 1 is_state A R backup
cc A vrrp del R
add priority 255 interval 1s
check "priority 255, the owner, is master at once" wait_for 1 is_state A R master
inject --priority 254
check "and does not yield to 254" stays 1 is_state A R master
cc A vrrp del R

# --- changed while it runs --------------------------------------------------

add priority 100 interval 1s state master
check "master again" wait_for 5 is_state A R master
check "priority and interval are changed" cc A vrrp set R priority 120 interval 200ms
mark=$(now)
check "adverts carry the new priority" wait_for 3 heard "$tmp/wire" "$mark" 10.1.0.5 120
check "and come five times a second" wait_for 3 eval \
	'[ "$(adverts "$tmp/wire" "$mark" | wc -l)" -ge 8 ]'
check "it stayed master" is_state A R master
check_is "it became master only once" 1 "$(stat_of A R become-master)"
cc A vrrp del R

# --- conntrack and firewall -------------------------------------------------

on A iptables -A INPUT -p 112 -j DROP
on A iptables -A INPUT -m conntrack --ctstate INVALID -j DROP
on A nft 'add table inet t; add chain inet t in { type filter hook input priority 0; policy drop; }'
on A sysctl -qw net.netfilter.nf_conntrack_max=1 2>/dev/null
add priority 100 interval 1s
inject --priority 200 --repeat 10 --every 0.5
check "INPUT drops everything and the backup still hears its master" \
	is_state A R backup
check_between "adverts heard" 8 "$(stat_of A R adverts-received)" 10
if command -v conntrack >/dev/null; then
	check_is "an advert makes no conntrack entry" 0 \
		"$(on A conntrack -L 2>/dev/null | grep -cE '^unknown +112|224\.0\.0\.18')"
else
	skip "an advert makes no conntrack entry" "there is no conntrack"
fi
cc A vrrp del R
on A nft flush ruleset
on A iptables -F

# is_full: after some flows to A.
is_full()
{
	local port

	for port in 1 2 3 4 5 6 7 8; do
		on X timeout 1 bash -c "echo >/dev/udp/10.1.0.5/$port"
	done
	[ "$(on A sysctl -n net.netfilter.nf_conntrack_count)" -ge 2 ]
}

# A table that is full: only the first namespace's limit counts for all.
before=$(sysctl -n net.netfilter.nf_conntrack_max 2>/dev/null)
if [ -n "$before" ]; then
	on A iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
	sysctl -qw net.netfilter.nf_conntrack_max=2
	check "the conntrack table is full" wait_for 5 is_full
	add priority 100 interval 1s
	inject --priority 200 --repeat 10 --every 0.5
	check "a full conntrack table keeps no advert away" is_state A R backup
	check_between "adverts heard" 8 "$(stat_of A R adverts-received)" 10
	cc A vrrp del R
	sysctl -qw net.netfilter.nf_conntrack_max="$before"
else
	skip "a full conntrack table keeps no advert away" "no conntrack here"
fi

finish
