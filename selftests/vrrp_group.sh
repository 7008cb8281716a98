#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Groups: virtual routers in several networks that change state together.
#
#	        A  200                  B  100
#	+----------------+      +----------------+
#	| eth0 10.1.0.1  |------| eth0 10.1.0.2  |   network lan: IN
#	| eth1 10.2.0.1  |------| eth1 10.2.0.2  |   network wan: OUT
#	| dummy0 tracked |      +----------------+
#	+----------------+

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need tcpdump jq

net lan
net wan
node A B
plug A eth0 lan 10.1.0.1/24
plug A eth1 wan 10.2.0.1/24
plug B eth0 lan 10.1.0.2/24
plug B eth1 wan 10.2.0.2/24
ipn A link add dummy0 type dummy
ipn A link set dummy0 up

# start NODE PRIORITY: both routers of a node.
start()
{
	cc "$1" vrrp add IN dev eth0 vrid 7 priority "$2" interval 100ms \
		address 10.1.0.100/24 group FW &&
		cc "$1" vrrp add OUT dev eth1 vrid 7 priority "$2" \
			interval 100ms address 10.2.0.100/24 group FW
}

# both NODE STATE: its routers are in that state.
both()
{
	is_state "$1" IN "$2" && is_state "$1" OUT "$2"
}

holds_both()
{
	has "$1" 10.1.0.100 eth0 && has "$1" 10.2.0.100 eth1
}

holds_none()
{
	! has "$1" 10.1.0.100 && ! has "$1" 10.2.0.100
}

# takeovers NODE: how often its routers became master so far.
takeovers()
{
	echo $(($(stat_of "$1" IN become-master) +
		$(stat_of "$1" OUT become-master)))
}

reason()
{
	[ "$(get "$1" "$2" .reason)" = "$3" ]
}

why()
{
	cc "$1" vrrp why "$2" | grep -qF "$3"
}

# told NODE STATE COUNT: how often the script was told so of the group.
told()
{
	[ "$(grep -cx "GROUP FW $2 0" "$tmp/$1.log")" = "$3" ]
}

# calm SECONDS: A is and stays master of both, B takes nothing.
calm()
{
	local a b

	a=$(takeovers A)
	b=$(takeovers B)
	stays "$1" both A master && [ "$(takeovers A)" = "$a" ] &&
		[ "$(takeovers B)" = "$b" ]
}

for name in A B; do
	cat >"$tmp/$name.script" <<-END
		#!/bin/sh
		echo "\$*" >>"$tmp/$name.log"
	END
	chmod +x "$tmp/$name.script"
	: >"$tmp/$name.log"
	in_background ip netns exec "$ns_prefix$name" clusterctl monitor \
		--exec "$tmp/$name.script" >/dev/null
done

# --- the start --------------------------------------------------------------

check "routers are added to a group" start A 200
check "and on the other node" start B 100
check "the better node is master of both" wait_for 5 both A master
check "the other one is backup of both" wait_for 3 both B backup
check "the addresses of both are there" wait_for 3 holds_both A
check "the script is told GROUP FW MASTER 0 once" \
	wait_for 3 told A MASTER 1
check "and of the other node GROUP FW BACKUP 0" wait_for 3 told B BACKUP 1
check "which was never master" told B MASTER 0
check "show names the group" eval 'cc A vrrp show IN | grep -q "group FW"'
check "so does -j" eval '[ "$(get A IN .group)" = FW ]'
check "so does status" eval 'cc A status | grep -q "group FW"'
ip netns exec "${ns_prefix}A" clusterctl -j monitor >"$tmp/json" 2>&1 &
background+=($!)
check "a monitor that starts later is told of the group, too" wait_for 5 eval \
	'jq -e "select(.type == \"GROUP\") | .name == \"FW\" and .replay" <"$tmp/json"'

# --- 1: a fault of one is a fault of all ------------------------------------

