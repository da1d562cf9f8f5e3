"""Work in a thread for an event loop; a task that is cancelled ends it, so that nothing is written behind its back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from kgqa.types import Progress

T = TypeVar("T")


class _Cancelled(BaseException):
    """Ends the work as Ctrl-C would."""


async def in_thread(work: Callable[..., T], *given: Any, progress: Progress | None = None, **options: Any) -> T:
    """What ``work`` gives, which tells its ``progress``. Cancelled, it ends the work there and waits for its end."""
    cancelled = threading.Event()

    def tell(stage: str, done: int, of: int | None) -> None:
        if cancelled.is_set():
            raise _Cancelled
        if progress is not None:
            progress(stage, done, of)

    running = asyncio.ensure_future(asyncio.to_thread(work, *given, progress=tell, **options))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        cancelled.set()
        with suppress(Exception, _Cancelled):
            await running
        raise
