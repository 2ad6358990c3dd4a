// SPDX-License-Identifier: Apache-2.0
// NumPy as a peer: an interpreter in the contender's process makes the call, bound to its arguments before, again and again.
#include <Python.h>
#include <dlfcn.h>  // dlopen, dladdr

#include <stdexcept>  // std::runtime_error

#include "peers/axes/axis_peer.hpp"  // axis_peer

namespace tenfold::bench {
namespace {

/// TENFOLD_PEER_NUMPY_PATH is the folder of packages that has numpy.
constexpr const char* script = R"(
import sys
sys.path.insert(0, folder)
import functools
import numpy

def prepare(op, x, y, kind, extents, axes, kept):
    x = numpy.frombuffer(x, kind).reshape(extents)
    y = numpy.frombuffer(y, kind).reshape(kept)
    functions = {"sum": numpy.add.reduce, "max": numpy.maximum.reduce, "variance": numpy.var}
    if op not in functions:
        return None
    return functools.partial(functions[op], x, axis=axes, out=y)
)";

[[noreturn]] void fail() {
    PyErr_Print();
    throw std::runtime_error("python reported an error");
}
PyObject* checked(PyObject* made) {
    if (made == nullptr) fail();
    return made;
}

/// Extension modules expect the interpreter's symbols among those of the process; a module of the contest keeps them to itself.
void share_interpreter() {
    Dl_info found{};
    if (dladdr(reinterpret_cast<void*>(&Py_InitializeEx), &found) == 0 ||
        dlopen(found.dli_fname, RTLD_NOW | RTLD_GLOBAL | RTLD_NOLOAD) == nullptr)
        throw std::runtime_error("the interpreter's library cannot be shared");
}

/// The script's names. The interpreter lives as long as the process.
PyObject* names() {
    static PyObject* const made = [] {
        share_interpreter();
        Py_InitializeEx(0);
        PyObject* const globals = checked(PyDict_New());
        PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins());
        PyDict_SetItemString(globals, "folder", checked(PyUnicode_FromString(TENFOLD_PEER_NUMPY_PATH)));
        checked(PyRun_String(script, Py_file_input, globals, globals));
        return globals;
    }();
    return made;
}

std::unique_ptr<ready_call> prepare(const axis_shape& s, const axis_operands& o, int threads) {
    if (threads != 1 || s.type == axis_type::bf16) return nullptr;  // its reductions use one thread
    const auto memory = [&](const void* p, std::int64_t elements, int flags) {
        return checked(PyMemoryView_FromMemory(static_cast<char*>(const_cast<void*>(p)), elements * s.element_bytes(), flags));
    };
    PyObject* const extents = s.inner == 1 ? Py_BuildValue("(LL)", s.outer, s.along) : Py_BuildValue("(LLL)", s.outer, s.along, s.inner);
    PyObject* const axes = !s.ends ? Py_BuildValue("(i)", 1) : s.inner == 1 ? Py_BuildValue("(i)", 0) : Py_BuildValue("(ii)", 0, 2);
    PyObject* const kept = s.ends         ? Py_BuildValue("(L)", s.along)
                           : s.inner == 1 ? Py_BuildValue("(L)", s.outer)
                                          : Py_BuildValue("(LL)", s.outer, s.inner);
    PyObject* const call = checked(PyObject_CallFunction(PyDict_GetItemString(names(), "prepare"), "sNNsNNN", s.op.c_str(),
                                                         memory(o.x, s.elements(), PyBUF_READ), memory(o.y, s.kept(), PyBUF_WRITE),
                                                         s.type == axis_type::f64 ? "f8" : "f4", extents, axes, kept));
    if (call == Py_None) return nullptr;
    return repeat_call([call] { Py_DECREF(checked(PyObject_CallNoArgs(call))); });
}

}  // namespace

extern "C" void tenfold_axis_peers(std::vector<axis_peer>& peers) {
    PyObject* const numpy = checked(PyDict_GetItemString(names(), "numpy"));
    peers.push_back({"", PyUnicode_AsUTF8(checked(PyObject_GetAttrString(numpy, "__version__"))), &prepare});
}

}  // namespace tenfold::bench
