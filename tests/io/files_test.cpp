// SPDX-License-Identifier: Apache-2.0
// .safetensors and .npy: round trips, and every damage of a small file is a file_error.  [C08][E55]
#include <doctest/doctest.h>
#include <sys/resource.h>  // setrlimit
#include <sys/stat.h>      // chmod, umask
#include <unistd.h>    // mkdtemp, seteuid
#include <tenfold/io/npy.hpp>
#include <tenfold/io/safetensors.hpp>

#include <csignal>     // std::signal
#include <filesystem>  // std::filesystem
#include <fstream>     // std::ofstream
#include <sstream>     // std::ostringstream

namespace {

namespace tf = tenfold;

class folder {
    std::string path_;

public:
    folder() : path_((std::filesystem::temp_directory_path() / "tenfold.XXXXXX").string()) { REQUIRE(::mkdtemp(path_.data()) != nullptr); }
    ~folder() { std::filesystem::remove_all(path_); }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    [[nodiscard]] std::string file(const char* name) const { return path_ + "/" + name; }
    [[nodiscard]] std::ptrdiff_t files() const {
        return std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator());
    }
};

std::string bytes_of_file(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}
void write_bytes(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

/// What an exception of this type says; "" if there is none.
template <class Error, class F>
std::string said(const F& f) {
    try {
        f();
    } catch (const Error& e) { return e.what(); }
    return "";
}
bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

template <class T>
tf::tensor<T, 3> counted(const tf::index_array<3>& extents) {
    tf::tensor<T, 3> x(extents);
    for (tf::index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<T>(static_cast<float>(i % 2));
    return x;
}
template <class T>
bool same(const tf::tensor<T, 3>& a, const tf::tensor<T, 3>& b) {
    return a.extents() == b.extents() &&
           (a.size() == 0 || std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(T)) == 0);
}

/// A whole small checkpoint.
std::string small_checkpoint(const std::string& path) {
    tf::tensor<float, 2> w({2, 3});
    for (tf::index_t i = 0; i < 6; ++i) w.data()[i] = static_cast<float>(i);
    tf::checkpoint_writer out;
    out.add("w", w.view());
    out.note("step", "12");
    out.save(path);
    return bytes_of_file(path);
}

/// A file with this header and so many bytes of data.
std::string foreign(std::string header, std::size_t data) {
    const auto size = static_cast<std::uint64_t>(header.size());
    return std::string(reinterpret_cast<const char*>(&size), 8) + header + std::string(data, '\1');
}

}  // namespace

TEST_CASE("crc32c: the check value of the polynomial, and pieces") {
    CHECK(tf::crc32c("123456789", 9) == 0xE3069283u);
    CHECK(tf::crc32c("6789", 4, tf::crc32c("12345", 5)) == 0xE3069283u);
    CHECK(tf::crc32c("", 0) == 0u);
}

TEST_CASE_TEMPLATE("tensors come back as they were saved", T, float, double, tf::half, tf::bfloat16, std::int8_t, std::uint8_t,
                   std::int32_t, std::int64_t, bool) {
    const folder scratch;
    for (const tf::index_array<3>& extents : {tf::index_array<3>{2, 3, 4}, {1, 0, 5}, {1, 1, 1}, {3, 200, 150}}) {
        const tf::tensor<T, 3> x = counted<T>(extents);
        tf::checkpoint_writer out;
        out.add("x", x.view());
        out.add("transposed", x.view().transposed());
        out.save(scratch.file("c"));
        const tf::checkpoint_reader in(scratch.file("c"));
        CHECK(in.has_checksum());
        CHECK(same(in.load<T, 3>("x"), x));
        tf::tensor<T, 3> back(extents);
        in.read("transposed", back.view().transposed());
        CHECK(same(back, x));
        if constexpr (!std::is_same_v<T, tf::bfloat16>) {
            tf::save_npy(scratch.file("n.npy"), x.view().transposed());
            CHECK(same(tf::load_npy<T, 3>(scratch.file("n.npy")), [&] {
                tf::tensor<T, 3> y(x.view().transposed().extents());
                tf::for_each_index(y.extents(), [&](const tf::index_array<3>& i) { y.view()(i) = x.view().transposed()(i); });
                return y;
            }()));
        }
    }
    CHECK(scratch.files() <= 2);  // no temporary file is left
}

