# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Hundreds of connections through the firewalls of scenario 2, and what each of
# them felt, for those who source this after scenario2.sh and say how many there
# are of each way: $tcp and $udp.

# shellcheck disable=SC2154 # from those who source this
# shellcheck disable=SC2016 # expressions for eval
tick=1000	# ms between the data of one connection
# TCP's first retransmission after the takeover may be one doubled before it; a
# connection that is silent for longer has stalled.
stalled=5000

# way NAME NODE ADDRESS [OPTION...]: begin connections from there to an address;
# they are told what to do by a pipe.
ways=()
declare -A to_way
way()
{
	local name=$1 node=$2 address=$3 fd

	shift 3
	[ $# -gt 0 ] || set -- tcp "$tcp" udp "$udp" chunk 1024 tick $tick
	mkfifo "$tmp/$name.in"
	# Both ends, so that opening it waits for nobody.
	exec {fd}<>"$tmp/$name.in"
	in_background ip netns exec "$ns_prefix$node" flows run "$address" "$services" "$@" \
		<"$tmp/$name.in" >"$tmp/$name.out" 2>"$tmp/$name.err"
	to_way[$name]=$fd
	ways+=("$name")
}

ready()
{
	local name

	for name in "${ways[@]}"; do
		grep -qx ready "$tmp/$name.out" || return 1
	done
}

# tell WORD: to all of them, and wait for what they answer.
tell()
{
	local name before

	for name in "${ways[@]}"; do
		before=$(wc -l <"$tmp/$name.out")
		echo "$1" >&"${to_way[$name]}"
		wait_for 20 eval '[ "$(wc -l <"$tmp/$name.out")" -gt '"$before"' ]' ||
			return 1
	done
}

# of FILTER: a number of all their last answers together.
of()
{
	local name

	for name in "${ways[@]}"; do
		tail -n 1 "$tmp/$name.out"
	done | jq -s "$1"
}

# go_on_since TIME: all have heard something within two ticks, and these are
# over since that time; before that nobody could have been silent for so long.
go_on_since()
{
	tell report && [ "$(of "map(.tcp.silent_ms, .udp.silent_ms) | max")" \
		-lt $((2 * tick)) ] &&
		awk -v then="$1" -v now="$(now)" -v ticks=$((2 * tick)) \
			'BEGIN { exit now - then <= ticks / 1000 }'
}

# lived NAME: no connection has noticed more than a pause since the mark.
lived()
{
	check "$1: all connections go on" wait_for 30 go_on_since "$(now)"
	check_is "$1: none was reset" 0 "$(of 'map(.tcp.reset) | add')"
	check_is "$1: none was closed" 0 "$(of 'map(.tcp.closed) | add')"
	check_is "$1: none got wrong data" 0 \
		"$(of 'map(.tcp.corrupt, .udp.corrupt) | add')"
	check "$1: none stalled" [ "$(of 'map(.tcp.gap_ms.max) | max')" -lt $stalled ]
	note "$1: longest silence of TCP $(of 'map(.tcp.gap_ms.max) | max') ms," \
		"of UDP $(of 'map(.udp.gap_ms.max) | max') ms, half of them less" \
		"than $(of 'map(.tcp.gap_ms.p50) | max') ms"
}

# serve_all: who answers inside, and outside.
serve_all()
{
	local name

	for name in inside client; do
		in_background ip netns exec "$ns_prefix$name" flows serve "$services" \
			>"$tmp/$name.served"
	done
	check "the service is there" wait_for 10 eval \
		'on client ss -Hlnt | grep -q ":$services "'
}

# begin_all: hidden and published, IPv4 and IPv6; many that say little, and of each
# way one that says much, in both directions, beside a stream that marks the time.
much="tcp 1 udp 1 chunk 4096 tick 10"
begin_all()
{
	local name node address

	while read -r name node address; do
		way "$name" "$node" "$address"
		# shellcheck disable=SC2086 # words
		way "bulk_$name" "$node" "$address" $much
	done <<-END
		hidden4 inside 203.0.113.10
		hidden6 inside 2001:db8::10
		published4 client 203.0.113.101
		published6 client 2001:db8::101
	END
}

# bulk_resumed NAME: TCP doubles its timeout, 200 ms at least, each time that
# nothing is answered; so the first segment after an outage of T comes no later
# than at 2 T + 200 ms.
bulk_resumed()
{
	local name last slowest=0 outage=0 tcp_gap udp_gap late=0

	for name in "${ways[@]}"; do
		[[ $name = bulk_* ]] || continue
		last=$(tail -n 1 "$tmp/$name.out")
		tcp_gap=$(jq .tcp.gap_ms.max <<<"$last")
		udp_gap=$(jq .udp.gap_ms.max <<<"$last")
		[ "$tcp_gap" -le "$slowest" ] || slowest=$tcp_gap
		[ "$udp_gap" -le "$outage" ] || outage=$udp_gap
		[ "$tcp_gap" -le $((2 * udp_gap + 250)) ] || late=$((late + 1))
	done
	if [ "$outage" -gt 0 ] && [ $late = 0 ]; then
		pass "$1: bulk goes on within one retransmission timeout" \
			"outage $outage ms, silence $slowest ms"
	else
		fail "$1: bulk goes on within one retransmission timeout" \
			"$late late; outage $outage ms, silence $slowest ms"
	fi
}

# in_sync NODE: it knows what its peer knows, and says so.
in_sync()
{
	cc "$1" -s -j mirror show | jq -e .safe >/dev/null 2>&1
}

safe()
{
	in_sync fw1 && in_sync fw2
}
