#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The mirror: what one firewall knows of connections the other one knows, too,
# and these go on when it takes over. NAT both ways, IPv4 and IPv6; what comes
# from a peer never travels back; others that hear of connections still do; and
# nothing is left behind by namespaces and modules that go under load.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/firewalls.sh
. "$(dirname "$0")/firewalls.sh"

modprobe wireguard 2>/dev/null || skip_all "there is no WireGuard"
need_module
need jq wg nft python3 conntrack

build_firewalls

# --- nothing before, refusals -----------------------------------------------

gateway fw1 150
gateway fw2 100
check "fw1 is master" wait_for 10 is_state fw1 gw master
check_is "virtual routers alone track no connection" 0 "$(tracked fw1)"
check_is "off at first" false "$(mirror fw1 .on)"

# refused TEXT ARGUMENT...
refused()
{
	local text=$1

	shift
	cc fw1 "$@" 2>"$tmp/err"
	check_is "refused: $*" 1 $?
	check "it says: $text" grep -q -e "$text" "$tmp/err"
}

refused "nothing is mirrored here" mirror resync
refused "nothing is mirrored here" mirror flush
refused "limit" mirror set on limit 1
refused "has host bits set" mirror set on only address 10.10.0.1/24
refused "has no ports" mirror set on except protocol icmp port 80
check_is "nothing came of that" false "$(mirror fw1 .on)"
cc fw1 mirror set on
check_is "the mirror does" 1 "$(tracked fw1)"
cc fw1 mirror set off
check_is "and no more when it is off" 0 "$(tracked fw1)"

# --- on ---------------------------------------------------------------------

rules fw1
rules fw2
events_before=$(on fw1 sysctl -n net.netfilter.nf_conntrack_events)
cc fw1 peer add fw2 address 10.6.0.2
cc fw2 peer add fw1 address 10.6.0.1
cc fw1 mirror set on
check_is "mirror on" 0 $?
cc fw2 mirror set on
check "fw1 sends" wait_for 10 is fw1 '.peers[0].state' sync
check "fw2 knows all" wait_for 10 is fw2 '.peers[0].peer_state' sync
check "fw1 owns" is fw1 .owner true
check "fw2 does not" is fw2 .owner false
check "safe to fail over" wait_for 5 is fw1 .safe true
check "status says so" eval 'cc fw1 status | grep -q "safe to fail over: yes"'
check "save has it" eval 'cc fw1 save | grep -qx "mirror set on"'

# --- capture and insertion --------------------------------------------------

serve server4 server 192.0.2.100 80 81
serve server6 server fd20::64 80 81
serve client4 client 10.10.0.100 80
serve client6 client fd10::64 80

start tcp4 client tcp 192.0.2.100 80 20
start tcp6 client tcp fd20::64 80 20
start udp4 client udp 192.0.2.100 80 10
start udp6 client udp fd20::64 80 10
start dnat4 server tcp 192.0.2.1 8080 20
start dnat6 server tcp fd20::1 8080 20
for name in tcp4 tcp6 udp4 udp6 dnat4 dnat6; do
	check "$name: open through fw1" opened $name
done
# UDP is assured when it has gone on for two seconds.
sleep 2.5
check_is "udp4 goes on" "answered 10 silent 0 reset 0" "$(use udp4)"
check_is "udp6 goes on" "answered 10 silent 0 reset 0" "$(use udp6)"

check "both tables are equal" wait_for 15 same_tables
check_is "100 connections are in it" 100 "$(wc -l <"$tmp/dump2")"
check "source NAT is in it" listed fw2 -p tcp --src 10.10.0.100 --reply-dst 192.0.2.1
check "destination NAT, too" listed fw2 -p tcp --dst 192.0.2.1 --reply-src 10.10.0.100
check "and that of IPv6" listed fw2 -f ipv6 -p tcp --dst fd20::1 --reply-src fd10::64
check_is "fw2 tells nothing of it" 0 "$(stat fw2 sets_sent)"
check_is "no clash" 0 "$(stat fw2 clashes)"
check_is "nothing malformed" 0 "$(stat fw2 discard_malformed)"

# Of the nodes themselves nothing travels.
on fw1 ping -q -c 3 192.0.2.100 >/dev/null
on fw1 python3 -c 'import socket
s = socket.create_connection(("192.0.2.100", 81)); s.sendall(b"x"); s.recv(1)'
check_not "fw1's own ping stays there" wait_for 2 listed fw2 -p icmp --src 192.0.2.2
check_not "and so does its own connection" wait_for 2 listed fw2 -p tcp --src 192.0.2.2
check "which it has itself" listed fw1 -p tcp --src 192.0.2.2

# --- ends -------------------------------------------------------------------

on client python3 - <<'END'
import socket
for _ in range(10):
    s = socket.create_connection(("192.0.2.100", 81))
    s.sendall(b"x")
    s.recv(1)
    s.close()
