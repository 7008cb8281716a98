# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# The machines that tests of cluster IPs share, for those who source this after
# lib.sh, and what they ask of them.
#
#	   A                 B                 C              H (the clients)
#	+---------------+ +---------------+ +---------------+ +------------------+
#	| eth0 10.1.0.1 | | eth0 10.1.0.2 | | eth0 10.1.0.3 | | eth0 10.1.0.9    |
#	|      fd01::1  | |      fd01::2  | |      fd01::3  | |      fd01::9     |
#	+------||-------+ +------||-------+ +------||-------+ | 10.9.0.0/16 and  |
#	       ||                ||                ||         | fd09::/64 on lo  |
#	       ||                ||                ||         +------||----------+
#	  =====||================||================||================||=========  network one

# build_crowd NODE...: these of the nodes.
build_crowd()
{
	local name i=0

	net one
	node "$@" H
	for name; do
		i=$((i + 1))
		plug "$name" eth0 one "10.1.0.$i/24" "fd01::$i/64"
		ipn "$name" route add 10.9.0.0/16 via 10.1.0.9
		ipn "$name" -6 route add fd09::/64 via fd01::9
	done
	plug H eth0 one 10.1.0.9/24 fd01::9/64
	ipn H route add local 10.9.0.0/16 dev lo
	ipn H -6 route add local fd09::/64 dev lo
}

# serve NODE...: each answers with its name.
serve()
{
	local name

	for name; do
		on "$name" "$selftests/crowd.py" serve "$name" >"$tmp/serve.$name" 2>&1 &
		background+=($!)
		disown
	done
	for name; do
		wait_for 20 grep -q ready "$tmp/serve.$name" ||
			note "the service of $name does not start: $(head -n 3 "$tmp/serve.$name")"
	done
}

# ask KIND TO COUNT [SECONDS [TO-COUNT]]: what the clients got, in $asked, and
# who answered how many, in $by. They are on the node $asker.
asker=H crowd4=10.9.1.1 crowd6=fd09::1
ask()
{
	local first=$crowd4

	case $2 in *:*) first=$crowd6 ;; esac
	on "$asker" "$selftests/crowd.py" ask "$1" "$2" $first "$3" "${@:4}" >"$tmp/asked" 2>&1
	asked=$(head -n 1 "$tmp/asked")
	by=$(sed -n 's/^by *//p' "$tmp/asked")
}

# once NAME KIND TO COUNT [SECONDS [TO-COUNT]]: a check that each got one answer.
once()
{
	ask "${@:2}"
	check_is "$1" "$4 once, 0 twice or more, 0 never" "$asked"
}

# answered NODE: how many of them got it from that node.
answered()
{
	local one

	for one in $by; do
		[ "${one%=*}" != "$1" ] || { echo "${one#*=}"; return; }
	done
	echo 0
}

# ip_of NODE NAME FILTER: one value of a cluster IP, by a jq expression.
ip_of()
{
	cc "$1" -s -j clusterip show "$2" 2>/dev/null | jq -r ".[0] | $3"
}

# count_of NODE NAME COUNTER
count_of()
{
	ip_of "$1" "$2" ".statistics[\"$3\"]"
}

# lladdr NODE ADDRESS: what the node knows about a neighbour.
lladdr()
{
	ipn "$1" -j neigh show "$2" | jq -r '.[0].lladdr // ""'
}

mac_of()
{
	ipn "$1" -j link show "$2" | jq -r '.[0].address'
}

