#!/usr/bin/env python3
"""Ultralytics' own program over a whole clip: every frame through an ONNX model on ONNX Runtime, boxes out.

usage: ultralytics_program.py CLIP MODEL.onnx

Prints one JSON object: `frames`, `boxes`, and `fps` from the first result to the last, without loading. The peer of
`ocelli run` in `cargo xtask measure compare`. What it needs is in requirements.txt.
"""
import json
import os
import sys
import time

# Offline, and nothing installed behind our back.
os.environ.update(YOLO_AUTOINSTALL="false", YOLO_OFFLINE="true", YOLO_VERBOSE="false")

from ultralytics import YOLO

SIDE = 640


def main(clip: str, path: str) -> None:
    model = YOLO(path, task="detect")
    results = model.predict(source=clip, stream=True, imgsz=SIDE, conf=0.25, iou=0.7, device="cpu", save=False, verbose=False)
    frames = boxes = 0
    first = last = 0.0
    for result in results:
        boxes += len(result.boxes.xyxy.numpy())
        frames += 1
        last = time.perf_counter()
        first = first or last
    print(json.dumps({"frames": frames, "boxes": boxes, "fps": (frames - 1) / (last - first)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
