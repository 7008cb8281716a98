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

# The first this many addresses are in the adverts, the others only held.
listed=20

# configuration FOR NODE ROUTERS INTERVAL ADDRESSES: one awk for all of it, for
# a process per router takes its time where all is emulated.
configuration()
{
	awk -v what="$1" -v node="$2" -v routers="$3" -v interval="$4" \
		-v each="$5" -v listed=$listed -v dev="${dev:-eth0}" \
		-v more="${more-}" -v file="$tmp/addresses" '
	function address(i, k) {
		return each == 1 ? "10.3.0." i : sprintf("10.%d.%d.%d",
			4 + k / 65536, int(k / 256) % 256, k % 256)
	}
	function kcluster(i,    k) {
		printf "vrrp add R%d dev %s vrid %d priority %d interval %dms %s",
			i, dev, i, priority, interval, more
		if (each > 255)
			printf " address-from %s prefixlen 32", file
		else
			for (k = 0; k < each; k++)
				printf " address %s/32%s", address(i, k),
					k < listed ? "" : " excluded"
		print ""
	}
	function keepalived(i,    k) {
		print "vrrp_instance R" i " {\n  state BACKUP\n  interface eth0"
		print "  virtual_router_id " i "\n  priority " priority
		print "  advert_int " interval / 1000
		print "  virtual_ipaddress {"
		for (k = 0; k < each; k++) {
			if (k == listed)
				print "  }\n  virtual_ipaddress_excluded {"
			print "    " address(i, k) "/32"
		}
		print "  }\n}"
	}
	BEGIN {
		priority = node ~ /A$/ ? 200 : 100
		if (what != "kcluster") {
			print "global_defs {\n  vrrp_version 3"
			if (what == "keepalived-rt")
				print "  vrrp_rt_priority 50\n" \
					"  vrrp_rlimit_rttime 1000000000"
			print "}"
		}
		if (what == "kcluster" && each > 255)
			for (k = 0; k < each; k++)
				print address(1, k) >file
		for (i = 1; i <= routers; i++)
			if (what == "kcluster")
				kcluster(i)
			else
				keepalived(i)
	}'
}

# start NODE ROUTERS INTERVAL ADDRESSES: as $subject.
start()
{
	case $subject in
	kcluster)
		configuration kcluster "$@" >"$tmp/$1.batch"
		cc "$1" -batch "$tmp/$1.batch" ;;
	*)
		configuration "$subject" "$@" >"$tmp/$1.conf"
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
