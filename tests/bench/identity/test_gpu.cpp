// SPDX-License-Identifier: Apache-2.0
// GPU facts from a made-up management library: slices, virtual GPUs, lost GPUs, missing symbols, missing library.
#include <dlfcn.h>  // dlopen
#include <doctest/doctest.h>

#include "instances/facts/gpu.hpp"

namespace tenfold::bench {
namespace {

// Sets the scenario of the library for the length of a test. Staying open, it keeps the state that read_gpus then meets.
class fake_nvml {
    const char* path_;
    void* handle_;

public:
    fake_nvml(const char* path, const char* scenario) : path_(path), handle_(dlopen(path, RTLD_NOW | RTLD_LOCAL)) {
        REQUIRE(handle_ != nullptr);
        reinterpret_cast<void (*)(const char*)>(dlsym(handle_, "fake_nvml_scenario"))(scenario);
    }
    ~fake_nvml() { dlclose(handle_); }
    fake_nvml(const fake_nvml&) = delete;
    fake_nvml& operator=(const fake_nvml&) = delete;
    [[nodiscard]] gpu_inventory read() const { return read_gpus(path_); }
};

gpu_inventory read_scenario(const char* scenario) { return fake_nvml(TENFOLD_TEST_NVML, scenario).read(); }

}  // namespace

TEST_CASE("a whole GPU [C03]") {
    const auto inventory = read_scenario("plain");
    CHECK(inventory.outcome == "ok");
    CHECK(inventory.driver == "580.65.06");
    REQUIRE(inventory.gpus.size() == 1);
    const auto& gpu = inventory.gpus.front();
    CHECK(gpu.name == "NVIDIA A100-SXM4-40GB");
    CHECK(gpu.memory_bytes == 42949672960);
    CHECK(gpu.compute_capability == "8.0");
    CHECK(gpu.multiprocessors == 108);
    CHECK(gpu.power_limit_w == 400);
    CHECK(gpu.ecc == true);
    CHECK(gpu.mig == false);
    CHECK(gpu.virtualisation == "none");
    CHECK(gpu.mig_slices.empty());
    CHECK(!gpu.error);
    CHECK(read_scenario("ecc off").gpus.front().ecc == false);
}

TEST_CASE("multi-instance mode lists the slices, not the free places [C03]") {
    const auto inventory = read_scenario("mig");
    REQUIRE(inventory.gpus.size() == 1);
    const auto& gpu = inventory.gpus.front();
    CHECK(gpu.mig == true);
    REQUIRE(gpu.mig_slices.size() == 2);
    CHECK(gpu.mig_slices[0].name == "NVIDIA A100-SXM4-40GB MIG 1g.5gb");
    CHECK(gpu.mig_slices[0].multiprocessors == 14);
    CHECK(gpu.mig_slices[0].memory_bytes == 5100273664);
}

TEST_CASE("virtual GPUs keep unsupported facts unknown, passthrough is named [C03]") {
    const auto inventory = read_scenario("vgpu");
    const auto& gpu = inventory.gpus.front();
    CHECK(gpu.virtualisation == "vgpu");
    CHECK(gpu.multiprocessors == 72);
    CHECK(!gpu.power_limit_w);
    CHECK(!gpu.ecc);
    CHECK(!gpu.mig);
    CHECK(read_scenario("passthrough").gpus.front().virtualisation == "passthrough");
}

TEST_CASE("what this program does not know yet stays unknown [C03]") {
    const auto gpu = read_scenario("future").gpus.front();
    CHECK(gpu.compute_capability == "99.0");
    CHECK(!gpu.multiprocessors);
    CHECK(!gpu.virtualisation);
}

TEST_CASE("lost GPUs, drivers that do not fit, no driver, no GPU [C03]") {
    const auto lost = read_scenario("lost");
    REQUIRE(lost.gpus.size() == 1);
    CHECK(lost.gpus.front().error == "gpu_is_lost");
    CHECK(!lost.gpus.front().name);
    CHECK(read_scenario("mismatch").outcome == "driver_library_version_mismatch");
    CHECK(read_scenario("mismatch").gpus.empty());
    CHECK(read_scenario("no driver").outcome == "driver_not_loaded");
    CHECK(read_scenario("none").outcome == "ok");
    CHECK(read_scenario("none").gpus.empty());
}

TEST_CASE("missing symbols, a library of something else, no library [C03]") {
    const auto sparse = fake_nvml(TENFOLD_TEST_NVML_SPARSE, "plain").read();
    CHECK(sparse.outcome == "ok");
    CHECK(!sparse.driver);
    REQUIRE(sparse.gpus.size() == 1);
    CHECK(!sparse.gpus.front().name);
    CHECK(!sparse.gpus.front().memory_bytes);
    CHECK(!sparse.gpus.front().error);
    CHECK(read_gpus("libm.so.6").outcome == "symbol_missing");
    CHECK(read_gpus("libtenfold-no-such-library.so").outcome == "no library");
}

}  // namespace tenfold::bench
