"""Memory that is blank when it is allocated, for libraries that write more of it to their files than they filled."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# `M_PERTURB` of glibc's malloc.h: what is allocated is set to the complement of this byte.
_PERTURB = -6
_LOCK = threading.Lock()  # the setting is the process', not the thread's


@contextmanager
def blank_memory() -> Iterator[None]:
    """Have all memory that is allocated meanwhile come blank.

    An index writes blocks to its files of which it fills only a part: when it is made, grows or is loaded. The rest
    would be what the process had there before, such as the text of articles.
    """
    library: Any = ctypes.CDLL(None) if sys.platform == "linux" else None
    if not hasattr(library, "mallopt"):
        yield
        return
    with _LOCK:
        library.mallopt(_PERTURB, 255)
        try:
            yield
        finally:
            library.mallopt(_PERTURB, 0)
