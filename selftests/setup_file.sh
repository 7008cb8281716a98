#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One cluster file, three nodes: clusterctl setup makes each its part of it, twice
# changes nothing, a change touches only what it is about, a step that fails leaves all
# as it was, and the commonest mistakes are named with their line.
#
#	 A 192.0.2.1       B 192.0.2.2       C 192.0.2.3
#	  |  endpoint       |  endpoint       |  no endpoint
#	==+=================+=================+== wan
#	==+=================+=================+== lan (eth1)
#
# shellcheck disable=SC2016 # what eval gets
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/members.sh
. "$(dirname "$0")/members.sh"
# shellcheck source=selftests/nlmon.sh
. "$(dirname "$0")/nlmon.sh"

need_module
need wg jq tcpdump

net wan
net lan
node A B C
number=0
for name in A B C; do
	number=$((number + 1))
	plug $name eth0 wan "192.0.2.$number/24"
	plug $name eth1 lan "10.1.0.$number/24"
	key_of $name
done

# file: the cluster, C reaching others only by itself
file()
{
	cat <<-END
	[Cluster]
	Name = test
	Network = 10.6.0.0/24, fd06::/64

	[Node A]
	PublicKey = $(pub A)
	Address = 10.6.0.1, fd06::1
	Endpoint = 192.0.2.1
	[Node B]
	PublicKey = $(pub B)
	Address = 10.6.0.2, fd06::2
	Endpoint = 192.0.2.2:51820
	AllowedIPs = 10.240.2.0/24
	[Node C]
	PublicKey = $(pub C)
	Address = 10.6.0.3, fd06::3
	Keepalive = 1

	[VirtualRouter one]
	Nodes = A B
	Dev = eth1
	VRID = 1
	Interval = 100ms
	Priority = 100
	Priority@A = 200
	Address = 10.1.0.100/24
	[VirtualRouter two]
	Nodes = A B
	Dev = eth1
	VRID = 2
	Interval = 100ms
	Priority = 150
	Priority@A = 50
	Address = 10.1.0.101-10.1.0.110/24
	Route@B = 10.99.0.0/16 via 10.1.0.3
	[VirtualRouter vpn]
	Nodes = A B
	Dev = wg0
	VRID = 3
	Interval = 100ms
	Peer = nodes
	Priority@A = 200
	Address = 10.6.0.100/32
	Claim = 10.77.0.0/16
	[ClusterIP web]
	Nodes = A B
	Dev = eth1
	Address = 10.1.0.120/24
	Router = one
	Weight@B = 50
	[Mirror]
	Nodes = A B
	Only = protocol tcp
	END
}

# All that setup is concerned with.
state()
{
	ipn "$1" -d link show dev wg0 | sed 's/^[0-9]*: //'
	ipn "$1" address show dev wg0 | sed 's/^[0-9]*: //'
	ipn "$1" route show table all | sort
	on "$1" wg showconf wg0 | grep -v Endpoint
	# In which order the module has them does not count.
	cc "$1" save | sort
}

same_state()
{
	state "$1" >"$tmp/now"
	diff "$tmp/state.$1" "$tmp/now"
}

# --- the file ---------------------------------------------------------------

file >"$tmp/file"
cc A setup -f "$tmp/file" -key "$tmp/none" -check >"$tmp/out" 2>&1
check_is "the file is right, without a key" 0 $?
check "and it says so" grep -q "is right; which of its 3 nodes" "$tmp/out"
chmod 755 "$tmp"; chmod 644 "$tmp/file"
if command -v setpriv >/dev/null; then
	setpriv --reuid 65534 --clear-groups clusterctl setup -check -f "$tmp/file" \
		-key "$tmp/A.key" >"$tmp/out" 2>&1
	check_is "-check needs no root" 0 $?
fi
setup A -check >"$tmp/out" 2>&1
check_is "-check finds which node it is" 0 $?
check "and says so" grep -q "this is node A of 3" "$tmp/out"
check "nothing was made by it" eval '! ipn A link show wg0 2>/dev/null'

