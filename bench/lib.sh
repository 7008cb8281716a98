# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# What the parts of benchmarks that run in the VM share. They build their
# machines as the self-tests do, and speak to bench/run by lines:
#
#	result SUBJECT UNIT VALUE METRIC...	a figure
#	wire SUBJECT FILE KIND KEY=VALUE...	a recording to be judged there
#	none SUBJECT METRIC...: REASON		what was not measured, and why
#
# All else is progress, shown to the user. Recordings are left in $share.

demo=1
# shellcheck source=selftests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../selftests/lib.sh"

share=/mnt/host
# Programs are kept in memory: a reclaimed page would be read from the host.
tools=$tmp/tools
cp -r "$share/tools" "$tools"

# record FILE SPACE DEVICE SLOTS, and record_stop FILE.
record()
{
	# Not "ip netns exec", which would stay between us and its signal.
	in_background nsenter --net="/run/netns/$2" "$tools/wire" "$3" \
		"$tmp/$1.wire" "$4" >"$tmp/$1.said" 2>&1
	echo $! >"$tmp/$1.pid"
	wait_for 10 grep -q ready "$tmp/$1.said" || cat "$tmp/$1.said"
}

record_stop()
{
	kill "$(cat "$tmp/$1.pid")"
	wait_for 60 grep -q recorded "$tmp/$1.said"
	grep -q 'lost 0$' "$tmp/$1.said" || echo "$1: $(tail -n 1 "$tmp/$1.said")"
	mv "$tmp/$1.wire" "$share/$1.wire"
}

# cores BASE NOW: how many CPUs are taken, of two lines of spin.
cores()
{
	awk -v base="$1" -v now="$2" 'BEGIN {
		n = split(base, b); split(now, c)
		for (i = 1; i <= n; i++) taken += 1 - c[i] / b[i]
		printf "%.4f\n", taken }'
}
