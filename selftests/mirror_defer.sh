#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Mirroring with defer: the first packet of a new flow waits until the peer knows
# the flow. The link between the firewalls is given a delay, so that it shows: what
# waits, and for how long; what does not; how many may; and that nothing is lost,
# whatever happens meanwhile.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/firewalls.sh
. "$(dirname "$0")/firewalls.sh"

modprobe wireguard 2>/dev/null || skip_all "there is no WireGuard"
need_module
need jq wg nft python3 conntrack tc tcpdump

build_firewalls
rules fw1
rules fw2
# What nobody answers.
on server nft -f - <<'END'
table inet kc {
	chain input {
		type filter hook input priority 0
		udp dport 20000-39999 drop
	}
}
END
gateway fw1 150
gateway fw2 100
check "fw1 is master" wait_for 10 is_state fw1 gw master
cc fw1 peer add fw2 address 10.6.0.2 interval 500ms lose 4
cc fw2 peer add fw1 address 10.6.0.1 interval 500ms lose 4

# --- what is said of it -----------------------------------------------------

cc fw1 mirror set on defer on from assured 2>"$tmp/err"
check_is "from assured tells too late for it" 2 $?
check "which is said" grep -q "from assured tells it later: say from new" "$tmp/err"
check_is "nothing came of that" false "$(mirror fw1 .on)"
cc fw1 mirror set on defer on
cc fw2 mirror set on defer on
check_is "it is on" "true new" "$(mirror fw1 '"\(.defer) \(.from)"')"
check "save has it" eval 'cc fw1 save | grep -qx "mirror set on from new defer on"'
check "show, too" eval 'cc fw1 mirror show | grep -qx "mirror: on from new defer on"'
cc fw1 mirror set on defer off
check_is "and off again" "false assured" "$(mirror fw1 '"\(.defer) \(.from)"')"
check "fw2 knows all" wait_for 10 is fw2 '.peers[0].peer_state' sync
check "fw1 sees that" wait_for 10 is fw1 '.peers[0].state' sync

# --- measuring --------------------------------------------------------------

serve served4 server 192.0.2.100 80
serve served6 server fd20::64 80
serve clients4 client 10.10.0.100 80
serve clients6 client fd10::64 80
capture "$tmp/client" client:eth0 "tcp or udp"
capture "$tmp/server" server:eth0 "tcp or udp"

# probe NODE PROTOCOL ADDRESS PORT SOURCE-PORT: begin a flow, and use it.
probe()
{
	on "$1" python3 - "${@:2}" <<'END'
import socket, sys, time
protocol, address, port, own = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
family = socket.AF_INET6 if ":" in address else socket.AF_INET
kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
s = socket.socket(family, kind)
s.settimeout(5)
s.bind(("", own))
s.connect((address, port))
for _ in range(2):
    s.send(b"x\n")
    s.recv(2)
    time.sleep(0.05)
END
}

# stamp FILE N PORT: when the Nth packet from there passed.
stamp()
{
	one_line "$tmp/$1" | grep -F ".$3 > " | awk -v n="$2" 'NR == n { print $1 }'
}

passed()
{
	[ -n "$(stamp "$@")" ]
}

# ms N FROM TO PORT: how long the Nth packet from that port took.
ms()
{
	wait_for 5 passed "$3" "$1" "$4"
	awk -v a="$(stamp "$2" "$1" "$4")" -v b="$(stamp "$3" "$1" "$4")" \
		'BEGIN { if (a && b) printf "%.2f\n", (b - a) * 1000 }'
}

own=40000
# takes NAME LOW HIGH PROTOCOL ADDRESS PORT [NODE]: ms that the first packet of a
# new flow there takes; the second one takes no time.
takes()
{
	local from=${7:-client} to=server

	[ "$from" = client ] || to=client
	own=$((own + 1))
	check "$1: passes" probe "$from" "$4" "$5" "$6" $own
	check_between "$1: ms of the first packet" "$2" "$(ms 1 "$from" $to $own)" "$3"
	check_between "$1: of the second" 0 "$(ms 2 "$from" $to $own)" 2
}

# far MS: the link between the firewalls takes so long, either way.
far()
{
	local name

	for name in fw1 fw2; do
		on $name tc qdisc replace dev eth2 root netem delay "$1ms" limit 10000
	done
}

near()
{
	local name

	for name in fw1 fw2; do
		on $name tc qdisc del dev eth2 root 2>/dev/null
	done
}

# --- one round trip ---------------------------------------------------------

