// SPDX-License-Identifier: Apache-2.0
// A source for targets that hold precompiled headers only.
