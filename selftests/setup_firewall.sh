#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The firewall of a cluster file: from outside only WireGuard's port and what is
# published is reached, also without the module; setup twice changes nothing; what is
# published and where the LAN goes out; teardown leaves nothing.
#
#	 X .100            A .1             B .2
#	  |                 |                |
#	==+=================+================+== wan 192.0.2.0/24, fd20::/64
#	                  ==+================+== lan 10.1.0.0/24 (eth1)
#	                    |                |
#	                    +---- tunnel ----+   10.6.0.0/24 (wg0)
#	                  client .50 on lan
#
# shellcheck disable=SC2016 # what eval gets
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/members.sh
. "$(dirname "$0")/members.sh"
# shellcheck source=selftests/scan.sh
. "$(dirname "$0")/scan.sh"
# shellcheck source=selftests/nlmon.sh
. "$(dirname "$0")/nlmon.sh"

need_module
need wg nft jq python3 tcpdump

net wan
net lan
node A B X client
number=0
for name in A B; do
	number=$((number + 1))
	plug $name eth0 wan 192.0.2.$number/24 fd20::$number/64
	plug $name eth1 lan 10.1.0.$number/24
	key_of $name
done
plug X eth0 wan 192.0.2.100/24 fd20::64/64
plug client eth0 lan 10.1.0.50/24
ipn client route add default via 10.1.0.100
on A sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0

# file: the cluster
file()
{
	cat <<-END
	[Cluster]
	Network = 10.6.0.0/24

	$(section A 1)
	$(section B 2)

	[VirtualRouter gw]
	Dev = eth1
	VRID = 1
	Interval = 100ms
	Priority = 100
	Priority@A = 200
	Address = 10.1.0.100/24
	Address = 192.0.2.10/24 dev eth0 excluded
	[Mirror]

	[Firewall]
	LAN = eth1
	Accept = vpn to node
	Accept = lan to node tcp 22
	Accept = lan to outside
	Publish = tcp 443,30000-30010
	Publish = udp 53 at 192.0.2.1
	Publish = tcp 8080 at 192.0.2.10 to 10.1.0.50:80
	SNAT = lan to outside as 192.0.2.10
	END
}

ruleset()
{
	on "$1" nft -s list ruleset
}

published="tcp 443;$(printf 'tcp %d;' $(seq 30000 30010))udp 53;udp 51820;"

# scanned NODE NUMBER: what X finds there of all ports.
scanned()
{
	watch_input "$1" eth0
	note_ports "$1" eth0
	said X >/dev/null
	scan X 192.0.2.100 "192.0.2.$2"
	[ "$(said X)" -ge 131070 ] || echo "not all ports were asked"
	ports "$1"
	unwatch "$1"
}

# --- without a firewall, the scan finds all ------------------------------------

# Nothing of A is to answer, or X is busy with that.
quiet_from X 192.0.2.0/30
watch_input A eth0
scan X 192.0.2.100 192.0.2.1
check_is "a scan says something to each port" 131070 "$(arrived A)"

# --- without the module ---------------------------------------------------------

file >"$tmp/file"
check "the file is right" setup A -check
check "firewall show prints what nft takes, without root or a key" \
	eval 'cc A firewall show A -f "$tmp/file" >"$tmp/shown" && on A nft -c -f "$tmp/shown"'
check_is "and JSON" "$(grep -c "^	chain" "$tmp/shown")" \
	"$(cc A -j firewall show A -f "$tmp/file" | jq '.chains | length')"
refused A "no node C" firewall show C -f "$tmp/file"

rmmod kcluster
mkdir -p /run/modprobe.d
echo "install kcluster /bin/false" >/run/modprobe.d/setup-firewall.conf
setup A >"$tmp/out" 2>&1
check_is "setup without a module" 1 $?
sed 's/^/# /' "$tmp/out"
check "says what stays" grep -q "the kcluster module failed; .* is as the cluster file says" "$tmp/out"
check "the firewall is there" on A nft list table inet kcluster
check "and WireGuard" ipn A link show wg0
check_is "a scan finds WireGuard's port and what is published" "$published" "$(scanned A 1)"
setup B >"$tmp/out" 2>&1
check_is "setup on B without a module" 1 $?
check_is "a scan of it finds the same but what is at A's address" "${published/udp 53;/}" "$(scanned B 2)"
rm /run/modprobe.d/setup-firewall.conf
check "the module loads again" modprobe kcluster

# --- with it ---------------------------------------------------------------------

for name in A B; do
	setup $name >"$tmp/out" 2>&1
	check_is "setup on $name" 0 $?
	sed 's/^/# /' "$tmp/out"
