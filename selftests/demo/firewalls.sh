#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two firewalls, three connections through them, and the master crashes.
#
#	            lan                                     outside
#	192.168.50.0/24, fd50::/64               203.0.113.0/24, 2001:db8::/64
#	            |      +----------- fw1 ----------+        |
#	            |------| eth0 .2  eth3   eth1 .2  |--------|
#	+--------+  |      +-----------+--------------+        |  +--------+
#	| inside |--|                  | wg0                   |--| client |
#	|   .10  |  |      +-----------+--------------+        |  |   .10  |
#	+--------+  |------| eth0 .3  eth3   eth1 .3  |--------|  +--------+
#	            |      +----------- fw2 ----------+        |
#
#	inside   downloads a file from the client       hidden behind 203.0.113.100
#	client   types into a session, answered inside  published at 203.0.113.101
#	inside   listens to a UDP stream, IPv6          hidden behind 2001:db8::100
#
# Exits with an error if a connection was reset or stalled, and if none was lost
# without the mirror: then nothing would be shown.

# shellcheck source=selftests/demo/stage.sh
. "$(dirname "$0")/stage.sh"
# shellcheck source=selftests/scenario2.sh
. "$(dirname "$0")/../scenario2.sh"

networks=(lan outside sync)
connections=(download session stream)
# From the last advert to a silent master's successor, in seconds: with the mirror
# a stream pauses for as long. TCP goes on with its next retransmission, which
# was put off twice by then.
takeover=$(percent "$(takeover_time 150 0.1)" 20)
declare -A pause=(
	[download]=$(awk -v t="$takeover" 'BEGIN { print t + 1 }')
	[session]=$(awk -v t="$takeover" 'BEGIN { print t + 1 }')
	[stream]=$(awk -v t="$takeover" 'BEGIN { print t + 0.25 }'))

need_module
need nginx wg python3 nft conntrack tc jq curl

# --- the connections --------------------------------------------------------

# The file that is downloaded, at 1 MB/s, and what answers sessions and streams.
servers()
{
	truncate -s 4G "$tmp/file"
	chmod 755 "$tmp"
	cat >"$tmp/nginx.conf" <<-END
		daemon off;
		pid $tmp/nginx.pid;
		error_log /dev/null;
		events { worker_connections 64; }
		http {
			access_log off;
			server { listen 80; root $tmp; }
		}
	END
	on client tc qdisc replace dev eth0 root fq maxrate 8mbit
	in_background ip netns exec "${ns_prefix}client" nginx -c "$tmp/nginx.conf"
	for name in inside client; do
		in_background ip netns exec "$ns_prefix$name" \
			python3 "$here/connections.py" serve $services
	done
}

serving()
{
	on inside ss -Hlnt | grep -q ":$services " &&
		on client ss -Hlnt | grep -q ":$services " &&
		on client ss -Hlnt | grep -q ":80 "
}

# connect NAME NODE ADDRESS PORT: one of them begins.
connect()
{
	: >"$tmp/$1"
	in_background ip netns exec "$ns_prefix$2" python3 \
		"$here/connections.py" "$1" "$3" "$4" >>"$tmp/$1" 2>/dev/null
	client_of[$1]=$!
}

served()
{
	[ "$(wc -l <"$tmp/$1")" -ge 10 ]
}

# All three, each served for a while.
declare -A client_of
connect_all()
{
	local name

	for name in "${!client_of[@]}"; do
		kill "${client_of[$name]}"
	done 2>/dev/null
	connect download inside 203.0.113.10 80
	connect session client 203.0.113.101 $services
	connect stream inside 2001:db8::10 $services
	for name in "${connections[@]}"; do
		wait_for 10 served "$name"
	done
}

# felt NAME: MS STATE LOST: its longest silence since the mark, until now if it is
# over, what it does now, and how many datagrams it missed.
felt()
{
	awk -v since="$mark" -v now="$(now)" '
		$2 !~ /^[0-9]+$/ { over = $2; next }
		{
			if ($1 >= since && last) {
				if ($1 - last > silence)
					silence = $1 - last
				lost += $2 - number - 1
			}
			last = $1
			number = $2
		}
		END {
			if (!last)
				last = since
			state = over ? over : now - last > 0.5 ? "silent" : "on"
			if (now - last > silence || state != "on")
				silence = now - last
			printf "%d %s %d\n", silence * 1000 + 0.5, state, lost
		}' "$tmp/$1"
}

