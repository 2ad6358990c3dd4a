// SPDX-License-Identifier: Apache-2.0
// Checkpoints: named tensors and notes in one .safetensors file, checksummed, replaced at once.               [floor 6]
//
//   tf::checkpoint_writer out;
//   out.add("conv1.weight", w.view());   out.note("step", std::to_string(step));
//   out.save("model.safetensors");                        // whole or not at all
//   const tf::checkpoint_reader in("model.safetensors");  // damaged, cut off, foreign: file_error
//   in.read("conv1.weight", w.view());
//
// The format is that of the safetensors libraries of Python and Rust, which read these files; theirs are read here. The
// checksum is an entry of the format's metadata that they do not look at. JSON is read by nlohmann-json, as the ops use no
// JSON: this header only needs it, and a parser of our own for untrusted files would need years to be as well tried.
#pragma once

#if !__has_include(<nlohmann/json.hpp>)
#error "tenfold: io/safetensors.hpp needs nlohmann-json: install nlohmann-json3-dev and link nlohmann_json::nlohmann_json"
#endif

#include <tenfold/core/tensor.hpp>
#include <tenfold/io/elements.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

TENFOLD_BEGIN
inline constexpr std::string_view checkpoint_checksum_key = "tenfold.crc32c";
inline constexpr std::uint64_t checkpoint_header_limit = 100'000'000;  // bytes: what the other libraries accept

/// How safetensors names an element type.
template <class T>
constexpr const char* safetensors_dtype() {
    if constexpr (std::is_same_v<T, float>) return "F32";
    if constexpr (std::is_same_v<T, double>) return "F64";
    if constexpr (std::is_same_v<T, half>) return "F16";
    if constexpr (std::is_same_v<T, bfloat16>) return "BF16";
    if constexpr (std::is_same_v<T, std::int8_t>) return "I8";
    if constexpr (std::is_same_v<T, std::uint8_t>) return "U8";
    if constexpr (std::is_same_v<T, std::int32_t>) return "I32";
    if constexpr (std::is_same_v<T, std::int64_t>) return "I64";
    if constexpr (std::is_same_v<T, bool>) return "BOOL";
}

/// Where the digits of the checksum stand in a header; npos: it has none.
inline std::size_t checksum_place(std::string_view header) {
    const std::string lead = "\"" + std::string(checkpoint_checksum_key) + "\":\"";
    const std::size_t at = header.find(lead);
    if (at == std::string_view::npos || at + lead.size() + 8 >= header.size() || header[at + lead.size() + 8] != '"')
        return std::string_view::npos;
    return at + lead.size();
}

/// Collects what a checkpoint holds. Views are read when it is saved: keep their elements until then. Elements in device
/// memory are copied to the host first.
class checkpoint_writer {
    struct entry {
        std::string name, dtype;
        std::vector<index_t> shape;
        std::uint64_t bytes = 0;
        std::size_t element_bytes = 0;
        std::function<void(const std::function<void(const void*, std::size_t)>&)> for_each;
    };
    std::vector<entry> entries_;
    std::map<std::string, std::string> notes_;

    [[nodiscard]] std::string header(const std::string& path) const {
        nlohmann::ordered_json document = nlohmann::ordered_json::object();
        auto& metadata = document["__metadata__"] = nlohmann::ordered_json::object();
        metadata[std::string(checkpoint_checksum_key)] = "00000000";
        for (const auto& [key, value] : notes_) metadata[key] = value;
        std::uint64_t at = 0;
        for (const entry& one : entries_) {
            document[one.name] = {{"dtype", one.dtype}, {"shape", one.shape}, {"data_offsets", {at, at + one.bytes}}};
            at += one.bytes;
        }
        std::string text;
        try {
            text = document.dump();
        } catch (const nlohmann::json::exception&) { raise_file_error(path, "a name or note is not UTF-8, which the format demands"); }
        text.append((8 - text.size() % 8) % 8, ' ');  // the data begins aligned
        if (text.size() > checkpoint_header_limit) raise_file_error(path, "names and notes together need more than 100 MB; use fewer");
        return text;
    }

public:
    /// Errors: shape_error if the name is taken or reserved.
    template <class T, std::size_t Rank>
    void add(const std::string& name, tensor_view<T, Rank> x) {
        using Element = std::remove_const_t<T>;
        const bool taken = std::any_of(entries_.begin(), entries_.end(), [&](const entry& one) { return one.name == name; });
        if (taken || name.empty() || name == "__metadata__")
            throw shape_error(failure(status_code::shape, "checkpoint_writer")
                              << "the name '" << name << "' is " << (taken ? "taken" : "reserved") << "; use another");
        entry one{name, safetensors_dtype<Element>(), std::vector<index_t>(x.extents().begin(), x.extents().end()), 0, sizeof(Element), {}};
        one.bytes = static_cast<std::uint64_t>(x.size()) * sizeof(Element);
        one.for_each = [x](const std::function<void(const void*, std::size_t)>& put) {
            for_each_piece(tensor_view<const Element, Rank>(x), put);
        };
        // Wider elements first, else in the order they were added: every tensor then begins at a multiple of its element size,
        // where a reader that maps the file wants it.
        const auto narrower = [](const entry& wider, const entry& next) { return wider.element_bytes > next.element_bytes; };
        entries_.insert(std::upper_bound(entries_.begin(), entries_.end(), one, narrower), std::move(one));
    }