done
pings()
{
	on "$1" ping -q -c 1 -W 1 "$2"
}
check "the tunnel is let in" wait_for 15 pings A 10.6.0.2
check "A is master" wait_for 10 is_state A gw master
check "B is backup, for it hears A" stays 2 is_state B gw backup
check "peers are alive" wait_for 10 eval '[ "$(cc A -j peer show | jq -r ".[].state")" = alive ]'
ruleset A >"$tmp/rules"
setup A >"$tmp/out" 2>&1
check "twice changes nothing" grep -q "all is as it shall be already" "$tmp/out"
ruleset A >"$tmp/again"
check "not even a byte" cmp "$tmp/rules" "$tmp/again"
on A nft -a list table inet kcluster >"$tmp/handles"
setup A >"$tmp/out" 2>&1
on A nft -a list table inet kcluster >"$tmp/again"
check "nor is it made anew" cmp "$tmp/handles" "$tmp/again"
modprobe nlmon 2>/dev/null
if quiet A setup A; then
	check_is "no message that configures anything was sent" True "$(configuring)"
	on A nft insert rule inet kcluster input accept
	quiet A setup A
	check "the capture sees one that does" eval 'configuring | grep -q nftables'
else
	skip "no message that configures anything was sent" "there is no nlmon"
fi
on A nft insert rule inet kcluster input accept
setup A >"$tmp/out" 2>&1
check "what somebody changed in it" grep -q "; 1 change$" "$tmp/out"
ruleset A >"$tmp/again"
check "is as before again" cmp "$tmp/rules" "$tmp/again"

check_is "a scan finds the same with the module" "$published" "$(scanned A 1)"
check_is "also on B" "${published/udp 53;/}" "$(scanned B 2)"
on X nft delete table inet quiet

# --- through it -------------------------------------------------------------------

# answers NODE PORT: a server that says who asks.
answers()
{
	on "$1" python3 - "$2" >/dev/null <<'END' &
import socket, sys
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", int(sys.argv[1]))); s.listen()
while True:
    c, who = s.accept(); c.sendall(who[0].encode()); c.close()
END
	background+=($!)
}

# asks NODE ADDRESS PORT: what the server says
asks()
{
	on "$1" python3 -c 'import socket, sys
print(socket.create_connection((sys.argv[1], int(sys.argv[2])), 3).recv(99).decode())' "$2" "$3" 2>/dev/null
}

answers A 22
answers A 443
answers client 80
answers X 1000
check_is "what is published answers" 192.0.2.100 "$(wait_for 10 asks X 192.0.2.1 443; asks X 192.0.2.1 443)"
check_is "what is not does not" "" "$(asks X 192.0.2.1 22)"
check_is "to the LAN it does" 10.1.0.50 "$(asks client 10.1.0.1 22)"
check_is "and to the VPN" 10.6.0.2 "$(asks B 10.6.0.1 22)"
check_is "a published service is led on" 192.0.2.100 "$(asks X 192.0.2.10 8080)"
check_is "the LAN goes out as the virtual address" 192.0.2.10 "$(asks client 192.0.2.100 1000)"
ipn X route add 10.1.0.0/24 via 192.0.2.1
check_is "nobody comes in to the LAN" "" "$(asks X 10.1.0.50 80)"
ipn X address add 10.6.0.9/24 dev eth0
check_is "nor as one of the VPN" "" "$(asks X 192.0.2.1 22)"
ipn X address del 10.6.0.9/24 dev eth0

# --- a rule that never matches, a step that fails ----------------------------------

file | sed 's/^Accept = vpn to node/&\nAccept = vpn to node udp 53/' >"$tmp/file"
setup A >"$tmp/out" 2>&1
check_is "a rule that can never match" 1 $?
check "is named, with the line that covers it" \
	grep -qE "^$tmp/file:[0-9]+: Accept: this never matches, for line [0-9]+ " "$tmp/out"
ruleset A >"$tmp/again"
check "and all is as before" cmp "$tmp/rules" "$tmp/again"

file | sed 's/^Accept = vpn to node/&\nAccept = lan to node udp 53/; s/^\[Mirror\]/[VirtualRouter bad]\nNodes = A\nDev = wg0\nVRID = 9\nVMAC = on\nAddress = 10.6.0.101\/32\n&/' >"$tmp/file"
setup A >"$tmp/out" 2>&1
check_is "a step that fails behind it" 1 $?
check "says so" grep -q "all is again as it was before" "$tmp/out"
ruleset A >"$tmp/again"
check "the firewall is that of before" cmp "$tmp/rules" "$tmp/again"
file >"$tmp/file"
check "and that is as it shall be" eval 'setup A | grep -q "all is as it shall be already"'

# --- confirmed, or not --------------------------------------------------------------

