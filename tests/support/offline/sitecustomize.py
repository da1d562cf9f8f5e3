"""With this folder on PYTHONPATH a Python process, and each that it starts, cannot reach any network.

An audit hook sees every connection and every name looked up, those of C extensions that use Python's socket too.
"""

import socket
import sys

_LOOKUPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"})
_SENDING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_LOCAL = getattr(socket, "AF_UNIX", None)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event in _LOOKUPS or (event in _SENDING and getattr(arguments[0], "family", None) != _LOCAL):
        raise PermissionError(f"sockets are closed in this test: {event} {arguments[1:]}")


sys.addaudithook(_refuse)
