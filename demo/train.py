"""Trains the demo's network on pictures of the synthetic scene, and writes it as ONNX: demo/scene.onnx.

    cargo build --release -p ocelli-capture --example dump_scene
    target/release/examples/dump_scene /tmp/scene/train 6000 100000 320x192
    target/release/examples/dump_scene /tmp/scene/valid 600 1000 320x192
    python3 -m venv /tmp/torch && /tmp/torch/bin/pip install torch==2.15.0 numpy==2.4.6 onnx==1.23.2
    /tmp/torch/bin/python demo/train.py /tmp/scene demo/scene.onnx

Stopped, it goes on from its last epoch when it is started again; with --export it writes the last weights only.
What the network is and why: docs/design/demo-model.md.
"""

import pathlib
import sys
import time

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional

WIDTH, HEIGHT = 320, 192
CLASSES = ["circle", "square", "triangle"]
STRIDES = [8, 16, 32]
# The longest side, in model pixels, that a level answers for.
SIDE_MAX = [40, 96, float("inf")]
# Of which a thing is learned; one that is less visible is neither right nor wrong. The demo counts from 0.4 up.
VISIBLE_MIN = 0.3
EPOCHS, BATCH, RATE = 12, 16, 4e-3
IGNORED, NOTHING = -2, -1


class Block(nn.Module):
    """A convolution, normalised, cut at zero; added to what went in where the shapes agree."""

    def __init__(self, before, after, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.norm = nn.BatchNorm2d(after)
        self.residual = stride == 1

    def forward(self, x):
        y = functional.relu(self.norm(self.conv(x)))
        return x + y if self.residual else y

    def folded(self):
        """Weight and bias with the normalisation in them."""
        scale = self.norm.weight / torch.sqrt(self.norm.running_var + self.norm.eps)
        weight = self.conv.weight * scale[:, None, None, None]
        return weight, self.norm.bias - self.norm.running_mean * scale


class Head(nn.Module):
    """As a block, but not normalised: the levels that share it differ, and a running mean would be right for none."""

    residual = True

    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, 1, 1)

    def forward(self, x):
        return x + functional.relu(self.conv(x))

    def folded(self):
        return self.conv.weight, self.conv.bias


class Network(nn.Module):
    """Down to strides 8, 16 and 32, up again by addition, one head for all three."""

    def __init__(self):
        super().__init__()
        self.to4 = nn.ModuleList([Block(3, 8, 2), Block(8, 16, 2)])
        self.to8 = nn.ModuleList([Block(16, 24, 2), Block(24, 24)])
        self.to16 = nn.ModuleList([Block(24, 32, 2), Block(32, 32)])
        self.to32 = nn.ModuleList([Block(32, 32, 2), Block(32, 32)])
        self.side8 = nn.Conv2d(24, 32, 1)
        self.side16 = nn.Conv2d(32, 32, 1)
        self.head = Head(32)
        self.out = nn.Conv2d(32, 4 + len(CLASSES), 1)
        nn.init.constant_(self.out.bias[4:], -4.6)

    def forward(self, x):
        for block in [*self.to4, *self.to8]:
            x = block(x)
        at8 = x
        for block in self.to16:
            x = block(x)
        at16 = x
        for block in self.to32:
            x = block(x)
        at32 = x
        at16 = self.side16(at16) + functional.interpolate(at32, scale_factor=2, mode="nearest")
        at8 = self.side8(at8) + functional.interpolate(at16, scale_factor=2, mode="nearest")
        levels = [self.out(self.head(level)).flatten(2) for level in (at8, at16, at32)]
        return torch.cat(levels, 2)