END
on fw1 conntrack -D -p tcp --dport 81 >/dev/null 2>&1
check_not "what ends on fw1 ends on fw2" listed fw2 -p tcp --dport 81
check "the tables stay equal" wait_for 15 same_tables

# A copy that is deleted or expires does not take the original with it.
deleted=$(stat fw1 deleted)
on fw2 conntrack -D -p tcp --dport 80 --src 10.10.0.100 >/dev/null 2>&1
check_is "copies were deleted on fw2" "answered 20 silent 0 reset 0" "$(use tcp4)"
check_is "fw1 was told of no end" "$deleted" "$(stat fw1 deleted)"
cc fw1 mirror resync fw2
check "a resync heals it" wait_for 15 same_tables

# --- refresh ----------------------------------------------------------------

# timeout_of NODE: the shortest one of the UDP streams.
timeout_of()
{
	on "$1" conntrack -L -p udp --src 10.10.0.100 2>/dev/null |
		awk '{ print $3 }' | sort -n | head -n 1
}

for ((i = 0; i < 16; i++)); do
	use udp4 >/dev/null
	use udp6 >/dev/null
	sleep 4
done
check_between "a UDP stream of a minute is known on fw2, though its timeout is 30 s" \
	1 "$(timeout_of fw2)" 31
check "flows were refreshed" eval '[ "$(stat fw1 refreshed)" -gt 0 ]'
check "the tables are equal" wait_for 15 same_tables

# --- others that hear of connections ----------------------------------------

on fw1 timeout 60 conntrack -E -p tcp --dport 81 >"$tmp/events1" 2>/dev/null &
background+=($!)
on fw2 timeout 60 conntrack -E -p tcp --dport 80 >"$tmp/events2" 2>/dev/null &
background+=($!)
sleep 1
connect()
{
	on client python3 -c 'import socket
s = socket.create_connection(("192.0.2.100", 81)); s.sendall(b"x"); s.recv(1)'
}
connect
check "conntrack -E still hears of connections" wait_for 10 grep -q ESTABLISHED "$tmp/events1"

# --- takeover ---------------------------------------------------------------

on fw1 ip link set eth0 down
on fw1 ip link set eth1 down
on fw1 ip link set eth2 down
check "fw2 takes over" wait_for 10 is_state fw2 gw master
check "it owns now" wait_for 5 is fw2 .owner true
for name in tcp4 tcp6 dnat4 dnat6; do
	check_is "$name: no connection felt it" "answered 20 silent 0 reset 0" "$(use $name)"
done
for name in udp4 udp6; do
	check_is "$name: no stream felt it" "answered 10 silent 0 reset 0" "$(use $name)"
done
check "it adopted them" eval '[ "$(stat fw2 adopted)" -ge 100 ]'
check_is "the takeover waited for nothing in vain" 0 "$(stat fw2 takeover_timeouts)"
check "not safe to fail over" wait_for 5 is fw2 .safe false
check "status has another exit code" eval 'cc fw2 status >/dev/null; [ $? = 3 ]'

# and back
on fw1 ip link set eth2 up
on fw1 ip link set eth0 up
on fw1 ip link set eth1 up
ipn fw1 -6 address replace fd10::2/64 dev eth0
ipn fw1 -6 address replace fd20::2/64 dev eth1
check "fw1 is master again" wait_for 30 is_state fw1 gw master
for name in tcp4 tcp6 dnat4 dnat6; do
	check_is "$name: nor did it feel the way back" "answered 20 silent 0 reset 0" \
		"$(use $name)"
done
check "the tables are equal again" wait_for 20 same_tables

# standby: what is known is handed over first
cc fw1 node standby
check "fw2 is master when fw1 stands by" wait_for 10 is_state fw2 gw master
for name in tcp4 dnat6; do
	check_is "$name: it goes on" "answered 20 silent 0 reset 0" "$(use $name)"
done
cc fw1 node active
check "fw1 is active again" wait_for 30 is_state fw1 gw master
check_is "tcp4: and on" "answered 20 silent 0 reset 0" "$(use tcp4)"
check "the tables are equal after it" wait_for 20 same_tables

# --- who does not know enough waits -----------------------------------------

is_dead()
{
	cc "$1" -j peer show "$2" | jq -e '.[0].state == "dead"'
}

# give_way: fw1 stands by, and cannot hear what fw2 has to tell any more.
give_way()
{
	cc fw1 node standby
	wait_for 10 is_state fw2 gw master || return 1
	silence fw1 sync
	wait_for 10 is_dead fw1 fw2
}

check "fw2 is master, and fw1 does not hear its peer" give_way
cc fw1 node active
check "fw1 leaves a master of lower priority in office" stays 5 is_state fw1 gw backup
check "and why says so" eval \
	'cc fw1 vrrp why gw | grep -q "waits until it knows the connections of its peers"'
