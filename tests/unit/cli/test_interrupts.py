"""Ctrl-C is raised again where Python lost it."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from kgqa.cli.interrupts import remembered
from kgqa.cli.output import session

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


class Finalised:
    """What comes when its finaliser runs, Python drops."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


@pytest.fixture(autouse=True)
def as_from_a_terminal():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_lost_in_a_finaliser_is_raised_when_the_work_moves_on():
    with pytest.raises(KeyboardInterrupt), session(as_json=True, quiet=True, debug=False) as output:
        Finalised()
        with output.progress() as progress:
            progress("answering", 1, 2)
            pytest.fail("the work went on")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_is_raised_at_once():
    with remembered() as interrupts, pytest.raises(KeyboardInterrupt):
        interrupts.check()
        signal.raise_signal(signal.SIGINT)


def test_an_ignored_signal_stays_ignored():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with remembered() as interrupts:
        signal.raise_signal(signal.SIGINT)
        interrupts.check()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_command_run_in_another_thread_leaves_signals_alone():
    seen = []

    def work() -> None:
        with remembered():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]
