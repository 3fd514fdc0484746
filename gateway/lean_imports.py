"""Keeps packages out of the process that nothing here uses. It is imported before all others.

httpx imports its command line if rich and click are installed, which typer needs for ours: 3 MB of memory, and 0.1 s.
"""

import sys

sys.modules["httpx._main"] = None  # type: ignore[assignment]  # Importing it fails, as if rich were not installed.
