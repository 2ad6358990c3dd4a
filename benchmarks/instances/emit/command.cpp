// SPDX-License-Identifier: Apache-2.0
// Checks what a target is asked for, writes its files, and the list of them with their hashes.
#include <fmt/format.h>
#include <openssl/sha.h>      // SHA256
#include <algorithm>          // std::find_if, std::any_of
#include <nlohmann/json.hpp>  // nlohmann::ordered_json
#include <regex>              // std::regex
#include <set>                // std::set

#include "instances/emit/list.hpp"      // targets::all
#include "instances/errors.hpp"         // usage_error, data_error
#include "instances/price/csv_file.hpp" // read_file
#include "instances/record/record.hpp"  // write_whole_file

namespace tenfold::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* manifest_schema = "tenfold.emitted/1";

std::string sha256_of(const std::string& text) {
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
    std::string hex;
    for (unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
    return hex;
}

const emit_target& target_named(const std::vector<emit_target>& targets, const std::string& name) {
    const auto found = std::find_if(targets.begin(), targets.end(), [&](const emit_target& one) { return one.name == name; });
    if (found != targets.end()) return *found;
    std::string names;
    for (const emit_target& one : targets) names += (names.empty() ? "" : ", ") + std::string(one.name);
    throw usage_error("--target \"" + name + "\" is unknown; give one of " + names);
}

emit_request request_of(const emit_target& target, const emit_options& options) {
    emit_request request{read_plan(options.plan), options.image, "", ""};
    static const std::regex pinned("[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}");
    if (target.needs_image && !std::regex_match(options.image, pinned))
        throw usage_error("--image \"" + options.image +
                          "\" must name the image with its digest: registry/name@sha256:<64 hex digits>. A tag may "
                          "mean another program tomorrow");
    static const std::regex store("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/([A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*)");
    std::smatch parts;
    if (target.needs_bucket) {
        if (!std::regex_match(options.store, parts, store))
            throw usage_error("--store \"" + options.store + "\" must be s3://BUCKET/PREFIX: records are put below a prefix of their own");
        request.bucket = parts[1];
        request.prefix = parts[2];
    }
    const std::vector<plan_slot>& slots = request.plan.slots;
    const auto differs = [&](auto member) {
        return std::any_of(slots.begin(), slots.end(), [&](const plan_slot& slot) { return slot.*member != slots.front().*member; });
    };
    if (target.aws_only && std::any_of(slots.begin(), slots.end(), [](const plan_slot& slot) { return slot.provider != "aws"; }))
        throw data_error(
            fmt::format("target {} is for AWS alone; the plan has other providers too. Make a plan per provider, or take k8s or "
                        "skypilot",
                        target.name));
    if (target.aws_only && (differs(&plan_slot::region) || slots.front().region.empty()))
        throw data_error(fmt::format("target {} needs one region for the whole plan; make a plan per region", target.name));
    if (differs(&plan_slot::allocation)) throw data_error("the plan mixes ways to buy; make a plan for each");
    return request;
}

/// What emit wrote into the folder before, its manifest included; nothing for a new or empty folder. A folder with anything
/// else in it, such as Terraform's state, is refused: files of two plans side by side would be launched together.
std::set<std::string> made_before(const fs::path& folder) {
    std::error_code failed;
    if (!fs::exists(folder, failed)) return {};
    const auto refuse = [&](const std::string& why) {
        throw usage_error("--out \"" + folder.string() + "\" " + why + "; give a new folder");
    };
    if (!fs::is_directory(folder, failed)) refuse("is no folder");
    std::set<std::string> listed{"MANIFEST.json"}, found;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed))
        found.insert(entry->path().filename().string());
    if (failed) refuse("cannot be read: " + failed.message());
    if (found.empty()) return {};
    if (!found.contains("MANIFEST.json")) refuse("is not empty and was not made by emit");
    try {
        const auto manifest = nlohmann::json::parse(read_file(folder / "MANIFEST.json"));
        if (manifest.at("schema") != manifest_schema) refuse("holds a MANIFEST.json that is not of emit");
        for (const auto& [name, hash] : manifest.at("files").items()) listed.insert(name);
    } catch (const nlohmann::json::exception& problem) {
        refuse(std::string("holds a MANIFEST.json that cannot be read: ") + problem.what());
    }
    for (const std::string& name : found)
        if (!listed.contains(name)) refuse("holds \"" + name + "\", which emit did not write");
    return found;
}

}  // namespace

std::string filled(std::string_view text, const std::map<std::string, std::string>& values) {
    std::string result;
    std::set<std::string> used;
    while (!text.empty()) {
        const std::size_t at = text.find('@');
        result += text.substr(0, at);
        if (at == std::string_view::npos) break;
        text.remove_prefix(at + 1);
        const std::size_t end = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
        const auto value =
            end != std::string_view::npos && end > 0 && text[end] == '@' ? values.find(std::string(text.substr(0, end))) : values.end();
        if (value == values.end()) {
            if (end != std::string_view::npos && end > 0 && text[end] == '@')
                throw std::logic_error("a template asks for " + std::string(text.substr(0, end)) + ", which has no value");
            result += '@';  // an at sign of the file itself
            continue;
        }
        result += value->second;
        used.insert(value->first);
        text.remove_prefix(end + 1);
    }
    for (const auto& [name, value] : values)
        if (!used.contains(name)) throw std::logic_error("a template does not use " + name);
    return result;
}

std::string emit_command(const emit_options& options) {
    const std::vector<emit_target> all = targets::all();
    const emit_target& target = target_named(all, options.target);
    const emit_request request = request_of(target, options);
    const emitted_files files = target.make(request);
    const std::set<std::string> old = made_before(options.out);
    std::error_code failed;
    fs::create_directories(options.out, failed);
    if (failed) throw data_error(options.out.string() + ": cannot be made: " + failed.message());
    for (const std::string& name : old)
        if (!fs::remove(options.out / name, failed) && failed)
            throw data_error((options.out / name).string() + ": cannot be removed: " + failed.message());
    nlohmann::ordered_json manifest{{"schema", manifest_schema},
                                    {"target", target.name},
                                    {"campaign", request.plan.campaign},
                                    {"usd_at_most", request.plan.at_most.text()}};
    for (const auto& [name, text] : files) {
        write_whole_file(options.out / name, text);
        manifest["files"][name] = sha256_of(text);
        if (name.ends_with(".sh") || name.ends_with(".py"))
            fs::permissions(options.out / name, fs::perms::owner_exec, fs::perm_options::add, failed);
    }
    write_whole_file(options.out / "MANIFEST.json", manifest.dump(2) + "\n");
    std::string text = fmt::format("{}: {} files for {} machines, {} USD at most. Nothing has been launched.\n", options.out.string(),
                                   files.size(), request.plan.slots.size(), request.plan.at_most.text(2));
    if (has_idle_gpus(request.plan)) text += "Warning: " + std::string(idle_gpus) + ". GPUs of this plan are paid for and stand idle.\n";
    return text;
}

}  // namespace tenfold::bench