def anchors():
    """Centre x, centre y and stride of every cell, level by level, row by row: [3, anchors]."""
    columns = []
    for stride in STRIDES:
        y, x = np.mgrid[0 : HEIGHT // stride, 0 : WIDTH // stride]
        columns.append(np.stack([x.ravel() + 0.5, y.ravel() + 0.5, np.ones(x.size)]) * stride)
    return np.concatenate(columns, 1).astype(np.float32)


ANCHORS = anchors()
CELLS = torch.from_numpy(ANCHORS)


def decode(raw):
    """Raw head to centre x, centre y, width, height in model pixels: at most 1.5 cells from the cell's centre, at most
    16 cells long."""
    numbers = torch.sigmoid(raw[:, :4])
    centre = CELLS[:2] + (numbers[:, :2] * 3 - 1.5) * CELLS[2]
    return torch.cat([centre, numbers[:, 2:] ** 2 * 16 * CELLS[2]], 1)


def read(folder):
    """Pictures as bytes [n, 3, HEIGHT, WIDTH] and, for each, its things: class, x1, y1, x2, y2, visible."""
    pictures = np.memmap(folder / "pixels.u8", np.uint8, "r").reshape(-1, 3, HEIGHT, WIDTH)
    lines = np.loadtxt(folder / "objects.txt", np.float32, ndmin=2)
    return pictures, [lines[lines[:, 0] == picture, 1:] for picture in range(len(pictures))]


def assign(things):
    """For each cell what it should say: a class, NOTHING or IGNORED; and the box. The nearest thing has a cell."""
    x, y, stride = ANCHORS
    classes = np.full(x.size, NOTHING, np.int64)
    boxes = np.zeros((4, x.size), np.float32)
    distance = np.full(x.size, np.inf, np.float32)
    floor = np.repeat([0, *SIDE_MAX[:-1]], [(WIDTH // s) * (HEIGHT // s) for s in STRIDES])
    ceiling = np.repeat(SIDE_MAX, [(WIDTH // s) * (HEIGHT // s) for s in STRIDES])
    for kind, x1, y1, x2, y2, visible in things:
        away = np.maximum(abs(x - (x1 + x2) / 2), abs(y - (y1 + y2) / 2)) / stride
        side = max(x2 - x1, y2 - y1)
        if visible < VISIBLE_MIN:
            classes[(away < 1.5) & (classes == NOTHING)] = IGNORED
            continue
        mine = (away < 0.8) & (floor <= side) & (side < ceiling) & (away < distance)
        classes[mine], distance[mine] = int(kind), away[mine]
        boxes[:, mine] = np.array([[(x1 + x2) / 2], [(y1 + y2) / 2], [x2 - x1], [y2 - y1]])
        # Near misses of the best cells: their score may be anything.
        near = (away < 1.2) & (floor <= side) & (side < ceiling) & (classes == NOTHING)
        classes[near] = IGNORED
    return classes, boxes


def overlap(a, b):
    """Intersection over union, and the generalised form (Rezatofighi et al., 2019), of boxes [..., 4]."""
    (a1, a2), (b1, b2) = ((c[..., :2] - c[..., 2:] / 2, c[..., :2] + c[..., 2:] / 2) for c in (a, b))
    inside = (torch.minimum(a2, b2) - torch.maximum(a1, b1)).clamp(min=0).prod(-1)
    union = a[..., 2:].prod(-1) + b[..., 2:].prod(-1) - inside
    hull = (torch.maximum(a2, b2) - torch.minimum(a1, b1)).prod(-1)
    iou = inside / union.clamp(min=1e-6)
    return iou, iou - (hull - union) / hull.clamp(min=1e-6)


def loss_of(raw, classes, boxes):
    """Quality focal loss (Li et al., 2020): a cell's score is to be the overlap of its box. Plus the boxes' own."""
    positive = classes >= 0
    iou, generalised = overlap(decode(raw).transpose(1, 2)[positive], boxes.transpose(1, 2)[positive])
    target = torch.zeros_like(raw[:, 4:])
    picture, cell = positive.nonzero(as_tuple=True)
    target[picture, classes[positive], cell] = iou.detach().clamp(min=0)
    score = raw[:, 4:]
    focus = (torch.sigmoid(score).detach() - target) ** 2
    loss = functional.binary_cross_entropy_with_logits(score, target, reduction="none") * focus
    count = positive.sum().clamp(min=1)
    return (loss * (classes != IGNORED)[:, None]).sum() / count + 1.5 * (1 - generalised).sum() / count


def detections(raw, confidence=0.5, iou_max=0.5):
    """As the binary does it: best class of each cell, suppression within a class."""
    scores, kinds = torch.sigmoid(raw[:, 4:]).max(1)
    for boxes, scores, kinds in zip(decode(raw).transpose(1, 2), scores, kinds):
        kept = []
        for index in scores.argsort(descending=True).tolist():
            if scores[index] <= confidence:
                break
            same = [other for other in kept if kinds[other] == kinds[index]]
            if not same or overlap(boxes[index][None], boxes[same])[0].max() <= iou_max:
                kept.append(index)
        yield [(int(kinds[index]), boxes[index]) for index in kept]


@torch.no_grad()
def measure(network, pictures, things, visible_min=0.4):
    """Precision and recall as `ocelli demo` counts them."""
    right = wrong = missed = 0
    for start in range(0, len(pictures), 50):
        raw = network(torch.from_numpy(pictures[start : start + 50].copy()).float() / 255)
        for found, truth in zip(detections(raw), things[start : start + 50]):
            corners = torch.from_numpy(truth[:, 1:5])
            boxes = torch.cat([(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], 1)
            taken = np.zeros(len(truth), bool)
            for kind, box in found:
                iou = overlap(box[None], boxes)[0].numpy() * (truth[:, 0] == kind) * ~taken
                best = int(iou.argmax()) if len(iou) else -1
                if best < 0 or iou[best] < 0.5:
                    wrong += 1
                else:
                    taken[best] = True
                    right += truth[best, 5] >= visible_min
            missed += int(((truth[:, 5] >= visible_min) & ~taken).sum())
    return right / max(right + wrong, 1), right / max(right + missed, 1)


def train(folder):
    pictures, things = read(folder / "train")
    checks, check_things = read(folder / "valid")
    assigned = [assign(thing) for thing in things]
    classes = torch.from_numpy(np.stack([a for a, _ in assigned]))
    boxes = torch.from_numpy(np.stack([b for _, b in assigned]))
    # A mirrored picture's cell is this one of the picture.
    mirror, first = [], 0
    for stride in STRIDES:
        grid = np.arange((WIDTH // stride) * (HEIGHT // stride)).reshape(-1, WIDTH // stride)
        mirror.append(first + grid[:, ::-1].ravel())
        first += grid.size
    mirror = torch.from_numpy(np.concatenate(mirror))

    network = Network().to(memory_format=torch.channels_last)
    print(sum(p.numel() for p in network.parameters()), "parameters", flush=True)
    average = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.995), use_buffers=True
    )
    steps = EPOCHS * (len(pictures) // BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, steps, pct_start=0.1)
    state = [network, average, optimizer, schedule]
    kept, done = folder / "state.pt", 0
    if kept.exists():
        saved = torch.load(kept)
        done = saved.pop()
        for part, was in zip(state, saved):
            part.load_state_dict(was)
    begin = time.time()
    for epoch in range(done, EPOCHS):
        torch.manual_seed(epoch)
        network.train()
        total = 0.0
        order = torch.randperm(len(pictures))
        for batch in order[: len(order) // BATCH * BATCH].view(-1, BATCH):
            x = torch.from_numpy(pictures[batch.numpy()]).float() / 255
            c, b = classes[batch], boxes[batch].clone()
            if torch.rand(()) < 0.5:
                x, c, b = x.flip(3), c[:, mirror], b[:, :, mirror]
                b[:, 0] = WIDTH - b[:, 0]
            loss = loss_of(network(x.contiguous(memory_format=torch.channels_last)), c, b)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(network)
            total += float(loss.detach())
        average.eval()
        precision, recall = measure(average.module, checks[:200], check_things)
        took = time.time() - begin
        print(f"{epoch:3} loss {total / (steps / EPOCHS):.4f} precision {precision:.4f} recall {recall:.4f} {took:.0f} s", flush=True)
        torch.save(average.module.state_dict(), folder / "weights.pt")
        torch.save([part.state_dict() for part in state] + [epoch + 1], kept)
    return average.module.eval()


class Graph:
    """ONNX nodes, one after the other."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, name, values):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, operator, inputs, name, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def conv(self, x, name, weight, bias, stride=1):
        side = weight.shape[2]
        inputs = [x, self.constant(f"{name}.weight", weight.numpy()), self.constant(f"{name}.bias", bias.numpy())]
        return self.node(
            "Conv", inputs, name, kernel_shape=[side] * 2, strides=[stride] * 2, pads=[side // 2] * 4, dilations=[1, 1], group=1
        )

    def block(self, x, name, block):
        y = self.conv(x, f"{name}.conv", *block.folded(), block.conv.stride[0])
        y = self.node("Relu", [y], f"{name}.relu")
        return self.node("Add", [x, y], f"{name}.add") if block.residual else y


@torch.no_grad()
def export(network, path):
    graph = Graph()
    x, reached = "images", {}
    for name in ["to4", "to8", "to16", "to32"]:
        for index, block in enumerate(getattr(network, name)):
            x = graph.block(x, f"{name}.{index}", block)
        reached[name] = x
    twice = graph.constant("twice", np.array([1, 1, 2, 2], np.float32))
    resize = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    levels = [reached["to32"]]
    for name, side in [("to16", "side16"), ("to8", "side8")]:
        conv = getattr(network, side)
        up = graph.node("Resize", [levels[0], "", twice], f"{side}.up", **resize)
        across = graph.conv(reached[name], side, conv.weight, conv.bias)
        levels.insert(0, graph.node("Add", [across, up], f"{side}.add"))
    flat = graph.constant("flat", np.array([1, 4 + len(CLASSES), -1], np.int64))
    outs = []
    for level, stride in zip(levels, STRIDES):
        y = graph.block(level, f"head{stride}", network.head)
        y = graph.conv(y, f"out{stride}", network.out.weight, network.out.bias)
        outs.append(graph.node("Reshape", [y, flat], f"flat{stride}"))
    raw = graph.node("Concat", outs, "raw", axis=2)
    numbers = graph.node("Sigmoid", [raw], "numbers")
    parts = [0, 2, 4, 4 + len(CLASSES)]
    axis = graph.constant("axis", np.array([1], np.int64))
    ends = [graph.constant(f"row{row}", np.array([row], np.int64)) for row in parts]
    centre, size, scores = (
        graph.node("Slice", [numbers, ends[n], ends[n + 1], axis], name) for n, name in enumerate(["centre", "size", "scores"])
    )
    spread = graph.constant("spread", 3 * ANCHORS[None, 2:])
    corner = graph.constant("corner", ANCHORS[None, :2] - 1.5 * ANCHORS[None, 2:])
    longest = graph.constant("longest", 16 * ANCHORS[None, 2:])
    centre = graph.node("Add", [graph.node("Mul", [centre, spread], "centre.spread"), corner], "centre.place")
    size = graph.node("Mul", [graph.node("Mul", [size, size], "size.square"), longest], "size.pixels")
    graph.node("Concat", [centre, size, scores], "output0", axis=1)

    # The head's weights are written once: three levels share them.
    shared = {c.name: c for c in graph.constants}
    for node in graph.nodes:
        for index, name in enumerate(node.input):
            for stride in STRIDES[1:]:
                for part in ["head", "out"]:
                    if name.startswith(f"{part}{stride}") and name in shared:
                        node.input[index] = name.replace(f"{part}{stride}", f"{part}{STRIDES[0]}", 1)
    used = {name for node in graph.nodes for name in node.input}
    shape = [1, 4 + len(CLASSES), ANCHORS.shape[1]]
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "scene",
            [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, HEIGHT, WIDTH])],
            [helper.make_tensor_value_info("output0", TensorProto.FLOAT, shape)],
            [constant for constant in graph.constants if constant.name in used],
        ),
        opset_imports=[helper.make_opsetid("", 13)],
        ir_version=8,
        producer_name="ocelli demo/train.py",
    )
    names = {index: name for index, name in enumerate(CLASSES)}
    helper.set_model_props(model, {"task": "detect", "names": str(names), "license": "MIT OR Apache-2.0"})
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString())
    print(path, path.stat().st_size, "bytes")
    return model


@torch.no_grad()
def compare(network, model, pictures):
    """The file says what the network says, by ONNX's own reference."""
    from onnx.reference import ReferenceEvaluator

    evaluator = ReferenceEvaluator(model)
    for picture in pictures[:2]:
        x = picture[None].astype(np.float32) / 255
        raw = network(torch.from_numpy(x))
        ours = torch.cat([decode(raw), torch.sigmoid(raw[:, 4:])], 1).numpy()
        apart = abs(evaluator.run(None, {"images": x})[0] - ours).max()
        print("apart from the reference by at most", apart)
        assert apart < 1e-2


def main():
    # So small a network gains nothing by more.
    torch.set_num_threads(1)
    torch.manual_seed(1)
    folder, target = map(pathlib.Path, sys.argv[1:3])
    if "--export" in sys.argv:
        network = Network().eval()
        network.load_state_dict(torch.load(folder / "weights.pt"))
    else:
        network = train(folder)
    checks, things = read(folder / "valid")
    print("precision, recall:", measure(network, checks, things))
    compare(network, export(network, target), checks)


main()
