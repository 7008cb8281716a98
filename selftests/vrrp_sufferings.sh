#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What users of keepalived, FRR and ucarp suffer from, each as a test of that
# name. What comes with numbers is in vrrp_many.sh, user space that is stopped
# altogether in freeze.sh.
#
#	vrrp_sufferings.sh [FUNCTION...]	only these of the functions below
#
#	   A (200)         B (100)         X (LAN host)
#	+---------+     +---------+     +---------+
#	|  eth0   |-----|  eth0   |-----|  eth0   |   network one
#	+---------+     +---------+     +---------+
#	  .1              .2              .9            10.1.0.0/24

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need tcpdump jq python3 arping chrt

net one
node A B X
plug A eth0 one 10.1.0.1/24
plug B eth0 one 10.1.0.2/24
plug X eth0 one 10.1.0.9/24
mac_a=$(on A cat /sys/class/net/eth0/address)
mac_b=$(on B cat /sys/class/net/eth0/address)
capture "$tmp/wire" one
capture "$tmp/garp_a" one "arp and ether src $mac_a"
capture "$tmp/garp_b" one "arp and ether src $mac_b"

inject()
{
	on X "$selftests/vrrp_send.py" --dev eth0 --src 10.1.0.9 --interval 10 \
		--vrid 7 --address 10.1.0.100 "$@"
}

# garps NODE SINCE [ADDRESS]: when each gratuitous ARP left that node.
garps()
{
	one_line "$tmp/garp_${1,,}" | awk -v since="$2" -v address="${3-}" '
		$1 >= since + 0 && match($0, /who-has [0-9.]+ /) {
			of = substr($0, RSTART + 8, RLENGTH - 9)
			if ($0 ~ "tell " of "," && (address == "" || address == of))
				print $1 }'
}

# settled NODE ADDRESS: its announcements are over, the last pause is three
# seconds long.
settled()
{
	[ "$(garps "$1" 0 "$2" | tail -n 1 | cut -d. -f1)" -lt $(($(date +%s) - 4)) ]
}

# garps_are_in: whatever ARP left A until now has been captured; a gratuitous
# one for its own address follows it.
garps_are_in()
{
	local since

	since=$(now)
	on A arping -q -U -c 1 -I eth0 10.1.0.1
	wait_for 5 eval '[ -n "$(garps A '"$since"' 10.1.0.1)" ]'
}

# longest VRID FROM START END: the longest time without such an advert.
longest()
{
	# Until then is everything captured?
	wait_for 5 heard "$tmp/wire" "$4" "$2"
	one_line "$tmp/wire" | awk -v vrid="vrid $1," -v from=" $2 > " -v start="$3" \
		-v to="$4" '
		BEGIN { last = start }
		$1 >= start + 0 && $1 <= to + 0 && index($0, vrid) && index($0, from) {
			if ($1 - last > gap) gap = $1 - last
			last = $1 }
		END { if (to - last > gap) gap = to - last; printf "%.4f\n", gap }'
}

# zeros VRID SINCE: how many times priority 0 was said.
zeros()
{
	one_line "$tmp/wire" | awk -v since="$2" -v what="vrid $1, prio 0," '
		$1 >= since + 0 && index($0, what) { n++ } END { print n + 0 }'
}

pair()
{
	cc A vrrp add R dev eth0 vrid 7 priority 200 address 10.1.0.100/24 "$@"
	cc B vrrp add R dev eth0 vrid 7 priority 100 address 10.1.0.100/24 "$@"
	wait_for 5 is_state A R master && wait_for 5 is_state B R backup
}

apart()
{
	cc A flush
	cc B flush
}

# --- a stalled user space splits the brain ----------------------------------

starve()
{
	local end=$((SECONDS + 3))

	echo "$BASHPID" >/sys/fs/cgroup/kcluster-test/cgroup.procs
	while [ "$SECONDS" -lt "$end" ]; do
		python3 -c 'a = []
while True: a.append(bytearray(1 << 20))' 2>/dev/null
	done
}