far 5
takes "without defer" 0 2 udp 192.0.2.100 80
cc fw1 mirror set on defer on
check_is "nothing waited so far" 0 "$(stat fw1 deferred)"
takes "UDP" 9.9 14 udp 192.0.2.100 80
takes "UDP over IPv6" 9.9 14 udp fd20::64 80
takes "TCP" 9.9 14 tcp 192.0.2.100 80
takes "TCP over IPv6" 9.9 14 tcp fd20::64 80
takes "to a published address" 9.9 14 tcp 192.0.2.1 8080 server
takes "of IPv6" 9.9 14 tcp fd20::1 8080 server
takes "UDP to it" 9.9 14 udp 192.0.2.1 8080 server
check_is "each waited, once" 7 "$(stat fw1 deferred)"
timed check_is "none in vain" 0 "$(stat fw1 deferred_late)"
check_is "nor at the other firewall" 0 "$(stat fw2 deferred)"

# To the firewall itself.
for address in 10.10.0.1 fd10::1; do
	on client ping -c 2 -i 0.3 $address | sed -n 's/.*time=\([0-9.]*\) ms/\1/p' >"$tmp/ping"
	check_between "ping to $address: ms of the first" 9.9 "$(sed -n 1p "$tmp/ping")" 14
	check_between "of the second" 0 "$(sed -n 2p "$tmp/ping")" 2
done
serve own fw1 10.10.0.1 81
own=$((own + 1))
check "TCP to the firewall itself" probe client tcp 10.10.0.1 81 $own
check_between "ms until it answers" 9.9 "$(awk -v a="$(stamp client 1 $own)" -v b="$(
	one_line "$tmp/client" | grep -F "> 10.10.0.100.$own:" | awk 'NR == 1 { print $1 }')" \
	'BEGIN { printf "%.2f\n", (b - a) * 1000 }')" 14
check_is "these waited, too" 10 "$(stat fw1 deferred)"
before=$(stat fw1 deferred)
on fw1 ping -q -c 1 192.0.2.100 >/dev/null
check_is "what the firewall begins itself does not" "$before" "$(stat fw1 deferred)"

# --- two at once ------------------------------------------------------------

own=$((own + 1))
on client python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", int(sys.argv[1])))
s.sendto(b"1", ("192.0.2.100", 20000))
s.sendto(b"22", ("192.0.2.100", 20000))' $own
check_between "when a second one comes the first one goes on" 0 \
	"$(ms 1 client server $own)" 4
check_between "and the second one" 0 "$(ms 2 client server $own)" 4
check_is "in their order" "1 2" "$(one_line "$tmp/server" | grep -F ".$own > " |
	sed 's/.*length //' | xargs)"

# --- who has it first -------------------------------------------------------

# The way there takes no time, but the way back does: fw2 knows the flow long
# before the server hears of it.
on fw1 tc qdisc del dev eth2 root
on fw2 tc qdisc replace dev eth2 root netem delay 15ms
# first_known: when the first flow after this came to be in the table of fw2.
in_background on fw2 python3 -c 'import time
def flows():
    return int(open("/proc/sys/net/netfilter/nf_conntrack_count").read())
before = flows()
print("ready", flush=True)
while flows() <= before:
    time.sleep(0.0005)
print(time.time(), flush=True)' >"$tmp/known"
wait_for 10 grep -q ready "$tmp/known"
takes "a peer that answers late" 14.9 19 udp 192.0.2.100 80
wait_for 5 eval '[ "$(wc -l <"$tmp/known")" = 2 ]'
check_between "ms that the peer knew it before the server did" 5 "$(awk \
	-v a="$(tail -n 1 "$tmp/known")" -v b="$(stamp server 1 $own)" \
	'BEGIN { printf "%.2f\n", (b - a) * 1000 }')" 16

near
takes "without a delay between the firewalls" 0 2 udp 192.0.2.100 80
late=$(stat fw1 deferred_late)
timed check_is "none was late so far" 0 "$late"

# --- a peer that does not answer in time ------------------------------------

