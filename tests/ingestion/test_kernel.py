"""What the kernel takes from a process, tried on a fork of this one that is no longer root."""

import os
import signal
from collections.abc import Callable

from ingestion.confined import kernel
from ingestion.confined.limits import ParseLimits

NOBODY = 65_534


def told_by_nobody(act: Callable[[], int]) -> int:
    """What a process without rights, first of a process table, gives for this; all that it starts ends with it."""
    with os.fdopen(os.memfd_create("told"), "w+") as told:
        if (outer := os.fork()) == 0:
            try:
                if os.geteuid() == 0:
                    os.setresuid(NOBODY, NOBODY, NOBODY)
                    kernel.process_control(kernel.PR_SET_DUMPABLE, 1)  # else it may not name its users
                kernel.leave_network_and_users()
                if (first := os.fork()) == 0:
                    os.write(told.fileno(), str(act()).encode())
                else:
                    os.waitpid(first, 0)
            finally:
                os._exit(0)
        os.waitpid(outer, 0)
        told.seek(0)
        return int(told.read())


def started(most: int) -> int:
    """How many processes can be started of this many."""
    kernel.be_counted_alone()
    kernel.bound(ParseLimits(processes=8), disk=100)
    kernel.give_up_rights()
    for number in range(most):
        try:
            if os.fork() == 0:
                signal.pause()
        except BlockingIOError:
            return number
    return most


def test_processes_are_bounded_in_number_for_everybody_but_root() -> None:
    assert told_by_nobody(lambda: started(20)) == 7
