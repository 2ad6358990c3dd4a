// SPDX-License-Identifier: Apache-2.0
// Squares, what BLAS libraries publish (BLIS, DeepBench), layers of language and recommendation models, batches, vectors.
#include "op/matmul_catalog.hpp"

#include <fmt/format.h>  // fmt::format

#include <algorithm>  // std::find

namespace tenfold::bench {
namespace {

using extent = std::int64_t;

constexpr matmul_types all_types[] = {matmul_types::f32, matmul_types::f64, matmul_types::bf16, matmul_types::u8s8, matmul_types::s8};

matmul_shape shape_of(extent m, extent n, extent k, matmul_types types = matmul_types::f32) {
    matmul_shape s;
    s.m = m;
    s.n = n;
    s.k = k;
    s.types = types;
    return s;
}

matmul_shape with_forms(matmul_shape s, bool a_transposed, bool b_transposed) {
    s.a_transposed = a_transposed;
    s.b_transposed = b_transposed;
    return s;
}

/// Weights of a model are stored as (out, in).
matmul_shape layer_of(extent tokens, extent out, extent in, matmul_types types = matmul_types::f32) {
    return with_forms(shape_of(tokens, out, in, types), false, true);
}

class catalog_writer {
    std::vector<listed_matmul> list_;
    std::string set_;

public:
    void begin(const char* set) { set_ = set; }

    void add(const matmul_shape& s, const std::string& workload, suite first = suite::full) {
        const auto found = std::find_if(list_.begin(), list_.end(), [&](const listed_matmul& one) { return one.shape == s; });
        if (found == list_.end())
            list_.push_back({s, workload, first, {set_}});
        else if (std::find(found->sets.begin(), found->sets.end(), set_) == found->sets.end())
            found->sets.push_back(set_);
    }

    void add_all_forms(const matmul_shape& s, const std::string& workload) {
        for (const bool a : {false, true}) {
            for (const bool b : {false, true}) add(with_forms(s, a, b), workload);
        }
    }