capture "$tmp/wan" wan
begin=$(now)
carrier_off A lan
check "carrier lost in one network: FAULT in both" wait_for 3 both A fault
check "the reason names who is to blame" \
	reason A OUT "group FW: IN is in FAULT"
check "which has its own" reason A IN "eth0 has no carrier"
check "why says so" why A OUT "group FW: IN is in FAULT"
check "status says so" eval 'cc A status | grep -q "OUT is in FAULT: group FW"'
check "priority 0 is sent in the network that works" \
	wait_for 3 heard "$tmp/wan" "$begin" 10.2.0.1 0
check "the other node is master of both" wait_for 3 both B master
check "and has both addresses" wait_for 3 holds_both B
check "the first one has none" wait_for 3 holds_none A
check_between "in the network that works it took no more than three intervals" \
	0 "$(handover "$tmp/wan" "$begin" 10.2.0.1 10.2.0.2)" 0.3
check "the script is told GROUP FW FAULT 0" wait_for 3 told A FAULT 1
check "and of the other node GROUP FW MASTER 0" wait_for 3 told B MASTER 1
carrier_on A lan
check "carrier back: both recover, and are master" wait_for 5 both A master
check "the script is told once more" wait_for 3 told A MASTER 2
check "the other one is backup again" wait_for 3 both B backup

cc A vrrp track add OUT dev dummy0
ipn A link set dummy0 down
check "what the other one tracks counts for both, too" \
	wait_for 3 both A fault
check "with the name of that one" reason A IN "group FW: OUT is in FAULT"
carrier_off A lan
check "a fault of both: each has its own reason" \
	wait_for 3 reason A IN "eth0 has no carrier"
ipn A link set dummy0 up
check "one of them recovers: still FAULT, because of the other one" \
	wait_for 3 reason A OUT "group FW: IN is in FAULT"
check "which is in FAULT as before" both A fault
carrier_on A lan
check "the other one recovers: both do" wait_for 5 both A master
cc A vrrp track del OUT dev dummy0

cc A vrrp standby IN
check "one stands by: both have left when that returns" both A backup
check "their addresses are gone by then" holds_none A
check "the reason names it" reason A OUT "group FW waits: IN stands by"
check "the other node is master of both" wait_for 3 both B master
check "which stays so" stays 2 both B master
check "why says so" why A OUT "group FW waits: IN stands by"
cc A vrrp active IN
check "active again: both are master" wait_for 5 both A master

# --- 2: one that gives way takes all along ----------------------------------

begin=$(now)
cc B vrrp set IN group none priority 250
check "a better master in one network: both give way" \
	wait_for 5 both A backup
check "with priority 0 in the other one" \
	wait_for 3 heard "$tmp/wan" "$begin" 10.2.0.1 0
check "where the other node follows at once" wait_for 3 is_state B OUT master
check_between "before the first one is missed" 0 \
	"$(handover "$tmp/wan" "$begin" 10.2.0.1 10.2.0.2)" 0.15
check "why tells for whom the group waits" wait_for 3 \
	why A OUT "group FW waits: IN hears 10.1.0.2, priority 250"
before=$(takeovers A)
check "it does not come back" stays 3 both A backup
check_is "not for a moment" "$before" "$(takeovers A)"
cc B vrrp set IN priority 100 group FW
check "the better one is gone: back in both" wait_for 5 both A master
check "and the other node is backup" wait_for 3 both B backup

# --- 3: silence -------------------------------------------------------------

silence A lan
check "one network is cut in silence: nobody moves" calm 5
check "the other node is backup of both" both B backup
check "and says for whom it waits" \
	reason B IN "group FW waits: OUT hears 10.2.0.1, priority 200"
check "in why, too" why B IN "group FW waits: OUT hears 10.2.0.1, priority 200"
cc A vrrp standby OUT
check "it says goodbye in the other network: both are taken" \
	wait_for 3 both B master