# go_on: all are served now. gone: none is, and was not for three seconds.
go_on()
{
	local name state

	for name in "${connections[@]}"; do
		read -r _ state _ < <(felt "$name")
		[ "$state" = on ] || return 1
	done
}

gone()
{
	local name ms state

	for name in "${connections[@]}"; do
		read -r ms state _ < <(felt "$name")
		[ "$state" != on ] && [ "$ms" -ge 3000 ] || return 1
	done
}

# --- the firewalls ----------------------------------------------------------

# file: the cluster, the same on both.
file()
{
	local i

	printf '[Cluster]\nNetwork = 10.6.0.0/24\n'
	for i in 1 2; do
		cat <<-END

			[Node fw$i]
			PublicKey = $(public "fw$i")
			Address = 10.6.0.$i
			Endpoint = 10.9.9.$i
		END
	done
	router LAN eth0 1 "Address = 192.168.50.1/24"
	router OUT eth1 2 "AddressFrom = $tmp/block prefixlen 24"
	router LAN6 eth0 1 "Family = inet6" "Address = fd50::1/64" "Address = fe80::1/64"
	router OUT6 eth1 2 "Family = inet6" "Address = fe80::2/64" \
		"AddressFrom = $tmp/block6 prefixlen 64 excluded"
	cat <<-END

		[Firewall]
		LAN = eth0
		Accept = lan to outside
		Publish = tcp $services at 203.0.113.101 to 192.168.50.10
		SNAT = lan to outside as 203.0.113.100
		SNAT = lan to outside as 2001:db8::100
	END
}

# router NAME DEV VRID LINE...: they move together.
router()
{
	printf '\n[VirtualRouter %s]\nGroup = FW\nDev = %s\nVRID = %s\n' "$1" "$2" "$3"
	shift 3
	printf '%s\n' "Interval = 100ms" "VMAC = on" "Priority@fw1 = 200" "Priority@fw2 = 150" "$@"
}

# events NODE: TIME, NODE, what, why of each change since the mark: one for all
# of its virtual routers, which move together, and those of its peer.
events()
{
	stamped "$1" | awk -v OFS='\t' -v since="$mark" -v node="$1" '
		$1 < since { next }
		{
			why = ""
			if (match($0, /\(.*\)$/))
				why = substr($0, RSTART + 1, RLENGTH - 2)
		}
		$3 == "group" {
			print $1, node, $NF, routers ": " reason
			routers = ""
			next
		}
		$3 == "peer" {
			if ($6 == "->" && $7 != "added")
				print $1, node, "peer", substr($4, 1, length($4) - 1) " is " $7 ": " why
			next
		}
		/ -> / {
			if ($6 != state)
				routers = ""
			state = $6
			reason = why
			name = $3
			sub(/:$/, "", name)
			routers = routers (routers ? " " : "") name
		}'
}

# moved: what happened since the mark, then what each connection felt.
moved()
{
	local time node what why name ms state lost color

	for node in fw1 fw2; do
		[ "$node" = "$crashed" ] || events "$node"
	done | sort -n | while IFS=$'\t' read -r time node what why; do
		case $what in
		MASTER) color=$green ;;
		peer) color=$dim ;;
		*) color=$yellow ;;
		esac
		printf '%s     %-4s%s%-7s%s %s\n' "$(clock "$time")" "$node" \
			"$color" "$what" "$plain" "$why"
	done
	for name in "${connections[@]}"; do
		read -r ms state lost < <(felt "$name")
		printf '             %-9s' "$name"
		case $state in
		on) printf '%slongest pause %s ms, goes on%s' "$green" "$ms" "$plain" ;;
		silent) printf '%sgone: nothing for %s ms%s' "$red" "$ms" "$plain" ;;
		*) printf '%sgone: %s%s' "$red" "$state" "$plain" ;;
		esac
		[ "$name $state" != "stream on" ] || printf ', %s datagrams missed' "$lost"
		echo
	done
}

