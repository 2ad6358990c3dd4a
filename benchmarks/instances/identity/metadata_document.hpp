// SPDX-License-Identifier: Apache-2.0
// A JSON answer of a metadata service, of which single fields are taken; the rest is dropped with it.
#pragma once

#include <nlohmann/json_fwd.hpp>  // nlohmann::json

#include <memory>       // std::unique_ptr
#include <optional>     // std::optional
#include <string>       // std::string
#include <string_view>  // std::string_view

namespace tenfold::bench {

class metadata_document {
    std::unique_ptr<const nlohmann::json> document_;

public:
    /// Throws metadata_failure if the text is not a JSON object.
    explicit metadata_document(std::string_view text);
    ~metadata_document();
    metadata_document(const metadata_document&) = delete;
    metadata_document& operator=(const metadata_document&) = delete;

    /// The plain value at a JSON pointer such as "/location/zone_id"; nothing if it is absent or anything else.
    [[nodiscard]] std::optional<std::string> field(const std::string& pointer) const;
    [[nodiscard]] bool has(const std::string& pointer) const;
    /// Is there this very text? For values that are compared and then dropped, such as names.
    [[nodiscard]] bool is(const std::string& pointer, std::string_view text) const;
};

}  // namespace tenfold::bench
