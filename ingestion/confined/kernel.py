"""What Linux is asked to take from a process before it looks at a file; each call is for good.

Linux's manual: `user_namespaces(7)`, `pid_namespaces(7)`, `network_namespaces(7)`, `capabilities(7)`, `prctl(2)`.
"""

import ctypes
import os
import resource
import signal
from contextlib import suppress
from pathlib import Path

from ingestion.confined.limits import ParseLimits

CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def check(result: int) -> int:
    """What the call gave. Raises `OSError`."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def process_control(option: int, argument: int, more: object = 0) -> None:
    """Raises `OSError`."""
    check(_libc.prctl(option, ctypes.c_ulong(argument), more, 0, 0))


def unshare(flags: int) -> None:
    """Raises `OSError`."""
    check(_libc.unshare(flags))


def leave_network_and_users() -> None:
    """Go where there is no network, and where rights end at this process and its children. Raises `OSError`.

    The next child is the first in a process table of its own: all that it starts dies with it.
    """
    _unshare_users(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWPID)


def be_counted_alone() -> None:
    """Processes are counted by user: from here on as those of a user of its own. Raises `OSError`."""
    _unshare_users(0)


def _unshare_users(more: int) -> None:
    user, group = os.geteuid(), os.getegid()
    unshare(CLONE_NEWUSER | more)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def next_child_is_first() -> None:
    """As above, for one more level of processes. Raises `OSError`."""
    unshare(CLONE_NEWPID)


def next_child_is_beside(process_table: int) -> None:
    """The next child sees the same processes as this one again; `process_table` is a descriptor of that table."""
    check(_libc.setns(process_table, CLONE_NEWPID))


def die_with_parent() -> None:
    process_control(PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """What a child leaves running becomes a child of this process."""
    process_control(PR_SET_CHILD_SUBREAPER, 1)


def children() -> set[int]:
    """The processes whose parent is this one."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            _, _, fields = status.read_text(errors="replace").rpartition(")")  # before it stands a name of any kind
            if int(fields.split()[1]) == os.getpid():
                found.add(int(status.parent.name))
    return found


def bound(limits: ParseLimits, *, disk: int) -> None:
    """Limits on this process and what it starts; `disk` bytes in each file that it writes.

    Linux counts no processes of root: there, only the end of the first one ends the others.
    """
    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_NOFILE, limits.files),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_FSIZE, disk),
        (resource.RLIMIT_CORE, 0),
    ):
        _, highest = resource.getrlimit(what)
        most = most if highest == resource.RLIM_INFINITY else min(most, highest)
        resource.setrlimit(what, (most, most))


def give_up_rights() -> None:
    """No capability, now or through a program that is started; nobody may look into this process."""
    process_control(PR_SET_NO_NEW_PRIVS, 1)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    check(_libc.capset(header, (ctypes.c_uint32 * 6)()))
    process_control(PR_SET_DUMPABLE, 0)