TEST_CASE("notes, scalars and names") {
    const folder scratch;
    tf::tensor<double, 0> rate{tf::index_array<0>{}};
    rate.data()[0] = 0.125;
    tf::checkpoint_writer out;
    out.add("rate", rate.view());
    out.note("generator", "1 2 3 \"quoted\"\n");
    CHECK_THROWS_AS(out.add("rate", rate.view()), tf::shape_error);
    CHECK_THROWS_AS(out.add("__metadata__", rate.view()), tf::shape_error);
    CHECK_THROWS_AS(out.note("tenfold.crc32c", "x"), tf::shape_error);
    out.save(scratch.file("c"));
    const tf::checkpoint_reader in(scratch.file("c"));
    CHECK(in.load<double, 0>("rate").data()[0] == 0.125);
    CHECK(in.note("generator") == "1 2 3 \"quoted\"\n");
    CHECK_FALSE(in.note("absent").has_value());
    CHECK(in.names() == std::vector<std::string>{"rate"});
    tf::checkpoint_writer not_text;
    not_text.note("a", "\xff");
    CHECK(has(said<tf::file_error>([&] { not_text.save(scratch.file("d")); }), "UTF-8"));
    CHECK(scratch.files() == 1);
}

TEST_CASE("a checkpoint cut anywhere, or with any bit flipped, is refused") {
    const folder scratch;
    const std::string whole = small_checkpoint(scratch.file("c")), path = scratch.file("d");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        write_bytes(path, whole.substr(0, size));
        REQUIRE(has(said<tf::file_error>([&] { tf::checkpoint_reader{path}; }), "d: "));
    }
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::string broken = whole;
        broken[i] = static_cast<char>(broken[i] ^ (1 << (i % 8)));
        write_bytes(path, broken);
        CAPTURE(i);
        // A bit in the checksum's own key makes it a foreign note: the file is whole, but nobody vouches for it.
        const std::string complaint = said<tf::file_error>([&] { tf::checkpoint_reader{path}; });
        REQUIRE((!complaint.empty() || !tf::checkpoint_reader(path).has_checksum()));
    }
    write_bytes(path, whole + "x");
    CHECK_FALSE(said<tf::file_error>([&] { tf::checkpoint_reader{path}; }).empty());
}

