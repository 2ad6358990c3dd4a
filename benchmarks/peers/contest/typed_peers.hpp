// SPDX-License-Identifier: Apache-2.0
// The peers of a module for subjects whose modules export a function that fills a list of
// { suffix, version, prepare(shape, operands, threads) }.
#pragma once

#include <dlfcn.h>  // dlsym

#include <stdexcept>  // std::runtime_error

#include "peers/contest/subject.hpp"  // module_peers

namespace tenfold::bench {

/// `Terms` names the types shape and peer, the `entry` point of modules, and has place(pool, shape) -> operands and
/// verify(shape, operands, ready) -> verification.
template <class Terms>
class typed_peers final : public module_peers {
    using shape = typename Terms::shape;
    using peer = typename Terms::peer;
    std::vector<peer> peers_;
    std::vector<shape> shapes_;
    const operand_pool& pool_;
    int threads_;

public:
    typed_peers(void* module, std::vector<shape> shapes, const operand_pool& pool, int threads)
        : shapes_(std::move(shapes)), pool_(pool), threads_(threads) {
        const auto entry = reinterpret_cast<void (*)(std::vector<peer>&)>(dlsym(module, Terms::entry));
        if (entry == nullptr) throw std::runtime_error(dlerror());
        entry(peers_);
    }
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> introduce() const override {
        std::vector<std::pair<std::string, std::string>> names;
        for (const peer& one : peers_) names.emplace_back(one.suffix, one.version);
        return names;
    }
    std::unique_ptr<ready_call> prepare(std::size_t which, std::size_t number) override {
        return peers_[which].prepare(shapes_[number], Terms::place(pool_, shapes_[number]), threads_);
    }
    verification verify(std::size_t number, ready_call& ready) override {
        return Terms::verify(shapes_[number], Terms::place(pool_, shapes_[number]), ready);
    }
};

}  // namespace tenfold::bench
