#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A virtual MAC without a device of its own: what is on the wire says it, the
# neighbours keep it when another node takes over, the host's own addresses
# keep theirs, and nothing is left behind. The picture is in vmac.sh; kinds of
# devices are in vrrp_vmac_devices.sh.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/vmac.sh
. "$(dirname "$0")/vmac.sh"

need_module
need tcpdump jq python3 bridge arping
build_vmac

# wire FILE NETWORK|NODE:DEVICE FILTER: as capture, with Ethernet headers. What
# a node's device sees is not to depend on the capture.
wire()
{
	local file=$1 where=$2 space dev promiscuous=

	case $where in
	*:*) space=$ns_prefix${where%:*} dev=${where#*:} promiscuous=-p ;;
	*) space=$switch dev=$where ;;
	esac
	in_background ip netns exec "$space" \
		tcpdump -i "$dev" -e -s 512 -tt -nn -v -l -U \
		--immediate-mode ${promiscuous:+"$promiscuous"} "$3" >"$file.raw" 2>"$file.err"
	wait_for 20 grep -q 'listening on' "$file.err" ||
		note "tcpdump on $where does not start"
}

# on_wire FILE PATTERN...: a captured packet has all of these.
on_wire()
{
	local lines

	lines=$(one_line "$1")
	shift
	for pattern; do
		lines=$(grep -e "$pattern" <<<"$lines") || return 1
	done
}

# hooked NODE DEVICE: our hooks are there. Needs a kernel that can tell.
hooked()
{
	on "$1" nft list hooks netdev device "$2" | grep -q '\[kcluster\]'
}

can_list_hooks()
{
	modprobe -q nfnetlink_hook && on A nft list hooks netdev device lo
}

both_add()
{
	cc A vrrp add "$1" priority 200 interval 100ms "${@:2}" &&
		cc B vrrp add "$1" priority 100 interval 100ms "${@:2}"
}

# --- IPv4 and IPv6 ----------------------------------------------------------

wire "$tmp/adverts" one 'proto 112 or (ip6 and ip6[6] = 112)'
wire "$tmp/neigh" one 'arp or (icmp6 and ip6[40] >= 133 and ip6[40] <= 136)'
wire "$tmp/a" A:eth0 'icmp or icmp6'
wire "$tmp/two" two 'arp'
both_add R dev eth0 vrid 7 vmac on address 10.1.0.100/24 address 10.2.0.100/24 dev eth1
check_is "routers with a virtual MAC are accepted" 0 $?
both_add R6 dev eth0 vrid 7 vmac on address fe80::100/64 address fd01::100/64
check "A becomes master" wait_for 5 is_state A R master
check "also for IPv6" wait_for 5 is_state A R6 master
check "its addresses are there" wait_for 3 has A 10.1.0.100
check "and those of IPv6" wait_for 3 has A fd01::100
check_is "the tool tells the virtual MAC" "$vmac4" "$(get A R .vmac_address)"
check_is "and that of IPv6" "$vmac6" "$(get A R6 .vmac_address)"
check "the device takes frames to it" wait_for 3 in_filter A eth0 $vmac4
check "and to that of IPv6" wait_for 3 in_filter A eth0 $vmac6
check "the device of the other address, too" wait_for 3 in_filter A eth1 $vmac4
check_not "the backup's does not" any_vmac B
check_is "eth0 is still who it was" "$mac_a" "$(mac_of A eth0)"
# Some kernels make a sit0 in every namespace.
check_is "there is no other device" "eth0 eth1 lo" \
	"$(ipn A -j link | jq -r '[.[].ifname] - ["sit0"] | sort | join(" ")')"

