# SPDX-License-Identifier: Apache-2.0
"""Runs one architecture check over a source tree: check.py <root> <check>; prints each violation, fails if there is one."""
import sys

import completeness
import include_graph
import source_rules
import source_tree


def violations(root, check):
    headers = source_tree.headers(root)
    if not headers:
        return [f"{root}: no headers below include/"]
    if check in completeness.CHECKS:
        return list(completeness.CHECKS[check](root, headers))
    return list({**include_graph.CHECKS, **source_rules.CHECKS}[check](headers))


if __name__ == "__main__":
    found = violations(sys.argv[1], sys.argv[2])
    print("\n".join(found))
    print(f"{len(found)} violations")
    sys.exit(1 if found else 0)