(umask 077 && wg genkey >"$tmp/D.key")
refused A 'no node has the public key of this one' setup -f "$tmp/file" -key "$tmp/D.key"
chmod 644 "$tmp/D.key"
refused A 'chmod 600' setup -f "$tmp/file" -key "$tmp/D.key"
refused A 'wg genkey' setup -f "$tmp/file" -key "$tmp/none"

setup A -diff >"$tmp/diff" 2>&1
check_is "-diff" 0 $?
check "shows the device" grep -q "^+ ip link add wg0 type wireguard" "$tmp/diff"
check "and peers" grep -q "^+ wg set wg0 peer $(pub B) endpoint 192.0.2.2:51820" "$tmp/diff"
check "and virtual routers" grep -q "^+ vrrp add one" "$tmp/diff"
setup A -j -diff >"$tmp/diff" 2>&1
check_is "in JSON as well" "wireguard link wg0 add, objects vrrp one add" \
	"$(jq -r '[.[] | select(.object == "link" and .change == "add", .name == "one") |
		"\(.step) \(.object) \(.name) \(.change)"] | join(", ")' "$tmp/diff")"
check_is "and where peers are" 192.0.2.2:51820 "$(jq -r --arg key "$(pub B)" \
	'.[] | select(.name == $key and .key == "endpoint").to' "$tmp/diff")"
check "but makes nothing" eval '! ipn A link show wg0 2>/dev/null'
check_is "nor says anything to the module" "" "$(cc A save)"

# --- set up -----------------------------------------------------------------

for name in A B C; do
	setup $name >"$tmp/out" 2>&1
	check_is "setup on $name" 0 $?
	sed 's/^/# /' "$tmp/out"
done
pings()
{
	on "$1" ping -q -c 1 -W 1 "$2"
}
for pair in A:10.6.0.2 A:fd06::2 B:10.6.0.3 C:10.6.0.1 C:fd06::2; do
	check "${pair%%:*} reaches ${pair#*:}" wait_for 15 pings "${pair%%:*}" "${pair#*:}"
done
check "A is master of one" wait_for 10 is_state A one master
check "B is master of two" wait_for 10 is_state B two master
check "A is master inside the VPN" wait_for 10 is_state A vpn master
check "which has its address there" wait_for 5 has A 10.6.0.100 wg0
# kinds NODE: its peers, and which of them only hear of what moves
kinds()
{
	cc "$1" -j peer show | jq -r '[.[] | .name + (if .observer then " observer" else "" end)] | join(", ")'
}
check_is "A shares more with B than with C" "B, C observer" "$(kinds A)"
check_is "and C only hears of what moves inside the VPN" "A observer, B observer" "$(kinds C)"
check "peers are alive" wait_for 10 eval 'cc A -j peer show | jq -e "all(.[]; .state == \"alive\")"'
check "C reaches what moves there" wait_for 10 pings C 10.6.0.100
check "as does B, which has it not now" wait_for 10 pings B 10.6.0.100
check "and what is claimed" wait_for 10 eval 'on C wg show wg0 allowed-ips | grep -F "$(pub A)" | grep -qF 10.77.0.0/16'
check "to which a route leads" eval 'ipn C route show 10.77.0.0/16 | grep -q "dev wg0"'
check_is "but not where it is" "" "$(ipn B route show 10.77.0.0/16)"
check "the network behind B leads into the tunnel" \
	eval 'ipn A route show 10.240.2.0/24 | grep -q "dev wg0"'
check_is "the MTU is that of the way less 80" 1420 "$(ipn A -j link show wg0 | jq '.[0].mtu')"
hash()
{
	b2sum -l 256 "$tmp/file" | cut -c 1-16
}
# file_of NODE: what A knows of its cluster file.
file_of()
{
	cc A -j peer show "$1" | jq -r '.[0].file // "none"'
}
b_has()
{
	[ "$(file_of B)" = "$1" ]
}
check "A knows which cluster file B has" wait_for 5 b_has "$(hash)"
check "and says that all have its own" wait_for 5 eval \
	'cc A status | grep -qx "cluster file $(hash) here and on all of 2 peers"'