check "status does, too" eval 'cc fw1 status | grep -q "waits for the connections"'
restore fw1 sync
check "only until it does" wait_for 3 is_state fw1 gw master
check_is "tcp4: it goes on" "answered 20 silent 0 reset 0" "$(use tcp4)"
check "fw2 is master once more, and fw1 does not hear it" give_way
cc fw1 node active
timed check_not "fw1 waits" wait_for 8 is_state fw1 gw master
check "but not for ever" wait_for 4 is_state fw1 gw master
restore fw1 sync
check_is "tcp4: and on" "answered 20 silent 0 reset 0" "$(use tcp4)"
check "the tables are equal when both hear each other" wait_for 20 same_tables
check "and what fw2 owned is a copy again" wait_for 20 eval \
	'[ "$(mirror fw2 .imported)" -ge 80 ]'

# --- filters ----------------------------------------------------------------

cc fw1 mirror set on except protocol udp except port 8080
check "what a filter leaves out goes" wait_for 15 eval '! listed fw2 -p udp --src 10.10.0.100 &&
	! listed fw2 -p tcp --dst 192.0.2.1 --dport 8080'
check "the rest stays" listed fw2 -p tcp --src 10.10.0.100 --dport 80
check "save has the filters" eval \
	'cc fw1 save | grep -qx "mirror set on except protocol udp except port 8080"'
cc fw1 mirror set on
check "without them it comes back" wait_for 20 same_tables

# --- overflow ---------------------------------------------------------------

cc fw1 mirror set on limit 16 from new
on client python3 - <<'END'
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for port in range(20000, 22000):
    s.sendto(b"x", ("192.0.2.100", port))
END
timed check "a queue that is too short is counted" eval '[ "$(stat fw1 overflow)" -gt 0 ]'
check "and healed by itself" wait_for 30 same_tables
check_between "all of it is there" 2000 "$(wc -l <"$tmp/dump2")" 2200
cc fw1 mirror set on
on fw1 conntrack -D -p udp --src 10.10.0.100 >/dev/null 2>&1
on fw1 conntrack -D -f ipv6 -p udp --src fd10::64 >/dev/null 2>&1
check "and gone" wait_for 30 same_tables

# --- nf_conntrack_netlink comes and goes ------------------------------------

# load: connections come and go until $loading is killed.
load()
{
	ip netns exec "${ns_prefix}client" python3 -c 'import socket, time
while True:
    time.sleep(0.01)        # there are not so many ports
    try:
        s = socket.create_connection(("192.0.2.100", 81), 2)
        s.sendall(b"x\n"); s.recv(2); s.close()
    except OSError:
        pass' &
	loading=$!
	background+=($!)
	disown
}
for job in "${background[@]}"; do
	case $(ps -o args= -p "$job" 2>/dev/null) in
	*"conntrack -E"*) kill "$job" ;;
	esac
done
load
dmesg -C
unloaded=0
for i in 1 2 3; do
	wait_for 10 modprobe -r nf_conntrack_netlink && unloaded=$((unloaded + 1))
	sleep 0.5
	modprobe nf_conntrack_netlink
	sleep 0.5
done
check_is "nf_conntrack_netlink can be unloaded under load" 3 "$unloaded"
# Who lives is said all the time where the kernel is slow.
check_not "the kernel says nothing about it" eval \
	'dmesg | grep -v "kcluster: peer" | grep -E "WARN|BUG|kcluster|Call Trace"'
sends_since()
{
	[ "$(stat fw1 sets_sent)" -gt "$1" ]
}
check "flows are still told" wait_for 10 sends_since "$(stat fw1 sets_sent)"
on fw1 timeout 60 conntrack -E -p tcp --dport 81 >"$tmp/events3" 2>/dev/null &
background+=($!)
check "and conntrack -E hears them" wait_for 10 grep -q ESTABLISHED "$tmp/events3"

# --- going under load -------------------------------------------------------

cc fw2 mirror set off
check_is "off under load" 0 $?
check "fw1 sees that it has no peer that mirrors" wait_for 10 is fw1 '.peers[0].state' idle
cc fw2 mirror set on
check "and on again" wait_for 20 is fw1 '.peers[0].state' sync
cc fw1 peer flush
cc fw1 peer add fw2 address 10.6.0.2
check "the peer deleted and added under load" wait_for 20 is fw1 '.peers[0].state' sync
kill $loading
wait_for 5 eval "! kill -0 $loading"
check "the tables are equal in the end" wait_for 40 same_tables
load
ip netns del "${ns_prefix}fw2"
nodes=(client fw1 server)
sleep 1
check "a namespace goes under load" eval '! ip netns list | grep -q fw2'
cc fw1 mirror set off
check_is "nf_conntrack_events is what it was" "$events_before" \
	"$(on fw1 sysctl -n net.netfilter.nf_conntrack_events)"
cc fw1 mirror set on
check "the module goes under load" modprobe -r kcluster
check_not "the kernel says nothing about all that" \
	eval 'dmesg | grep -E "WARN|BUG|Call Trace|refcount|leak"'
modprobe kcluster
finish
