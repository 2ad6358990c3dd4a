// SPDX-License-Identifier: Apache-2.0
// Typed access to the fields of a JSON object; every complaint names the file and the field's path.
#pragma once

#include <cmath>              // std::isfinite
#include <cstdint>            // std::int64_t
#include <nlohmann/json.hpp>  // nlohmann::json
#include <optional>           // std::optional
#include <string>             // std::string
#include <utility>            // std::move
#include <vector>             // std::vector

#include "instances/errors.hpp"  // data_error

namespace tenfold::bench {

class json_fields {
    const nlohmann::json* object_;
    std::string where_;  // "file: context.tenfold"

public:
    json_fields(const nlohmann::json& object, std::string where) : object_(&object), where_(std::move(where)) {
        if (!object.is_object()) throw data_error(where_ + " must be an object, it is " + object.type_name());
    }

    [[nodiscard]] bool has(const char* key) const { return object_->contains(key) && !object_->at(key).is_null(); }
    [[nodiscard]] std::string path(const char* key) const { return where_ + (where_.ends_with(": ") ? "" : ".") + key; }

    [[nodiscard]] std::vector<std::string> keys() const {
        std::vector<std::string> names;
        for (const auto& member : object_->items()) names.push_back(member.key());
        return names;
    }

    [[nodiscard]] const nlohmann::json& required(const char* key) const {
        const auto found = object_->find(key);
        if (found == object_->end()) throw data_error(path(key) + " is missing");
        return *found;
    }
    [[nodiscard]] json_fields object(const char* key) const { return {required(key), path(key)}; }
    [[nodiscard]] const nlohmann::json& array(const char* key) const {
        const nlohmann::json& value = required(key);
        if (!value.is_array()) wrong_type(key, "an array", value);
        return value;
    }
    [[nodiscard]] json_fields element(const char* key, std::size_t index) const {
        return {array(key).at(index), path(key) + "[" + std::to_string(index) + "]"};
    }

    [[nodiscard]] std::string text(const char* key) const {
        const nlohmann::json& value = required(key);
        if (!value.is_string()) wrong_type(key, "a string", value);
        return value.get<std::string>();
    }
    [[nodiscard]] bool boolean(const char* key) const {
        const nlohmann::json& value = required(key);
        if (!value.is_boolean()) wrong_type(key, "true or false", value);
        return value.get<bool>();
    }
    [[nodiscard]] double number(const char* key) const { return finite(required(key), path(key)); }
    [[nodiscard]] double positive(const char* key) const {
        const double value = number(key);
        if (value <= 0) throw data_error(path(key) + " is " + required(key).dump() + "; it must be above zero");
        return value;
    }
    [[nodiscard]] std::int64_t integer(const char* key) const {
        const nlohmann::json& value = required(key);
        constexpr double limit = 9007199254740992.0;  // 2^53: beyond it a JSON number need not be exact
        if (value.is_number_integer() && !(value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX))
            return value.get<std::int64_t>();
        if (value.is_number_float() && std::abs(value.get<double>()) <= limit && std::trunc(value.get<double>()) == value.get<double>())
            return static_cast<std::int64_t>(value.get<double>());
        wrong_type(key, "an integer", value);
    }
    [[nodiscard]] int small_integer(const char* key) const {
        const std::int64_t value = integer(key);
        if (value < INT32_MIN || value > INT32_MAX) throw data_error(path(key) + " is out of range: " + std::to_string(value));
        return static_cast<int>(value);
    }
    [[nodiscard]] std::vector<double> numbers(const char* key) const {
        std::vector<double> result;
        for (const nlohmann::json& value : array(key)) result.push_back(finite(value, path(key)));
        return result;
    }
    [[nodiscard]] std::vector<std::string> texts(const char* key) const {
        std::vector<std::string> result;
        for (const nlohmann::json& value : array(key)) {
            if (!value.is_string()) wrong_type(key, "an array of strings", value);
            result.push_back(value.get<std::string>());
        }
        return result;
    }

    // null and absent both mean "unknown".
    [[nodiscard]] std::optional<std::string> optional_text(const char* key) const {
        return if_has(key, [&] { return text(key); });
    }
    [[nodiscard]] std::optional<bool> optional_boolean(const char* key) const {
        return if_has(key, [&] { return boolean(key); });
    }
    [[nodiscard]] std::optional<double> optional_number(const char* key) const {
        return if_has(key, [&] { return number(key); });
    }
    [[nodiscard]] std::optional<std::int64_t> optional_integer(const char* key) const {
        return if_has(key, [&] { return integer(key); });
    }
    [[nodiscard]] std::optional<int> optional_small(const char* key) const {
        return if_has(key, [&] { return small_integer(key); });
    }

private:
    template <class Read>
    auto if_has(const char* key, Read read) const -> std::optional<decltype(read())> {
        if (!has(key)) return std::nullopt;
        return read();
    }
    static double finite(const nlohmann::json& value, const std::string& path) {
        if (!value.is_number()) throw data_error(path + " must be a number, it is " + described(value));
        if (!std::isfinite(value.get<double>())) throw data_error(path + " is not finite");
        return value.get<double>();
    }
    [[noreturn]] void wrong_type(const char* key, const char* expected, const nlohmann::json& value) const {
        throw data_error(path(key) + " must be " + expected + ", it is " + described(value));
    }
    /// A list or an object by its type alone: printing it would recurse as deep as a hostile file nests.
    static std::string described(const nlohmann::json& value) {
        return value.is_structured() ? std::string("an ") + value.type_name() : value.dump().substr(0, 60);
    }
};

}  // namespace tenfold::bench