far 15
check "the peer is there" wait_for 10 is fw1 '.peers[0].state' sync
takes "a peer that is far away" 19.5 23 udp 192.0.2.100 80
timed check_is "which is counted" $((late + 1)) "$(stat fw1 deferred_late)"
near
on fw1 tc qdisc replace dev eth2 root netem loss 100%
takes "a peer that does not answer" 19.5 23 udp 192.0.2.100 80
timed check_is "is counted as well" $((late + 2)) "$(stat fw1 deferred_late)"
is_dead()
{
	cc fw1 -j peer show fw2 | jq -e '.[0].state == "dead"'
}
check "it is dead" wait_for 10 is_dead
before=$(stat fw1 deferred)
takes "a peer that is dead" 0 2 udp 192.0.2.100 80
check_is "for which nobody waits" "$before" "$(stat fw1 deferred)"
on fw1 tc qdisc del dev eth2 root
check "it is back" wait_for 10 is fw1 '.safe' true
takes "a peer that is back" 0 2 udp 192.0.2.100 80
check_is "for which is waited again" $((before + 1)) "$(stat fw1 deferred)"

# --- many -------------------------------------------------------------------

far 200
# arrived FIRST LAST: datagrams to these ports that the server saw, by port.
arrived()
{
	sed -nE 's/.* > [0-9.]+\.([0-9]+): UDP.*/\1/p' "$tmp/server.raw" |
		awk -v first="$1" -v last="$2" '$1 >= first && $1 <= last' | sort -u
}
all_of()
{
	[ "$(arrived "$1" "$2" | wc -l)" = $(($2 - $1 + 1)) ]
}
# spray FIRST LAST SECONDS [ADDRESS]: a datagram to each port, with so much between.
spray()
{
	on client python3 - "$1" "$2" "$3" "${4-192.0.2.100}" <<'END'
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, 32, 1 << 24)      # SO_SNDBUFFORCE
for port in range(int(sys.argv[1]), int(sys.argv[2]) + 1):
    s.sendto(b"x", (sys.argv[4], port))
    if float(sys.argv[3]):
        time.sleep(float(sys.argv[3]))
END
}
# They gather at the client and come at once.
sysctl -qw net.core.netdev_max_backlog=10000
on client tc qdisc replace dev eth0 root netem slot 1s 1s limit 10000
before=$(stat fw1 deferred)
full=$(stat fw1 deferred_full)
burst=$((3000 / patience))
spray 21000 $((20999 + burst)) 0
check "a burst of $burst flows arrives" wait_for 20 all_of 21000 $((20999 + burst))
on client tc qdisc del dev eth0 root
before=$(($(stat fw1 deferred) - before))
full=$(($(stat fw1 deferred_full) - full))
check_is "each of them waited or found no place" $burst $((before + full))
note "$full of them found no place"

# In the network namespace of a user only 64 may wait, which are soon there. It
# passes packets on to a network of its own.
in_background unshare -U -r -n sleep 1000
users=$!
wait_for 5 eval '[ "$(readlink /proc/self/ns/net)" != "$(readlink /proc/'"$users"'/ns/net)" ]'
ip netns attach "${ns_prefix}user" $users
nodes+=(user)
ipn user link set lo up
node other
plug user eth0 lan 10.10.0.21/24
plug user eth1 wan 192.0.2.21/24
plug user eth2 sync 10.3.0.21/24
plug other eth2 sync 10.3.0.22/24
wireguard user 10.3.0.21 other 10.3.0.22
on user sysctl -qw net.ipv4.ip_forward=1
ipn user route add 198.51.100.0/24 via 192.0.2.100
ipn client route add 198.51.100.0/24 via 10.10.0.21
ipn server address add 198.51.100.100/32 dev lo
cc user peer add other address 10.6.0.2 interval 1s
cc other peer add user address 10.6.0.1 interval 1s
cc user mirror set on defer on
cc other mirror set on
check "it mirrors, too" wait_for 20 is user .safe true
on other tc qdisc replace dev eth2 root netem delay 200ms limit 10000
spray 31000 31999 0 198.51.100.100
check "1000 flows through it arrive" wait_for 20 all_of 31000 31999
full=$(stat user deferred_full)
before=$(stat user deferred)
timed check "some found no place" [ "$full" -gt 0 ]
check_is "and all others waited" 1000 $((before + full))
took=$(one_line "$tmp/client" | awk '/ > 198\.51\.100\.100\./ {
	if (!first) first = $1
	last = $1 } END { print int((last - first) * 1000) }')
check_between "no more than 64 within 20 ms" 64 "$before" $((64 * (took / 20 + 1)))
cc user mirror set off
cc other mirror set off
check "the way to the peer is as it was" wait_for 20 is fw1 .safe true

# --- an end while some wait -------------------------------------------------