stalled()
{
	local waits before

	# An idle machine under icount has the host's time: 100 ms for the idle
	# one, 10 ms for the busy ones. No gap may be what the backup waits for.
	waits=$(takeover_time 100 0.1)
	pair interval 100ms
	mark=$(now)
	frozen 2 >"$tmp/frozen"
	check_between "SIGSTOP to every process: longest gap between adverts of 100 ms, in seconds" \
		0.001 "$(longest 7 10.1.0.1 "$mark" "$(awk '$1 == "thawed" { print $2 }' "$tmp/frozen")")" "$waits"
	check_is "SIGSTOP to every process: the backup heard its master all the time" 0 \
		"$(stat_of B R become-master)"

	waits=$(takeover_time 100 0.01)
	cc A vrrp set R interval 10ms
	cc B vrrp set R interval 10ms
	before=$(stat_of B R become-master)
	throttle=$(sysctl -n kernel.sched_rt_runtime_us)
	sysctl -qw kernel.sched_rt_runtime_us=-1
	mark=$(now)
	for ((i = $(nproc); i > 0; i--)); do
		chrt -f 60 timeout 2 chrt -f 50 bash -c 'while :; do :; done' &
		background+=($!)
		hogs[i]=$!
	done
	wait "${hogs[@]}" 2>/dev/null
	end=$(now)
	sysctl -qw kernel.sched_rt_runtime_us="$throttle"
	check_between "CPU hogs of real-time priority: they ran for that many seconds" \
		1.9 "$(awk -v a="$mark" -v b="$end" 'BEGIN { print b - a }')" 60
	check_between "CPU hogs of real-time priority: longest gap between adverts of 10 ms" \
		0.001 "$(longest 7 10.1.0.1 "$mark" "$end")" "$waits"
	check_is "CPU hogs of real-time priority: the backup heard its master all the time" \
		"$before" "$(stat_of B R become-master)"

	echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null
	mkdir /sys/fs/cgroup/kcluster-test 2>/dev/null
	if echo 32M >/sys/fs/cgroup/kcluster-test/memory.max 2>/dev/null; then
		before=$(stat_of B R become-master)
		mark=$(now)
		(starve) 2>/dev/null
		end=$(now)
		check "out of memory: the kernel killed processes for want of it" \
			grep -q '^oom_kill [1-9]' /sys/fs/cgroup/kcluster-test/memory.events
		check_between "out of memory: longest gap between adverts of 10 ms" \
			0.001 "$(longest 7 10.1.0.1 "$mark" "$end")" "$waits"
		check_is "out of memory: the backup heard its master all the time" \
			"$before" "$(stat_of B R become-master)"
		wait_for 5 rmdir /sys/fs/cgroup/kcluster-test
	else
		skip "out of memory: adverts go on" "no memory cgroup here"
	fi

	mark=$(now)
	on A clusterctl monitor >"$tmp/killed" &
	wait_for 5 grep -q . "$tmp/killed"
	kill -KILL $!
	wait $! 2>/dev/null
	check "SIGKILL: no process of ours keeps or loses the address" \
		eval 'has A 10.1.0.100 && is_state A R master'
	apart
}

# --- a frozen master returns ------------------------------------------------

neighbour()
{
	on X ip neigh show 10.1.0.100 | grep -q "lladdr $1"
}

# To the others a frozen machine is one whose cable is silent.
frozen_master()
{
	mark=$(now)
	pair interval 100ms
	on X ping -c 1 -W 2 10.1.0.100 >/dev/null
	check "a frozen master: before, the LAN knows the master's MAC address" neighbour "$mac_a"
	silence A one
	check "a frozen master: the backup takes over" wait_for 5 is_state B R master
	check "a frozen master: the LAN follows it" wait_for 3 neighbour "$mac_b"
	wait_for 8 eval '[ "$(garps B "$mark" 10.1.0.100 | wc -l)" -ge 6 ]'
	mark=$(now)
	restore A one
	check "a frozen master returns: the other one yields" wait_for 3 is_state B R backup
	check "a frozen master returns: and announces the address again" \
		wait_for 3 eval '[ -n "$(garps A "$mark" 10.1.0.100)" ]'
	wait_for 3 heard "$tmp/wire" "$(now)" 10.1.0.1
	check_between "a frozen master returns: within seconds of the other one's last advert" 0 \
		"$(awk -v a="$(garps A "$mark" 10.1.0.100 | head -n 1)" \
		-v b="$(adverts "$tmp/wire" "$mark" | awk '$2 == "10.1.0.2" { t = $1 } END { print t }')" \
		'BEGIN { if (a) print (a > b ? a - b : 0) }')" 0.2
	check "a frozen master returns: the LAN sends to it again, and need not ask" \
		wait_for 2 neighbour "$mac_a"
	check_is "a frozen master returns: it never was anything but master" 1 \
		"$(stat_of A R become-master)"
	apart
}

