"""The peer of `ocelli bench preprocess`: the same work by OpenCV and NumPy on one thread.

Prints one JSON object: {"format","size","imgsz","p50_ms","min_ms","runs"}. The work is what users of Python write:
cvtColor, resize(INTER_LINEAR), copyMakeBorder with 114, float32 / 255, HWC to CHW, ascontiguousarray.

    python bench/preprocess_peer.py --format yuyv --size 1280x720 --imgsz 640 --runs 200
"""

import argparse
import json
import statistics
import time

import cv2
import numpy as np

TO_RGB = {
    "yuyv": cv2.COLOR_YUV2RGB_YUYV,
    "i420": cv2.COLOR_YUV2RGB_I420,
    "nv12": cv2.COLOR_YUV2RGB_NV12,
    "bgr24": cv2.COLOR_BGR2RGB,
    "grey": cv2.COLOR_GRAY2RGB,
    "rgb24": None,
}


def picture(pixel_format, width, height, seed):
    """Smooth content with some noise, in the layout that OpenCV reads."""
    shape = {
        "yuyv": (height, width, 2),
        "i420": (height * 3 // 2, width),
        "nv12": (height * 3 // 2, width),
        "grey": (height, width),
    }.get(pixel_format, (height, width, 3))
    noise = np.random.default_rng(seed).integers(0, 64, shape)
    ramp = np.arange(shape[1]).reshape((1, -1) + (1,) * (len(shape) - 2)) % 192
    return (noise + ramp).astype(np.uint8)


def letterbox_tensor(source, conversion, imgsz):
    rgb = source if conversion is None else cv2.cvtColor(source, conversion)
    height, width = rgb.shape[:2]
    ratio = min(imgsz / width, imgsz / height)
    content = (round(width * ratio), round(height * ratio))
    if (width, height) != content:
        rgb = cv2.resize(rgb, content, interpolation=cv2.INTER_LINEAR)
    left, top = (imgsz - content[0]) // 2, (imgsz - content[1]) // 2
    right, bottom = imgsz - content[0] - left, imgsz - content[1] - top
    boxed = cv2.copyMakeBorder(rgb, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(114, 114, 114))
    planes = (boxed.astype(np.float32) / 255).transpose(2, 0, 1)
    return np.ascontiguousarray(planes)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--format", choices=sorted(TO_RGB), default="yuyv")
    parser.add_argument("--size", default="1280x720", help="WIDTHxHEIGHT of the source, both even")
    parser.add_argument("--imgsz", type=int, default=640, help="side of the square input tensor")
    parser.add_argument("--runs", type=int, default=200)
    arguments = parser.parse_args()

    cv2.setNumThreads(1)
    width, height = (int(side) for side in arguments.size.split("x"))
    sources = [picture(arguments.format, width, height, seed) for seed in range(3)]
    conversion = TO_RGB[arguments.format]
    for source in sources * 3:
        letterbox_tensor(source, conversion, arguments.imgsz)
    times_ms = []
    for run in range(arguments.runs):
        start = time.perf_counter_ns()
        letterbox_tensor(sources[run % len(sources)], conversion, arguments.imgsz)
        times_ms.append((time.perf_counter_ns() - start) / 1e6)
    print(
        json.dumps(
            {
                "format": arguments.format,
                "size": arguments.size,
                "imgsz": arguments.imgsz,
                "p50_ms": round(statistics.median(times_ms), 4),
                "min_ms": round(min(times_ms), 4),
                "runs": arguments.runs,
            }
        )
    )


if __name__ == "__main__":
    main()
