# SPDX-License-Identifier: GPL-2.0
"""One virtual machine: its qemu, its kernel log, what both are judged by."""

import ctypes
import os
import re
import signal
import subprocess
import threading
import time

# A kernel that says one of these has failed, whatever the command says.
REPORT = re.compile(
    r"BUG:|Oops|Kernel panic|general protection fault|\] WARNING: |"
    r"cut here|possible .*(detected|dependency|deadlock)|inconsistent lock|"
    r"bad unlock balance|held lock freed|INFO: suspicious|suspicious RCU|"
    r"INFO: possible|INFO: trying to register|Invalid wait context|"
    r"KASAN|UBSAN|ODEBUG|refcount_t:|"
    r"blocked for more than|detected stall|self-detected|soft lockup|"
    r"hard LOCKUP|scheduling while atomic|sleeping function called|"
    r"unregister_netdevice: waiting for|ref_tracker: |leaked|"
    r"list_(add|del) corruption|workqueue lockup|Out of memory|"
    r"kcluster-vm: init:|clusterctl\[\d+\]: segfault")
# Said by healthy kernels too.
HARMLESS = re.compile(
    r"Spectre|kmemleak: Kernel memory leak detector|KernelAddressSanitizer|"
    r"Lock dependency validator|ODEBUG: selftest passed|"
    r"ODEBUG: \d+ of \d+|hung_task_panic|Command line:|"
    r"debug: .*enabled")

STARTED = "kcluster-vm: the command starts"
# Written by selftests/guest, so that a report can name the test it fell into.
TEST = "kcluster-vm: test "

# Wider vectors than this one's only make what is emulated slower.
EMULATED_CPU = "Nehalem"


def die_with_parent():
    """In the child: a qemu must not outlive a run that was killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def accel_arguments(kvm, icount):
    if icount:
        # sleep=off: an idle machine's clock leaps to its next timer instead
        # of following that of the host. Nothing the host does is seen in it,
        # and waiting costs no time.
        return ["-accel", "tcg,thread=single", "-cpu", EMULATED_CPU,
                "-icount", "shift=0,sleep=off", "-rtc", "clock=vm"]
    if kvm:
        return ["-accel", "kvm", "-cpu", "host"]
    return ["-accel", "tcg,thread=multi", "-cpu", EMULATED_CPU]


def memory_arguments(memory, image):
    if not image:
        return ["-m", str(memory)]
    size = os.path.getsize(image)
    return ["-m", f"{memory}M,slots=1,maxmem={(memory << 20) + size}B",
            "-object", f"memory-backend-file,id=root,mem-path={image},"
            f"size={size},readonly=on,share=off",
            "-device", "nvdimm,memdev=root,unarmed=on"]


class Machine:
    """Start, watch and end one qemu.

    image: the root file system, which the guest has as memory, not as a disk:
    a read from it takes no more of the guest's time than any other copy, and
    under icount no leap. shares: (tag, path, readonly) for 9p; output: called
    with each chunk the command writes; state: the directory through which the
    guest reports.
    """

    def __init__(self, *, vmlinuz, initrd, image, shares, state, log, cpus, memory,
                 kvm, icount, netdev=None, mac=None, output=None,
                 interactive=False, kmemleak=True):
        self.state, self.log, self.output = state, log, output
        self.killed = False
        tags = ",".join(tag for tag, _, _ in shares)
        append = (f"console=ttyS0 loglevel=7 panic=-1 oops=panic net.ifnames=0 "
                  f"mitigations=off norandmaps tsc=reliable rcupdate.rcu_cpu_stall_timeout=60 "
                  f"kcvm.tags={tags}" + (
                      " kcvm.icount" if icount else
                      # Under a busy host the TSC is measured wrong.
                      "" if kvm else " clocksource=hpet") + (
                      "" if kmemleak else " kmemleak=off"))
        command = ["qemu-system-x86_64", "-nodefaults", "-no-user-config",
                   "-machine", "q35,nvdimm=on", "-display", "none", "-no-reboot",
                   *memory_arguments(memory, image), "-smp", str(cpus),
                   *accel_arguments(kvm, icount),
                   "-kernel", vmlinuz, "-initrd", initrd, "-append", append,
                   "-serial", f"file:{log}",
                   "-device", "virtio-serial-pci",
                   "-chardev", "stdio,id=output,signal=off",
                   "-device", "virtserialport,chardev=output,name=output"]
        for tag, path, readonly in shares:
            command += ["-virtfs", f"local,path={path},mount_tag={tag},"
                        "security_model=none,multidevs=remap"
                        + (",readonly=on" if readonly else "")]
        if netdev:
            command += ["-netdev", netdev, "-device",
                        f"virtio-net-pci,netdev=lan,mac={mac},romfile="]
        open(log, "w").close()
        # stdin stays open and silent: at its end qemu takes the host's side of
        # the port for closed, and the guest's writes would block.
        self.qemu = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, preexec_fn=die_with_parent)
        self.started = time.monotonic()
        self.errors = b""
        self.threads = [threading.Thread(target=self._read_output, daemon=True),
                        threading.Thread(target=self._read_errors, daemon=True)]
        for thread in self.threads:
            thread.start()

    def _read_output(self):
        while chunk := os.read(self.qemu.stdout.fileno(), 65536):
            self.output(chunk)

    def _read_errors(self):
        self.errors = self.qemu.stderr.read()

    def kill(self):
        """Cut the power: what a crashed host looks like to its peers."""
        self.killed = True
        self.qemu.kill()

    def running(self):
        return self.qemu.poll() is None

    def finish(self):
        self.qemu.wait()
        for thread in self.threads:
            thread.join(5)

    def _state(self, name):
        try:
            with open(f"{self.state}/{name}", errors="replace") as file:
                return file.read().strip()
        except OSError:
            return ""

    def ended(self):
        """The command is over; the machine may still be powering off."""
        return bool(self._state("ended"))

    def status(self):
        """The command's exit status, or None when the guest never told."""
        text = self._state("status") or self._state("ended")
        return int(text) if text else None

    def kernel_log(self):
        with open(self.log, errors="replace") as file:
            return file.read().replace("\r", "")

    def report(self):
        """What the kernel complained about, with what it said next; or ''."""
        lines = self.kernel_log().split("\n")
        shown, until, test = [], 0, ""
        for number, line in enumerate(lines):
            if TEST in line:
                test = line
            if REPORT.search(line) and not HARMLESS.search(line):
                if number >= until:
                    shown += [test] if test else []
                    shown += lines[max(number - 3, 0):number]
                until = number + 60
            if number < until and len(shown) < 400:
                shown.append(line)
                if "---[ end trace" in line:
                    until = 0
        leaks = self._state("kmemleak")
        if leaks:
            shown += ["kmemleak:", leaks]
        return "\n".join(shown)
