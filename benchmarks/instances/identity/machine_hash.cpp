// SPDX-License-Identifier: Apache-2.0
// Pseudonyms of a machine and of its boot: equal for equal machines, and no way back to the ids they are made of.
#include "instances/identity/machine_hash.hpp"

#include <openssl/evp.h>   // EVP_sha256
#include <openssl/hmac.h>  // HMAC

#include <climits>  // INT_MAX
#include <cstddef>  // std::size_t

namespace tenfold::bench {
namespace {

// Sets our hashes apart from any other use of the same ids; not a secret.
constexpr std::string_view public_key = "tenfold.machine/1";

/// May somebody who knows the hash find the id by trying? Numbers and short ids (i-1a2b3c4d has 32 bits) in seconds; ids that a
/// cloud counts upwards (instance-0000002a) as well. Only digits that are many and look drawn count as random: 64 bits at least.
bool is_guessable(std::string_view id) {
    constexpr std::size_t random_digits = 16, longest_run = 5;
    std::size_t digits = 0, run = 0;
    bool has_letter_digit = false;
    char before = '\0';
    for (const char c : id) {
        const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (!hex && c != '-') {  // "i-", "instance-": a word before the digits
            digits = 0;
            has_letter_digit = false;
        }
        digits += hex ? 1 : 0;
        has_letter_digit = has_letter_digit || (hex && (c < '0' || c > '9'));
        run = c == before ? run + 1 : 1;
        if (run > longest_run) return true;  // padded with zeros: counted, not drawn
        before = c;
    }
    return digits < random_digits || !has_letter_digit;
}

}  // namespace

std::string short_hmac(std::string_view key, std::string_view text) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (key.size() > INT_MAX) return {};
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, text.size(), digest, &size) == nullptr || size < 8) return {};
    constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    for (std::size_t i = 0; i < 8; ++i) {
        hex += digits[digest[i] >> 4];
        hex += digits[digest[i] & 15];
    }
    return hex;
}

machine_hashes hash_machine(const system_files& files, std::string_view campaign_key, std::string_view provider,
                            const std::optional<std::string>& instance_id) {
    const auto key = campaign_key.empty() ? public_key : campaign_key;
    const auto machine_id = files.line("/etc/machine-id");
    const auto boot_id = files.line("/proc/sys/kernel/random/boot_id");

    // The cloud's id is the same for all containers of a machine and after each boot; machine-id may be an image's own, so it
    // is only taken where the cloud's id is missing or guessable; the boot id is random but does not outlast the boot.
    std::string who;
    const bool keyed = !campaign_key.empty();
    if (instance_id && (keyed || !is_guessable(*instance_id))) {
        who = "instance\n" + std::string(provider) + "\n" + *instance_id;
    } else if (machine_id) {
        who = "machine\n" + *machine_id + "\n" + instance_id.value_or("");
    } else if (boot_id) {
        who = "boot\n" + *boot_id;
    }

    machine_hashes hashes;
    if (!who.empty()) hashes.machine = short_hmac(key, who);
    // In one text with the machine: two clones of a snapshot that start from the same memory image still differ.
    if (boot_id) hashes.boot = short_hmac(key, "this boot\n" + *boot_id + "\n" + who);
    return hashes;
}

}  // namespace tenfold::bench
