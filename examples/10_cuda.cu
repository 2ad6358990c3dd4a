// SPDX-License-Identifier: Apache-2.0
// The cuda backend: tensors on the device, calls that enqueue, streams that wait for each other, and what a failure says.
#include <tenfold/backends/cuda.cuh>

#include <cstdio>

namespace tf = tenfold;

int main() {
    int devices = 0;
    if (cudaGetDeviceCount(&devices) != cudaSuccess) {
        std::printf("no GPU here\n");
        return 0;
    }
    tf::tensor<float, 2> x({4, 1000});
    for (tf::index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i % 1000 == 7 ? 3 : 0);

    tf::gpu_stream stream;
    tf::stream_memory memory;  // results come from its pool, so that none of them waits when it ends
    tf::gpu_stream other;
    tf::status s = stream.create();
    if (s.ok()) s = memory.open(stream.on());
    if (s.ok()) s = other.create();
    if (!s.ok()) {
        std::printf("%s\n", std::string(s.message()).c_str());
        return 1;
    }
    const tf::cuda gpu = memory.on();
    const auto on_device = tf::copy_to(gpu, x);  // pageable memory, which CUDA may wait for the stream to take
    const auto probabilities = tf::softmax(gpu, on_device, 1);  // a new device tensor
    const auto best = tf::max_with_index(gpu, probabilities, tf::axes{1});  // both enqueued

    tf::gpu_event ready;  // work of another stream, after what was enqueued here
    s = ready.record(gpu);
    if (s.ok()) s = ready.hold(other.on());
    if (!s.ok()) {
        std::printf("%s\n", std::string(s.message()).c_str());
        return 1;
    }
    tf::tensor<tf::index_t, 1> where({4});
    tf::copy_from(other.on(), best.index, where);  // waits
    std::printf("the largest of row 2 is element %lld\n", static_cast<long long>(where(2)));
}
// prints: the largest of row 2 is element 7
