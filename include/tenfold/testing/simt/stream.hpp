// SPDX-License-Identifier: Apache-2.0
// emulated_gpu: streams and events of an executor, as lazy as CUDA may be, and failures on demand.            [floor 6]
//
// Nothing runs before somebody waits for it; then streams are served in a seeded order that keeps only what streams and events
// promise. So a missing event wait, a buffer freed too early or reused too early on the host shows, and not now and then.
#pragma once

#include <tenfold/testing/simt/executor.hpp>

#include <functional>
#include <map>
#include <utility>

TENFOLD_BEGIN
namespace testing::simt {
using tenfold::gpu_kernels::runtime_answer;
/// Calls that can be made to fail.
enum class runtime_call { allocate, launch, copy };

class emulated_gpu {
public:
    explicit emulated_gpu(const launch_options& options = {}) : executor_(options), random_(options.seed * 0x9e3779b97f4a7c15u + 1) {}
    /// Work that nobody waited for is dropped, as a program that ends drops it.
    ~emulated_gpu() = default;
    emulated_gpu(const emulated_gpu&) = delete;
    emulated_gpu& operator=(const emulated_gpu&) = delete;

    [[nodiscard]] executor& run() noexcept { return executor_; }
    [[nodiscard]] const launch_report& report() const noexcept { return executor_.report(); }

    /// Streams are numbers; 0 is there from the start.
    int create_stream() {
        queues_.emplace_back();
        return static_cast<int>(queues_.size()) - 1;
    }
    int create_event() {
        events_.push_back({});
        return static_cast<int>(events_.size()) - 1;
    }

    /// The n-th such call from now on (1: the next) answers with the given failure. A context that is lost stays so.
    void fail(runtime_call call, int nth, runtime_answer with) { failures_.push_back({call, nth, with}); }

    /// From now on the stream's work is recorded; allocating, freeing and waiting there are findings.
    void begin_capture(int stream) { captures_[stream] = {}; }
    [[nodiscard]] bool capturing(int stream) const noexcept { return captures_.count(stream) != 0; }
    /// What was recorded, a number for replay().
    int end_capture(int stream) {
        graphs_.push_back(std::move(captures_.at(stream)));
        captures_.erase(stream);
        return static_cast<int>(graphs_.size()) - 1;
    }
    /// Enqueues all that was recorded, any number of times.
    runtime_answer replay(int graph, int stream) {
        for (const auto& f : graphs_[static_cast<std::size_t>(graph)].work) {
            if (const runtime_answer a = enqueue(stream, f); a != runtime_answer::success) return a;
        }
        return runtime_answer::success;
    }
    /// What a captured call was lent stays so until the graph is destroyed, since its work runs later.
    void keep_lent(int stream, const lent_range& range) { captures_.at(stream).lent.push_back(range); }
    /// The graph is empty from now on, and the operands of its calls are the caller's alone. Its work must be done.
    void destroy_graph(int graph) {
        recording& gone = graphs_[static_cast<std::size_t>(graph)];
        for (const lent_range& range : gone.lent) executor_.memory().take_back(range);
        gone = {};
    }

    runtime_answer allocate(void** result, std::size_t bytes, int stream, site where = site::here()) {
        *result = nullptr;
        if (refused_in_capture(stream, "allocates", where)) return runtime_answer::invalid_value;
        if (const runtime_answer a = answer(runtime_call::allocate); a != runtime_answer::success) return a;
        *result = executor_.memory().allocate(bytes, where).data();
        return runtime_answer::success;
    }
    /// The memory is gone for what comes later on the stream, and for what nothing orders before.
    runtime_answer free(void* pointer, int stream, site where = site::here()) {
        if (refused_in_capture(stream, "frees", where)) return runtime_answer::invalid_value;
        return enqueue(stream, [this, pointer, where] {
            memory_region* const region = executor_.memory().at(pointer);
            if (region == nullptr || region->freed()) {
                executor_.add_finding(defect::use_after_free, where, "frees what is not allocated");
            } else {
                region->free(where);
            }
        });
    }
    /// Between host and device, either way; host memory is read or written when the stream comes to it.
    runtime_answer copy(void* to, const void* from, std::size_t bytes, int stream, site where = site::here()) {
        if (const runtime_answer a = answer(runtime_call::copy); a != runtime_answer::success) return a;
        return enqueue(stream, [this, to, from, bytes, where] {
            if (thrown_ != nullptr) return;
            if (!check_copied(from, bytes, false, where) || !check_copied(to, bytes, true, where)) return;
            if (bytes > 0) std::memcpy(to, from, bytes);
        });
    }
    runtime_answer clear(void* to, std::size_t bytes, int stream, site where = site::here()) {
        if (const runtime_answer a = answer(runtime_call::copy); a != runtime_answer::success) return a;
        return enqueue(stream, [this, to, bytes, where] {
            if (check_copied(to, bytes, true, where) && bytes > 0) std::memset(to, 0, bytes);
        });
    }
    template <class Body>
    runtime_answer launch(const launch_shape& shape, const typename Body::arguments& arguments, int stream, site where = site::here()) {
        if (const runtime_answer a = answer(runtime_call::launch); a != runtime_answer::success) return a;
        if (shape.blocks == 0 || shape.threads == 0 || shape.threads > 1024 || shape.shared > executor_.options().shared_limit)
            return runtime_answer::invalid_value;
        return enqueue(stream, [this, shape, arguments, where] {
            if (thrown_ != nullptr) return;
            try {
                if (!executor_.launch<Body>(shape, arguments, where)) lost_ = true;
            } catch (...) { thrown_ = std::current_exception(); }
        });
    }

