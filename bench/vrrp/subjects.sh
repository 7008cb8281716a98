# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # what lib.sh and the caller set
#
# Who is compared, and how each is started, on pairs of machines:
#
#	   xA (200)        xB (100)
#	+----------+    +----------+
#	|   eth0   |----|   eth0   |      network x, the switch records
#	+----------+    +----------+
#
# kcluster; keepalived as the distribution ships it; keepalived-rt, the same
# with real-time priority and a CPU time limit that lets it live.

# pair NAME: two machines on a network NAME.
pair()
{
	net "$1"
	node "$1A" "$1B"
	plug "$1A" eth0 "$1" 10.1.0.1/24
	plug "$1B" eth0 "$1" 10.1.0.2/24
}

# addresses ROUTER COUNT: what a virtual router holds.
addresses()
{
	local k

	if [ "$2" = 1 ]; then
		echo "10.3.0.$1/32"
		return
	fi
	for ((k = 0; k < $2; k++)); do
		echo "10.$((4 + k / 65536)).$((k / 256 % 256)).$((k % 256))/32"
	done
}

# The first this many addresses are in the adverts, the others only held.
listed=20

kcluster_batch()
{
	local node=$1 routers=$2 interval=$3 each=$4 priority=100 i k address

	[ "${node: -1}" = B ] || priority=200
	for ((i = 1; i <= routers; i++)); do
		printf 'vrrp add R%d dev %s vrid %d priority %d interval %dms' \
			"$i" "${dev:-eth0}" "$i" "$priority" "$interval"
		printf ' %s' "${more-}"
		if [ "$each" -gt 255 ]; then
			addresses "$i" "$each" | sed 's,/32,,' >"$tmp/addresses"
			echo " address-from $tmp/addresses prefixlen 32"
			continue
		fi
		k=0
		while read -r address; do
			printf ' address %s' "$address"
			[ $((k++)) -lt $listed ] || printf ' excluded'
		done < <(addresses "$i" "$each")
		echo
	done >"$tmp/$node.batch"
}

keepalived_config()
{
	local node=$1 routers=$2 interval=$3 each=$4 priority=100 i

	[ "${node: -1}" = B ] || priority=200
	{
		echo "global_defs {"
		echo "  vrrp_version 3"
		[ "$subject" = keepalived ] ||
			printf '  vrrp_rt_priority 50\n  vrrp_rlimit_rttime 1000000000\n'
		echo "}"
		for ((i = 1; i <= routers; i++)); do
			cat <<-END
			vrrp_instance R$i {
			  state BACKUP
			  interface eth0
			  virtual_router_id $i
			  priority $priority
			  advert_int $(awk -v ms="$interval" 'BEGIN { print ms / 1000 }')
			  virtual_ipaddress {
			END
			addresses "$i" "$each" | head -n $listed
			echo "  }"
			if [ "$each" -gt $listed ]; then
				echo "  virtual_ipaddress_excluded {"
				addresses "$i" "$each" | tail -n +$((listed + 1))
				echo "  }"
			fi
			echo "}"
		done
	} >"$tmp/$node.conf"
}

# start NODE ROUTERS INTERVAL ADDRESSES: as $subject.
start()
{
	case $subject in
	kcluster)
		kcluster_batch "$@"
		cc "$1" -batch "$tmp/$1.batch" ;;
	*)
		keepalived_config "$@"
		rm -f "$tmp/$1".*pid
		in_background nsenter --net="/run/netns/$ns_prefix$1" \
			keepalived -n -l -P -f "$tmp/$1.conf" -p "$tmp/$1.pid" \
			-r "$tmp/$1.vrrp.pid" >"$tmp/$1.log" 2>&1
		echo $! >"$tmp/$1.process" ;;
	esac
}

# stop NODE
stop()
{
	case $subject in
	kcluster) cc "$1" flush ;;
	*)
		kill "$(cat "$tmp/$1.process")" 2>/dev/null
		wait_for 20 negate kill -0 "$(cat "$tmp/$1.process")" ||
			kill -9 "$(cat "$tmp/$1.process")" ;;
	esac
	ipn "$1" -4 address flush dev eth0
	case $1 in
	*A) ipn "$1" address add 10.1.0.1/24 dev eth0 ;;
	*B) ipn "$1" address add 10.1.0.2/24 dev eth0 ;;
	esac
}

# holds NODE COUNT: that many floating addresses, no more, no less.
holds()
{
	[ "$(ipn "$1" -o -4 address show dev eth0 | grep -cv ' 10\.1\.0\.')" = "$2" ]
}

# settled PAIR COUNT: A has them all, and B has none.
settled()
{
	holds "$1A" "$2" && holds "$1B" 0
}

# both PAIR ROUTERS INTERVAL ADDRESSES: the master first, then its backup.
both()
{
	start "$1A" "$2" "$3" "$4"
	wait_for 60 holds "$1A" $(($2 * $4)) ||
		echo "$subject: $1A never holds all addresses"
	start "$1B" "$2" "$3" "$4"
	sleep 1
	wait_for "${settle:-10}" settled "$1" $(($2 * $4)) ||
		echo "$subject: $2 routers at $3 ms do not come to rest"
}
