"""Writes what OpenCV makes of the frames in `opencv.rs`: one file of RGB bytes a case, letterboxed, centred on 114.

    python tests/golden/make.py     # from crates/preprocess, with opencv-python-headless and numpy
"""

import os

import cv2
import numpy as np

MODEL = 48
CASES = [
    ("yuyv", 48, 36, cv2.COLOR_YUV2RGB_YUYV),
    ("yuyv", 96, 70, cv2.COLOR_YUV2RGB_YUYV),
    ("yuyv", 144, 108, cv2.COLOR_YUV2RGB_YUYV),
    ("yuyv", 66, 50, cv2.COLOR_YUV2RGB_YUYV),
    ("i420", 96, 54, cv2.COLOR_YUV2RGB_I420),
    ("i420", 130, 98, cv2.COLOR_YUV2RGB_I420),
    ("nv12", 30, 22, cv2.COLOR_YUV2RGB_NV12),
    ("rgb24", 61, 81, None),
    ("bgr24", 20, 33, cv2.COLOR_BGR2RGB),
    ("grey", 75, 41, cv2.COLOR_GRAY2RGB),
]
WORD = (1 << 64) - 1


def noise(plane, rows, columns):
    """`ocelli_testkit::noise_frame` with seed 1."""
    out = np.zeros((rows, columns), np.uint8)
    for row in range(rows):
        for column in range(columns):
            place = plane << 40 | row << 20 | column
            mixed = (place ^ 0x9E37_79B9_7F4A_7C15) * 0xBF58_476D_1CE4_E5B9 & WORD
            mixed = (mixed ^ mixed >> 29) * 0x94D0_49BB_1331_11EB & WORD
            out[row, column] = mixed >> 56
    return out


def picture(pixel_format, width, height):
    half = (width // 2, height // 2)
    if pixel_format == "yuyv":
        return noise(0, height, 2 * width).reshape(height, width, 2)
    if pixel_format == "i420":
        planes = [noise(0, height, width), noise(1, half[1], half[0]), noise(2, half[1], half[0])]
        return np.concatenate([plane.ravel() for plane in planes]).reshape(height * 3 // 2, width)
    if pixel_format == "nv12":
        return np.concatenate([noise(0, height, width), noise(1, half[1], width)])
    if pixel_format == "grey":
        return noise(0, height, width)
    return noise(0, height, 3 * width).reshape(height, width, 3)


for pixel_format, width, height, conversion in CASES:
    source = picture(pixel_format, width, height)
    rgb = source if conversion is None else cv2.cvtColor(source, conversion)
    ratio = min(MODEL / width, MODEL / height)
    content = (round(width * ratio), round(height * ratio))
    resized = cv2.resize(rgb, content, interpolation=cv2.INTER_LINEAR)
    left, top = (MODEL - content[0]) // 2, (MODEL - content[1]) // 2
    boxed = np.full((MODEL, MODEL, 3), 114, np.uint8)
    boxed[top : top + content[1], left : left + content[0]] = resized
    name = f"{pixel_format}_{width}x{height}.rgb"
    boxed.tofile(os.path.join(os.path.dirname(os.path.abspath(__file__)), name))