check "the address answers" wait_for 5 answers 10.1.0.100
check_is "with the virtual MAC" $vmac4 "$(lladdr H 10.1.0.100)"
check "the IPv6 address answers" wait_for 5 answers fd01::100
check_is "with the virtual MAC" $vmac6 "$(lladdr H fd01::100)"
check "the link-local one, too" wait_for 5 answers fe80::100%eth0
check_is "with the virtual MAC" $vmac6 "$(lladdr H fe80::100)"
check "the host's own address answers" answers 10.1.0.1
check_is "with its own MAC" "$mac_a" "$(lladdr H 10.1.0.1)"
check "its own IPv6 address, too" answers fd01::1
check_is "with its own MAC" "$mac_a" "$(lladdr H fd01::1)"
check "neighbours are asked from the virtual address with the virtual MAC" \
	eval 'ipn A neigh flush dev eth0; on A ping -n -c 1 -W 2 -I 10.1.0.100 10.1.0.9 &&
		wait_for 2 on_wire "$tmp/neigh" "^[0-9.]* $vmac4 >" "who-has 10.1.0.9 .*tell 10.1.0.100"'
check "and from the IPv6 one" \
	eval 'ipn A neigh flush dev eth0; on A ping -n -c 1 -W 2 -I fd01::100 fd01::9 &&
		wait_for 2 on_wire "$tmp/neigh" "^[0-9.]* $vmac6 >" "fd01::100 > ff02::1:ff00:9:.*solicitation"'
check "its source option says the virtual MAC" \
	on_wire "$tmp/neigh" "fd01::100 > ff02::1:ff00:9:.*source link-address option.*: $vmac6"

check "adverts come from the virtual MAC" \
	wait_for 3 on_wire "$tmp/adverts" "$vmac4 > 01:00:5e:00:00:12" "10.1.0.1 > 224.0.0.18"
check "also those of IPv6" \
	wait_for 3 on_wire "$tmp/adverts" "$vmac6 > 33:33:00:00:00:12"
check_not "and from no other" on_wire "$tmp/adverts" "^[0-9.]* $mac_a >"
check "gratuitous ARP comes from it" \
	on_wire "$tmp/neigh" "$vmac4 > ff:ff:ff:ff:ff:ff" "tell 10.1.0.100"
check "unsolicited advertisements come from it, with it as target" \
	on_wire "$tmp/neigh" "$vmac6 > 33:33:00:00:00:01" "tgt is fd01::100" \
		"destination link-address option.*: $vmac6"
check "answers to solicitations come from it" \
	on_wire "$tmp/neigh" "$vmac6 > " "tgt is fd01::100" 'Flags .*solicited' \
		"link-address option.*: $vmac6"
check "ARP replies come from it" \
	on_wire "$tmp/neigh" "$vmac4 > " "Reply 10.1.0.100 is-at $vmac4"
check_not "nobody says that the address has another MAC" \
	eval 'one_line "$tmp/neigh" | grep -E "Reply 10.1.0.100 is-at|tell 10.1.0.100,|tgt is fd01::100" | grep -vE "^[0-9.]* ($vmac4|$vmac6) >"'
check_not "nobody says that the host's own has the virtual one" \
	eval 'one_line "$tmp/neigh" | grep -E "Reply 10.1.0.1 is-at|tell 10.1.0.1,|tgt is fd01::1," | grep -E "$vmac4|$vmac6"'
check_not "no checksum is wrong" eval \
	'one_line "$tmp/neigh" | grep ICMP6 | grep -v "icmp6 sum ok"'
check "frames to the address go to the virtual MAC" \
	on_wire "$tmp/a" "> $vmac4" '10.1.0.9 > 10.1.0.100: ICMP echo request'
check "its answers come from the device's own MAC" \
	on_wire "$tmp/a" "^[0-9.]* $mac_a >" '10.1.0.100 > 10.1.0.9: ICMP echo reply'
check "traffic is routed through the virtual MAC" wait_for 5 eval \
	'ipn C route replace 10.1.0.0/24 via 10.2.0.100 && on H ping -n -c 1 -W 1 10.2.0.9'
check_is "on both sides" $vmac4 "$(lladdr C 10.2.0.100)"

