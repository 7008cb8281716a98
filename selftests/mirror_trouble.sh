#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The mirror in trouble: a full table, a flow that clashes, a flood, a queue that
# is too short, two masters at once, a peer that restarts while it is told all;
# beside conntrackd; several namespaces; and an end while much waits. All of it
# is counted and none of it lasts.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/firewalls.sh
. "$(dirname "$0")/firewalls.sh"

modprobe wireguard 2>/dev/null || skip_all "there is no WireGuard"
need_module
need jq wg nft python3 conntrack tc

build_firewalls
rules fw1
rules fw2
# What nobody answers; and who begins connections that never become any.
on server nft -f - <<'END'
table inet kc {
	chain input {
		type filter hook input priority 0
		udp dport 20000-39999 drop
	}
}
END
on client nft -f - <<'END'
table inet kc {
	chain input {
		type filter hook input priority 0
		tcp sport 86 drop
	}
}
END

gateway fw1 150
gateway fw2 100
check "fw1 is master" wait_for 10 is_state fw1 gw master
cc fw1 peer add fw2 address 10.6.0.2
cc fw2 peer add fw1 address 10.6.0.1
cc fw1 mirror set on
cc fw2 mirror set on
check "fw2 knows all" wait_for 10 is fw2 '.peers[0].peer_state' sync
serve served4 server 192.0.2.100 80 81 85
serve served6 server fd20::64 80
start tcp4 client tcp 192.0.2.100 80 10
start tcp6 client tcp fd20::64 80 10
check "tcp4: open through fw1" opened tcp4
check "tcp6: open through fw1" opened tcp6

# alive WHEN: no connection has felt anything.
alive()
{
	local name

	for name in tcp4 tcp6; do
		check_is "$name: lives $1" "answered 10 silent 0 reset 0" "$(use $name)"
	done
}

# spray NODE ADDRESS FIRST LAST: a datagram to each of these ports.
spray()
{
	on "$1" python3 - "$2" "$3" "$4" <<'END'
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for port in range(int(sys.argv[2]), int(sys.argv[3]) + 1):
    s.sendto(b"x", (sys.argv[1], port))
END
}

count()
{
	on "$1" conntrack -C
}

# forget: what was sprayed through fw1.
forget()
{
	on fw1 conntrack -D -p udp --src 10.10.0.100 >/dev/null 2>&1
}

# same_again TEXT
same_again()
{
	check "$1" equal_within 40
}

# --- a full table -----------------------------------------------------------

# 500 of fw2's own, that conntrack would throw out for others.
before=$(sysctl -n net.netfilter.nf_conntrack_max)
for name in fw1 fw2; do
	on $name sysctl -qw net.netfilter.nf_conntrack_udp_timeout=600
done
spray fw2 192.0.2.100 20001 20500
local_ones()
{
	on fw2 conntrack -L -p udp --src 192.0.2.3 2>/dev/null | wc -l
}
check_is "fw2 has 500 of its own" 500 "$(local_ones)"
sysctl -qw net.netfilter.nf_conntrack_max=600
cc fw1 mirror set on from new
spray client 192.0.2.100 30001 30300
full()
{
	[ "$(stat fw2 table_full)" -gt 0 ]
}
check "the full table of fw2 is counted" wait_for 5 full
check_between "fw2 has not more than it may" 590 "$(count fw2)" 600
check_is "its own are all there" 500 "$(local_ones)"
check_is "none was thrown out" 0 "$(on fw2 conntrack -S |
	sed -E 's/.*early_drop=([0-9]+).*/\1/' | awk '{ n += $1 } END { print n }')"
check "fw2 says so" wait_for 5 eval \
	'mirror fw2 .reason | grep -q "table of this node is full"'
check "and fw1" wait_for 5 eval 'mirror fw1 .reason | grep -q "table of fw2 is full"'
check "which is not safe" is fw1 .safe false
on fw2 conntrack -D -p udp --src 192.0.2.3 >/dev/null 2>&1
same_again "when there is room it is healed by itself"
check_between "with all 300 flows" 300 "$(wc -l <"$tmp/dump2")" 330
check "and safe" wait_for 20 is fw1 .safe true
check "fw2 says so, too" wait_for 20 is fw2 .safe true
sysctl -qw net.netfilter.nf_conntrack_max=20000
forget
alive "after a full table"

# --- a clash ----------------------------------------------------------------

# in_the_way PORT STATUS: fw2 has a flow with the replies that one of fw1 will have.
in_the_way()
{
	on fw2 conntrack -I -p udp -s 192.0.2.1 -d 192.0.2.100 --sport "$1" \
		--dport 85 -t 600 ${2:+-u "$2"}
}
cc fw1 mirror set on
check "fw2 has an old flow of the same address" in_the_way 4000 SEEN_REPLY,ASSURED
check "and one that came to nothing" in_the_way 4001 ""
in_background ip netns exec "${ns_prefix}client" python3 -c 'import socket, time
socks = []
for port in 4000, 4001:
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("10.10.0.100", port))
    s.connect(("192.0.2.100", 85))
    socks.append(s)