check_is "per node: the weight of B" 50 "$(cc B -j clusterip show | jq '.[0].weight')"

# --- twice ------------------------------------------------------------------

sleep 1
for name in A B C; do
	state $name >"$tmp/state.$name"
	setup $name >"$tmp/out" 2>&1
	check_is "setup once more on $name" 0 $?
	check "says that nothing was to be done" grep -q "all is as it shall be already" "$tmp/out"
	check "and changed nothing" same_state $name
done
modprobe nlmon 2>/dev/null
if quiet A setup A; then
	check_is "no message that configures anything was sent" True "$(configuring)"
	quiet C setup C
	check_is "nor on a node that only hears of what moves" True "$(configuring)"
	file | sed 's/^Priority@A = 200$/Priority@A = 210/' >"$tmp/file"
	quiet A setup A
	check "the capture sees one that does" eval 'configuring | grep -q "generic"'
	check_is "but nothing for rtnetlink" "" "$(configuring | grep -o rtnetlink)"
	file >"$tmp/file"
	setup A >"$tmp/out" 2>&1
else
	skip "no message that configures anything was sent" "there is no nlmon"
fi

# --- one priority -----------------------------------------------------------

handshakes()
{
	on "$1" wg show wg0 latest-handshakes
}
handshakes A >"$tmp/handshakes"
changes()
{
	cc A vrrp history "$1" | wc -l
}
one=$(changes one) two=$(changes two)
file | sed 's/^Priority@A = 50$/Priority@A = 60/' >"$tmp/file"
check_is "-diff names it" \
	'["objects","vrrp","two","set","priority","50","60"]' \
	"$(setup A -j -diff | jq -c '.[] | select(.object != "file") |
		[.step, .object, .name, .change, .key, .from, .to]')"
setup A >"$tmp/out" 2>&1
check_is "a changed priority is set up" 0 $?
check "as one change, and that it is another file" grep -q "; 2 changes$" "$tmp/out"
check_is "it is as the file says" 60 "$(get A two .priority)"
check_is "handshakes are the same" "$(cat "$tmp/handshakes")" "$(handshakes A)"
check_is "one has changed no state" "$one" "$(changes one)"
check_is "nor has two" "$two" "$(changes two)"
old=$(file_of B)
check "B tells of the one before" eval 'cc A status |
	grep -qx "cluster file $(hash) (B has $old, C has $old: clusterctl deploy B C)"'
check_is "which JSON has as well" "$(hash) $old" \
	"$(cc A -j status | jq -r '"\(.file) \(.peers[0].file)"')"
in_background ip netns exec "${ns_prefix}A" clusterctl monitor >"$tmp/monitor"
wait_for 5 grep -q "^peer B: ALIVE" "$tmp/monitor"
setup B >/dev/null
check "B is set up from it, and A hears of that" wait_for 5 b_has "$(hash)"
check "as does who watches" wait_for 5 grep -qx "peer B: cluster file $(hash)" "$tmp/monitor"
setup B -diff >"$tmp/out"
check_is "which -diff does not show again" "" "$(cat "$tmp/out")"
file >"$tmp/file"
setup A >/dev/null
setup B >/dev/null
check "and back again" same_state A
check "and with it the file" wait_for 5 b_has "$(hash)"

# --- what goes ---------------------------------------------------------------

file | sed '/^\[VirtualRouter two\]/,/^Route@B/d; /^AllowedIPs/d' >"$tmp/file"
setup A >"$tmp/out" 2>&1
check_is "what is no more in the file" 0 $?
check_is "goes: a router" "one vpn" "$(cc A -j vrrp show | jq -r '[.[].name] | sort | join(" ")')"
check_is "a route" "" "$(ipn A route show 10.240.2.0/24)"
check "others stay" is_state A one master
file >"$tmp/file"
setup A >/dev/null
check "all is back" same_state A

