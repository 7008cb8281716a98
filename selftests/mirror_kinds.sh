#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All that a connection can be and have travels, and goes on at the node that
# takes over: SCTP, ICMP, GRE and protocols that nobody knows; both kinds of NAT
# at once; marks, labels, zones, also of one direction; what a flow table took
# over; FTP with its helper, shifted sequence numbers, and data connections that
# were only announced when the master died.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/firewalls.sh
. "$(dirname "$0")/firewalls.sh"

modprobe wireguard 2>/dev/null || skip_all "there is no WireGuard"
modprobe -a nf_conntrack_ftp nf_nat_ftp 2>/dev/null ||
	skip_all "there is no helper for FTP"
need_module
need jq wg nft python3 conntrack

ftp=$selftests/mirror_ftp.py

build_firewalls
rules fw1
rules fw2
# What says nothing for a while is to live on where all takes longer.
for name in fw1 fw2; do
	on $name sysctl -qw net.netfilter.nf_conntrack_udp_timeout_stream=$((30 * patience)) \
		net.netfilter.nf_conntrack_gre_timeout=$((30 * patience))
done

# kinds NODE: what is assigned to flows by whichever node sees their beginning.
kinds()
{
	on "$1" nft -f - <<'END'
table inet kinds {
	ct helper ftp {
		type "ftp" protocol tcp
	}
	chain zones {
		type filter hook prerouting priority raw
		udp dport 5000 ct zone set 7
		udp sport 5000 ct zone set 7
		iifname eth0 udp dport 5001 ct original zone set 9
	}
	chain helpers {
		type filter hook prerouting priority mangle
		tcp dport 21 ct helper set "ftp"
	}
	chain pre {
		type nat hook prerouting priority dstnat
		iifname eth1 ip daddr 192.0.2.1 tcp dport 21 dnat ip to 10.10.0.100
		iifname eth1 ip6 daddr fd20::1 tcp dport 21 dnat ip6 to fd10::64
		iifname eth1 ip daddr 192.0.2.1 tcp dport 8081 dnat ip to 10.10.0.100:81
		iifname eth1 ip6 daddr fd20::1 tcp dport 8081 dnat ip6 to [fd10::64]:81
	}
	chain post {
		type nat hook postrouting priority srcnat
		oifname eth0 ip daddr 10.10.0.100 tcp dport 81 snat ip to 10.10.0.1
		oifname eth0 ip6 daddr fd10::64 tcp dport 81 snat ip6 to fd10::1
	}
}
END
}

check "rules at fw1" kinds fw1
check "rules at fw2" kinds fw2
# Marks and labels are set by the first node only, so that the second one can
# have them from nowhere else; it counts what has them. Nothing that could begin
# anew without anybody noticing may begin there.
on fw1 nft -f - <<'END'
table inet marks {
	chain forward {
		type filter hook forward priority -10
		tcp dport 83 ct mark set 0x42 ct label set 5
		udp dport 83 ct mark set 0x43 ct label set 100
	}
}
END
on fw2 nft -f - <<'END'
table inet marks {
	counter marked {
	}
	counter labelled {
	}
	chain forward {
		type filter hook forward priority -10
		meta l4proto { udp, gre, sctp, 253 } ct state new drop
		tcp dport 83 ct mark 0x42 counter name marked
		tcp dport 83 ct label 5 counter name labelled
		udp dport 83 ct mark 0x43 counter name marked
		udp dport 83 ct label 100 counter name labelled
	}
}
END

# counted NAME: packets that fw2 saw with it.
counted()
{
	on fw2 nft -j list counter inet marks "$1" |
		jq '.nftables[] | select(.counter).counter.packets'
}

gateway fw1 150
gateway fw2 100
check "fw1 is master" wait_for 10 is_state fw1 gw master
cc fw1 peer add fw2 address 10.6.0.2
cc fw2 peer add fw1 address 10.6.0.1
cc fw1 mirror set on
cc fw2 mirror set on
check "fw2 knows all" wait_for 10 is fw2 '.peers[0].peer_state' sync

# --- beginnings -------------------------------------------------------------

sctp=
if modprobe sctp 2>/dev/null; then
	sctp="sctp4 sctp6"
	serve served_sctp4 server 192.0.2.100 sctp:84
	serve served_sctp6 server fd20::64 sctp:84
	start sctp4 client sctp 192.0.2.100 84 5
	start sctp6 client sctp fd20::64 84 5
else
	skip "SCTP" "there is none here"