while True:
    for s in socks:
        s.send(b"x")
    time.sleep(0.5)'
clashing=$!
clashed()
{
	[ "$(stat fw2 clashes)" -gt 0 ]
}
check "a flow that clashes is counted" wait_for 10 clashed
check "what was there is still there" listed fw2 -p udp --src 192.0.2.1 --sport 4000
check_not "and the other one is not" listed fw2 -p udp --src 10.10.0.100 --sport 4000
check "what came to nothing gave way" wait_for 5 listed fw2 -p udp \
	--src 10.10.0.100 --sport 4001
check_between "which is counted, too" 1 "$(stat fw2 replaced)" 3
on fw2 conntrack -D -p udp --src 192.0.2.1 --sport 4000 >/dev/null 2>&1
# The next time that it is refreshed.
check "when the way is free it comes" wait_for 25 listed fw2 -p udp \
	--src 10.10.0.100 --sport 4000
same_again "the tables are equal after it"
kill $clashing
alive "after a clash"

# --- a flood ----------------------------------------------------------------

in_background on server python3 -c 'import socket, time
s = socket.create_server(("192.0.2.100", 86), backlog=8)
time.sleep(1000)'
wait_for 10 eval 'on server ss -Hlnt | grep -q ":86 "' || bail "no server"
sent=$(stat fw1 sets_sent)
on client python3 - <<'END'
import socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
s.connect(("192.0.2.100", 0))
ends = socket.inet_aton("10.10.0.100") + socket.inet_aton("192.0.2.100")
for port in range(20000, 30000):
    segment = struct.pack(">HHIIBBHHH", port, 86, 1, 0, 5 << 4, 2, 1024, 0, 0)
    total = sum(struct.unpack(">16H", ends + struct.pack(">HH", 6, 20) +
                              segment))
    total = (total & 0xffff) + (total >> 16)
    total = ~((total & 0xffff) + (total >> 16)) & 0xffff
    s.send(segment[:16] + struct.pack(">H", total) + segment[18:])
END
check_between "fw1 has 10 000 connections that are none" 9900 "$(count fw1)" 10100
check_not "none of them is half open at fw2" wait_for 2 listed fw2 -p tcp --dport 86
check_between "nothing was told" 0 $(($(stat fw1 sets_sent) - sent)) 60
check_between "fw2 has room" 0 "$(count fw2)" 100
on fw1 conntrack -D -p tcp --dport 86 >/dev/null 2>&1
alive "after a flood"

# --- a queue that is too short ----------------------------------------------

# So few that they wait for the timer, not for the worker.
cc fw1 mirror set on from new limit 30
overflow=$(stat fw1 overflow)
spray client 192.0.2.100 20000 25999 &
spraying=$!
most=0
while kill -0 $spraying 2>/dev/null; do
	waits=$(mirror fw1 .queue)
	[ "${waits:-0}" -le "$most" ] || most=$waits
done
wait $spraying
check_between "never more waits than may" 0 "$most" 30
timed check "what found no place is counted" [ "$(stat fw1 overflow)" -gt "$overflow" ]
same_again "and healed by itself"
check_between "with all flows" 6000 "$(wc -l <"$tmp/dump2")" 6100
check "safe again" wait_for 20 is fw1 .safe true
cc fw1 mirror set on from new

# --- a peer restarts while it is told all -----------------------------------

for name in fw1 fw2; do
	on $name tc qdisc replace dev eth2 root netem delay 20ms
done
resyncs=$(stat fw1 resyncs)
for i in 1 2 3 4; do
	cc fw1 mirror resync fw2
	sleep 0.1
	if [ $((i % 2)) = 0 ]; then
		cc fw2 mirror set off
		on fw2 conntrack -F 2>/dev/null
		cc fw2 mirror set on
	else
		cc fw2 peer flush
		sleep 0.05
		cc fw2 peer add fw1 address 10.6.0.1
	fi
	sleep 0.2
done
check "it was told anew" wait_for 10 eval '[ "$(stat fw1 resyncs)" -gt '"$resyncs"' ]'
check "until it knew all" wait_for 30 is fw1 '.peers[0].state' sync
same_again "and the tables are equal"
check_between "with all flows" 6000 "$(wc -l <"$tmp/dump2")" 6100
for name in fw1 fw2; do
	on $name tc qdisc del dev eth2 root
done
forget
cc fw1 mirror set on
alive "after restarts"

# --- two masters ------------------------------------------------------------