# A timer that oversleeps: one packet that costs the only CPU of an icount
# machine tens of milliseconds in a softirq.
overslept()
{
	cc A vrrp add R dev eth0 vrid 7 priority 200 interval 10ms address 10.1.0.100/24
	wait_for 3 is_state A R master
	{
		echo '*filter'
		for ((i = 0; i < 400; i++)); do
			echo "-A INPUT -i lo -p udp -m string --algo kmp --string kcluster$i -j DROP"
		done
		echo COMMIT
	} | on A iptables-restore 2>/dev/null || {
		skip "a master that overslept its adverts announces the address again" \
			"no string match in iptables"
		apart
		return
	}
	# The announcements of the takeover are over after five seconds.
	wait_for 12 settled A 10.1.0.100
	mark=$(now)
	on A python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(4):
    s.sendto(bytes(60000), ("127.0.0.1", 9))'
	check "a master that overslept its adverts counts it" \
		wait_for 2 eval '[ "$(stat_of A R overslept)" -gt 0 ]'
	check "a master that overslept its adverts announces the address again" \
		wait_for 3 eval '[ -n "$(garps A "$mark" 10.1.0.100)" ]'
	on A iptables -F
	apart
}

# --- a reload moves addresses or drops them ---------------------------------

reload()
{
	local waits

	waits=$(takeover_time 100 0.05)
	for i in 1 2 3; do
		cc A vrrp add "R$i" dev eth0 vrid "$i" priority 200 interval 50ms address "10.1.0.11$i/32"
		cc B vrrp add "R$i" dev eth0 vrid "$i" priority 100 interval 50ms address "10.1.0.11$i/32"
	done
	for i in 1 2 3; do
		wait_for 5 has A "10.1.0.11$i"
	done
	wait_for 12 settled A 10.1.0.113
	in_background ip -n "${ns_prefix}A" -o monitor address route link >"$tmp/monitor"
	in_background clusterctl -n "${ns_prefix}A" monitor >"$tmp/events"
	wait_for 5 grep -q R3 "$tmp/events"
	known=$(wc -l <"$tmp/events")
	mark=$(now)
	cc A vrrp set R1 priority 210 interval 60ms
	cc A vrrp address add R1 10.1.0.118/32
	cc A vrrp address del R1 10.1.0.118/32
	cc A vrrp track add R1 dev eth0 weight 5
	cc A vrrp del R1
	wait_for 3 is_state B R1 master
	cc A vrrp add R1 dev eth0 vrid 1 priority 200 interval 50ms address 10.1.0.111/32
	check "a reload of one router: it is master again" wait_for 5 is_state A R1 master
	wait_for 3 has A 10.1.0.111
	end=$(now)
	garps_are_in
	check "a reload of one router: ip monitor tells of its addresses" \
		wait_for 3 grep -q '10.1.0.111' "$tmp/monitor"
	check_is "a reload of one router: and of none of the others" "" \
		"$(grep -v -e '10\.1\.0\.111' -e '10\.1\.0\.118' "$tmp/monitor")"
	check "a reload of one router: clusterctl monitor tells of it" \
		wait_for 3 eval 'tail -n +$((known + 1)) "$tmp/events" | grep -q R1'
	check_is "a reload of one router: and of none of the others, either" "" \
		"$(tail -n +$((known + 1)) "$tmp/events" | grep -e R2 -e R3)"
	for i in 2 3; do
		check_is "a reload of one router: no gratuitous ARP for the address of R$i" "" \
			"$(garps A "$mark" "10.1.0.11$i")"
		check_between "a reload of one router: longest gap between the adverts of R$i at 50 ms" \
			0.001 "$(longest "$i" 10.1.0.1 "$mark" "$end")" "$waits"
		check_is "a reload of one router: R$i never said priority 0" 0 "$(zeros "$i" "$mark")"
		check_is "a reload of one router: the backup of R$i never took over" 0 \
			"$(stat_of B "R$i" become-master)"
	done

	wait_for 12 settled A 10.1.0.111
	cc A save >"$tmp/batch"
	seen=$(wc -l <"$tmp/monitor")
	known=$(wc -l <"$tmp/events")
	mark=$(now)
	cc A -force -batch "$tmp/batch" >"$tmp/again" 2>&1
	check_is "the same configuration again: each router is told to exist already" 3 \
		"$(grep -c 'exists already' "$tmp/again")"
	cc A vrrp set R2 priority 200 interval 50ms preempt on
	end=$(now)
	garps_are_in
	check_is "the same configuration again: ip monitor is silent" "" \
		"$(tail -n +$((seen + 1)) "$tmp/monitor")"
	check_is "the same configuration again: clusterctl monitor is silent" "" \
		"$(tail -n +$((known + 1)) "$tmp/events")"
	for i in 1 2 3; do
		check_is "the same configuration again: no gratuitous ARP for the address of R$i" \
			"" "$(garps A "$mark" "10.1.0.11$i")"
	done
	for i in 1 2 3; do
		check_between "the same configuration again: longest gap between the adverts of R$i" \
			0.001 "$(longest "$i" 10.1.0.1 "$mark" "$end")" "$waits"
		check_is "the same configuration again: R$i never said priority 0" 0 \
			"$(zeros "$i" "$mark")"
	done
	apart
}