    runtime_answer record(int event, int stream) {
        const int number = ++events_[static_cast<std::size_t>(event)].recorded;
        return enqueue(stream, [this, event, number] { events_[static_cast<std::size_t>(event)].passed = number; });
    }
    /// What is enqueued on the stream from now on comes after what the event has recorded.
    runtime_answer wait(int stream, int event) {
        const int number = events_[static_cast<std::size_t>(event)].recorded;
        if (lost_) return runtime_answer::context_lost;
        queue(stream).push_back({[] {}, event, number});
        return runtime_answer::success;
    }
    /// Returns when the stream has no work left. Others may have run too, as far as they like. A functor's exception comes out of
    /// here; launches and copies that were behind it are left out.
    runtime_answer synchronise(int stream, site where = site::here()) {
        if (refused_in_capture(stream, "waits", where)) return runtime_answer::invalid_value;
        while (!queue(stream).empty() && !lost_) {
            std::vector<int> ready;
            for (int s = 0; s < static_cast<int>(queues_.size()); ++s) {
                if (!queue(s).empty() && reached(queue(s).front())) ready.push_back(s);
            }
            if (ready.empty()) {
                executor_.add_finding(defect::divergence, where, "streams wait for events in a circle");
                return runtime_answer::context_lost;
            }
            const int next = ready[draw() % ready.size()];
            const work item = std::move(queue(next).front());
            queue(next).pop_front();
            item.run();
        }
        if (thrown_ != nullptr) std::rethrow_exception(std::exchange(thrown_, nullptr));
        return lost_ ? runtime_answer::context_lost : runtime_answer::success;
    }

private:
    struct recording {
        std::vector<std::function<void()>> work;
        std::vector<lent_range> lent;
    };
    struct work {
        std::function<void()> run;
        int event = -1;  ///< not before this event has passed `number` records
        int number = 0;
    };
    struct event_state {
        int recorded = 0;
        int passed = 0;
    };
    struct failure {
        runtime_call call;
        int left;
        runtime_answer with;
    };

    std::deque<work>& queue(int stream) { return queues_[static_cast<std::size_t>(stream)]; }
    [[nodiscard]] bool reached(const work& w) const { return w.event < 0 || events_[static_cast<std::size_t>(w.event)].passed >= w.number; }
    bool refused_in_capture(int stream, const char* what, const site& where) {
        if (!capturing(stream)) return false;
        executor_.add_finding(defect::configuration, where, std::string(what) + " while the stream is captured");
        return true;
    }
    runtime_answer enqueue(int stream, std::function<void()> f) {
        if (lost_) return runtime_answer::context_lost;
        if (capturing(stream)) {
            captures_.at(stream).work.push_back(std::move(f));
        } else {
            queue(stream).push_back({std::move(f), -1, 0});
        }
        return runtime_answer::success;
    }
    runtime_answer answer(runtime_call call) {
        if (lost_) return runtime_answer::context_lost;
        for (failure& f : failures_) {
            if (f.call != call || f.left == 0 || --f.left > 0) continue;
            lost_ = f.with == runtime_answer::context_lost;
            return f.with;
        }
        return runtime_answer::success;
    }
    /// Host memory is unknown to the GPU's; device memory must hold the bytes, alive.
    bool check_copied(const void* address, std::size_t bytes, bool written, const site& where) {
        memory_region* const region = executor_.memory().before(address);
        const auto* const at = static_cast<const unsigned char*>(address);
        if (region == nullptr || at >= region->data() + region->bytes()) return true;
        const auto offset = static_cast<std::size_t>(at - region->data());
        const auto refuse = [&](defect kind, const std::string& text) {
            executor_.add_finding(kind, where,
                                  text + " of the " + std::to_string(region->bytes()) + " bytes from " + to_string(region->made()));
            return false;
        };
        if (region->freed()) return refuse(defect::use_after_free, "copies bytes, freed at " + to_string(region->freed_at()) + ",");
        if (offset + bytes > region->bytes()) return refuse(defect::out_of_bounds, "copies beyond the end");
        if (!written && !region->all_written(offset, bytes)) return refuse(defect::uninitialised, "copies bytes that nobody has written");
        if (written) region->set_written(offset, bytes);
        return true;
    }
    std::uint64_t draw() noexcept {
        random_ ^= random_ << 13;
        random_ ^= random_ >> 7;
        random_ ^= random_ << 17;
        return random_;
    }

    executor executor_;
    std::vector<std::deque<work>> queues_ = std::vector<std::deque<work>>(1);
    std::map<int, recording> captures_;  ///< of streams that are captured
    std::vector<recording> graphs_;
    std::vector<event_state> events_;
    std::vector<failure> failures_;
    std::uint64_t random_;
    bool lost_ = false;
    std::exception_ptr thrown_;
};
}  // namespace testing::simt
TENFOLD_END
