"""Loads the corrections to ministack, or stops it.

Python imports a module with the name sitecustomize before it runs a program:
https://docs.python.org/3/library/site.html
"""

import os
import traceback

try:
    import vitae_corrections  # noqa: F401
except BaseException:
    # Python would print the error and start ministack without its checks.
    traceback.print_exc()
    os._exit(1)
