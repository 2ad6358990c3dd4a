// SPDX-License-Identifier: Apache-2.0
// Whether AddressSanitizer watches: tests whose many repetitions look for rare bits make fewer of them then.
#pragma once

namespace support {
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif
}  // namespace support
