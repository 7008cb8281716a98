# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# What was on the wire, as tcpdump saw it, and what that says about virtual
# routers; part of lib.sh.

# capture FILE NETWORK|NODE:DEVICE [FILTER]: tcpdump's lines, stamped by the
# kernel, one packet per line.
capture()
{
	local file=$1 where=$2 space dev

	case $where in
	*:*) space=$ns_prefix${where%:*} dev=${where#*:} ;;
	*) space=$switch dev=$where ;;
	esac
	in_background ip netns exec "$space" \
		tcpdump -i "$dev" -s 512 -tt -nn -v -l -U --immediate-mode \
		"${3:-ip proto 112 or ip6 proto 112}" \
		>"$file.raw" 2>"$file.err"
	wait_for 20 grep -q 'listening on' "$file.err" ||
		note "tcpdump on $where does not start"
	: >"$file"
}

# one_line FILE: what was captured so far, one packet per line.
one_line()
{
	awk '/^[0-9]+\.[0-9]+ / { if (line) print line; line = $0; next }
	     { sub(/^[ \t]+/, " "); line = line $0 }
	     END { if (line) print line }' "$1.raw"
}

# adverts FILE [SINCE]: TIME SOURCE PRIORITY of each advert.
adverts()
{
	one_line "$1" | awk -v since="${2:-0}" '
		$1 < since + 0 || !match($0, /prio [0-9]+/) { next }
		{
			priority = substr($0, RSTART + 5, RLENGTH - 5)
			for (i = 2; i < NF; i++)
				if ($i == ">")
					break
			print $1, $(i - 1), priority
		}'
}

# advert_after FILE SINCE SOURCE [PRIORITY]: when the first of these was sent.
advert_after()
{
	adverts "$1" "$2" | awk -v from="$3" -v priority="${4-}" '
		$2 == from && (priority == "" || $3 == priority) {
			print $1; exit }'
}

heard()
{
	[ -n "$(advert_after "$@")" ]
}

# silence_before FILE SINCE OLD NEW: seconds from the last advert of OLD to
# the first one of NEW that follows SINCE.
silence_before()
{
	adverts "$1" | awk -v since="$2" -v old="$3" -v new="$4" '
		$2 == old && !found { last = $1 }
		$2 == new && $1 >= since + 0 && !found { found = $1 }
		END { if (found && last) printf "%.4f\n", found - last }'
}

# handover FILE SINCE OLD NEW: seconds from OLD's priority 0 to NEW's first.
handover()
{
	adverts "$1" "$2" | awk -v old="$3" -v new="$4" '
		$2 == old && $3 == 0 && !zero { zero = $1 }
		$2 == new && zero { printf "%.4f\n", $1 - zero; exit }'
}

# takeover_time PRIORITY INTERVAL: RFC 9568, 6.1: the master-down interval
# in seconds; RFC 3768 with whole seconds is the same for an interval of 1 s.
takeover_time()
{
	awk -v p="$1" -v i="$2" 'BEGIN {
		printf "%.4f\n", 3 * i + (256 - p) * i / 256 }'
}

# percent VALUE P: VALUE with P percent added.
percent()
{
	awk -v v="$1" -v p="$2" 'BEGIN { printf "%.4f\n", v * (100 + p) / 100 }'
}
