# SPDX-License-Identifier: Apache-2.0
"""The operations of device_thread and of its emulation are the same: twins.py <root>. Names, and the parameters that both have."""
import re
import sys
from pathlib import Path

EMULATED = "include/tenfold/testing/simt/emulated_thread.hpp"
DEVICE = "include/tenfold/kernel/cuda/simt/device.cuh"


def operations(text):
    """name -> parameter list, without the place of the call, which only reports need."""
    public = text[text.index("public:"):text.index("private:")]
    found = {}
    for name, parameters in re.findall(r"\b(\w+)\(((?:[^()]|\([^()]*\))*)\) const(?: noexcept)?\s*[{;]", public):
        parameters = re.sub(r",?\s*site where = site::here\(\)", "", parameters)
        found[name] = re.sub(r"\s+", " ", parameters).strip()
    return found


def main():
    root = Path(sys.argv[1])
    emulated, device = (operations((root / path).read_text()) for path in (EMULATED, DEVICE))
    wrong = [f"{name}: only in {DEVICE if name in device else EMULATED}" for name in sorted(emulated.keys() ^ device.keys())]
    wrong += [f"{name}: ({device[name]}) on the device, ({emulated[name]}) in the emulation"
              for name in sorted(emulated.keys() & device.keys()) if emulated[name] != device[name]]
    print("\n".join(wrong))
    print(f"{len(emulated)} operations, {len(wrong)} differ")
    return 1 if wrong or len(emulated) < 30 else 0


if __name__ == "__main__":
    sys.exit(main())
