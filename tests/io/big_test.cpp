// SPDX-License-Identifier: Apache-2.0
// Tensors of more than 2^31 elements, saved and read back, in one piece and in another order. Takes 7 GB of memory.  [C08]
#include <doctest/doctest.h>
#include <unistd.h>  // getpid
#include <tenfold/io/npy.hpp>
#include <tenfold/io/safetensors.hpp>

#include <filesystem>  // std::filesystem

namespace {

namespace tf = tenfold;

constexpr tf::index_t rows = 5, columns = 429'496'731;
static_assert(rows * columns > tf::index_t{1} << 31);

class scratch_file {
    std::filesystem::path path_ = std::filesystem::temp_directory_path() / ("tenfold-big-" + std::to_string(::getpid()));

public:
    scratch_file() = default;
    scratch_file(const scratch_file&) = delete;
    scratch_file& operator=(const scratch_file&) = delete;
    ~scratch_file() { std::filesystem::remove(path_); }
    [[nodiscard]] std::string path() const { return path_.string(); }
};

/// Differs from row to row, and from one 4 GiB, 2 GiB or 64 KiB to the next.
tf::tensor<std::int8_t, 2> made_up() {
    tf::tensor<std::int8_t, 2> x({rows, columns});
    for (tf::index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<std::int8_t>((i * 2'654'435'761) >> 16);
    return x;
}

bool same(const tf::tensor<std::int8_t, 2>& a, const tf::tensor<std::int8_t, 2>& b) {
    return a.extents() == b.extents() && std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size())) == 0;
}

}  // namespace

TEST_CASE("a checkpoint of more than 2^31 elements [C08]") {
    const auto x = made_up();
    const scratch_file file;
    tf::checkpoint_writer out;
    out.add("x", x.view());
    out.save(file.path());
    const tf::checkpoint_reader in(file.path());
    CHECK(in.has_checksum());
    CHECK(same(in.load<std::int8_t, 2>("x"), x));
}

TEST_CASE("a transposed one, in blocks [C08]") {
    const auto x = made_up();
    const scratch_file file;
    tf::save_npy(file.path(), x.view().transposed());
    const auto transposed = tf::load_npy<std::int8_t, 2>(file.path());
    CHECK(transposed.extent(0) == columns);
    bool equal = true;
    for (tf::index_t row = 0; row < rows; ++row)
        for (tf::index_t column = 0; column < columns; ++column)
            equal = equal && transposed.data()[column * rows + row] == x.data()[row * columns + column];
    CHECK(equal);
}
