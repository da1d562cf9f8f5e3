"""Ctrl-C that is not lost.

Python raises KeyboardInterrupt wherever the main thread is, and drops it where nothing can be raised: in a finaliser,
or in a callback that a C library calls. So it is remembered, and raised again where work reports that it moved on.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """Whether Ctrl-C came."""

    def __init__(self) -> None:
        self._came = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """What the signal does: the usual, and a note of it."""
        self._came = True
        raise KeyboardInterrupt

    def check(self) -> None:
        """Raises the KeyboardInterrupt that was lost, if one was."""
        if self._came:
            raise KeyboardInterrupt


@contextmanager
def remembered() -> Iterator[Interrupts]:
    """Watches Ctrl-C while a command runs. A handler that somebody else set, or an ignored signal, is left alone."""
    interrupts = Interrupts()
    usual = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or usual is not signal.default_int_handler:
        yield interrupts
        return
    signal.signal(signal.SIGINT, interrupts)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, usual)
