#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A peer that joins late: 20 000 connections, 100 000 with KC_LONG, reach it over a
# cable that loses every twentieth packet, while the sender goes on forwarding, and
# afterwards both tables are the same. They still are after thousands of connections
# came and went on the same few ports while packets were lost, doubled and overtaken.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/firewalls.sh
. "$(dirname "$0")/firewalls.sh"

modprobe wireguard 2>/dev/null || skip_all "there is no WireGuard"
modprobe sch_netem 2>/dev/null || skip_all "there is no netem"
need_module
need jq wg nft python3 conntrack tc

entries=20000
[ -z "${KC_LONG-}" ] || entries=100000

build_firewalls
rules fw1
rules fw2
sysctl -qw net.netfilter.nf_conntrack_max=$((3 * entries)) \
	net.netfilter.nf_conntrack_buckets=65536 || bail "no room for so many"
for name in fw1 fw2; do
	on $name sysctl -qw net.netfilter.nf_conntrack_udp_timeout=3600
done
# Nobody answers, not even that there is nobody.
on server nft -f - <<'END'
table inet kc {
	chain input {
		type filter hook input priority 0
		meta l4proto udp drop
	}
}
END

gateway fw1 150
gateway fw2 100
check "fw1 is master" wait_for 10 is_state fw1 gw master
cc fw1 mirror set on from new
check_is "fw1 mirrors, to nobody yet" 0 $?

# spoil WORDS...: what happens to packets on the cable between them.
spoil()
{
	on fw1 tc qdisc replace dev eth2 root netem "$@"
	on fw2 tc qdisc replace dev eth2 root netem "$@"
}

count()
{
	on "$1" conntrack -C
}

in_sync()
{
	is fw1 '.peers[0].state' sync && is fw2 '.peers[0].peer_state' sync
}

# --- many -------------------------------------------------------------------

on client python3 - $entries <<'END'
import socket, sys
total, ports = int(sys.argv[1]), 50000
for first in range(0, total, ports):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for i in range(min(ports, total - first)):
        s.sendto(b"x", ("192.0.2.100", 1024 + i))
END
check_between "fw1 has all connections" $entries "$(count fw1)" $((entries + 100))

spoil loss 5%
on client ping -q -i 0.05 -c 200 -W 2 192.0.2.100 >"$tmp/ping" &
pinging=$!
cc fw1 peer add fw2 address 10.6.0.2
cc fw2 peer add fw1 address 10.6.0.1
cc fw2 mirror set on from new
began=$(now)
check "all of it was told" wait_for 120 in_sync
note "after $(awk -v a="$began" -v b="$(now)" 'BEGIN { print b - a }') s," \
	"$(stat fw1 datagrams_sent) datagrams, $(stat fw1 sent_again) of them again"
check "some was lost on its way" eval '[ "$(stat fw1 sent_again)" -gt 0 ]'
check_between "fw2 has all of it" $entries "$(count fw2)" $((entries + 100))
check "the tables are equal" wait_for 60 same_tables
check_between "which is not for want of connections" $entries \
	"$(wc -l <"$tmp/dump2")" $((entries + 100))
wait $pinging
check "fw1 went on forwarding" grep -q ' 200 received' "$tmp/ping"
check_is "nothing was malformed" 0 "$(stat fw2 discard_malformed)"
check_is "nothing overflowed" 0 "$(stat fw1 overflow)"
check_is "fw2 told nothing of it" 0 "$(stat fw2 sets_sent)"

# What ends ends over there, too.
on fw1 conntrack -D -p udp --dport 2000 >/dev/null 2>&1
check "one end" wait_for 20 eval '! listed fw2 -p udp --dport 2000'
on fw1 conntrack -F 2>/dev/null
check "the end of all" wait_for 60 eval '[ "$(count fw2)" -lt 100 ]'

# --- in disorder ------------------------------------------------------------

on server python3 -c 'import socket
listener = socket.create_server(("192.0.2.100", 80), backlog=512)
while True:
    s, _ = listener.accept()
    try:
        s.sendall(s.recv(100))
    except OSError:
        pass
    s.close()' &
background+=($!)
disown
wait_for 20 eval 'on server ss -Hlnt | grep -q ":80 "' || bail "no server"

spoil loss 5% duplicate 5% delay 4ms 3ms reorder 30% 50%
# Each port again and again, and reset, so that it can be used at once; and in
# between the firewall forgets.
on client python3 - >"$tmp/churn" <<'END'
import socket, struct
done = 0
for turn in range(200):
    for port in range(30000, 30020):
        s = socket.socket()
        s.settimeout(5)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                     struct.pack("ii", 1, 0))
        try:
            s.bind(("10.10.0.100", port))
            s.connect(("192.0.2.100", 80))
            s.sendall(b"x")
            done += len(s.recv(1))
        except OSError:
            pass
        s.close()
print(done)
END
check_between "4000 connections on 20 ports" 3900 "$(cat "$tmp/churn")" 4000
check "the tables are equal after it" wait_for 30 same_tables
check "they are told of" eval '[ "$(stat fw1 dels_sent)" -gt 100 ]'
for _ in 1 2 3 4 5; do
	on client python3 -c 'import socket
for port in range(31000, 31300):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("10.10.0.100", port))
    s.sendto(b"x", ("192.0.2.100", 9))'
	on fw1 conntrack -D -p udp --dport 9 >/dev/null 2>&1
done
check "nor does anything stay that was deleted" wait_for 30 eval \
	'! listed fw2 -p udp --dport 9 && same_tables'
check_is "no clash" 0 "$(stat fw2 clashes)"
check_is "fw2 still tells nothing" 0 "$(stat fw2 sets_sent)"
finish
