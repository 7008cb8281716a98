# SPDX-License-Identifier: GPL-2.0
#
# The two firewalls of firewalls.sh, each on a machine of its own: sourced behind it.

# What machines tell each other lies in a directory that both see.
meet=/mnt/nodes
me=fw${KC_NODE-}

# put NAME: a message, what comes on standard input.
put()
{
	cat >"$meet/$1.new" && mv "$meet/$1.new" "$meet/$1"
}

# uplink NETWORK VLAN: the cable to the same network on the other machine.
uplink()
{
	ip link add link eth0 name "up-$1" type vlan id "$2"
	ip link set "up-$1" netns "$switch"
	ip -n "$switch" link set "up-$1" master "$1" up
}

# networks: those of both machines, joined.
networks()
{
	local network

	# What the frames of virtual MACs are sent to is no address of the card.
	ip link set eth0 up promisc on
	for network in "lan 10" "outside 20" "sync 30"; do
		net "${network% *}"
		uplink "${network% *}" "${network#* }"
	done
}
