// SPDX-License-Identifier: Apache-2.0
// oneDNN as a peer, of version 2 or 3: the primitive is made beforehand, and as a second peer anew for each call (oneDNN finds
// it in its cache then). Operands stay in the layout of the user.
#include <oneapi/dnnl/dnnl.hpp>
#if DNNL_CPU_RUNTIME == DNNL_RUNTIME_OMP
#include <omp.h>
#endif

#include <unordered_map>  // std::unordered_map

#include "peers/repeated_call.hpp"  // repeat

namespace tenfold::bench {
namespace {

using dnnl::memory;

struct data_types {
    memory::data_type a, b, c;
};

data_types types_of(matmul_types types) {
    using type = memory::data_type;
    switch (types) {
        case matmul_types::f64: return {type::undef, type::undef, type::undef};
        case matmul_types::bf16: return {type::bf16, type::bf16, type::f32};
        case matmul_types::u8s8: return {type::u8, type::s8, type::s32};
        case matmul_types::s8: return {type::s8, type::s8, type::s32};
        default: return {type::f32, type::f32, type::f32};
    }
}

memory::desc layout(const matmul_shape& s, std::int64_t rows, std::int64_t columns, memory::data_type type, bool transposed,
                    std::int64_t leading, std::int64_t matrix) {
    const std::int64_t row = transposed ? 1 : leading, column = transposed ? leading : 1;
    if (s.batch == 1) return {memory::dims{rows, columns}, type, memory::dims{row, column}};
    return {memory::dims{s.batch, rows, columns}, type, memory::dims{matrix, row, column}};
}

dnnl::matmul::primitive_desc describe(const dnnl::engine& engine, const matmul_shape& s) {
    const data_types types = types_of(s.types);
    const memory::desc a = layout(s, s.m, s.k, types.a, s.a_transposed, s.lda(), s.a_elements());
    const memory::desc b = layout(s, s.k, s.n, types.b, s.b_transposed, s.ldb(), s.b_elements());
    const memory::desc c = layout(s, s.m, s.n, types.c, false, s.ldc(), s.c_elements());
#if DNNL_VERSION_MAJOR >= 3
    return {engine, a, b, c};
#else
    return {dnnl::matmul::desc(a, b, c), engine};
#endif
}

enum class primitive_made { before, anew };

template <primitive_made When>
class onednn_matmul final : public ready_matmul {
    matmul_shape shape_;
    dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
    dnnl::stream stream_{engine_};
    dnnl::matmul::primitive_desc description_;
    dnnl::matmul primitive_;
    std::vector<std::unordered_map<int, memory>> arguments_;  // of each set
    std::size_t set_ = 0;                                     // the next one

public:
    onednn_matmul(const matmul_shape& s, const matmul_operands& o)
        : shape_(s), description_(describe(engine_, s)), primitive_(description_) {
        const auto wrap = [this](const memory::desc& d, const char* data) {
            return memory(d, engine_, const_cast<char*>(data));  // one type for what is read and what is written
        };
        for (std::int64_t set = 0; set < o.sets; ++set) {
            arguments_.push_back({{DNNL_ARG_SRC, wrap(description_.src_desc(), o.a + set * o.a_step)},
                                  {DNNL_ARG_WEIGHTS, wrap(description_.weights_desc(), o.b + set * o.b_step)},
                                  {DNNL_ARG_DST, wrap(description_.dst_desc(), o.c + set * o.c_step)}});
        }
    }

    void run(std::int64_t calls) override {
        for (std::int64_t i = 0; i < calls; ++i, set_ = set_ + 1 < arguments_.size() ? set_ + 1 : 0) {
            const auto& arguments = arguments_[set_];
            if constexpr (When == primitive_made::before)
                primitive_.execute(stream_, arguments);
            else
                dnnl::matmul(describe(engine_, shape_)).execute(stream_, arguments);
            // Costs nothing where calls are finished when they return. Where they are queued, a short queue is the fastest.
            constexpr std::int64_t queue = 16;
            if (i % queue == queue - 1) stream_.wait();
        }
        stream_.wait();
    }
};

template <primitive_made When>
std::unique_ptr<ready_matmul> prepare(const matmul_shape& s, const matmul_operands& operands, int threads) {
    if (s.types == matmul_types::f64) return nullptr;
#if DNNL_CPU_RUNTIME == DNNL_RUNTIME_OMP
    omp_set_num_threads(threads);
#else
    static_cast<void>(threads);  // the affinity of the process decides
#endif
    try {
        return std::make_unique<onednn_matmul<When>>(s, operands);
    } catch (const dnnl::error& e) {
        if (e.status == dnnl_unimplemented) return nullptr;
        throw;
    }
}

}  // namespace

extern "C" void tenfold_matmul_peers(std::vector<matmul_peer>& peers) {
    const dnnl_version_t& v = *dnnl::version();
    const std::string version = std::to_string(v.major) + "." + std::to_string(v.minor) + "." + std::to_string(v.patch) + " " + v.hash;
    peers.push_back({"", version, &prepare<primitive_made::before>});
    peers.push_back({"-create", version, &prepare<primitive_made::anew>});
}

}  // namespace tenfold::bench
