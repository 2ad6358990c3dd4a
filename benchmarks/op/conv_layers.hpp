// SPDX-License-Identifier: Apache-2.0
// THE lists of convolution layers of published networks.
#pragma once

#include <cstdint>  // std::int64_t

#include "support/problem.hpp"  // suite

namespace tenfold::bench {

struct conv_layer {
    std::int64_t extent, in, out, window, stride;
    suite first;
};

// He et al. 2016: the distinct convolutions of ResNet-50.
inline constexpr conv_layer resnet_50[] = {
    {224, 3, 64, 7, 2, suite::standard},   {56, 64, 64, 1, 1, suite::full},        {56, 64, 64, 3, 1, suite::quick},
    {56, 64, 256, 1, 1, suite::standard},  {56, 256, 64, 1, 1, suite::full},       {56, 256, 128, 1, 1, suite::full},
    {56, 128, 128, 3, 2, suite::standard}, {28, 128, 512, 1, 1, suite::full},      {28, 512, 128, 1, 1, suite::standard},
    {28, 128, 128, 3, 1, suite::standard}, {56, 256, 512, 1, 2, suite::full},      {28, 512, 256, 1, 1, suite::full},
    {28, 256, 256, 3, 2, suite::full},     {14, 256, 1024, 1, 1, suite::standard}, {14, 1024, 256, 1, 1, suite::quick},
    {14, 256, 256, 3, 1, suite::quick},    {28, 512, 1024, 1, 2, suite::full},     {14, 1024, 512, 1, 1, suite::full},
    {14, 512, 512, 3, 2, suite::full},     {7, 512, 2048, 1, 1, suite::standard},  {7, 2048, 512, 1, 1, suite::standard},
    {7, 512, 512, 3, 1, suite::standard},  {14, 1024, 2048, 1, 2, suite::full}};

struct depthwise_layer {
    int version;
    std::int64_t extent, channels, stride;
    suite first;
};
// Howard et al. 2017, Sandler et al. 2018: depthwise 3x3.
inline constexpr depthwise_layer mobilenet_depthwise[] = {
    {1, 112, 32, 1, suite::standard}, {1, 112, 64, 2, suite::standard}, {1, 56, 128, 1, suite::quick}, {1, 56, 128, 2, suite::full},
    {1, 28, 256, 1, suite::standard}, {1, 28, 256, 2, suite::full},     {1, 14, 512, 1, suite::quick}, {1, 14, 512, 2, suite::full},
    {1, 7, 1024, 1, suite::standard}, {2, 112, 96, 2, suite::standard}, {2, 56, 144, 1, suite::full},  {2, 56, 144, 2, suite::full},
    {2, 28, 192, 1, suite::standard}, {2, 14, 384, 1, suite::full},     {2, 14, 576, 2, suite::full},  {2, 7, 960, 1, suite::standard}};

// The 1x1 convolutions between them.
inline constexpr conv_layer mobilenet_pointwise[] = {{112, 32, 64, 1, 1, suite::standard},  {56, 64, 128, 1, 1, suite::full},
                                                     {56, 128, 128, 1, 1, suite::standard}, {28, 256, 256, 1, 1, suite::full},
                                                     {14, 512, 512, 1, 1, suite::quick},    {7, 1024, 1024, 1, 1, suite::standard},
                                                     {56, 24, 144, 1, 1, suite::full},      {14, 64, 384, 1, 1, suite::full},
                                                     {14, 576, 96, 1, 1, suite::full},      {7, 960, 160, 1, 1, suite::standard}};

}  // namespace tenfold::bench