wireguard_state()
{
	on A wg show wg0 allowed-ips
	ipn A route show dev wg0
	cc A save | sort
}
wireguard_state >"$tmp/state"
file | sed 's/^Accept = lan to node tcp 22/Accept = lan to node tcp 23/; s/^Priority@A = 200/Priority@A = 150/; s/^Endpoint = 192.0.2.2/&\nAllowedIPs = 10.77.0.0\/16/' >"$tmp/file"
setup A -confirm 5s >"$tmp/out" 2>&1
check_is "setup -confirm" 0 $?
check "says what is to be done" grep -q "unless 'clusterctl setup -confirmed' comes within 5s" "$tmp/out"
check "the new state is there" eval 'ipn A route show | grep -q 10.77.0.0/16'
refused A "waits to be confirmed" setup -f "$tmp/file" -key "$tmp/A.key"
same_as_before()
{
	ruleset A >"$tmp/again"
	wireguard_state >"$tmp/now"
	cmp "$tmp/rules" "$tmp/again" && cmp "$tmp/state" "$tmp/now"
}
check "not confirmed, the old state returns by itself" wait_for 15 same_as_before
refused A "nothing waits to be confirmed" setup -confirmed
setup A -confirm 5s >"$tmp/out" 2>&1
cc A setup -confirmed >"$tmp/out" 2>&1
check_is "confirmed" 0 $?
check "it stays" stays 7 eval 'ipn A route show | grep -q 10.77.0.0/16'
check "also where the session ends in the middle" eval '
	file >"$tmp/file"
	setsid timeout -s KILL 10 clusterctl -n "${ns_prefix}A" setup -f "$tmp/file" -key "$tmp/A.key" -confirm 5s &&
	same_as_before && wait_for 15 negate same_as_before'
setup A >"$tmp/out" 2>&1
check "and back again" same_as_before

waiter()
{
	pgrep -f "setup -f $tmp/file .*-confirm"
}
file | sed 's/^Accept = lan to node tcp 22/Accept = lan to node tcp 23/' >"$tmp/file"
setup A -confirm 600s >"$tmp/out" 2>&1
check_is "who waits can be asked by root only" 600 \
	"$(on A sh -c 'stat -c %a /run/kcluster-setup.$(stat -Lc %i /proc/self/ns/net)')"
kill "$(waiter)"
check "told to end, it returns to the old state at once" wait_for 10 same_as_before
check "and is gone" wait_for 5 negate waiter
setup A -confirm 600s >"$tmp/out" 2>&1
kill -KILL "$(waiter)"
wait_for 5 negate waiter
file >"$tmp/file"
setup A -confirm 600s >"$tmp/out" 2>&1
check_is "one that is dead hinders nobody" 0 $?
check "the next one is confirmed" cc A setup -confirmed
check "and all is as it was at first" same_as_before

# --- one after the other -------------------------------------------------------------

flock /run/kcluster.lock sleep 2 &
wait_for 5 negate flock -n /run/kcluster.lock true
setup A >"$tmp/out" 2>&1
check_is "setup while another one runs" 0 $?
check "waits for its end" grep -q "another setup or teardown runs" "$tmp/out"
check "and has waited" flock -n /run/kcluster.lock true

# --- teardown ----------------------------------------------------------------------

cc A teardown -diff >"$tmp/out" 2>&1
check "teardown -diff names what goes" grep -q "^- ip link add wg0 type wireguard" "$tmp/out"
check "but leaves it" ipn A link show wg0
cc A teardown >"$tmp/out" 2>&1
check_is "teardown" 0 $?
check_is "leaves nothing of the module" "" "$(cc A save)"
check_not "nor the device" ipn A link show wg0
check_is "nor the table" "" "$(ruleset A)"
check "B takes over at once" wait_for 5 is_state B gw master
cc A teardown >"$tmp/out" 2>&1
check_is "once more" 0 $?
check "there is nothing" grep -q "there is nothing that setup made" "$tmp/out"

# --- what -check finds without a key --------------------------------------------------

file | sed "s/^Dev = eth1/Dev = 'eth\"1'/" >"$tmp/file"
cc A setup -f "$tmp/file" -key "$tmp/none" -check >"$tmp/out" 2>&1
check_is "a device that nft cannot name" 1 $?
check "is named" grep -q "the firewall cannot name the device" "$tmp/out"
file >"$tmp/file"

# --- no module, and nobody who confirms ----------------------------------------------

modprobe -r kcluster
mkdir -p /etc/modprobe.d
echo "install kcluster /bin/false" >/etc/modprobe.d/kcluster-test.conf
setup A -confirm 5s >"$tmp/out" 2>&1
check_is "without the module setup fails" 1 $?
sed 's/^/# /' "$tmp/out"
check "what comes before it stands" eval 'ruleset A | grep -q "chain input"'
check "and is to be confirmed" grep -q "unless 'clusterctl setup -confirmed' comes within 5s" "$tmp/out"
check "or goes again, the firewall too" wait_for 15 eval '[ -z "$(ruleset A)" ]'
check "and the device" wait_for 5 negate ipn A link show wg0
rm /etc/modprobe.d/kcluster-test.conf
modprobe kcluster

# --- what others made ------------------------------------------------------------------

ipn A link add wg0 type wireguard
ipn A link add wgx type wireguard
setup A >"$tmp/out" 2>&1
cc A teardown >"$tmp/out" 2>&1
check "a device that setup found stays" ipn A link show wg0
check "as does one that it does not know" ipn A link show wgx

finish
