"""The peers of `ocelli bench engine`: one inference in OpenVINO or ONNX Runtime, at f32.

Prints one JSON object: {"peer","version","threads","p50_ms","p99_ms","mean_ms","min_ms","runs","times_ms"}, the
last in the order of the runs. The input is the same kind of numbers as ours: a picture from a formula.

    python bench/engine_peer.py --peer openvino --model yolov8n.onnx --threads 2 --runs 40
"""

import argparse
import json
import statistics
import time

import numpy as np

NUMPY_TYPES = {"tensor(float)": np.float32, "tensor(uint8)": np.uint8}


def picture(shape, data_type):
    values = np.arange(int(np.prod(shape))) * 7919 % 255
    values = values if data_type == np.uint8 else values / 255.0
    return values.astype(data_type).reshape(shape)


def fixed(shape):
    """The batch is 1 where the model leaves it open."""
    return [size if isinstance(size, int) and size > 0 else 1 for size in shape]


def openvino(path, threads):
    import openvino as ov

    core = ov.Core()
    model = core.read_model(path)
    shape = [size.get_length() if size.is_static else 1 for size in model.inputs[0].partial_shape]
    model.reshape(shape)
    data = picture(shape, model.inputs[0].element_type.to_dtype())
    config = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": "f32",
    }
    request = core.compile_model(model, "CPU", config).create_infer_request()
    return lambda: request.infer({0: data}), ov.__version__


def onnxruntime(path, threads):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    source = session.get_inputs()[0]
    data = picture(fixed(source.shape), NUMPY_TYPES[source.type])
    return lambda: session.run(None, {source.name: data}), ort.__version__


PEERS = {"openvino": openvino, "onnxruntime": onnxruntime}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer", choices=PEERS, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=40)
    arguments = parser.parse_args()
    infer, version = PEERS[arguments.peer](arguments.model, arguments.threads)
    for _ in range(max(arguments.runs // 10, 3)):
        infer()
    times = []
    for _ in range(arguments.runs):
        start = time.perf_counter()
        infer()
        times.append((time.perf_counter() - start) * 1e3)
    ordered = sorted(times)
    print(
        json.dumps(
            {
                "peer": arguments.peer,
                "version": version,
                "threads": arguments.threads,
                "p50_ms": statistics.median(times),
                "p99_ms": ordered[max(-(-len(times) * 99 // 100) - 1, 0)],
                "mean_ms": statistics.fmean(times),
                "min_ms": ordered[0],
                "runs": len(times),
                "times_ms": times,
            }
        )
    )


if __name__ == "__main__":
    main()