    /// A text beside the tensors: a step, the state of a generator. The last one of a key stands.
    void note(const std::string& key, const std::string& value) {
        if (key == checkpoint_checksum_key)
            throw shape_error(failure(status_code::shape, "checkpoint_writer") << "the note '" << key << "' is reserved; use another");
        notes_[key] = value;
    }

    /// Writes the file, flushed to the disk with its name. Errors: file_error; a file of that name then stays what it was.
    void save(const std::string& path) const {
        const std::string head = header(path);
        const auto size = static_cast<std::uint64_t>(head.size());
        replacement_file out(path);
        out.write(&size, 8);
        std::uint32_t crc = 0;
        const auto put = [&](const void* data, std::size_t bytes) {
            crc = crc32c(data, bytes, crc);
            out.write(data, bytes);
        };
        put(head.data(), head.size());
        for (const entry& one : entries_) one.for_each(put);
        out.overwrite(8 + checksum_place(head), checksum_text(crc).data(), 8);
        out.commit();
    }
};

/// A checkpoint, checked as a whole when it is opened; elements are read when they are asked for.
class checkpoint_reader {
    struct entry {
        std::string dtype;
        std::vector<index_t> shape;
        std::uint64_t begin = 0, end = 0;  // in the data
    };
    readable_file file_;
    std::uint64_t data_offset_ = 0;
    bool has_checksum_ = false;
    std::map<std::string, entry> entries_;
    std::map<std::string, std::string> notes_;

    [[noreturn]] void refuse(const std::string& why) const { raise_file_error(file_.path(), why); }

    [[nodiscard]] std::string read_header() {
        if (file_.size() < 8) refuse("is cut off, or no .safetensors file: it has less than 8 bytes");
        std::uint64_t size = 0;
        file_.read(0, &size, 8);
        if (size > checkpoint_header_limit || size > file_.size() - 8)
            refuse("is cut off, or no .safetensors file: its header would have " + std::to_string(size) + " bytes");
        std::string text(static_cast<std::size_t>(size), '\0');
        file_.read(8, text.data(), text.size());
        data_offset_ = 8 + size;
        return text;
    }

    void take_entry(const std::string& name, const nlohmann::json& value) {
        static const std::map<std::string, std::uint64_t> sizes = {{"F64", 8},     {"F32", 4},     {"F16", 2}, {"BF16", 2}, {"I64", 8},
                                                                   {"I32", 4},     {"I16", 2},     {"I8", 1},  {"U8", 1},   {"BOOL", 1},
                                                                   {"F8_E4M3", 1}, {"F8_E5M2", 1}, {"U16", 2}, {"U32", 4},  {"U64", 8}};
        entry one;
        one.dtype = value.at("dtype").get<std::string>();
        const auto size = sizes.find(one.dtype);
        if (size == sizes.end()) refuse("tensor '" + name + "' has the unknown element type '" + one.dtype + "'");
        const nlohmann::json& shape = value.at("shape");
        if (!shape.is_array()) refuse("tensor '" + name + "' has a shape that is no list of extents");
        for (const nlohmann::json& extent : shape) {
            if (!extent.is_number_unsigned()) refuse("tensor '" + name + "' has an extent that is no natural number");
            one.shape.push_back(static_cast<index_t>(extent.get<std::uint64_t>()));
            if (one.shape.back() < 0) refuse("tensor '" + name + "' has an extent of 2^63 or more");
        }
        const nlohmann::json& offsets = value.at("data_offsets");
        if (!offsets.is_array() || offsets.size() != 2 || !offsets.at(0).is_number_unsigned() || !offsets.at(1).is_number_unsigned())
            refuse("tensor '" + name + "' has no two offsets");
        one.begin = offsets.at(0).get<std::uint64_t>();
        one.end = offsets.at(1).get<std::uint64_t>();
        std::uint64_t bytes = 0;
        if (one.begin > one.end || !bytes_of(one.shape, size->second, bytes) || bytes != one.end - one.begin)
            refuse("tensor '" + name + "' of extents " + extents_text(one.shape) + " does not fit its offsets");
        entries_.emplace(name, std::move(one));
    }