TEST_CASE("files of other libraries are read, and lies in them are found") {
    const folder scratch;
    const std::string path = scratch.file("c");
    const auto complaint = [&](const std::string& header, std::size_t data) {
        write_bytes(path, foreign(header, data));
        return said<tf::file_error>([&] { tf::checkpoint_reader{path}; });
    };
    CHECK(complaint(R"({"a":{"dtype":"U8","shape":[2,2],"data_offsets":[0,4]}}  )", 4).empty());
    CHECK_FALSE(tf::checkpoint_reader(path).has_checksum());
    CHECK(tf::checkpoint_reader(path).load<std::uint8_t, 2>("a")(1, 1) == 1);
    CHECK(complaint("{}", 0).empty());
    for (const char* header :
         {"",
          "[]",
          "{",
          R"({"a":1})",
          R"({"a":{"dtype":"X9","shape":[4],"data_offsets":[0,4]}})",
          R"({"a":{"dtype":"U8","shape":[5],"data_offsets":[0,4]}})",
          R"({"a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}})",
          R"({"a":{"dtype":"U8","shape":[4.0],"data_offsets":[0,4]}})",
          R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}})",
          R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0]}})",
          R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}})",
          R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}})",
          R"({"a":{"dtype":"F64","shape":[9223372036854775808],"data_offsets":[0,4]}})",
          R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}})",
          R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}})",
          R"({"a":{"dtype":"U8","shape":4,"data_offsets":[0,4]}})",
          R"({"a":{"dtype":"U8","shape":{"b":4},"data_offsets":[0,4]}})",
          R"({"a":{"dtype":"I32","shape":null,"data_offsets":[0,4]}})",
          R"({"a":{"dtype":"U8","shape":[4],"data_offsets":{"a":0,"b":4}}})",
          R"({"__metadata__":"text","a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})",
          R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}})",
          R"({"a":{"dtype":"U8","dtype":"I8","shape":[4],"data_offsets":[0,4]}})",
          R"({"__metadata__":{"x":1},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})"}) {
        CAPTURE(header);
        CHECK_FALSE(complaint(header, 4).empty());
    }
    write_bytes(path, std::string("\xff\xff\xff\xff\xff\xff\xff\x7f", 8) + "{}");
    CHECK(has(said<tf::file_error>([&] { tf::checkpoint_reader{path}; }), "no .safetensors file"));
    write_bytes(path, foreign(R"({"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}})", 0) + "\2");
    CHECK(has(said<tf::file_error>([&] { (void)tf::checkpoint_reader(path).load<bool, 1>("a"); }), "truth values"));
    CHECK(has(said<tf::file_error>([&] { tf::checkpoint_reader{scratch.file("missing")}; }), "No such file"));
    CHECK(has(said<tf::file_error>([&] { tf::checkpoint_reader{"/tmp"}; }), "not a file"));
}

TEST_CASE("tensors that begin and end behind the 2^31st byte are found [C08]") {
    constexpr std::uint64_t elements = (std::uint64_t{1} << 31) + 5;
    const folder scratch;
    const std::string path = scratch.file("c"), size = std::to_string(elements), end = std::to_string(elements + 3);
    std::string header = R"({"large":{"dtype":"I8","shape":[)" + size + R"(],"data_offsets":[0,)" + size + "]}," +  //
                         R"("tail":{"dtype":"I8","shape":[3],"data_offsets":[)" + size + "," + end + "]}}";
    const auto sparse = [&](std::uint64_t data) {
        write_bytes(path, foreign(header, 0));
        std::filesystem::resize_file(path, 8 + header.size() + data);  // takes no room on the disk
    };
    sparse(elements);
    std::ofstream(path, std::ios::binary | std::ios::app) << "abc";
    const tf::checkpoint_reader in(path);
    CHECK(in.shape("large") == std::vector<tf::index_t>{static_cast<tf::index_t>(elements)});
    const auto tail = in.load<std::int8_t, 1>("tail");
    CHECK(std::memcmp(tail.data(), "abc", 3) == 0);
    sparse(elements + 2);
    CHECK(has(said<tf::file_error>([&] { tf::checkpoint_reader{path}; }), "cut off"));
}

TEST_CASE("what does not fit the view is said with both values") {
    const folder scratch;
    small_checkpoint(scratch.file("c"));
    const tf::checkpoint_reader in(scratch.file("c"));
    tf::tensor<float, 2> other({3, 2});
    CHECK(has(said<tf::shape_error>([&] { in.read("w", other.view()); }), "extents (2, 3), wanted are (3, 2)"));
    CHECK(has(said<tf::shape_error>([&] { (void)in.load<float, 1>("w"); }), "wanted are 1 axes"));
    CHECK(has(said<tf::dtype_error>([&] { (void)in.load<double, 2>("w"); }), "holds F32, wanted is F64"));
    CHECK(has(said<tf::file_error>([&] { (void)in.load<float, 2>("v"); }), "no tensor 'v'; it has w"));
    tf::save_npy(scratch.file("n.npy"), other.view());
    CHECK_FALSE(said<tf::dtype_error>([&] { (void)tf::load_npy<double, 2>(scratch.file("n.npy")); }).empty());
    CHECK_FALSE(said<tf::shape_error>([&] { (void)tf::load_npy<float, 1>(scratch.file("n.npy")); }).empty());
}