    std::vector<listed_matmul> take() { return std::move(list_); }
};

void list_squares(catalog_writer& to) {
    to.begin("square");
    const auto square = [&](suite first, extent n, matmul_types types = matmul_types::f32) {
        to.add(shape_of(n, n, n, types), "square", first);
    };
    for (const extent n : {128, 1024}) square(suite::quick, n);
    for (const extent n : {32, 64, 256, 512, 2048}) square(suite::standard, n);
    for (const extent n : {8, 16, 24, 48, 96, 192, 384, 768, 1536, 3072, 4096, 6144, 8192}) square(suite::full, n);
    for (const extent n : {127, 129, 255, 257, 511, 513, 1000, 1023, 2047}) square(suite::full, n);
    square(suite::quick, 512, matmul_types::f64);
    for (const extent n : {128, 1024}) square(suite::standard, n, matmul_types::f64);
    for (const extent n : {8, 16, 32, 64, 256, 1000, 2048, 3072}) square(suite::full, n, matmul_types::f64);
}

/// What a kernel for whole vectors leaves over.
void list_left_over_columns(catalog_writer& to) {
    to.begin("leftover");
    for (extent t = 1; t <= 15; ++t) to.add(shape_of(64, 64 + t, 64), "left-over columns");
    to.add(shape_of(63, 65, 67), "left-over columns");
}

/// Rows that lie close together in the cache's sets, and rows that do not start on a cache line.
void list_leading_dimensions(catalog_writer& to) {
    to.begin("leading");
    for (const extent n : {64, 255, 512, 1000}) {
        for (const matmul_types types : {matmul_types::f32, matmul_types::f64}) {
            matmul_shape s = shape_of(n, n, n, types);
            to.add(s, "rows without gaps");
            s.gap = 13;
            to.add_all_forms(s, "rows with gaps of 13");
            s.gap = 0;
            s.leading = 4096;
            to.add_all_forms(s, "rows a power of two apart");
        }
    }
}

void list_forms(catalog_writer& to) {
    to.begin("forms");
    for (const extent n : {16, 64, 192, 512, 1000}) {
        for (const matmul_types types : {matmul_types::f32, matmul_types::f64}) to.add_all_forms(shape_of(n, n, n, types), "square");
    }
    to.add_all_forms(shape_of(16, 2048, 1024), "skinny");
    to.add_all_forms(shape_of(2048, 16, 1024), "skinny");
    to.add_all_forms(shape_of(1024, 2048, 16), "skinny");
}

/// The shapes of the BLIS project's performance graphs: one or two extents small, the others p.
void list_blis(catalog_writer& to) {
    to.begin("blis");
    for (const extent p : {32, 96, 256, 480, 800, 1200, 2400}) {
        to.add_all_forms(shape_of(6, p, p), "BLIS: m 6");
        to.add_all_forms(shape_of(p, 16, p), "BLIS: n 16");
        to.add_all_forms(shape_of(p, p, 4), "BLIS: k 4");
        to.add_all_forms(shape_of(6, 16, p), "BLIS: m 6, n 16");
        to.add(shape_of(p, 16, 4), "BLIS: n 16, k 4");
        to.add(shape_of(6, p, 4), "BLIS: m 6, k 4");
    }
}

/// Baidu Research, DeepBench: training and inference of speech and language models. Those of more than 60 GFLOP are left out.
void list_deepbench(catalog_writer& to) {
    to.begin("deepbench");
    const auto add = [&](extent m, extent n, extent k, bool a, bool b) { to.add(with_forms(shape_of(m, n, k), a, b), "DeepBench"); };
    for (const extent width : {1760, 2048, 2560}) {
        for (const extent batch : {16, 32, 64, 128}) {
            add(width, batch, width, false, false);
            add(width, batch, width, true, false);
        }
        add(width, 7000, width, false, false);
    }
    for (const extent k : {1760, 2048, 2560, 4096}) add(35, 8457, k, false, false);
    for (const extent n : {1, 2, 4, 16, 64, 128}) {
        add(7680, n, 2560, false, false);
        add(3072, n, 1024, false, false);
    }
    add(1024, 700, 512, false, false);
    add(7680, 1500, 2560, false, false);
    for (const extent n : {1, 16, 32}) {
        add(6144, n, 2048, false, false);
        add(4608, n, 1536, false, false);
        add(8448, n, 2816, false, false);
    }
    add(64, 1, 1216, false, false);
    add(128, 1, 1408, false, false);
    add(5124, 700, 2048, false, false);
}

struct named_layer {
    const char* name;
    extent n, k;
    suite first;
};

std::string tokens_text(extent tokens) { return tokens == 1 ? ", 1 token" : fmt::format(", {} tokens", tokens); }

/// Devlin et al. 2019: hidden 768, feed-forward 3072, 12 heads of 64.
void list_bert(catalog_writer& to) {
    to.begin("bert");
    const named_layer layers[] = {{"attention output", 768, 768, suite::quick},
                                  {"query, key, value", 2304, 768, suite::standard},
                                  {"feed-forward up", 3072, 768, suite::quick},
                                  {"feed-forward down", 768, 3072, suite::standard}};
    for (const extent tokens : {128, 512, 1, 2, 4, 8, 16, 32, 64}) {
        for (const named_layer& l : layers) {
            to.add(layer_of(tokens, l.n, l.k), std::string("BERT-base ") + l.name + tokens_text(tokens),
                   tokens == 128 ? l.first : suite::full);
        }
    }
    matmul_shape scores = layer_of(128, 128, 64);
    matmul_shape values = shape_of(128, 64, 128);
    scores.batch = values.batch = 12;
    to.add(scores, "BERT-base attention scores, 128 tokens");
    to.add(values, "BERT-base attention values, 128 tokens");
}

/// Touvron et al. 2023: hidden 4096, feed-forward 11008. A model is larger than any cache: while tokens are generated, each
/// weight comes from memory.
void list_llama(catalog_writer& to) {
    to.begin("llama");
    const named_layer layers[] = {{"attention output", 4096, 4096, suite::quick},
                                  {"query, key, value", 12288, 4096, suite::full},
                                  {"feed-forward up", 11008, 4096, suite::standard},
                                  {"feed-forward down", 4096, 11008, suite::standard}};
    for (const extent tokens : {1, 16, 128, 2, 4, 8, 32, 64, 512}) {
        for (const named_layer& l : layers) {
            matmul_shape s = layer_of(tokens, l.n, l.k);
            s.cold = tokens <= 16;
            const bool usual = tokens == 1 || tokens == 16 || tokens == 128;
            const suite first = !usual ? suite::full : tokens == 128 && l.first == suite::quick ? suite::standard : l.first;
            to.add(s, std::string("LLaMA-7B ") + l.name + tokens_text(tokens), first);
        }
    }
}

/// Naumov et al. 2019, with the widths of the public training benchmark.
void list_dlrm(catalog_writer& to) {
    to.begin("dlrm");
    const extent bottom[] = {13, 512, 256, 128};
    const extent top[] = {479, 1024, 1024, 512, 256, 1};
    for (const extent samples : {128, 2048}) {
        for (std::size_t i = 0; i + 1 < std::size(bottom); ++i) to.add(layer_of(samples, bottom[i + 1], bottom[i]), "DLRM bottom");
        for (std::size_t i = 0; i + 1 < std::size(top); ++i) to.add(layer_of(samples, top[i + 1], top[i]), "DLRM top");
    }
}

void list_batched(catalog_writer& to) {
    to.begin("batched");
    const auto batch = [&](extent count, extent n, matmul_types types) {
        matmul_shape s = shape_of(n, n, n, types);
        s.batch = count;
        to.add(s, "batched");
    };
    for (const matmul_types types : {matmul_types::f32, matmul_types::f64}) {
        for (const extent n : {16, 32, 64}) batch(4096, n, types);
        for (const extent n : {5, 9, 13, 23}) batch(10000, n, types);
    }
}

void list_small(catalog_writer& to) {
    to.begin("small");
    for (const extent n : {4, 5, 8, 9, 13, 16, 23, 24, 32, 48, 64, 80, 96, 128}) {
        to.add(shape_of(n, n, n), "square");
        to.add(with_forms(shape_of(n, n, n), false, true), "square");
    }
    to.add(shape_of(8, 32, 16), "small");
    to.add(shape_of(32, 8, 16), "small");
    to.add(shape_of(16, 64, 4), "small");
}

/// One or two extents far below the others, and the matrices that a convolution becomes (ResNet-50).
void list_skinny(catalog_writer& to) {
    to.begin("skinny");
    for (const extent m : {1, 2, 4, 8, 16, 32, 64}) to.add(shape_of(m, 4096, 4096), "skinny");
    for (const extent m : {1, 4, 16, 64}) to.add(layer_of(m, 4096, 4096), "skinny");
    for (const extent n : {1, 4, 16, 64}) to.add(shape_of(4096, n, 4096), "skinny");
    for (const extent k : {4, 16, 64}) to.add(shape_of(4096, 4096, k), "skinny");
    to.add(shape_of(3136, 64, 576), "skinny");
    to.add(shape_of(196, 256, 2304), "skinny");
    to.add(shape_of(49, 512, 4608), "skinny");
    to.add(shape_of(128, 3072, 768), "skinny");
    to.add(shape_of(35, 8457, 2560), "skinny");
    to.add(shape_of(6, 1024, 1024), "skinny");
    to.add(shape_of(1024, 16, 1024), "skinny");
}

void list_tall(catalog_writer& to) {
    to.begin("tall");
    for (const matmul_shape& s :
         {shape_of(1000000, 16, 16), shape_of(16, 1000000, 16), shape_of(16, 16, 1000000), shape_of(64, 64, 65536),
          shape_of(100000, 50, 10), shape_of(100000, 10, 50), shape_of(4096, 4096, 4), shape_of(4096, 4, 4096), shape_of(1024, 1024, 4)})
        to.add(s, "skinny");
}

void list_vectors(catalog_writer& to) {
    to.begin("gemv");
    for (const extent n : {256, 512, 1024, 2048, 4096}) {
        to.add(shape_of(1, n, n), "vector times matrix");
        to.add(layer_of(1, n, n), "vector times transposed matrix");
        to.add(shape_of(n, 1, n), "matrix times vector");
        to.add(with_forms(shape_of(n, 1, n), true, false), "transposed matrix times vector");
    }
}

void list_types(catalog_writer& to) {
    to.begin("types");
    for (const matmul_types types : all_types) {
        for (const extent n : {16, 64, 256, 1000, 1024, 2048}) to.add(shape_of(n, n, n, types), "square");
        for (const extent tokens : {1, 16, 128}) {
            matmul_shape s = layer_of(tokens, 4096, 4096, types);
            s.cold = tokens <= 16;
            to.add(s, "LLaMA-7B attention output" + tokens_text(tokens));
        }
        to.add(layer_of(128, 3072, 768, types), "BERT-base feed-forward up, 128 tokens");
    }
}

/// One or two of everything: what to look at first.
void list_quick(catalog_writer& to) {
    to.begin("quick");
    for (const extent n : {8, 16, 32, 64, 128, 256, 1024, 2048}) to.add(shape_of(n, n, n), "square");
    to.add(shape_of(63, 65, 67), "left-over columns");
    to.add(shape_of(1, 4096, 4096), "skinny");
    to.add(shape_of(4, 4096, 4096), "skinny");
    to.add(shape_of(16, 4096, 4096), "skinny");
    to.add(shape_of(4096, 16, 4096), "skinny");
    to.add(shape_of(4096, 4096, 16), "skinny");
    to.add(shape_of(3136, 64, 576), "skinny");
    to.add(shape_of(196, 256, 2304), "skinny");
    to.add(shape_of(49, 512, 4608), "skinny");
    to.add(layer_of(128, 3072, 768), "BERT-base feed-forward up, 128 tokens");
    to.add(layer_of(16, 4096, 4096), "skinny");
}

std::vector<listed_matmul> write_catalog() {
    catalog_writer to;
    for (const auto list :
         {&list_squares, &list_bert, &list_llama, &list_left_over_columns, &list_leading_dimensions, &list_forms, &list_blis,
          &list_deepbench, &list_dlrm, &list_batched, &list_small, &list_skinny, &list_tall, &list_vectors, &list_types, &list_quick})
        list(to);
    return to.take();
}

}  // namespace

const std::vector<listed_matmul>& matmul_catalog() {
    static const std::vector<listed_matmul> catalog = write_catalog();
    return catalog;
}

std::vector<std::string> matmul_set_names() {
    std::vector<std::string> names;
    for (const listed_matmul& one : matmul_catalog()) {
        for (const std::string& set : one.sets) {
            if (std::find(names.begin(), names.end(), set) == names.end()) names.push_back(set);
        }
    }
    return names;
}

}  // namespace tenfold::bench
