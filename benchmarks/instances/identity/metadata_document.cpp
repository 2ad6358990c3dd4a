// SPDX-License-Identifier: Apache-2.0
// A JSON answer of a metadata service, of which single fields are taken; the rest is dropped with it.
#include "instances/identity/metadata_document.hpp"

#include <nlohmann/json.hpp>  // nlohmann::json

#include "instances/identity/metadata_service.hpp"  // metadata_failure, plain_value

namespace tenfold::bench {

metadata_document::metadata_document(std::string_view text)
    : document_(std::make_unique<const nlohmann::json>(nlohmann::json::parse(text, nullptr, false))) {
    if (!document_->is_object()) throw metadata_failure{metadata_error::malformed};
}

metadata_document::~metadata_document() = default;

std::optional<std::string> metadata_document::field(const std::string& pointer) const {
    const nlohmann::json::json_pointer where(pointer);
    if (!document_->contains(where) || !document_->at(where).is_string()) return std::nullopt;
    return plain_value(document_->at(where).get_ref<const std::string&>());
}

bool metadata_document::has(const std::string& pointer) const { return document_->contains(nlohmann::json::json_pointer(pointer)); }

bool metadata_document::is(const std::string& pointer, std::string_view text) const {
    const nlohmann::json::json_pointer where(pointer);
    return document_->contains(where) && document_->at(where).is_string() && document_->at(where).get_ref<const std::string&>() == text;
}

}  // namespace tenfold::bench