fi
serve served4 server 192.0.2.100 82 83 5000 5001
serve served6 server fd20::64 82 83 5000 5001
serve published4 client 10.10.0.100 81
serve published6 client fd10::64 81

# talk_ftp NAME NODE ADDRESS: a control connection; "ftp NAME" uses it.
talk_ftp()
{
	mkfifo "$tmp/$1.in"
	in_background ip netns exec "$ns_prefix$2" "$ftp" talk "$3" \
		<>"$tmp/$1.in" >"$tmp/$1.out"
}

for v in 4 6; do
	there=192.0.2.100 here=192.0.2.1 inside=10.10.0.100
	[ $v = 4 ] || there=fd20::64 here=fd20::1 inside=fd10::64
	start mark_tcp$v client tcp $there 83 3
	start mark_udp$v client udp $there 83 3
	start zone$v client udp $there 5000 3
	start orig$v client udp $there 5001 3
	start both$v server tcp $here 8081 3
	in_background on server "$ftp" serve $there >"$tmp/ftp_server$v.out"
	in_background on client "$ftp" serve $inside >"$tmp/ftp_client$v.out"
	opened ftp_server$v || bail "no FTP"
	opened ftp_client$v || bail "no FTP"
	talk_ftp active$v client $there
	talk_ftp passive$v server $here
done
streams="mark_tcp4 mark_tcp6 both4 both6"
datagrams="mark_udp4 mark_udp6 zone4 zone6 orig4 orig6"
for name in $sctp $streams $datagrams active4 active6 passive4 passive6; do
	check "$name: open through fw1" opened "$name"
done

# ftp NAME WORD...: each has to be answered with ok.
ftp()
{
	local name=$1 word before

	shift
	for word; do
		before=$(wc -l <"$tmp/$name.out")
		echo "$word" >"$tmp/$name.in"
		wait_for 20 eval "[ \$(wc -l <'$tmp/$name.out') -gt $before ]"
		[ "$(tail -n 1 "$tmp/$name.out")" = "$word ok" ] || {
			tail -n 1 "$tmp/$name.out"
			return 1
		}
	done
}

# gre_tunnel: between both ends, through the firewall and its NAT.
gre_tunnel()
{
	ipn client link add gre1 type gre local 10.10.0.100 remote 192.0.2.100 &&
		ipn server link add gre1 type gre local 192.0.2.100 remote 192.0.2.1 &&
		ipn client address add 10.99.0.1/24 dev gre1 &&
		ipn server address add 10.99.0.2/24 dev gre1 &&
		ipn client link set gre1 up && ipn server link set gre1 up
}

in_background on client ping -i 0.5 192.0.2.100 >/dev/null
in_background on client ping -i 0.5 fd20::64 >/dev/null
gre=
if gre_tunnel 2>"$tmp/gre.err"; then
	gre=gre
	in_background on client ping -i 0.5 10.99.0.2 >"$tmp/gre.out"
else
	skip "GRE" "$(tail -n 1 "$tmp/gre.err")"
fi
# A protocol of which conntrack knows nothing.
in_background on server python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
while True:
    data, peer = s.recvfrom(2048)
    s.sendto(data[20:], peer)'
in_background on client python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
while True:
    s.sendto(b"hello", ("192.0.2.100", 0))
    time.sleep(0.5)'

sleep 2.5
for name in $datagrams; do
	check_is "$name goes on" "answered 3 silent 0 reset 0" "$(use "$name")"
done

# --- a flow table -----------------------------------------------------------

fast=
if on fw1 nft -f - 2>"$tmp/fast.err" <<'END'
table inet fast {
	flowtable f {
		hook ingress priority 0
		devices = { eth0, eth1 }
	}
	chain forward {
		type filter hook forward priority 10
		ct state established meta l4proto { tcp, udp } th dport 82 flow add @f
	}
}
END
then
	fast="fast_tcp4 fast_tcp6"
	start fast_tcp4 client tcp 192.0.2.100 82 3
	start fast_tcp6 client tcp fd20::64 82 3
	start fast_udp client udp 192.0.2.100 82 3
	for name in $fast fast_udp; do
		check "$name: open through fw1" opened "$name"
	done
	sleep 2.5
	for _ in 1 2 3; do
		for name in $fast fast_udp; do
			use "$name" >/dev/null
		done
	done
	check "fw1 has them in its flow table" eval \
		'[ "$(on fw1 conntrack -L -p tcp --dport 82 2>/dev/null |
			tee "$tmp/fast" | grep -c OFFLOAD)" = 6 ] || ! cat "$tmp/fast"'
	# Longer than the timeout of a UDP stream.
	for ((i = 0; i < 9; i++)); do
		for name in fast_udp $datagrams; do
			use "$name" >/dev/null
		done
		sleep $((4 * patience))
	done
	check_is "its UDP streams are known on fw2 all the time" 3 \
		"$(on fw2 conntrack -L -p udp --dport 82 2>/dev/null | wc -l)"
	check_between "with a timeout that is their own" 1 \
		"$(on fw2 conntrack -L -p udp --dport 82 2>/dev/null |
			awk '{ print $3 }' | sort -n | tail -n 1)" $((30 * patience + 1))
	check_not "but are in no flow table there" eval \
		'on fw2 conntrack -L 2>/dev/null | grep -q OFFLOAD'