cc A vrrp active OUT
check "it comes back where it is heard, and the others follow it" \
	wait_for 5 both A master
check "though the cut is still there" wait_for 3 both B backup
check "nobody moves then, either" calm 3
restore A lan
check "the cable is whole again: nobody moves" calm 3

silence A lan
silence A wan
check "both networks are cut: the other node is master of both" \
	wait_for 5 both B master
check "so is the first one" both A master
restore A wan
restore A lan
check "both are whole: the better one is master" wait_for 5 both A master
check "alone" wait_for 5 both B backup
check "and stays so" calm 3

# --- 4: preemption ----------------------------------------------------------

cc A vrrp set IN preempt off
cc A vrrp standby OUT
wait_for 5 both B master
cc A vrrp active OUT
check "preempt off for one counts for both" stays 2 both A backup
check "why names it" why A OUT "group FW waits: IN hears 10.1.0.2, priority 100"
cc A vrrp set IN preempt on
check "preempt on: both preempt together" wait_for 5 both A master

cc A vrrp set IN preempt-delay 4s
cc A vrrp standby IN
wait_for 5 both B master
# It begins to count here.
cc A vrrp active IN
check "the longest preempt-delay counts" stays 2 both A backup
check "when it is over both are master" wait_for 5 both A master
cc A vrrp set IN preempt-delay 0

cc A vrrp flush
cc A vrrp add IN dev eth0 vrid 7 priority 200 interval 100ms \
	startup-delay 3s address 10.1.0.100/24 group FW
cc A vrrp add OUT dev eth1 vrid 7 priority 200 interval 100ms \
	address 10.2.0.100/24 group FW
check "so does the longest startup-delay" stays 2 both A backup
check "then both are master" wait_for 5 both A master
cc A vrrp set IN startup-delay 0

# --- 6: events --------------------------------------------------------------

check "whole groups are told of, never twice the same" eval \
	'! grep "^GROUP" "$tmp/A.log" | uniq -d | grep -q .'
cc A vrrp del OUT
check_not "a group with a member left is not told to stop" \
	grep -qx "GROUP FW STOP 0" <(tail -n 2 "$tmp/A.log")
stops=$(grep -cx "GROUP FW STOP 0" "$tmp/A.log")
cc A vrrp del IN
check "STOP comes with the last one" wait_for 3 told A STOP $((stops + 1))
check "it is the last word" eval \
	'[ "$(tail -n 1 "$tmp/A.log")" = "GROUP FW STOP 0" ]'

# --- save, restore, replace -------------------------------------------------

start A 200
wait_for 5 both A master
cc A save >"$tmp/saved"
check_is "save has the group of both" 2 "$(grep -c ' group FW' "$tmp/saved")"
cc A vrrp flush
check "what was saved is restored" cc A -batch "$tmp/saved"
check "it is the same" eval 'cc A save | diff "$tmp/saved" -'
check "and master of both" wait_for 5 both A master
before=$(takeovers A)
check "the same once more with -replace" cc A -replace -batch "$tmp/saved"
check_is "disturbs nobody" "$before" "$(takeovers A)"
sed 's/ group FW//' "$tmp/saved" >"$tmp/without"
check "without the group" cc A -replace -batch "$tmp/without"
check "they are in none" eval '[ "$(get A IN .group)" = null ]'
check_is "and master as before" "$before" "$(takeovers A)"
carrier_off A lan
check "out of the group each is in FAULT for itself" \
	wait_for 3 is_state A IN fault
check "and the other one is not concerned" stays 1 is_state A OUT master
carrier_on A lan
wait_for 5 is_state A IN master
cc A vrrp set IN group FW
cc A vrrp set OUT group FW
check "into the group again, while they run" calm 2
cc A vrrp set OUT group none
check "group none takes one out" eval '[ "$(get A OUT .group)" = null ]'
check "which is master as before" both A master
cc A vrrp set OUT group FW

