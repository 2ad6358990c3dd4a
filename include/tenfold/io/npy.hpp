// SPDX-License-Identifier: Apache-2.0
// Tensors as .npy files, which NumPy reads and writes: one tensor, checksummed.                               [floor 6]
//
// The header of the format is a Python literal, so the checksum is a comment behind it: NumPy does not look at it.
//
//   tf::save_npy("weights.npy", w.view());
//   const auto w = tf::load_npy<float, 2>("weights.npy");
#pragma once

#include <tenfold/core/tensor.hpp>
#include <tenfold/io/elements.hpp>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

TENFOLD_BEGIN
/// How NumPy names an element type. f16 is IEEE half precision there too; it has no bf16.
template <class T>
constexpr const char* npy_descr() {
    if constexpr (std::is_same_v<T, float>) return "<f4";
    if constexpr (std::is_same_v<T, double>) return "<f8";
    if constexpr (std::is_same_v<T, half>) return "<f2";
    if constexpr (std::is_same_v<T, std::int8_t>) return "|i1";
    if constexpr (std::is_same_v<T, std::uint8_t>) return "|u1";
    if constexpr (std::is_same_v<T, std::int32_t>) return "<i4";
    if constexpr (std::is_same_v<T, std::int64_t>) return "<i8";
    if constexpr (std::is_same_v<T, bool>) return "|b1";
    return nullptr;
}

inline constexpr std::string_view npy_checksum_comment = " # tenfold.crc32c=";

/// Writes the view as `path`, replacing it at once. Errors: file_error; a file of that name then stays what it was.
template <class T, std::size_t Rank>
void save_npy(const std::string& path, tensor_view<T, Rank> x) {
    using Element = std::remove_const_t<T>;
    static_assert(npy_descr<Element>() != nullptr, "tenfold: NumPy has no bf16; convert to f32, or use io/safetensors.hpp");
    std::string shape = "(";
    for (std::size_t i = 0; i < Rank; ++i) shape += std::to_string(x.extent(i)) + (Rank == 1 ? "," : i + 1 < Rank ? ", " : "");
    std::string header = std::string("{'descr': '") + npy_descr<Element>() + "', 'fortran_order': False, 'shape': " + shape + "), }";
    constexpr std::size_t prefix = 10, alignment = 64;  // of the data, as NumPy does
    header += npy_checksum_comment;
    const std::size_t digits = prefix + header.size();
    header += "00000000";
    header.append(alignment - (prefix + header.size() + 1) % alignment, ' ');
    header += '\n';
    const unsigned char start[prefix] = {0x93,
                                         'N',
                                         'U',
                                         'M',
                                         'P',
                                         'Y',
                                         1,
                                         0,
                                         static_cast<unsigned char>(header.size() & 255),
                                         static_cast<unsigned char>(header.size() >> 8)};
    replacement_file out(path);
    std::uint32_t crc = 0;
    const auto put = [&](const void* data, std::size_t bytes) {
        crc = crc32c(data, bytes, crc);
        out.write(data, bytes);
    };
    put(start, prefix);
    put(header.data(), header.size());
    for_each_piece(tensor_view<const Element, Rank>(x), put);
    out.overwrite(digits, checksum_text(crc).data(), 8);
    out.commit();
}

/// What the header of an .npy file says.
struct npy_header {
    std::string descr;
    bool fortran_order = false;
    std::vector<index_t> shape;
    std::uint64_t data_offset = 0;
    std::uint64_t checksum_place = 0;  // of its digits in the file; 0: it has none
};

