# SPDX-License-Identifier: Apache-2.0
"""Tools that a test needs and a machine may lack.

A test that cannot check anything is skipped (77) when it is run by hand, and fails under scripts/test, which installs the tools:
there, a tool that is gone must not pass for a test that was run.
"""
import os
import sys


def missing(tool, remedy):
    """Ends the test."""
    required = os.environ.get("TENFOLD_REQUIRE_TOOLS")
    print(f"{'failed' if required else 'skipped'}: {tool} is missing ({remedy})")
    sys.exit(1 if required else 77)
