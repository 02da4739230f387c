#!/usr/bin/env python3
"""Writes golden/boxes.txt: what an independent reference finds in outputs made by synthetic/mod.rs's formula.

usage: make_golden.py REFERENCE_MAP.py > golden/boxes.txt

REFERENCE_MAP.py is the accuracy reference among the assets (scripts/reference_map.py); needs numpy and what that imports.
A case is a line `case FAMILY CLASSES SEED CONF IOU MULTI_LABEL SOURCE_WIDTH SOURCE_HEIGHT` and its boxes, best first:
`CLASS SCORE X1 Y1 X2 Y2` in source pixels, clipped to the picture, empty ones left out. The model's input is 64x64.
"""
import importlib.util
import sys

import numpy as np

SIDE, ANCHORS = 64, 64 + 16 + 4


def unit(seed, count):
    mask = (1 << 64) - 1
    numbers = []
    for index in range(count):
        z = (seed + (index + 1) * 0x9E3779B97F4A7C15) & mask
        z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ z >> 27) * 0x94D049BB133111EB) & mask
        numbers.append(((z ^ z >> 31) >> 40) / (1 << 24))
    return np.array(numbers, np.float32)


def rows_of(family, classes, seed):
    """[anchors, 4 + classes]: centre, size in model pixels, scores."""
    if family == "yolov8":
        y = unit(seed, (4 + classes) * ANCHORS).reshape(4 + classes, ANCHORS).T.copy()
        y[:, :2] *= np.float32(64)
        y[:, 2:4] = y[:, 2:4] * np.float32(40) + np.float32(1)
        y[:, 4:] *= y[:, 4:]
        return y
    y = unit(seed, (5 + classes) * ANCHORS).reshape(ANCHORS, 5 + classes).copy()
    y[:, :2] = y[:, :2] * np.float32(2) - np.float32(0.5)
    y[:, 2:4] *= np.float32(2)
    grid, stride = [], []
    for s in (8, 16, 32):
        n = SIDE // s
        gy, gx = np.mgrid[:n, :n]
        grid.append(np.stack([gx, gy], -1).reshape(-1, 2))
        stride.append(np.full((n * n, 1), s))
    grid, stride = np.concatenate(grid), np.concatenate(stride)
    y[:, :2] = (y[:, :2] + grid) * stride
    y[:, 2:4] = np.exp(y[:, 2:4]) * stride
    return np.concatenate([y[:, :4], y[:, 5:] * y[:, 4:5]], 1)


def main():
    spec = importlib.util.spec_from_file_location("reference_map", sys.argv[1])
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    cases = [("yolov8", 4, 1, 0.001, 0.7, 1, 100, 60), ("yolov8", 4, 2, 0.25, 0.45, 0, 90, 200), ("yolov8", 1, 3, 0.1, 0.2, 0, 64, 64),
             ("yolox", 4, 4, 0.001, 0.7, 1, 100, 60), ("yolox", 3, 5, 0.25, 0.45, 0, 90, 200)]
    for family, classes, seed, conf, iou, multi_label, width, height in cases:
        print("case", family, classes, seed, conf, iou, multi_label, width, height)
        rows = rows_of(family, classes, seed)
        if not multi_label:  # the reference takes every label: leave it the best one
            scores = rows[:, 4:]
            scores[np.arange(classes) != scores.argmax(1)[:, None]] = 0
        _, ratio, dx, dy = reference.letterbox(np.zeros((height, width, 3), np.uint8), SIDE, family == "yolov8")
        boxes, scores, found = reference.decode(rows, ratio, dx, dy, conf, iou)
        boxes = np.clip(boxes, 0, [width, height, width, height])
        for box, score, class_id in zip(boxes, scores, found):
            if box[2] > box[0] and box[3] > box[1]:
                print(class_id, "%.9g" % score, " ".join("%.4f" % side for side in box))


if __name__ == "__main__":
    main()