# --- adverts that were rewritten on the way ---------------------------------

rewritten()
{
	cc A vrrp add R dev eth0 vrid 7 priority 100 interval 100ms address 10.1.0.100/24
	inject --priority 200 --ttl 252 --repeat 10 --every 0.1
	check "TTL 252 through a NAT: such a master does not count" wait_for 3 is_state A R master
	check_is "TTL 252 through a NAT: and a counter tells why" 10 "$(stat_of A R discard-ttl)"
	apart
}

# --- the backup answers ARP -------------------------------------------------

backup_arp()
{
	pair interval 100ms
	check_is "the backup answers ARP: only the master's MAC address is heard" "$mac_a" \
		"$(on X arping -b -c 3 -w 4 -I eth0 10.1.0.100 | sed -n 's/.*\[\(.*\)\].*/\L\1/p' | sort -u)"
	apart
}

# --- nobody can tell why a node is not master -------------------------------

# why NODE PATTERN: "vrrp show" says so, in the line that begins with "since".
why()
{
	cc "$1" vrrp show R | grep -qE "^    since .*: $2\$"
}

why_not()
{
	cc B vrrp add R dev eth0 vrid 7 priority 100 interval 100ms address 10.1.0.100/24
	check "why not master: a master tells why it is one" \
		wait_for 3 why B 'nobody else advertises'
	cc A vrrp add R dev eth0 vrid 7 priority 200 interval 100ms address 10.1.0.100/24 \
		track dev dummy0 weight -150
	ipn A link add dummy0 type dummy
	ipn A link set dummy0 up
	check "why not master: a backup that was unseated names who did it, and both priorities" \
		wait_for 3 why B '10\.1\.0\.1 advertises priority 200, ours is 100'
	check "why not master: whoever preempts says whom" \
		wait_for 3 why A 'preempting a master of priority 100'
	check "why not master: a backup knows its master and that one's priority" eval '
		cc B status | grep -q "master 10\.1\.0\.1, priority 200, heard"'
	ipn A link set dummy0 down
	check "why not master: the priority after tracking is shown beside the configured one" \
		wait_for 3 eval 'cc A vrrp show R | grep -q "priority 200 effective-priority 50"'
	check "why not master: and the device that is down" eval '
		cc A vrrp show R | grep -q "track dev dummy0 weight -150  down"'
	check "why not master: the winner is named" \
		wait_for 3 why A '10\.1\.0\.2 advertises priority 100, ours is 50'
	cc A vrrp track del R dev dummy0
	cc A vrrp track add R dev dummy0
	check "why not master: the tracked device that is down" why A 'tracked dummy0 is down'
	check_is "why not master: clusterctl status has exit status 3" 3 \
		"$(cc A status >/dev/null; echo $?)"
	cc A vrrp set R priority 50
	cc A vrrp track del R dev dummy0
	check "why not master: that this is over" why A 'what it tracks works again'
	cc B vrrp del R
	check "why master: the other one left" wait_for 3 why A 'the master sent 0 priority'
	carrier_off A one
	check "why not master: no carrier" wait_for 3 why A 'eth0 has no carrier'
	ipn A link set eth0 down
	check "why not master: the device is down" wait_for 3 why A 'eth0 is down'
	carrier_on A one
	ipn A address del 10.1.0.1/24 dev eth0
	ipn A link set eth0 up
	check "why not master: no address to send from" \
		wait_for 3 why A 'eth0 has no IPv4 address to send from'
	ipn A address add 10.1.0.1/24 dev eth0
	cc A vrrp address del R 10.1.0.100/24
	check "why not master: nothing to advertise" \
		wait_for 3 why A 'there is no address to advertise'
	cc A flush
	cc A vrrp add R dev none0 vrid 7 address 10.1.0.100/24
	check "why not master: the device does not exist" why A 'none0 does not exist'
	apart
	pair interval 100ms
	silence A one
	check "why master: how long the old one was silent" \
		wait_for 3 why B 'the master was silent for [0-9]+ ms'
	restore A one
	apart
}

