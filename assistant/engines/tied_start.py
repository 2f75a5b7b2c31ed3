"""Becomes the program that it is given, which then dies with the process that started it (`prctl(2)`).

Started by the path of this file: `tied_start.py PARENT PROGRAM ARGUMENT…`. A hook between fork and exec would do the
same, but Python code there can block for ever in a process with threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL), 0, 0, 0)
    if os.getppid() == int(sys.argv[1]):  # it has not died meanwhile
        os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  # the program that the settings name