file | sed 's/^Address = 10.6.0.3, fd06::3/Address = 10.6.0.4, fd06::3/' >"$tmp/file"
setup C >"$tmp/out" 2>&1
check_is "another address of the same network" 0 $?
check_is "takes the place of the first one" 10.6.0.4 \
	"$(ipn C -j -4 address show dev wg0 | jq -r '[.[0].addr_info[].local] | join(" ")')"
check "which keeps the network" eval 'ipn C route show 10.6.0.0/24 | grep -q "dev wg0"'
file >"$tmp/file"
setup C >/dev/null
check "and back again" same_state C

file | sed 's/^Keepalive = 1/&\nInterface = wg8/' >"$tmp/file"
setup C >"$tmp/out" 2>&1
check_is "another name for the device" 0 $?
check "it has it, and the port" wait_for 15 pings C 10.6.0.1
check "the one of before is gone" negate ipn C link show wg0
setup C >"$tmp/out" 2>&1
check "twice changes nothing" grep -q "all is as it shall be already" "$tmp/out"
file >"$tmp/file"
setup C >/dev/null
check "and back again" wait_for 20 same_state C

# --- failures ---------------------------------------------------------------

# The step before the last: an address that the module refuses, for it has it already.
file | sed 's/^Priority@A = 200$/Priority@A = 201/; s/^Weight@B = 50/&\n[VirtualRouter bad]\nNodes = A\nDev = wg0\nVRID = 9\nVMAC = on\nAddress = 10.6.0.101\/32/' >"$tmp/file"
setup A >"$tmp/out" 2>&1
check_is "a step that fails" 1 $?
check "is named" grep -q "what the module shall have failed, all is again as it was before" "$tmp/out"
sed 's/^/# /' "$tmp/out"
check "and taken back" same_state A
check "who was master is" is_state A one master

# WireGuard: the port belongs to something else.
file | sed 's/^Name = test/&\nListenPort = 5555/; s/^Priority@A = 200$/Priority@A = 201/' >"$tmp/file"
ip netns exec "${ns_prefix}A" python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("", 5555)); print(1, flush=True)
time.sleep(1000)' >"$tmp/squatter" &
squatter=$!
wait_for 10 test -s "$tmp/squatter"
setup A >"$tmp/out" 2>&1
check_is "a port that is in use" 1 $?
check "is said" grep -q "WireGuard failed" "$tmp/out"
sed 's/^/# /' "$tmp/out"
check "and all is as before" same_state A
kill $squatter
wait $squatter 2>/dev/null

# The name belongs to another kind of device.
file | sed 's/^Name = test/&\nInterface = eth1/; /^\[VirtualRouter vpn\]/,/^Address/d' >"$tmp/file"
setup C >"$tmp/out" 2>&1
check_is "a device of another kind" 1 $?
check "is left alone" grep -q "eth1: there is a device of this name that is not WireGuard's" "$tmp/out"
check "and all is as before" wait_for 20 same_state C

# A new device does not stay when what comes after it fails, and the one before returns.
file | sed 's/^Name = test/&\nInterface = wg7/; s/^Dev = wg0/Dev = wg7/; s/^Weight@B = 50/&\n[VirtualRouter bad]\nNodes = A\nDev = wg7\nVRID = 9\nVMAC = on\nAddress = 10.6.0.101\/32/' >"$tmp/file"
setup A >"$tmp/out" 2>&1
check_is "a new device before a step that fails" 1 $?
check "is not left behind" eval '! ipn A link show wg7 2>/dev/null'
check "and all is as before, also who is master there" wait_for 10 same_state A
check "the tunnel works again" wait_for 15 pings A 10.6.0.3

# --- roaming ----------------------------------------------------------------

file >"$tmp/file"
ipn C address add 192.0.2.33/24 dev eth0
ipn C address del 192.0.2.3/24 dev eth0
ipn C address add 192.0.2.33/24 dev eth0 2>/dev/null
endpoint_of()
{
	on "$2" wg show wg0 endpoints | awk -v key="$(pub "$1")" '$1 == key { print $2 }'
}
# Two that move at once lose each other; so B, which moves next, must have heard it, too.
for name in A B; do
	check "$name hears where C is now" wait_for 15 eval '[ "$(endpoint_of C '$name')" = 192.0.2.33:51820 ]'
