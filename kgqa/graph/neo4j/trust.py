"""Which servers are trusted on encrypted connections, and why one is not."""

from __future__ import annotations

import ssl

from kgqa.errors import StoreError


def check_authority(path: str) -> None:
    """Raises StoreError when a file holds no certificates to trust."""
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:
        raise StoreError(f"NEO4J_CA names {path}, from which no certificates can be read: {error}") from error


def distrust(error: BaseException | None) -> str:
    """Why a certificate was refused, where that is at the root of an error; otherwise nothing."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return ""
