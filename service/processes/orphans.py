"""No process outlives the one that started it, so that nobody is left holding the data.

Linux only (prctl's PR_SET_PDEATHSIG): elsewhere a supervisor that was killed leaves its children, and the
next start says that they are still there.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with(parent_pid: int) -> None:
    """Called in a new child: it is killed at the moment when its parent is gone.

    SIGKILL, because every part survives that anyway, and nothing else is sure to end it.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:  # it died before the call above
        os._exit(1)
