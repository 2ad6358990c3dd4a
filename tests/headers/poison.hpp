// SPDX-License-Identifier: Apache-2.0
// Names that other people's headers define as macros (<complex.h>, <windows.h>, old platforms): public headers must
// compile after them. Included after everything foreign that the headers may include themselves.
#pragma once

#define I poisoned macro I
#define T0 poisoned macro T0
#define small poisoned macro small
#define min(a, b) poisoned macro min
#define max(a, b) poisoned macro max
#define near poisoned macro near
#define far poisoned macro far