done
setup A >"$tmp/out" 2>&1
check "setup leaves that alone" grep -q "all is as it shall be already" "$tmp/out"
check_is "it is as learned" 192.0.2.33:51820 "$(endpoint_of C A)"

# B has an Endpoint in the file, which is right no more.
ipn B address add 192.0.2.22/24 dev eth0
ipn B address del 192.0.2.2/24 dev eth0
ipn B address add 192.0.2.22/24 dev eth0 2>/dev/null
for name in A C; do
	check "$name hears where B is now" wait_for 15 eval '[ "$(endpoint_of B '$name')" = 192.0.2.22:51820 ]'
	setup $name >"$tmp/out" 2>&1
	check_is "setup on $name leaves that alone, too" 192.0.2.22:51820 "$(endpoint_of B $name)"
	check "$name reaches B" wait_for 10 pings $name 10.6.0.2
done
check "they never were dead to each other" eval 'cc A -j peer show B | jq -e ".[0].state == \"alive\""'

# --- what moves while a setup waits to be confirmed -------------------------

vpn_of()
{
	on "$1" wg show wg0 allowed-ips | awk '/10\.6\.0\.100\/32/ { print $1 }'
}
check "on B, A has the address inside the VPN" wait_for 10 eval '[ "$(vpn_of B)" = "$(pub A)" ]'
file | sed 's/^Priority@A = 50/Priority@A = 60/; s/^AllowedIPs = .*/&, 10.241.0.0\/16/; s/^Keepalive = 1/&\nAllowedIPs = 10.242.0.0\/16/' >"$tmp/file"
setup B -confirm 6s >"$tmp/out" 2>&1
check_is "setup -confirm on B" 0 $?
cc A vrrp standby vpn
check "B takes it over" wait_for 5 is_state B vpn master
check "nobody else has it there" wait_for 5 eval '[ -z "$(vpn_of B)" ]'
check "B returns to the old state" wait_for 15 negate eval 'ipn B route show | grep -q 10.242'
check_is "but what has moved stays" "" "$(vpn_of B)"
cc A vrrp active vpn
check "it moves as before" wait_for 5 eval '[ "$(vpn_of B)" = "$(pub A)" ]'

# --- forwarding -------------------------------------------------------------

file >"$tmp/file"
forwarding()
{
	on B cat /proc/sys/net/ipv6/conf/all/forwarding /proc/sys/net/ipv6/conf/eth0/accept_ra |
		tr '\n' ' '
}
on B sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.eth0.accept_ra=1
setup B >/dev/null
setup B >"$tmp/out" 2>&1
check "who forwards IPv4" grep -q "all is as it shall be already" "$tmp/out"
check_is "is not made to forward IPv6" "0 1 " "$(forwarding)"
on A python3 - <<-'END'
import socket, struct
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
s.sendto(struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0),
         ("ff02::1", 0, 0, socket.if_nametoindex("eth0")))
END
advertised()
{
	ipn B -6 route show default | grep -q "proto ra"
}
check "B hears of a router" wait_for 5 advertised
file | sed 's/^AllowedIPs = 10.240.2.0\/24/&, fd77::\/64/' >"$tmp/file"
setup B -diff >"$tmp/out" 2>&1
check "-diff tells that it goes on with that" \
	grep -q "^+ sysctl net.ipv6.conf.eth0.accept_ra=2" "$tmp/out"
