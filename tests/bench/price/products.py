# SPDX-License-Identifier: Apache-2.0
"""A million random products of money in Python's decimal, as one number (FNV-1a over the results).

money_test.cpp computes the same number with tenfold::bench::usd; both are held against products.golden.
    products.py            prints the number
    products.py FILE       fails unless FILE holds it
"""

import pathlib
import sys
from decimal import ROUND_HALF_EVEN, Decimal, getcontext

COUNT = 1_000_000
MASK = (1 << 64) - 1


def splitmix64(state):
    state = (state + 0x9E3779B97F4A7C15) & MASK
    z = state
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return state, z ^ (z >> 31)


def digest():
    getcontext().prec = 80
    one = Decimal(1)
    state, result = 2026, 0xCBF29CE484222325
    for _ in range(COUNT):
        state, a = splitmix64(state)
        state, b = splitmix64(state)
        state, c = splitmix64(state)
        nano = a % 2_000_000_000_000 - 1_000_000_000_000  # -1000 to 1000 dollars
        numerator = b % 1_000_000
        denominator = c % 4096 + 1  # small, so that exact halves come up
        product = (Decimal(nano) * numerator / denominator).quantize(one, rounding=ROUND_HALF_EVEN)
        result = ((result ^ (int(product) & MASK)) * 0x100000001B3) & MASK
    return str(result)


if __name__ == "__main__":
    found = digest()
    if len(sys.argv) == 1:
        print(found)
    else:
        wanted = pathlib.Path(sys.argv[1]).read_text().strip()
        if found != wanted:
            sys.exit(f"decimal gives {found}, {sys.argv[1]} holds {wanted}")