/// Reads a header. NumPy writes it as a Python dictionary with these three keys, in this order and spelling; other
/// spellings of the same are refused.
inline npy_header read_npy_header(const readable_file& file) {
    unsigned char start[12] = {};
    file.read(0, start, 10);
    if (std::memcmp(start, "\x93NUMPY", 6) != 0) raise_file_error(file.path(), "is no .npy file: it does not begin with \\x93NUMPY");
    if (start[6] < 1 || start[6] > 3) raise_file_error(file.path(), "is of an unknown version of the .npy format; 1, 2 and 3 are known");
    std::uint64_t size = start[8] + 256u * start[9], at = 10;
    if (start[6] >= 2) {
        file.read(10, start + 10, 2);
        size += 65536u * start[10] + 16777216u * static_cast<std::uint64_t>(start[11]);
        at = 12;
    }
    constexpr std::uint64_t longest = 65536;  // a shape of 16 extents takes 400 bytes
    if (size > longest || at + size > file.size()) raise_file_error(file.path(), "is damaged or cut off: its header does not fit into it");
    std::string text(static_cast<std::size_t>(size), '\0');
    file.read(at, text.data(), text.size());

    npy_header header;
    header.data_offset = at + size;
    std::string_view rest = text;
    const auto take = [&](std::string_view expected) {
        if (!rest.starts_with(expected)) raise_file_error(file.path(), "has no header that NumPy would write");
        rest.remove_prefix(expected.size());
    };
    take("{'descr': '");
    const std::size_t quote = rest.find('\'');
    if (quote == std::string_view::npos) raise_file_error(file.path(), "has no header that NumPy would write");
    header.descr = rest.substr(0, quote);
    rest.remove_prefix(quote);
    take("', 'fortran_order': ");
    header.fortran_order = rest.starts_with("True");
    take(header.fortran_order ? "True" : "False");
    take(", 'shape': (");
    while (!rest.starts_with(')')) {
        index_t extent = -1;
        const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), extent);
        if (problem != std::errc() || extent < 0) raise_file_error(file.path(), "has no shape of natural numbers in its header");
        header.shape.push_back(extent);
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
        if (rest.starts_with(','))
            rest.remove_prefix(rest.starts_with(", ") ? 2 : 1);
        else if (!rest.starts_with(')'))
            take(")");
    }
    take("), }");
    if (rest.starts_with(npy_checksum_comment)) {
        rest.remove_prefix(npy_checksum_comment.size());
        header.checksum_place = header.data_offset - rest.size();
        rest.remove_prefix((std::min)(rest.size(), std::size_t{8}));
    }
    if (rest.find_first_not_of(" \n") != std::string_view::npos)
        raise_file_error(file.path(), "has something behind the shape in its header that NumPy would not write");
    return header;
}

/// Reads a file that holds elements of T and has Rank axes, in C or Fortran order; the tensor is row-major.
/// Errors: file_error (unreadable, damaged, no .npy file), dtype_error, shape_error (another rank), std::bad_alloc.
template <class T, std::size_t Rank>
[[nodiscard]] tensor<T, Rank> load_npy(const std::string& path) {
    static_assert(npy_descr<T>() != nullptr, "tenfold: NumPy has no bf16; load f32, or use io/safetensors.hpp");
    const readable_file file(path);
    const npy_header header = read_npy_header(file);
    if (header.descr != npy_descr<T>())
        throw dtype_error(failure(status_code::dtype, path.c_str()) << "holds elements '" << header.descr << "', wanted are '"
                                                                    << npy_descr<T>() << "' (" << dtype_traits<T>::name << ")");
    if (header.shape.size() != Rank)
        throw shape_error(failure(status_code::shape, path.c_str())
                          << "has extents " << extents_text(header.shape) << ", wanted are " << Rank << " axes");
    std::uint64_t bytes = 0;
    if (!bytes_of(header.shape, sizeof(T), bytes) || header.data_offset + bytes != file.size())
        raise_file_error(path, "is damaged or cut off: extents " + extents_text(header.shape) + " do not fit its size of " +
                                   std::to_string(file.size()) + " bytes");
    if (header.checksum_place != 0) verify_checksum(file, 0, header.checksum_place);
    index_array<Rank> extents{};
    for (std::size_t i = 0; i < Rank; ++i) extents[i] = header.shape[header.fortran_order ? Rank - 1 - i : i];
    if (!header.fortran_order) {
        tensor<T, Rank> result(extents);
        read_elements(file, header.data_offset, result.view());
        return result;
    }
    // A column-major tensor is the row-major one of the reversed extents, transposed.
    index_array<Rank> own{};
    for (std::size_t i = 0; i < Rank; ++i) own[i] = header.shape[i];
    tensor<T, Rank> result(own);
    read_elements(file, header.data_offset, result.view().transposed());
    return result;
}
TENFOLD_END