# in_filter NODE DEVICE MAC: the device takes frames to it.
in_filter()
{
	on "$1" ip maddress show dev "$2" | grep -q "link *$3"
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

# --- peers that divide a cluster IP -----------------------------------------
#
# Besides that of the clients (one) they have a network of their own (sync), by
# which they hear each other: WireGuard, and the advertisements of the virtual
# router r whose master is the authority. The first node is preferred as master.

sharing=()

# build_sharing NODE...: as build_crowd, and all of them peers of each other,
# named as they are in small letters.
build_sharing()
{
	local name other i=0 j arguments=()

	build_crowd "$@"
	net sync
	for name; do
		i=$((i + 1))
		plug "$name" eth1 sync "10.2.0.$i/24"
		arguments+=("$name" "10.2.0.$i")
	done
	wireguard "${arguments[@]}"
	for name; do
		j=0
		for other; do
			j=$((j + 1))
			[ "$name" = "$other" ] ||
				echo "peer add ${other,,} address 10.6.0.$j"
		done | cc "$name" -batch -
	done
	i=0
	for name; do
		i=$((i + 1))
		cc "$name" vrrp add r dev eth1 vrid 9 priority $((250 - 10 * i)) \
			interval "${advert:-50ms}" address 10.2.0.250/24
	done
}

# share_on NODE NAME ARGUMENT...: it has that cluster IP.
share_on()
{
	cc "$1" clusterip add "$2" dev eth0 nodes peers router r "${@:3}"
}

# share NAME ARGUMENT...: all of $sharing do.
share()
{
	local node

	for node in "${sharing[@]}"; do
		share_on "$node" "$@" || return 1
	done
}

# shares_of NODE NAME: buckets that it may answer for, now.
shares_of()
{
	ip_of "$1" "$2" .shares
}

# role_of NODE NAME
role_of()
{
	ip_of "$1" "$2" .role
}

# all_owned NAME NODE...: each bucket of it has an owner among these.
all_owned()
{
	local name=$1 node sum=0

	shift
	for node; do
		sum=$((sum + $(shares_of "$node" "$name")))
	done
	[ "$sum" = "$(ip_of "$1" "$name" .bucket_count)" ]
}

# evenly NAME NODE...: and each of these has its share of them.
evenly()
{
	local name=$1 node share total

	shift
	total=$(ip_of "$1" "$name" .bucket_count)
	for node; do
		share=$(shares_of "$node" "$name")
		[ "$share" -ge $((total / $#)) ] &&
			[ "$share" -le $(((total + $# - 1) / $#)) ] || return 1
	done
	all_owned "$name" "$@"
}

# doubly NODE NODE...: numbers of buckets that two of them own, of all they have.
doubly()
{
	local name=$1 node

	shift
	for node; do
		cc "$node" -s -j clusterip show "$name" |
			jq -r '.[0].buckets[] | select(.mine) | .bucket'
	done | sort -n | uniq -d
}

# watch SECONDS COUNT: clients of $watched_at ask and ask, from now on.
watched_at=10.1.0.100
watch()
{
	rm -f "$tmp/watched"
	in_background on H "$selftests/crowd.py" watch $watched_at $crowd4 "$2" "$1" 50 \
		>"$tmp/watched" 2>"$tmp/watched.err"
	wait_for 20 grep -q began "$tmp/watched"
}

# watched: that is over.
watched()
{
	wait_for 60 grep -q asked "$tmp/watched" || cat "$tmp/watched.err"
}

# twice: how many questions were answered more than once.
twice()
{
	sed -n 's/.*asked, \([0-9]*\) answered twice.*/\1/p' "$tmp/watched"
}

# silence_of NODE: milliseconds, for which any of its clients had no answer.
silence_of()
{
	sed -n "s/^$1 //p" "$tmp/watched"
}

# cut_off NODE NETWORK...: its cables there are dead, but have carrier.
cut_off()
{
	local name=$1 network

	shift
	for network; do
		silence "$name" "$network"
	done
}

# rejoin NODE NETWORK...
rejoin()
{
	local name=$1 network

	shift
	for network; do
		restore "$name" "$network"
	done
}

# lost NODE: its clients were silent for so long, and all others not as long.
lost()
{
	local node longest=0

	watched
	for node in "${sharing[@]}"; do
		[ "$node" = "$1" ] || [ "$(silence_of "$node")" -le "$longest" ] ||
			longest=$(silence_of "$node")
	done
	note "$(grep asked "$tmp/watched"); leases and dead time are 300 ms"
	note "clients of $1 got no answer for $(silence_of "$1") ms, those of others for $longest ms (each asks every 50 ms)"
	check_is "nobody is answered twice" 0 "$(twice)"
	timed check "no other client waits as long" [ "$longest" -lt "$(silence_of "$1")" ]
}

# moved: while something moved, nobody was answered twice.
moved()
{
	watched
	note "$(grep asked "$tmp/watched"); longest: A $(silence_of A) B $(silence_of B) C $(silence_of C) ms"
	check_is "nobody is answered twice" 0 "$(twice)"
}