# alive: how many connections go on.
alive()
{
	local name state count=0

	for name in "${connections[@]}"; do
		read -r _ state _ < <(felt "$name")
		[ "$state" != on ] || count=$((count + 1))
	done
	echo $count
}

# lived EVENT: each connection goes on, after no more than its pause.
lived()
{
	local name ms state

	# What was silenced just now goes on by all appearance.
	sleep 1
	wait_for 8 go_on
	sleep 0.5
	moved
	for name in "${connections[@]}"; do
		read -r ms state _ < <(felt "$name")
		[ "$state" = on ] || ms=
		expect "$act: $1: pause of the $name" 0 \
			"${ms:+$(awk -v ms="$ms" 'BEGIN { print ms / 1000 }')}" \
			"${pause[$name]}"
	done
}

die()
{
	mark=$(now)
	say "fw1 crashes: no farewell, no process, no packet" "$mark"
	crashed=fw1
	crash fw1 "${networks[@]}"
	expect_that "$act: fw1 crashes: fw2 has all addresses" \
		wait_for 10 has fw2 203.0.113.131 eth1
}

# revive: fw1 as after a boot, with nothing, and its cables.
revive()
{
	local network

	cc fw1 flush
	on fw1 conntrack -F 2>/dev/null
	for network in "${networks[@]}"; do
		restore fw1 "$network"
	done
	listen fw1
	crashed=
}

is_safe()
{
	cc "$1" -j mirror show | jq -e .safe
}

# counted: both have counted the connections, which they do every eight seconds.
# By then they have told all three: of a UDP stream the peer hears once it is assured,
# which connection tracking says after two seconds.
counted()
{
	cc fw1 -j mirror show | jq -e '.own >= 3' &&
		cc fw2 -j mirror show | jq -e '.imported >= 3'
}

# --- the story --------------------------------------------------------------

title "kcluster: two firewalls, and no connection notices"
sed -n '/^#	/s/^#	/  /p' "$0"
text "" "The firewalls drop what connection tracking does not know. A block of 32" \
	"addresses outside, in a file, and the gateway of the LAN move together. The rules" \
	"are written once, for both."
machines2
keys fw1 fw2
# Fewer to print.
printf '2001:db8::%d\n' 100 101 131 >"$tmp/block6"
servers
for name in fw1 fw2; do
	# A connection in the middle of its life is no new one.
	on $name sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
	listen $name
done
wait_for 10 serving
crashed=''

act="no mirror"
title "Act 5: the addresses move, the connections do not"
file >"$tmp/cluster.conf"
show_file "^.Cluster" "^AddressFrom"
text "         ... and LAN6, OUT6 for IPv6, then"
show_file "^.Firewall" END-OF-FILE
zero=$(now)
mark=$zero
set_up fw1 fw2
wait_for 10 is_master fw1
connect_all
moved
expect_that "$act: all three connections are served" go_on
die
wait_for 6 gone
moved
verdict "$act: fw1 crashes: connections that are gone" "3 of 3" \
	"$((3 - $(alive))) of 3" "$(alive)"
expect_that "$act: a new one works" on inside curl -sS -m 5 -o /dev/null \
	-r 0-99 http://203.0.113.10/file
cc fw2 flush
on fw2 conntrack -F 2>/dev/null
revive

act="mirror"
title "Act 6: the same with the mirror"
{ file; printf '\n[Mirror]\n'; } >"$tmp/cluster.conf"
text "One line more in the file:"
show_file "^.Mirror" END-OF-FILE
zero=$(now)
mark=$zero
set_up fw1 fw2
wait_for 10 is_master fw1
connect_all
moved
expect_that "$act: all three connections are served" go_on
wait_for 17 counted
for name in fw1 fw2; do
	expect_that "$act: $name says that it is safe to fail over" \
		wait_for 10 is_safe $name
	shown $name mirror show
done
echo
die
lived "fw1 crashes"
status fw2

mark=$(now)
say "fw1 is back, with nothing: it learns, then takes the addresses back" "$mark"
revive
set_up fw1
expect_that "$act: fw1 is back: it has all addresses" wait_for 15 is_master fw1
lived "fw1 is back"
expect_that "$act: fw1 is back: safe to fail over again" wait_for 10 is_safe fw1
shown fw1 mirror show

show_verdicts