# Much at once: segmentation and receive offload with frames to that MAC.
on A python3 -c '
import socket
s = socket.create_server(("10.1.0.100", 7000))
c, _ = s.accept()
n = 0
while b := c.recv(65536):
    n += len(b)
c.send(str(n).encode())' &
background+=($!)
check "20 MB through TCP arrive whole" eval \
	'wait_for 5 on A sh -c "ss -ltn | grep -q :7000"; [ "$(on H python3 -c "
import socket
s = socket.create_connection((\"10.1.0.100\", 7000), 10)
s.sendall(b\"x\" * 20000000)
s.shutdown(socket.SHUT_WR)
print(s.recv(64).decode())")" = 20000000 ]'

# What a switch has not heard for long it floods.
gratuitous()
{
	one_line "$tmp/two" | grep -c "$vmac4 > ff:ff:ff:ff:ff:ff.*tell 10.2.0.100,"
}
reminded()
{
	[ "$(gratuitous)" -gt "$1" ]
}
# The longest time between two rounds is three seconds.
ended()
{
	count=$(gratuitous)
	stays 5 negate reminded "$count"
}
check "the announcements on a network without adverts end" wait_for 30 ended
check_between "and were so many" 5 "$count" 7
check "its switches are reminded within a minute" wait_for 70 reminded "$count"

# --- takeover ---------------------------------------------------------------

ip -n "${ns_prefix}H" monitor neigh >"$tmp/monitor" 2>&1 &
background+=($!)
answers 10.1.0.100
in_background on H ping -n -i 0.05 -O 10.1.0.100 >"$tmp/ping"
check "the host pings the address" wait_for 5 grep -q 'bytes from' "$tmp/ping"
mark=$(wc -l <"$tmp/ping")
silence A one
silence A two
check "A falls silent: B takes over" wait_for 5 is_state B R master
check "and serves the host" wait_for 5 eval \
	'tail -n "+$((mark + 1))" "$tmp/ping" | sed "1,/no answer/d" | grep -q "bytes from"'
note "the host missed $(tail -n "+$((mark + 1))" "$tmp/ping" | grep -c 'no answer') answers of 20 per second"
check_is "it still knows the address by the virtual MAC" $vmac4 "$(lladdr H 10.1.0.100)"
check "the switch has learned the new place" eval \
	'ip netns exec "$switch" bridge fdb show br one | grep "^$vmac4 dev B-one "'
check "B's own address answers" answers 10.1.0.2
check_is "with its own MAC" "$mac_b" "$(lladdr H 10.1.0.2)"
check "IPv6 goes on, too" wait_for 5 answers fd01::100
check "so does what is routed" wait_for 5 eval 'on H ping -n -c 1 -W 1 10.2.0.9'
restore A one
restore A two
check "A is back: one master" wait_for 5 eval \
	'[ "$(state_of A R) $(state_of B R)" = "master backup" ]'
check "B's filter has it no more" wait_for 3 negate any_vmac B
check "the address answers" wait_for 5 answers 10.1.0.100
cc A vrrp del R
check "A goes: B takes over at once" wait_for 3 is_state B R master
check "the address answers" wait_for 5 answers 10.1.0.100
check_not "A's filter has it no more" in_filter A eth0 $vmac4
check "but that of its other router" in_filter A eth0 $vmac6
check_not "in all of this the host never knew another MAC" eval \
	'grep "^10.1.0.100 " "$tmp/monitor" | grep lladdr | grep -v "$vmac4"'
check_is "B's device answers for nobody else" "$mac_b" "$(lladdr H 10.1.0.2)"
cc B vrrp flush
cc A vrrp flush

# --- a backup ---------------------------------------------------------------

# Frames to its virtual MAC reach B, whose own address is in them.
cc B vrrp add W dev eth0 vrid 9 startup-delay 1h vmac on address 10.1.0.109/24
check "a backup" wait_for 3 is_state B W backup
ipn H neigh replace 10.1.0.2 lladdr 00:00:5e:00:01:09 dev eth0 nud permanent
wire "$tmp/b" B:eth0 'icmp and ether dst 00:00:5e:00:01:09'
check_not "drops frames to the virtual MAC" answers 10.1.0.2
check "which reach it" wait_for 2 on_wire "$tmp/b" '10.1.0.9 > 10.1.0.2'
check_not "answers no ARP" on H arping -c 2 -w 3 -I eth0 10.1.0.109
cc B vrrp del W
cc B vrrp add W dev eth0 vrid 9 interval 100ms vmac on address 10.1.0.109/24
check "the same node as master" wait_for 5 is_state B W master
check "takes them" wait_for 5 answers 10.1.0.2
ipn H neigh del 10.1.0.2 dev eth0

# An address that the host has by itself stays its own while it is backup.
ipn B address add 10.1.0.110/24 dev eth0
cc B vrrp add F dev eth0 vrid 10 startup-delay 1h vmac on address 10.1.0.110/24
check "a backup that has the address by itself" wait_for 3 is_state B F backup
check "answers as it did before" answers 10.1.0.110
check_is "with its own MAC" "$mac_b" "$(lladdr H 10.1.0.110)"
cc B vrrp flush
ipn B address del 10.1.0.110/24 dev eth0

# --- the worker lags --------------------------------------------------------

# Whoever adds many devices at once holds the lock that addresses need. The
# address of a master that steps down stays meanwhile, but is not spoken for.
locked()
{
	! timeout 0.2 ip link show lo >/dev/null 2>&1
}

still_there()
{
	on A grep -qw 10.1.0.100 /proc/net/fib_trie
}

cc A vrrp add R dev eth0 vrid 7 interval 100ms vmac on address 10.1.0.100/24
check "a master that is going to step down" wait_for 5 answers 10.1.0.100
wire "$tmp/lag" A-one 'arp or icmp'
rmmod dummy 2>/dev/null
modprobe dummy numdummies=3000 2>/dev/null &
adding=$!
if wait_for 5 locked; then
	# Not through a function: the process itself is to be killed.
	ip netns exec "${ns_prefix}H" "$selftests/vrrp_send.py" --dev eth0 --src 10.1.0.9 --vrid 7 \
		--priority 250 --interval 10 --address 10.1.0.100 --repeat 1000 \
		--every 0.1 >/dev/null &
	background+=($!)
	wait_for 5 on_wire "$tmp/adverts" '10.1.0.9 > 224.0.0.18'
	mark=$(now)
	on H arping -c 2 -w 2 -I eth0 10.1.0.100 >"$tmp/arping"
	on H ping -n -c 2 -i 0.2 -W 1 10.1.0.100 >"$tmp/ping2"
	if still_there && kill -0 $adding 2>/dev/null; then
		check_not "the worker lags: no ARP for the address that is still there" \
			grep -q 'bytes from\|reply from' "$tmp/arping"
		check_not "nor takes it frames to the virtual MAC" \
			grep -q 'bytes from' "$tmp/ping2"
		check "the host was asked" eval \
			'one_line "$tmp/lag" | awk -v since="$mark" "\$1 >= since" | grep -q "who-has 10.1.0.100"'
	else
		skip "the worker lags" "the lock was held too short"
	fi
	kill "${background[-1]}"
else
	skip "the worker lags" "nobody holds the lock for long"
fi
wait $adding
rmmod dummy 2>/dev/null
cc A vrrp flush

# --- while it runs ----------------------------------------------------------

cc A vrrp add R dev eth0 vrid 7 interval 100ms address 10.1.0.100/24
check "without a virtual MAC" wait_for 5 answers 10.1.0.100
check "the address has the device's" wait_for 3 knows H 10.1.0.100 "$mac_a"
check "vmac on while master" cc A vrrp set R vmac on
check "the host learns it without asking" wait_for 3 knows H 10.1.0.100 $vmac4
check "and reaches the address" wait_for 3 answers 10.1.0.100
check "vmac off" cc A vrrp set R vmac off
check_not "the filter has it no more" any_vmac A
check "the host learns the device's MAC again" wait_for 3 knows H 10.1.0.100 "$mac_a"
check "and reaches the address" wait_for 3 answers 10.1.0.100
check "it was master all the time" [ "$(stat_of A R become-master)" = 1 ]
cc A vrrp set R vmac on
check "an address on another device is added" cc A vrrp address add R 10.2.0.100/24 dev eth1
check "which takes frames to the virtual MAC then" in_filter A eth1 $vmac4
check "it is taken away" cc A vrrp address del R 10.2.0.100/24 dev eth1
check_not "and so is the MAC" in_filter A eth1 $vmac4
check "save says it" eval 'cc A save | grep -q "vmac on"'

# Several virtual routers on a device.
cc A vrrp add S dev eth0 vrid 8 interval 100ms vmac on address 10.1.0.108/24
cc A vrrp add S6 dev eth0 vrid 8 interval 100ms vmac on address fe80::108/64
check "three routers, three MACs" wait_for 5 eval \
	'[ "$(any_vmac A | grep -c "dev eth0")" = 3 ]'
check "each with its own" eval \
	'answers 10.1.0.100 && answers 10.1.0.108 && answers fe80::108%eth0 &&
	 knows H 10.1.0.108 00:00:5e:00:01:08 && knows H fe80::108 00:00:5e:00:02:08 &&
	 knows H 10.1.0.100 $vmac4'
cc A vrrp del S
check "one goes, the others stay" eval \
	'[ "$(any_vmac A | grep -c "dev eth0")" = 2 ] && answers 10.1.0.100'
if can_list_hooks >/dev/null 2>&1; then
	check "the hooks are there" hooked A eth0
	cc A vrrp flush
	check_not "and gone with the last router" hooked A eth0
else
	skip "the hooks are gone with the last router" "the kernel lists no hooks"
	cc A vrrp flush
fi
check_not "nothing is left in a filter" any_vmac A

# --- everything goes --------------------------------------------------------

cc A vrrp add R dev eth0 vrid 7 interval 100ms vmac on address 10.1.0.100/24
cc A vrrp add R6 dev eth0 vrid 7 interval 100ms vmac on address fe80::100/64
cc B vrrp add S dev eth0 vrid 8 interval 10ms vmac on address 10.1.0.108/24
check "three masters" wait_for 5 eval 'is_state A R master && is_state A R6 master && is_state B S master'
check "in their filters" wait_for 3 eval '[ "$(any_vmac A | wc -l) $(any_vmac B | wc -l)" = "2 1" ]'
in_background on H ping -q -n -i 0.01 10.1.0.100 >/dev/null
check "the module goes" rmmod kcluster
check_not "and leaves nothing in a filter" eval 'any_vmac A || any_vmac B'
check_is "no device is promiscuous" "0 0" \
	"$(for name in A B; do ipn "$name" -d -j link show eth0 | jq '.[0].promiscuity'; done | xargs)"
check "the host's own address answers" wait_for 3 answers 10.1.0.1
modprobe kcluster
cc A vrrp add R dev eth0 vrid 7 interval 10ms vmac on address 10.1.0.100/24
check "a namespace ends while its router is master" wait_for 5 in_filter A eth0 $vmac4
for pid in $(ip netns pids "${ns_prefix}A"); do
	kill -KILL "$pid" 2>/dev/null
done
ip netns del "${ns_prefix}A"
check "and is gone" wait_for 15 eval '! ip -n "$switch" link show A-one'
check_is "the kernel has nothing to complain about" "" \
	"$(dmesg | grep -E 'BUG:|WARNING:|unregister_netdevice|refcount|leaked' | head -n 3)"

finish
