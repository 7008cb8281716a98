# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the harness's shell parts share: where the cache is, and how a stage
# that takes seconds or minutes is announced, timed and, when it fails, shown.
#
# The cache holds, outside every checkout:
#
#	roots/NAME-KEY/      a Debian root, its kernel version and initramfs
#	kernels/debug-KEY/   the debug kernel: source, build and its modules
#	staged/ROOT-HASH/    what dkms and "make install" added to that root
#	lock.*               one lock per thing that is built
#
# Everything is built under a temporary name and renamed when complete, so a
# directory that exists is whole, and an interrupted build is simply redone.

cache=${KCLUSTER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kcluster}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)

die()
{
	echo "vm: $*" >&2
	exit 1
}

# take_lock NAME: hold a lock until this process ends.
take_lock()
{
	mkdir -p "$cache"
	exec 9>"$cache/lock.$1"
	if ! flock -n 9; then
		echo "vm: waiting for another run that prepares $1" >&2
		flock 9
	fi
}

# stage TEXT COMMAND...: run it with its output in $log, print one line with
# the seconds it took; on a terminal the seconds count up meanwhile.
stage()
{
	local text=$1 start=$SECONDS ticker='' status=0

	shift
	printf 'vm: %s ...' "$text" >&2
	if [ -t 2 ]; then
		while sleep 1; do
			printf '\rvm: %s ... %d s' "$text" $((SECONDS - start)) >&2
		done &
		ticker=$!
	fi
	"$@" >>"$log" 2>&1 || status=$?
	if [ -n "$ticker" ]; then
		kill "$ticker" 2>/dev/null
		wait "$ticker" 2>/dev/null
		printf '\rvm: %s ...' "$text" >&2
	fi
	if [ $status -ne 0 ]; then
		printf ' FAILED after %d s\n' $((SECONDS - start)) >&2
		tail -n 40 "$log" >&2
		return $status
	fi
	printf ' %d s\n' $((SECONDS - start)) >&2
}

# forget_old GLOB: drop what no run has used for two weeks.
forget_old()
{
	local dir

	for dir in $1; do
		[ -d "$dir" ] || continue
		[ -n "$(find "$dir" -maxdepth 0 -mtime +14)" ] && rm -rf "$dir"
	done
	return 0
}

# apart ARGUMENT...: run this script again, as "SCRIPT ARGUMENT...", in mount
# and process namespaces of its own. When it returns, every mount it made and
# every process it left is gone, so that what it mounted can safely be removed.
apart()
{
	unshare --mount --pid --mount-proc --fork --kill-child "$0" "$@" >&2
}

# private_dev DIR: the few devices a compiler or a package script wants. Never
# the host's own /dev: what runs in a root must not be able to harm it.
private_dev()
{
	local node

	mount -t tmpfs -o mode=755 tmpfs "$1" &&
	for node in 'null 1 3' 'zero 1 5' 'full 1 7' 'random 1 8' \
		'urandom 1 9' 'tty 5 0'; do
		# shellcheck disable=SC2086 # three words
		set -- "$1" $node
		mknod -m 666 "$1/$2" c "$3" "$4" || return
	done
	ln -s /proc/self/fd "$1/fd"
	ln -s fd/0 "$1/stdin"
	ln -s fd/1 "$1/stdout"
	ln -s fd/2 "$1/stderr"
	mkdir -p "$1/pts" "$1/shm"
}
