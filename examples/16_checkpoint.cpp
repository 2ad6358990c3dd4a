// SPDX-License-Identifier: Apache-2.0
// A small CNN is trained, interrupted and resumed: the end is the same, bit for bit, as without the interruption.
//
//   16_checkpoint               trains in one go and in two, and compares
//   16_checkpoint FILE STEPS    trains until STEPS, a checkpoint after each; begins where FILE stops
#include <unistd.h>
#include <tenfold/backends/cpu.hpp>
#include <tenfold/io/safetensors.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <sstream>
#include <stdexcept>

namespace tf = tenfold;
using tf::index_t;

namespace {

constexpr index_t batch = 16, size = 12, filters = 8, kernel = 3, conv_size = size - kernel + 1, pooled = conv_size / 2, classes = 4;
constexpr index_t features = filters * pooled * pooled;

/// Images of stripes in one of four directions, with noise; the network learns to tell the direction.
class stripes {
    std::mt19937_64 random_{1};
    float uniform() { return static_cast<float>(random_() >> 40) * 0x1p-24f; }

public:
    void draw(tf::tensor_view<float, 4> images, tf::tensor_view<float, 2> wanted) {
        for (index_t i = 0; i < batch; ++i) {
            const auto direction = static_cast<index_t>(random_() % classes);
            const float phase = 6.28f * uniform();
            for (index_t c = 0; c < classes; ++c) wanted(i, c) = c == direction ? 1.0f : 0.0f;
            const index_t down[] = {1, 0, 1, 1}, across[] = {0, 1, 1, -1};
            for (index_t h = 0; h < size; ++h)
                for (index_t w = 0; w < size; ++w) {
                    const auto place = static_cast<float>(down[direction] * h + across[direction] * w);
                    images(i, 0, h, w) = std::sin(1.5f * place + phase) + uniform() - 0.5f;
                }
        }
    }
    // The generator is part of what is trained: resumed without it, other images would follow.
    [[nodiscard]] std::string state() const { return (std::ostringstream() << random_).str(); }
    void restore(const std::string& state) { std::istringstream(state) >> random_; }
};

class network {
    tf::cpu where_;
    stripes data_;
    tf::tensor<float, 4> images_{{batch, 1, size, size}}, conv_{{batch, filters, conv_size, conv_size}}, conv_grad_{conv_.extents()};
    tf::tensor<float, 4> pool_{{batch, filters, pooled, pooled}}, pool_grad_{pool_.extents()};
    tf::tensor<float, 2> wanted_{{batch, classes}}, answer_{{batch, classes}};
    tf::tensor<float, 4> w1_{{filters, 1, kernel, kernel}}, w1_grad_{w1_.extents()};
    tf::tensor<float, 2> w2_{{features, classes}}, w2_grad_{w2_.extents()};
    index_t step_ = 0;

    static void descend(float* weights, const float* gradient, index_t count) {
        for (index_t i = 0; i < count; ++i) weights[i] -= 0.2f * gradient[i];
    }

public:
    network() {
        std::mt19937 random(7);
        for (index_t i = 0; i < w1_.size(); ++i) w1_.data()[i] = static_cast<float>(random() >> 8) * 0x1p-24f - 0.5f;
        for (index_t i = 0; i < w2_.size(); ++i) w2_.data()[i] = 0.1f * (static_cast<float>(random() >> 8) * 0x1p-24f - 0.5f);
    }
    [[nodiscard]] index_t step() const { return step_; }

    /// One step of gradient descent; the cross entropy before it.
    double train() {
        data_.draw(images_.view(), wanted_.view());
        tf::conv(where_, images_, w1_, conv_);
        for (index_t i = 0; i < conv_.size(); ++i) conv_.data()[i] = std::fmax(conv_.data()[i], 0.0f);
        tf::average_pool(where_, conv_, pool_, {.window = {2, 2}});
        const tf::tensor_view<float, 2> flat(pool_.data(), {batch, features});
        tf::matmul(where_, flat, w2_, answer_);
        tf::softmax(where_, answer_, 1, answer_);

        double loss = 0;
        for (index_t i = 0; i < answer_.size(); ++i) {
            if (wanted_.data()[i] > 0) loss -= std::log(static_cast<double>(answer_.data()[i])) / batch;
            answer_.data()[i] = (answer_.data()[i] - wanted_.data()[i]) / batch;  // the gradient of softmax and cross entropy together
        }
        tf::matmul(where_, flat.transposed(), answer_, w2_grad_);
        tf::matmul(where_, answer_, w2_.view().transposed(), tf::tensor_view<float, 2>(pool_grad_.data(), {batch, features}));
        tf::for_each_index(conv_.extents(), [&](const tf::index_array<4>& i) {
            conv_grad_.view()(i) = conv_.view()(i) > 0 ? 0.25f * pool_grad_(i[0], i[1], i[2] / 2, i[3] / 2) : 0.0f;
        });
        tf::conv_backward_weights(where_, images_, conv_grad_, w1_grad_);
        descend(w1_.data(), w1_grad_.data(), w1_.size());
        descend(w2_.data(), w2_grad_.data(), w2_.size());
        ++step_;
        return loss;
    }

    void save(const std::string& file) const {
        tf::checkpoint_writer out;
        out.add("conv.weight", w1_.view());
        out.add("linear.weight", w2_.view());
        out.note("step", std::to_string(step_));
        out.note("generator", data_.state());
        out.save(file);
    }
    void load(const std::string& file) {
        const tf::checkpoint_reader in(file);
        in.read("conv.weight", w1_.view());
        in.read("linear.weight", w2_.view());
        const auto step = in.note("step"), generator = in.note("generator");
        if (!step || !generator) throw std::runtime_error(file + " is no checkpoint of this program: it has no step or no generator");
        step_ = std::atoll(step->c_str());
        data_.restore(*generator);
    }
    [[nodiscard]] bool same_bits(const network& other) const {
        return std::memcmp(w1_.data(), other.w1_.data(), static_cast<std::size_t>(w1_.size()) * sizeof(float)) == 0 &&
               std::memcmp(w2_.data(), other.w2_.data(), static_cast<std::size_t>(w2_.size()) * sizeof(float)) == 0;
    }
};

int train_with_checkpoints(const std::string& file, index_t steps) {
    network net;
    if (::access(file.c_str(), F_OK) == 0) net.load(file);
    while (net.step() < steps) {
        net.train();
        net.save(file);
    }
    return 0;
}

void compare_with_interrupted() {
    const std::string file = "/tmp/16_checkpoint." + std::to_string(::getpid()) + ".safetensors";
    network whole, begun, resumed;
    double first = 0, last = 0;
    for (int i = 0; i < 60; ++i) (i == 0 ? first : last) = whole.train();
    for (int i = 0; i < 25; ++i) begun.train();
    begun.save(file);
    resumed.load(file);
    while (resumed.step() < whole.step()) resumed.train();
    ::unlink(file.c_str());
    std::printf("learned: %s\n", last < 0.5 * first ? "yes" : "no");
    std::printf("interrupted after 25 of %d steps, the same bits: %s\n", static_cast<int>(whole.step()),
                resumed.same_bits(whole) ? "yes" : "no");
}

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 3) return train_with_checkpoints(argv[1], std::atoll(argv[2]));
        compare_with_interrupted();
    } catch (const std::exception& e) {
        std::fprintf(stderr, "16_checkpoint: %s\n", e.what());
        return 1;
    }
}
// prints: learned: yes
// prints: interrupted after 25 of 60 steps, the same bits: yes
