#!/usr/bin/env python3
"""Writes golden.tsv: random ground truth and detections, and what pycocotools makes of them.

usage: make_golden.py > golden.tsv          needs: numpy, pycocotools

Lines: `case NAME`, then `truth IMAGE CLASS X1 Y1 X2 Y2`, `found IMAGE CLASS SCORE X1 Y1 X2 Y2`, `class CLASS MAP MAP50`, `all MAP MAP50`. Sides are
multiples of a quarter pixel and scores of 1/64, so that f32 holds them exactly, overlaps fall on thresholds, and scores tie.
"""
import contextlib
import io
import random

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def quarter(number):
    return round(number * 4) / 4


def random_case(seed, images, classes, truths, extra, flood=0):
    """Per image up to `truths` objects, found with some jitter, twice, as another class or not at all; `extra` boxes anywhere."""
    r = random.Random(seed)
    truth, found = [], []
    for image in r.sample(range(1, 1000), images):
        for _ in range(r.randint(0, truths)):
            x, y, w, h = r.randint(0, 60), r.randint(0, 60), r.randint(4, 40), r.randint(4, 40)
            class_id = r.randrange(classes)
            truth.append((image, class_id, [x, y, x + w, y + h]))
            for _ in range(r.choice([0, 1, 1, 1, 2])):
                jitter = r.choice([0, 0, 0.05, 0.1, 0.2])
                side = [quarter(v + r.uniform(-jitter, jitter) * e) for v, e in zip([x, y, x + w, y + h], [w, h, w, h])]
                found.append((image, class_id if r.random() < 0.9 else r.randrange(classes + 1), r.randint(1, 63) / 64, side))
        for _ in range(r.randint(0, extra)):
            x, y = r.randint(0, 60), r.randint(0, 60)
            found.append((image, r.randrange(classes + 1), r.randint(1, 40) / 64, [x, y, x + r.randint(1, 40), y + r.randint(1, 40)]))
    if flood:  # more than 100 of one class in one picture, the right one among the last
        truth.append((1001, 0, [0, 0, 10, 10]))
        found += [(1001, 0, r.randint(20, 60) / 64, [n, 0, n + 3, 3]) for n in range(flood)]
        found.append((1001, 0, 21 / 64, [0, 0, 10, 10]))
        found.append((1001, 0, 19 / 64, [0, 0, 10, 10]))
    return truth, found


def edge_case():
    """Overlaps of exactly 0.5 and 0.75, equal overlaps with two objects, equal scores across pictures, a class never found."""
    truth = [(5, 0, [0, 0, 10, 10]), (5, 0, [20, 0, 30, 10]), (3, 0, [0, 0, 8, 8]), (3, 0, [8, 0, 16, 8]), (3, 1, [0, 0, 8, 8]), (9, 2, [1, 1, 2, 2])]
    found = [(5, 0, 0.5, [0, 0, 5, 10]), (5, 0, 0.5, [20, 0, 27.5, 10]), (3, 0, 0.5, [4, 0, 12, 8]), (3, 0, 0.5, [0, 0, 8, 8]), (3, 0, 0.5, [8, 0, 16, 8]),
             (3, 1, 0.25, [0, 0, 8, 8]), (3, 1, 0.75, [30, 30, 40, 40]), (9, 7, 0.9, [1, 1, 2, 2])]
    return truth, found


def figures(truth, found):
    images = sorted({row[0] for row in truth} | {row[0] for row in found})
    classes = sorted({row[1] for row in truth} | {row[1] for row in found})
    xywh = lambda b: [b[0], b[1], b[2] - b[0], b[3] - b[1]]
    coco = COCO()
    coco.dataset = dict(info={}, images=[dict(id=i, width=100, height=100) for i in images], categories=[dict(id=c, name=str(c)) for c in classes],
                        annotations=[dict(id=n + 1, image_id=i, category_id=c, iscrowd=0, bbox=xywh(b), area=(b[2] - b[0]) * (b[3] - b[1]))
                                     for n, (i, c, b) in enumerate(truth)])
    coco.createIndex()
    results = [dict(image_id=i, category_id=c, score=s, bbox=xywh(b)) for i, c, s, b in found]
    e = COCOeval(coco, coco.loadRes(results), "bbox")
    e.evaluate(), e.accumulate(), e.summarize()
    precision = e.eval["precision"][:, :, :, 0, 2]  # threshold, recall, class; all areas, 100 boxes
    per_class = [(c, precision[:, :, k].mean(), precision[0, :, k].mean()) for k, c in enumerate(classes) if precision[0, 0, k] > -1]
    return per_class, e.stats[0], e.stats[1]


def main():
    cases = dict(edges=edge_case(), few=random_case(1, 3, 2, 4, 2), many=random_case(2, 30, 5, 8, 8), flood=random_case(3, 4, 2, 4, 2, flood=120),
                 crowded=random_case(4, 3, 1, 30, 40))
    for name, (truth, found) in cases.items():
        print("case", name, sep="\t")
        for image, class_id, sides in truth:
            print("truth", image, class_id, *sides, sep="\t")
        for image, class_id, confidence, sides in found:
            print("found", image, class_id, confidence, *sides, sep="\t")
        with contextlib.redirect_stdout(io.StringIO()):
            per_class, map_all, map50 = figures(truth, found)
        for class_id, map_class, map50_class in per_class:
            print("class", class_id, "%.9f" % map_class, "%.9f" % map50_class, sep="\t")
        print("all", "%.9f" % map_all, "%.9f" % map50, sep="\t")


if __name__ == "__main__":
    main()