    void parse(const std::string& header) {
        try {
            // The parser keeps the last of two members of one name; which one is meant, nobody knows.
            std::vector<std::set<std::string>> names;
            const auto once = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
                if (event == nlohmann::json::parse_event_t::object_start) names.emplace_back();
                if (event == nlohmann::json::parse_event_t::object_end) names.pop_back();
                if (event == nlohmann::json::parse_event_t::key && !names.back().insert(parsed.get<std::string>()).second)
                    refuse("is damaged: it has the name '" + parsed.get<std::string>() + "' twice");
                return true;
            };
            const nlohmann::json document = nlohmann::json::parse(header, once);
            if (!document.is_object()) refuse("is damaged, or no .safetensors file: its header is no JSON object");
            for (const auto& member : document.items()) {
                if (member.key() != "__metadata__") {
                    take_entry(member.key(), member.value());
                    continue;
                }
                if (!member.value().is_object()) refuse("is damaged: its __metadata__ is no object of texts");
                for (const auto& note : member.value().items())
                    if (note.key() != checkpoint_checksum_key) notes_[note.key()] = note.value().get<std::string>();
            }
        } catch (const nlohmann::json::exception& problem) {
            refuse(std::string("is damaged, or no .safetensors file: ") + problem.what());
        }
    }

    /// The format allows no gaps and no overlaps: each byte belongs to one tensor.
    void require_tiling() const {
        std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
        for (const auto& [name, one] : entries_) ranges.emplace_back(one.begin, one.end);
        std::sort(ranges.begin(), ranges.end());
        std::uint64_t at = 0;
        for (const auto& [begin, end] : ranges) {
            if (begin != at) refuse("is damaged: its tensors overlap or leave gaps");
            at = end;
        }
        if (at != file_.size() - data_offset_)
            refuse("is cut off or has bytes too many: its tensors take " + std::to_string(at) + " bytes, it has " +
                   std::to_string(file_.size() - data_offset_));
    }

    [[nodiscard]] const entry& find(const std::string& name) const {
        const auto found = entries_.find(name);
        if (found != entries_.end()) return found->second;
        std::string names;
        for (const auto& [known, one] : entries_) names += (names.empty() ? "" : ", ") + known;
        refuse("has no tensor '" + name + "'; it has " + names);
    }

public:
    /// Errors: file_error, if the file cannot be read, is damaged or cut off, or is of another kind.
    explicit checkpoint_reader(std::string path) : file_(std::move(path)) {
        const std::string header = read_header();
        const std::size_t place = checksum_place(header);
        has_checksum_ = place != std::string::npos;
        if (has_checksum_) verify_checksum(file_, 8, 8 + place);
        parse(header);
        require_tiling();
    }

    /// Files of other libraries have no checksum: of them, only the structure is checked.
    [[nodiscard]] bool has_checksum() const noexcept { return has_checksum_; }
    [[nodiscard]] bool has(const std::string& name) const { return entries_.contains(name); }
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> result;
        for (const auto& [name, one] : entries_) result.push_back(name);
        return result;
    }
    [[nodiscard]] const std::vector<index_t>& shape(const std::string& name) const { return find(name).shape; }
    [[nodiscard]] std::optional<std::string> note(const std::string& key) const {
        const auto found = notes_.find(key);
        return found == notes_.end() ? std::nullopt : std::optional<std::string>(found->second);
    }

    /// Reads into a view of any strides. Errors: dtype_error, shape_error (the file's extents differ), file_error.
    template <class T, std::size_t Rank>
    void read(const std::string& name, tensor_view<T, Rank> y) const {
        const entry& one = find(name);
        if (one.dtype != safetensors_dtype<T>())
            throw dtype_error(failure(status_code::dtype, file_.path().c_str())
                              << "tensor '" << name << "' holds " << one.dtype << ", wanted is " << safetensors_dtype<T>());
        bool same = one.shape.size() == Rank;
        for (std::size_t i = 0; i < Rank && same; ++i) same = one.shape[i] == y.extent(i);
        if (!same)
            throw shape_error(failure(status_code::shape, file_.path().c_str())
                              << "tensor '" << name << "' has extents " << extents_text(one.shape) << ", wanted are " << y.extents());
        read_elements(file_, data_offset_ + one.begin, y);
    }

    /// A new tensor with the file's extents.
    template <class T, std::size_t Rank>
    [[nodiscard]] tensor<T, Rank> load(const std::string& name) const {
        const entry& one = find(name);
        if (one.shape.size() != Rank)
            throw shape_error(failure(status_code::shape, file_.path().c_str())
                              << "tensor '" << name << "' has extents " << extents_text(one.shape) << ", wanted are " << Rank << " axes");
        index_array<Rank> extents{};
        for (std::size_t i = 0; i < Rank; ++i) extents[i] = one.shape[i];
        tensor<T, Rank> result(extents);
        read(name, result.view());
        return result;
    }
};
TENFOLD_END
