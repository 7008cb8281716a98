# SPDX-License-Identifier: GPL-2.0
#
# Nodes of a cluster file, for tests of setup: sourced behind lib.sh. The file is
# $tmp/file, the private key of a node is $tmp/NODE.key.

# key_of NODE...: makes their keys.
key_of()
{
	local name

	for name; do
		(umask 077 && wg genkey >"$tmp/$name.key")
		wg pubkey <"$tmp/$name.key" >"$tmp/$name.pub"
	done
}

# pub NODE
pub()
{
	cat "$tmp/$1.pub"
}

# section NODE NUMBER: of the file, without end of line: the address of a member in
# 10.6.0.0/24 and, outside, in 192.0.2.0/24.
section()
{
	printf '[Node %s]\nPublicKey = %s\nAddress = 10.6.0.%s\nEndpoint = 192.0.2.%s' \
		"$1" "$(pub "$1")" "$2" "$2"
}

# setup NODE [WORD...]: that node, from the file.
setup()
{
	local name=$1

	shift
	cc "$name" setup -f "$tmp/file" -key "$tmp/$name.key" "$@"
}
