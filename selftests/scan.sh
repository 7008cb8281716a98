# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A port scan, for those who source this after lib.sh: what is said to all ports of a
# node from outside, and what of it gets past the node's firewall. A closed port and
# one that nobody answers at, such as WireGuard's, look the same from outside, so the
# node itself notes what arrives behind its own table.

# watch_input NODE DEV: what comes there behind our table is counted.
watch_input()
{
	on "$1" nft -f - <<-END
	add table inet seen
	delete table inet seen
	table inet seen {
		counter total { }
		set ports { type inet_proto . inet_service; size 65536; flags dynamic; }
		chain count {
			type filter hook input priority 9
			iifname "$2" meta l4proto { tcp, udp } counter name total
		}
	}
	END
}

# note_ports NODE DEV: and noted, by protocol and port.
note_ports()
{
	on "$1" nft add chain inet seen note '{ type filter hook input priority 10 ; }'
	on "$1" nft add rule inet seen note "iifname \"$2\" meta l4proto { tcp, udp } add @ports { meta l4proto . th dport }"
}

# arrived NODE: how many packets got past the firewall.
arrived()
{
	on "$1" nft -j list counter inet seen total | jq '[.nftables[].counter // empty] | .[0].packets'
}

# ports NODE: where to, as "tcp 443;udp 51820;".
ports()
{
	on "$1" nft -j list set inet seen ports |
		jq -r '[.nftables[].set // empty] | .[0].elem // [] | .[] | (.elem.val // .).concat | join(" ")' |
		sort -k1,1 -k2,2n | tr '\n' ';'
}

# unwatch NODE
unwatch()
{
	on "$1" nft delete table inet seen
}

# quiet_from NODE PREFIX: that answers of those who are scanned are not heard. What is
# said to them is counted.
quiet_from()
{
	on "$1" nft -f - <<-END
	table inet quiet {
		counter said { }
		chain input {
			type filter hook input priority 0
			ip saddr $2 drop
		}
		chain output {
			type filter hook output priority 0
			ip daddr $2 meta l4proto { tcp, udp } counter name said
		}
	}
	END
}

# said NODE: how much since that was asked last; what is not said cannot be found.
said()
{
	on "$1" nft -j reset counter inet quiet said |
		jq '[.nftables[].counter // empty] | .[0].packets'
}

# scan NODE SOURCE TARGET [PORTS]: NODE says something to each TCP and UDP port of
# TARGET, or only to these, such as 1-1024,6443.
scan()
{
	on "$1" python3 - "$2" "$3" "${4:-1-65535}" <<'END'
import errno, socket, struct, sys
source, target, ports = sys.argv[1:]
def total(data):
    return sum(struct.unpack(f">{len(data) // 2}H", data))
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
addresses = socket.inet_aton(source) + socket.inet_aton(target)
head = struct.pack(">HIIBBHH", 40000, 1, 0, 0x50, 2, 1024, 0)
base = total(addresses + struct.pack(">HH", 6, 20)) + 40000 + 1 + 0x5002 + 1024
for part in ports.split(","):
    first, _, last = part.partition("-")
    for port in range(int(first), int(last or first) + 1):
        check = base + port
        while check >> 16:
            check = (check & 0xffff) + (check >> 16)
        raw.sendto(struct.pack(">HHIIBBHHH", 40000, port, 1, 0, 0x50, 2, 1024,
                               ~check & 0xffff, 0), (target, 0))
        for attempt in range(1000):
            try:
                udp.sendto(b"", (target, port))
                break
            except OSError as failed:       # of one before, or a full queue
                if failed.errno not in (errno.ECONNREFUSED, errno.ENOBUFS, errno.EPERM):
                    raise
END
}
