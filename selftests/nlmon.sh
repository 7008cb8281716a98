# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# What a command says over netlink, for those who source this after lib.sh.

# quiet NODE COMMAND...: what is said over netlink while COMMAND runs, for configuring.
quiet()
{
	local name=$1

	shift
	on "$name" ip link add nlmon0 type nlmon 2>/dev/null || return 2
	on "$name" ip link set nlmon0 up
	ip netns exec "$ns_prefix$name" tcpdump -U --immediate-mode -Z root -i nlmon0 \
		-w "$tmp/nlmon.pcap" 2>"$tmp/tcpdump" &
	capture=$!
	wait_for 10 grep -q listening "$tmp/tcpdump"
	"$@" >"$tmp/out" 2>&1
	status=$?
	# The last thing asked for is seen: a device that is not there. ("ip link show"
	# begins with a NEWLINK, to see whether there is such a message.)
	ipn "$name" address show dev kcluster-last >/dev/null 2>&1
	wait_for 10 grep -q kcluster-last "$tmp/nlmon.pcap"
	kill $capture 2>/dev/null
	wait $capture 2>/dev/null
	on "$name" ip link del nlmon0
	return $status
}

# configuring: whether requests were seen, and those that configure: of rtnetlink all
# but GET (type % 4 == 2), of our family and WireGuard all but dumps and GETs; GETs of one
# thing have no attributes where WireGuard has its command to set.
configuring()
{
	python3 - "$tmp/nlmon.pcap" <<-'END'
	import struct, sys
	data = open(sys.argv[1], "rb").read()
	at, seen, config = 24, 0, []
	while at + 16 <= len(data):
	    size = struct.unpack_from("<I", data, at + 8)[0]
	    packet = data[at + 16:at + 16 + size]
	    at += 16 + size
	    family = struct.unpack_from(">H", packet, 14)[0]
	    message = packet[16:]
	    if len(message) < 20:
	        continue
	    length, kind, flags, _, _ = struct.unpack_from("<IHHII", message)
	    if not flags & 1:
	        continue                # no request
	    seen += 1
	    if family == 0 and kind >= 16 and kind % 4 != 2:
	        config.append(f"rtnetlink {kind}")
	    gets = {2, 18, 19, 24, 26, 33, 37, 43, 44, 45} | ({1} if length <= 20 else set())
	    # nftables: a batch, or what does not get something.
	    if family == 12 and (kind < 256 or
	                         kind >> 8 == 10 and kind & 255 not in {1, 4, 7, 10, 13, 16, 19, 23}):
	        config.append(f"nftables {kind:x}")
	    if family == 16 and kind > 16 and not flags & 0x300 and message[16] not in gets:
	        config.append(f"generic {kind} command {message[16]}")
	print(seen > 3, *config)
	END
}