else
	skip "flow tables" "$(head -n 1 "$tmp/fast.err")"
fi

# --- FTP --------------------------------------------------------------------

# One data connection is there; another one was announced only.
for v in 4 6; do
	check "active$v: a data connection" ftp active$v port retr use
	check "passive$v: a data connection" ftp passive$v pasv retr use
	check "active$v: another is announced" ftp active$v port
	check "passive$v: another is announced" ftp passive$v pasv
done

# expected NODE: what it expects, without times.
expected()
{
	{
		on "$1" conntrack -L expect
		on "$1" conntrack -L expect -f ipv6
	} 2>/dev/null | sed -E 's/^[0-9]+ //' | sort -u
}

same_expected()
{
	expected fw1 >"$tmp/expect1"
	expected fw2 >"$tmp/expect2"
	diff "$tmp/expect1" "$tmp/expect2"
}

check "the same is expected at both" wait_for 10 same_expected
check_is "which are four connections" 4 "$(wc -l <"$tmp/expect1")"
check_is "no helper was missing" 0 "$(stat fw2 no_helper)"

# --- both know the same -----------------------------------------------------

check "both tables are equal" equal_within 15
for words in "-p icmp" "-f ipv6 -p icmpv6" "-p 253" ${gre:+"-p 47"} \
	"-m 0x42 -p tcp" "-f ipv6 -m 0x43 -p udp" "-w 7 -p udp --dport 5000" \
	"--orig-zone 9 -p udp --dport 5001" \
	"-f ipv6 --orig-zone 9 -p udp --dport 5001" \
	"-p tcp --dport 8081 --reply-src 10.10.0.100 --reply-dst 10.10.0.1" \
	${sctp:+"-p sctp --dport 84"} ${sctp:+"-f ipv6 -p sctp --dport 84"}; do
	# shellcheck disable=SC2086 # words
	check "on fw2: $words" listed fw2 $words
done
check "on fw2: a helper" eval \
	'on fw2 conntrack -L -p tcp --dport 21 2>/dev/null | grep -q helper=ftp'
check_is "no clash" 0 "$(stat fw2 clashes)"
check_is "nothing that could not be inserted" 0 "$(stat fw2 insert_errors)"
check_is "nothing malformed" 0 "$(stat fw2 discard_malformed)"

# --- and goes on ------------------------------------------------------------

for dev in eth0 eth1 eth2; do
	ipn fw1 link set $dev down
done
check "fw2 takes over" wait_for 10 is_state fw2 gw master
for name in $streams $fast $datagrams; do
	check_is "$name: goes on at fw2" "answered 3 silent 0 reset 0" "$(use "$name")"
done
for name in $sctp; do
	check_is "$name: goes on at fw2" "answered 5 silent 0 reset 0" "$(use "$name")"
done
check "marks came along" [ "$(counted marked)" -ge 12 ]
check "and labels" [ "$(counted labelled)" -ge 12 ]
for v in 4 6; do
	check "active$v: data goes on" ftp active$v use
	check "active$v: what was announced comes" ftp active$v retr use
	check "passive$v: data goes on" ftp passive$v use
	check "passive$v: what was announced comes" ftp passive$v retr use
	check "active$v: there can be more" ftp active$v port retr use
	check "passive$v: there can be more" ftp passive$v pasv retr use
done
gre_goes_on()
{
	wait_for 5 eval "[ \$(wc -l <'$tmp/gre.out') -gt $1 ]"
}
[ -z "$gre" ] ||
	check "GRE goes on at fw2" gre_goes_on $(($(wc -l <"$tmp/gre.out") + 2))
finish