# --- 5: what is refused -----------------------------------------------------


refuse()
{
	local name=$1 text=$2

	shift 2
	cc A "$@" 2>"$tmp/err"
	check_is "$name is refused" 1 $?
	check "and it is said why" grep -qF "$text" "$tmp/err"
}

refuse "an owner in a group" "owner (priority 255)" \
	vrrp add O dev eth0 vrid 8 priority 255 group FW
refuse "to become an owner in a group" "owner (priority 255)" \
	vrrp set IN priority 255
refuse "a witness in a group" "never master" \
	vrrp add W dev eth0 vrid 8 state witness witness 10.1.0.2 \
	witness 10.1.0.3 group FW
refuse "a group with a slash" "not a name" vrrp set IN group a/b
check_is "and nothing has changed" FW "$(get A IN .group)"
for ((i = 0; i < 254; i++)); do
	echo "vrrp add G$i dev dummy0 vrid $((i % 255 + 1)) group MANY"
done >"$tmp/many"
cc A -batch "$tmp/many" 2>/dev/null
cc A vrrp add H1 dev dummy0 vrid 255 group MANY
cc A vrrp add H2 dev dummy0 vrid 1 family inet6 group MANY
refuse "member 257 of a group" "256 virtual routers" \
	vrrp add H3 dev dummy0 vrid 2 family inet6 group MANY
check "the others are not concerned" both A master
cc A vrrp flush

# --- 7: keepalived's sync groups --------------------------------------------

cat >"$tmp/keepalived.conf" <<-'END'
	vrrp_sync_group FW {
	    group {
	        IN
	        OUT
	    }
	    notify /usr/local/bin/told
	}
	vrrp_instance IN {
	    interface eth0
	    virtual_router_id 7
	    priority 200
	    version 3
	    advert_int 0.1
	    virtual_ipaddress {
	        10.1.0.100/24
	    }
	}
	vrrp_instance OUT {
	    interface eth1
	    virtual_router_id 7
	    priority 200
	    version 3
	    advert_int 0.1
	    virtual_ipaddress {
	        10.2.0.100/24
	    }
	}
END
clusterctl import keepalived "$tmp/keepalived.conf" >"$tmp/batch" 2>"$tmp/report"
check "what is to be done for notify is said" grep -q 'GROUP NAME STATE 0' "$tmp/report"
check "an imported sync group is applied" cc A -batch "$tmp/batch"
check "its members are in the group" eval '[ "$(get A OUT .group)" = FW ]'
check "and master together" wait_for 5 both A master
carrier_off A wan
check "and in FAULT together" wait_for 3 both A fault
carrier_on A wan
check "and back" wait_for 5 both A master

# --- votes ------------------------------------------------------------------

cc A vrrp flush
cc B vrrp flush
for name in A B; do
	priority=$([ $name = A ] && echo 200 || echo 100)
	other=$([ $name = A ] && echo 2 || echo 1)
	cc $name vrrp add IN dev eth0 vrid 7 priority "$priority" \
		interval 100ms address 10.1.0.100/24 group FW \
		on-isolation yield witness "10.1.0.$other" witness 10.1.0.3
	cc $name vrrp add OUT dev eth1 vrid 7 priority "$priority" \
		interval 100ms address 10.2.0.100/24 group FW
done
check "with votes in one network: the better node is master of both" \
	wait_for 9 both A master
check "alone" wait_for 3 both B backup
check "and stays so" calm 2
silence A lan
check "no majority in one network: no master in both" wait_for 5 both A backup
check "nor on the other node" both B backup
check "the other one says why" wait_for 3 eval \
	'get A OUT .reason | grep -q "group FW"'
restore A lan
check "the majority is back: master of both" wait_for 9 both A master
check "one of them only" wait_for 3 both B backup
cc A vrrp flush
cc B vrrp flush

finish