TEST_CASE("npy: NumPy's own bytes, column-major files, damage") {
    const folder scratch;
    const std::string path = scratch.file("n.npy");
    const auto file_of = [](std::string header, const std::string& data) {
        header.append(64 - (10 + header.size() + 1) % 64, ' ');
        header += '\n';
        return std::string("\x93NUMPY\1\0", 8) + static_cast<char>(header.size()) + '\0' + header + data;
    };
    tf::tensor<std::uint8_t, 2> x({2, 3});
    for (tf::index_t i = 0; i < 6; ++i) x.data()[i] = static_cast<std::uint8_t>('a' + i);
    tf::save_npy(path, x.view());
    const std::string saved = bytes_of_file(path),
                      comment = " # tenfold.crc32c=", literal = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }";
    const std::size_t digits = saved.find(comment) + comment.size();
    REQUIRE(digits + 8 < saved.size());
    CHECK(saved == file_of(literal + comment + saved.substr(digits, 8), "abcdef"));
    for (std::size_t i = 0; i < saved.size(); ++i) {  // any bit
        std::string broken = saved;
        broken[i] = static_cast<char>(broken[i] ^ (1 << (i % 8)));
        write_bytes(path, broken);
        CAPTURE(i);
        REQUIRE_FALSE(said<tf::error>([&] { (void)tf::load_npy<std::uint8_t, 2>(path); }).empty());
    }
    const std::string whole = file_of(literal, "abcdef");
    write_bytes(path, whole);
    CHECK(std::memcmp(tf::load_npy<std::uint8_t, 2>(path).data(), "abcdef", 6) == 0);
    write_bytes(path, file_of("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", "adbecf"));
    CHECK(std::memcmp(tf::load_npy<std::uint8_t, 2>(path).data(), "abcdef", 6) == 0);
    tf::save_npy(path, tf::tensor_view<std::uint8_t, 1>(x.data(), {6}));
    CHECK(has(bytes_of_file(path), "(6,)"));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        write_bytes(path, whole.substr(0, size));
        REQUIRE_FALSE(said<tf::file_error>([&] { (void)tf::load_npy<std::uint8_t, 2>(path); }).empty());
    }
    for (std::size_t size = 0; size < saved.size(); ++size) {
        write_bytes(path, saved.substr(0, size));
        REQUIRE_FALSE(said<tf::file_error>([&] { (void)tf::load_npy<std::uint8_t, 2>(path); }).empty());
    }
    for (const char* header :
         {"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 4), }", "{'descr': '|u1', 'fortran_order': 0, 'shape': (2, 3), }",
          "{'descr': '|u1', 'fortran_order': False, 'shape': (-2, 3), }", "{'descr': '|u1', 'fortran_order': False, 'shape': (2 3), }",
          "{'descr': '|u1', 'fortran_order': False, 'shape': (x", "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3) and more}",
          "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), 'more': 1}",
          "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }x", "{'descr': '|u1",
          "{'descr': '|u1', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807), }",
          "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), } # tenfold.crc32c=00000000",
          "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), } # tenfold.crc32c=", "{}", ""}) {
        CAPTURE(header);
        write_bytes(path, file_of(header, "abcdef"));
        CHECK_FALSE(said<tf::file_error>([&] { (void)tf::load_npy<std::uint8_t, 2>(path); }).empty());
    }
}