# --- a password of more than 8 characters -----------------------------------

password()
{
	cc A vrrp add R dev eth0 vrid 7 version 2 priority 255 address 10.1.0.100/24 \
		auth-pass longsecret 2>"$tmp/warning"
	check_is "a PASS of more than 8 characters: is taken" 0 $?
	check "a PASS of more than 8 characters: with a warning" grep -q '8 characters' "$tmp/warning"
	check "a PASS of more than 8 characters: the first 8 are sent" \
		wait_for 3 eval 'one_line "$tmp/wire" | grep -q "auth \"longsecr\""'
	apart
}

# --- a LAN host that claims the highest priority ----------------------------

lan_host()
{
	cc A vrrp add R dev eth0 vrid 7 priority 200 interval 100ms \
		address 10.1.0.100/24 peer 10.1.0.2
	cc B vrrp add R dev eth0 vrid 7 priority 100 interval 100ms \
		address 10.1.0.100/24 peer 10.1.0.1
	wait_for 5 is_state A R master
	inject --priority 255 --repeat 5 --every 0.1
	inject --priority 255 --dst 10.1.0.1 --dmac "$mac_a"
	check "a LAN host sends priority 255: not from a peer, it counts for nothing" \
		wait_for 2 eval '[ "$(stat_of A R discard-destination)" = 5 ] &&
			[ "$(stat_of A R discard-source)" = 1 ]'
	check "a LAN host sends priority 255: the master stays" is_state A R master
	apart
}

# --- what a process that is killed would leave behind -----------------------

leftovers()
{
	pair interval 100ms
	mark=$(now)
	for pid in $(ip netns pids "${ns_prefix}A"); do
		kill -KILL "$pid"
	done
	ip netns del "${ns_prefix}A"
	nodes=(B X)	# what cleanup of lib.sh removes
	check "the end of a namespace: its master says priority 0" \
		wait_for 5 heard "$tmp/wire" "$mark" 10.1.0.1 0
	check "the end of a namespace: the other one takes over" wait_for 5 is_state B R master
	check "the end of a namespace: it holds the address" wait_for 3 has B 10.1.0.100
	mark=$(now)
	check "rmmod: the module goes while it is master" rmmod kcluster
	check_not "rmmod: the address is gone when it returns" has B 10.1.0.100
	check "rmmod: priority 0 was said" wait_for 3 heard "$tmp/wire" "$mark" 10.1.0.2 0
	modprobe kcluster
}

# All of them, or those that are named.
[ $# -gt 0 ] || set -- stalled frozen_master overslept reload rewritten \
	backup_arp why_not password lan_host leftovers
for suffering; do
	"$suffering"
done
finish
