# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The machines of scenario 3, for those who source this after lib.sh: one public
# address, three machines.
#
#	   KA1 (207)            KA2 (150)            KA3 (100)
#	+-------------+      +-------------+      +-------------+
#	| enp0s3 .101 |      | enp0s3 .102 |      | enp0s3 .103 |-- clients
#	| enp0s8  --  |      | enp0s8  --  |      | enp0s8  --  |-- floating
#	| enp0s9 .1   |      | enp0s9 .2   |      | enp0s9 .3   |-- management
#	+-------------+      +-------------+      +-------------+
#	clients 192.168.43.0/24, floating 192.168.1.0/24, management 10.7.5.0/24
#
# Virtual router 182 runs on enp0s9 and holds 192.168.43.100/24 on enp0s3,
# 192.168.1.11/24 on enp0s8 and a default route.

# shellcheck disable=SC2034 # priority is for those who source this
priority=([1]=207 [2]=150 [3]=100)
gateway=([1]=192.168.1.1 [2]=192.168.43.1 [3]=192.168.43.1)

build_scenario3()
{
	local i

	net clients
	net floating
	net management
	for i in 1 2 3; do
		node "KA$i"
		plug "KA$i" enp0s3 clients "192.168.43.10$i/24"
		plug "KA$i" enp0s8 floating
		plug "KA$i" enp0s9 management "10.7.5.$i/24"
	done
	node router
	plug router eth0 floating 192.168.1.1/24
	plug router eth1 clients 192.168.43.1/24
}

# holds I: node I, and no other, has all that goes with being master.
holds()
{
	local i

	for i in 1 2 3; do
		if [ "$i" = "$1" ]; then
			has "KA$i" 192.168.43.100 enp0s3 || return 1
			has "KA$i" 192.168.1.11 enp0s8 || return 1
			ipn "KA$i" route show default |
				grep -q "via ${gateway[i]} " || return 1
		else
			negate has "KA$i" 192.168.43.100 || return 1
			negate has "KA$i" 192.168.1.11 || return 1
			[ -z "$(ipn "KA$i" route show default)" ] || return 1
		fi
	done
}