# Each waits for its 20 ms, so that there are always some.
ends()
{
	local name=$1 first=$2 last=$3 waited spraying

	shift 3
	waited=$(stat fw1 deferred)
	spray "$first" "$last" 0.002 &
	spraying=$!
	check "$name: some wait" wait_for 5 eval \
		'[ "$(stat fw1 deferred)" -gt '"$((waited + 10))"' ]'
	check "$name while packets wait" "$@"
	wait $spraying
	check "$name: none is lost" wait_for 10 all_of "$first" "$last"
}
dmesg -C
ends "no defer any more" 24000 24599 cc fw1 mirror set on
check_is "none is to wait then" false "$(mirror fw1 .defer)"
check "and again" cc fw1 mirror set on defer on
ends "the mirror goes" 25000 25599 cc fw1 mirror set off
check "and comes" cc fw1 mirror set on defer on
check "it is told" wait_for 20 is fw1 '.peers[0].state' sync
ends "the peer goes" 26000 26599 cc fw1 peer flush
cc fw1 peer add fw2 address 10.6.0.2 interval 500ms lose 4
near
check "the peer is told" wait_for 20 is fw1 '.safe' true

# --- what it is for ---------------------------------------------------------

# unknown_after FIRST LAST: flows begin, the master is cut off in the middle of
# it, and of those that the server saw so many are not known to the next one.
unknown_after()
{
	local spraying

	spray "$1" "$2" 0.002 &
	spraying=$!
	sleep 1
	# As a machine that dies: nothing in, nothing out, all at once.
	ip netns exec "$switch" nft -f - <<-END
		table bridge cut {
			chain forward {
				type filter hook forward priority 0
				iifname "fw1-*" drop
				oifname "fw1-*" drop
			}
		}
	END
	sleep 0.1
	arrived "$1" "$2" >"$tmp/seen"
	wait_for 10 is_state fw2 gw master || note "fw2 is no master"
	wait $spraying
	on fw2 conntrack -L -p udp --src 10.10.0.100 2>/dev/null |
		sed -nE 's/.*src=10\.10\.0\.100 dst=192\.0\.2\.100 sport=[0-9]+ dport=([0-9]+) .*/\1/p' |
		sort -u >"$tmp/table"
	comm -23 "$tmp/seen" "$tmp/table" | wc -l
}

# as_before: fw1 is back, and fw2 knows all of it.
as_before()
{
	ip netns exec "$switch" nft delete table bridge cut
	wait_for 30 is_state fw1 gw master && wait_for 20 is fw1 .safe true
}

far 5
check "both are there" wait_for 20 is fw1 .safe true
check_is "of the flows that the server knows fw2 knows all" 0 "$(unknown_after 27000 27999)"
check_between "which are some" 50 "$(wc -l <"$tmp/seen")" 950
check "fw1 is back" as_before
cc fw1 mirror set on from new
check "without defer" wait_for 20 is fw1 .safe true
unknown=$(unknown_after 28000 28999)
timed check "of the last few it does not" [ "$unknown" -gt 0 ]
note "without defer $unknown are unknown"
check "fw1 is back again" as_before

# --- and an end of all ------------------------------------------------------

# The user's namespace goes, then the module, while both hold packets.
cc fw1 mirror set on defer on
far 200
check "packets wait again" wait_for 20 is fw1 .safe true
cc user mirror set on defer on
cc other mirror set on
check "the user's, too" wait_for 20 is user .safe true
worker=kcmirror/$(printf %x "$(readlink "/proc/$users/ns/net" | tr -dc 0-9)")
works()
{
	grep -qsx "$worker" /proc/[0-9]*/comm
}
check "it has a worker" works
for what in user module; do
	case $what in
	user) via=user address=198.51.100.100 ports="32000 32599" ;;
	module) via=fw1 address=192.0.2.100 ports="29000 29599" ;;
	esac
	waited=$(stat "$via" deferred)
	# shellcheck disable=SC2086 # two words
	spray $ports 0.002 $address &
	spraying=$!
	check "$what: some wait" wait_for 5 eval \
		'[ "$(stat $via deferred)" -gt '"$((waited + 10))"' ]'
	case $what in
	user)
		kill "$users"
		check "a namespace goes while packets wait there" \
			ip netns del "${ns_prefix}user"
		nodes=(client fw1 fw2 server other)
		check "and its worker" wait_for 30 negate works
		;;
	module)
		check "the module goes while packets wait" modprobe -r kcluster
		;;
	esac
	wait $spraying
done
modprobe kcluster
check_not "the kernel says nothing about all that" \
	eval 'dmesg | grep -E "WARN|BUG|Call Trace|refcount|leak|unregister_netdevice"'
finish