# The client and the server are left with fw2; only the peers hear each other.
silence fw1 lan
silence fw1 wan
check "fw2 is master" wait_for 10 is_state fw2 gw master
check "and so is fw1" is_state fw1 gw master
alive "at the second master"
start late client tcp 192.0.2.100 81 10
check "connections begin at the second master" opened late
check "each owns" eval 'is fw1 .owner true && is fw2 .owner true'
check_is "they go on" "answered 10 silent 0 reset 0" "$(use late)"
restore fw1 lan
restore fw1 wan
check "fw2 gives in" wait_for 10 is_state fw2 gw backup
alive "when there is one master"
check_is "what began at the other one lives" "answered 10 silent 0 reset 0" \
	"$(use late)"
same_again "the tables are equal after it"

# --- beside conntrackd ------------------------------------------------------

connect()
{
	on client python3 -c 'import socket
s = socket.create_connection(("192.0.2.100", 81)); s.sendall(b"x\n"); s.recv(2)'
}
if command -v conntrackd >/dev/null; then
	cat >"$tmp/conntrackd.conf" <<-END
		General {
			HashSize 1024
			HashLimit 8192
			LogFile off
			Syslog off
			LockFile $tmp/conntrackd.lock
			UNIX {
				Path $tmp/conntrackd.ctl
			}
			NetlinkBufferSize 262144
			NetlinkBufferSizeMaxGrowth 1048576
		}
		Stats {
			LogFile off
		}
	END
	in_background ip netns exec "${ns_prefix}fw1" conntrackd -C "$tmp/conntrackd.conf" \
		>"$tmp/conntrackd.out" 2>&1
	daemon=$!
	check "conntrackd runs" wait_for 10 test -S "$tmp/conntrackd.ctl"
	in_background on fw1 timeout 60 conntrack -E -p tcp --dport 81 \
		>"$tmp/events" 2>/dev/null
	sleep 1
	told=$(stat fw1 sets_sent)
	connect
	check "conntrack -E hears beside it" wait_for 10 grep -q ESTABLISHED "$tmp/events"
	check "and so do we" wait_for 5 eval '[ "$(stat fw1 sets_sent)" -gt '"$told"' ]'
	on fw1 conntrackd -C "$tmp/conntrackd.conf" -s >"$tmp/conntrackd.said"
	check "and conntrackd" eval \
		'grep -E "active connections:[[:space:]]+[1-9]" "$tmp/conntrackd.said" ||
			! cat "$tmp/conntrackd.said"'
	kill $daemon
	wait_for 5 eval "! kill -0 $daemon"
	same_again "the tables are equal when it has gone"
else
	skip "conntrackd" "there is none here"
fi

# --- several namespaces -----------------------------------------------------

# Two more nodes, without virtual routers, so that what passes is theirs.
node m1 m2
plug m1 eth2 sync 10.3.0.11/24
plug m2 eth2 sync 10.3.0.12/24
wireguard m1 10.3.0.11 m2 10.3.0.12
cc m1 peer add m2 address 10.6.0.2
cc m2 peer add m1 address 10.6.0.1
cc m1 mirror set on
cc m2 mirror set on
check "two more mirror" wait_for 10 is m1 '.peers[0].state' sync
passes()
{
	on m1 conntrack -I -p udp -s 203.0.113.1 -d 198.51.100.1 --sport 1 \
		--dport 2 -t 600 -u SEEN_REPLY,ASSURED
}
check "a flow passes m1" passes
check "m2 knows it" wait_for 5 listed m2 -p udp --src 203.0.113.1
check_not "fw1 does not" listed fw1 -p udp --src 203.0.113.1
check_not "nor does fw2" listed fw2 -p udp --src 203.0.113.1
check_not "nor m2 what fw2 knows" listed m2 -p tcp --dport 80
on m1 conntrack -D -p udp --src 203.0.113.1 >/dev/null 2>&1
check "it ends at m2" wait_for 5 eval '! listed m2 -p udp --src 203.0.113.1'

# --- an end while much waits ------------------------------------------------

# For ever new flows, which the peer takes with a delay.
cc fw1 mirror set on from new
on fw2 tc qdisc replace dev eth2 root netem delay 100ms
in_background ip netns exec "${ns_prefix}client" python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    for port in range(20000, 30000):
        s.sendto(b"x", ("192.0.2.100", port))
        if port % 50 == 0:
            time.sleep(0.005)'
flood=$!
dmesg -C
sleep 1
for name in m2 fw2; do
	ip netns del "$ns_prefix$name"
done
nodes=(client fw1 server m1)
sleep 0.3
cc fw1 mirror set off
check_is "off while much waits" 0 $?
cc fw1 mirror set on from new
sleep 0.3
ip netns del "${ns_prefix}m1"
nodes=(client fw1 server)
check "the module goes while much waits" modprobe -r kcluster
kill $flood
check_not "the kernel says nothing about it" \
	eval 'dmesg | grep -E "WARN|BUG|Call Trace|refcount|leak"'
sysctl -qw net.netfilter.nf_conntrack_max="$before"
modprobe kcluster
finish