check_is "but does nothing" "0 1 " "$(forwarding)"
setup B >"$tmp/out" 2>&1
check_is "an IPv6 network behind it: it forwards" "1 2 " "$(forwarding)"
check "and still has its router" advertised
setup B >"$tmp/out" 2>&1
check "twice changes nothing" grep -q "all is as it shall be already" "$tmp/out"
cc B teardown >"$tmp/out" 2>&1
check_is "teardown" 0 $?
check_is "puts both back" "0 1 " "$(forwarding)"
check "and still has its router" advertised
setup B -confirm 3s >"$tmp/out" 2>&1
check_is "not confirmed" "1 2 " "$(forwarding)"
check "both return" wait_for 10 eval '[ "$(forwarding)" = "0 1 " ]'
file >"$tmp/file"
setup B >/dev/null
check "B is what it was" wait_for 10 is_state B two master
check "and so is A" wait_for 10 same_state A

# --- names that nobody resolves ----------------------------------------------

mkdir -p "/etc/netns/${ns_prefix}A"
echo "nameserver 192.0.2.22" >"/etc/netns/${ns_prefix}A/resolv.conf"
on B nft -f - <<-'END'
table inet deaf { chain input { type filter hook input priority -9; udp dport 53 drop; }; }
END
{
	file | sed 's/^Priority@A = 200$/Priority@A = 201/'
	for i in 11 12 13 14; do
		printf '[Node N%d]\nPublicKey = %s\nAddress = 10.6.0.%d, fd06::%d\nEndpoint = n%d.example.net\n' \
			$i "$(wg genkey | wg pubkey)" $i $i $i
	done
} >"$tmp/file"
before=$(now)
on A clusterctl setup -f "$tmp/file" -key "$tmp/A.key" >"$tmp/out" 2>&1
check_is "setup with names that nobody resolves" 0 $?
check_between "waits so long for all of them, s" 7 "$(awk "BEGIN { print $(now) - $before }")" 12
check_is "names each" 4 "$(grep -c "endpoint n1[1-4].example.net: no server that knows names" "$tmp/out")"
check_is "and does all else" 201 "$(get A one .priority)"
rm -r "/etc/netns/${ns_prefix}A"
on B nft delete table inet deaf
file >"$tmp/file"
setup A >/dev/null
check "and back again" wait_for 20 same_state A

# --- mistakes ---------------------------------------------------------------

# mistake NAME TEXT SED: the file with that change is refused, with its line.
mistake()
{
	local name=$1 text=$2

	file | sed "$3" >"$tmp/file"
	setup A >"$tmp/out" 2>&1
	check_is "mistake: $name" 1 $?
	check "says the line and what would be right: $text" \
		grep -qE "^$tmp/file:[0-9]+: .*$text" "$tmp/out"
	check "and all is as before" same_state A
}
mistake "a bad key" "wg pubkey" '0,/^PublicKey = ./s/^PublicKey = .*/PublicKey = abc/'
mistake "a duplicate address" "already in line" 's/^Address = 10.6.0.3,/Address = 10.6.0.1,/'
mistake "overlapping allowed IPs" "overlaps" 's/^Keepalive = 1/AllowedIPs = 10.240.0.0\/16/'
mistake "a VRID twice" "VRID: 1 is that of" 's/^VRID = 2/VRID = 1/'
mistake "priority 0" "from 1 to 255" 's/^Priority@A = 200/Priority@A = 0/'
mistake "a password with version 3" "Version = 2" 's/^VRID = 2/&\nAuthPass = secret/'
mistake "nobody to meet at" "cannot meet" '/^Endpoint/d'
mistake "a wrong mask" "another mask" 's/^Address = 10.6.0.3,/Address = 10.6.0.3\/16,/'
mistake "a word misspelt" "was Priority meant" 's/^Priority = /Prioriyt = /'

# A device may come later, but -check does not know of that.
file | sed 's/^Dev = eth1/Dev = eth7/' >"$tmp/file"
setup A -check >"$tmp/out" 2>&1
check_is "mistake: an unknown interface" 1 $?
check "says the line and what would be right" \
	grep -qE "^$tmp/file:[0-9]+: Dev: there is no device eth7 .* 'ip link'" "$tmp/out"

# --- away ---------------------------------------------------------------------

cc B teardown >/dev/null
check_is "teardown takes the file away" null "$(cc B -j status | jq -r .file)"

finish