TEST_CASE("wider elements stand first, so that all are aligned") {
    const folder scratch;
    tf::tensor<std::uint8_t, 1> bytes({3});
    tf::tensor<float, 1> floats({5});
    tf::tensor<double, 1> doubles({2}), others({1});
    for (tf::index_t i = 0; i < 3; ++i) bytes.data()[i] = static_cast<std::uint8_t>(i);
    for (tf::index_t i = 0; i < 5; ++i) floats.data()[i] = static_cast<float>(i);
    for (tf::index_t i = 0; i < 2; ++i) doubles.data()[i] = static_cast<double>(i);
    others.data()[0] = 7;
    tf::checkpoint_writer out;
    out.add("a", bytes.view());
    out.add("b", floats.view());
    out.add("c", doubles.view());
    out.add("d", others.view());
    out.save(scratch.file("c"));
    const std::string text = bytes_of_file(scratch.file("c"));
    const std::size_t data = text.size() - (3 + 20 + 16 + 8);
    CHECK(data % 8 == 0);
    for (const char* place : {R"("c":{"dtype":"F64","shape":[2],"data_offsets":[0,16]})", R"("data_offsets":[16,24])",
                              R"("data_offsets":[24,44])", R"("data_offsets":[44,47])"})
        CHECK(has(text, place));
    const tf::checkpoint_reader in(scratch.file("c"));
    CHECK(in.load<double, 1>("d").data()[0] == 7);
    CHECK(in.load<std::uint8_t, 1>("a").data()[2] == 2);
    CHECK(in.load<float, 1>("b").data()[4] == 4);
}

TEST_CASE("a replaced file keeps its permissions, and the mask of the process is not touched") {
    const folder scratch;
    const std::string path = scratch.file("c");
    const auto mode_of = [&] { return static_cast<unsigned>(std::filesystem::status(path).permissions()); };
    const mode_t usual = ::umask(027);
    small_checkpoint(path);
    CHECK(mode_of() == 0640);
    std::filesystem::permissions(path, static_cast<std::filesystem::perms>(0604));
    small_checkpoint(path);
    CHECK(mode_of() == 0604);
    CHECK(::umask(usual) == 027);
    CHECK(scratch.files() == 1);
}

TEST_CASE("a folder that cannot be flushed is said before anything is written") {
    const folder scratch;
    const std::string path = scratch.file("c"), before = small_checkpoint(path);
    ::chmod(scratch.file("").c_str(), 0333);
    const bool is_root = ::geteuid() == 0;  // who may read every folder: so not as root
    constexpr uid_t nobody = 65534;
    if (is_root) REQUIRE((::chown(scratch.file("").c_str(), nobody, static_cast<gid_t>(-1)) == 0 && ::seteuid(nobody) == 0));
    const std::string complaint = said<tf::file_error>([&] { small_checkpoint(path); });
    if (is_root) REQUIRE(::seteuid(0) == 0);
    ::chmod(scratch.file("").c_str(), 0700);
    CHECK(has(complaint, "opening its folder"));
    CHECK(bytes_of_file(path) == before);
    CHECK(scratch.files() == 1);
}

TEST_CASE("a full disk is said, and what was there before survives [C08]") {
    const folder scratch;
    const std::string path = scratch.file("c"), before = small_checkpoint(path);
    tf::tensor<float, 1> large({100'000});
    for (tf::index_t i = 0; i < large.size(); ++i) large.data()[i] = 0;
    rlimit usual{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &usual) == 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small_files{100'000, usual.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small_files) == 0);
    tf::checkpoint_writer out;
    out.add("large", large.view());
    const std::string checkpoint = said<tf::file_error>([&] { out.save(path); });
    const std::string npy = said<tf::file_error>([&] { tf::save_npy(path, large.view()); });
    ::setrlimit(RLIMIT_FSIZE, &usual);
    std::signal(SIGXFSZ, handler);
    CHECK(has(checkpoint, "writing failed"));
    CHECK(has(npy, "writing failed"));
    CHECK(bytes_of_file(path) == before);
    CHECK(scratch.files() == 1);
    CHECK(has(said<tf::file_error>([&] { out.save(scratch.file("missing/c")); }), "No such file"));
}
