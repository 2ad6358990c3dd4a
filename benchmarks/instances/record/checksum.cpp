// SPDX-License-Identifier: Apache-2.0
#include "instances/record/checksum.hpp"

#include <openssl/evp.h>  // EVP_sha256

#include <fstream>    // std::ifstream
#include <memory>     // std::unique_ptr
#include <random>     // std::random_device
#include <stdexcept>  // std::runtime_error
#include <vector>     // std::vector

#include "instances/errors.hpp"  // data_error

namespace tenfold::bench {
namespace {

class sha256 {
    struct release {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, release> context_{EVP_MD_CTX_new()};

    static void require(bool done) {
        if (!done) throw std::runtime_error("SHA-256 is not available in this OpenSSL");
    }

public:
    sha256() { require(context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1); }
    void add(std::string_view bytes) { require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1); }
    std::string short_text() {
        unsigned char digest[EVP_MAX_MD_SIZE];
        require(EVP_DigestFinal_ex(context_.get(), digest, nullptr) == 1);
        constexpr char digits[] = "0123456789abcdef";
        std::string text;
        for (int i = 0; i < 8; ++i) {
            text += digits[digest[i] >> 4];
            text += digits[digest[i] & 15];
        }
        return text;
    }
};

}  // namespace

std::string short_checksum(std::string_view bytes) {
    sha256 sum;
    sum.add(bytes);
    return sum.short_text();
}

std::string file_checksum(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw data_error(file.string() + ": cannot be read");
    sha256 sum;
    std::vector<char> block(std::size_t{1} << 20);
    do {
        in.read(block.data(), static_cast<std::streamsize>(block.size()));
        sum.add({block.data(), static_cast<std::size_t>(in.gcount())});
    } while (in);
    if (!in.eof()) throw data_error(file.string() + ": cannot be read");
    return sum.short_text();
}

std::string random_id() {
    std::random_device random;
    std::string bytes;
    for (int i = 0; i < 8; ++i) bytes += std::to_string(random()) + ",";
    return short_checksum(bytes);
}

}  // namespace tenfold::bench
