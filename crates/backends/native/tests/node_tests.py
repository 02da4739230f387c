"""Makes the backend node tests of the `onnx` package into a folder: one folder a case, with the model, the tensors that
go in and those that have to come out, and the tolerances.

    python node_tests.py FOLDER

    FOLDER/VERSION                the package's version; written last, so that a folder with it is whole
    FOLDER/CASE/model.onnx
    FOLDER/CASE/SET/input_N.pb    TensorProto; absent where the value is no tensor
    FOLDER/CASE/SET/output_N.pb
    FOLDER/CASE/tolerance         relative and absolute, as text
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases

PINNED = "1.23.2"


def as_bytes(value):
    """A tensor's bytes, or None where it is a sequence, a map or nothing."""
    if isinstance(value, onnx.TensorProto):
        return value.SerializeToString()
    if isinstance(value, (np.ndarray, np.generic)):
        return numpy_helper.from_array(np.asarray(value)).SerializeToString()
    return None


def write_case(case, folder):
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(case.model.SerializeToString())
    (folder / "tolerance").write_text(f"{case.rtol} {case.atol}\n")
    for number, (inputs, outputs) in enumerate(case.data_sets):
        data_set = folder / str(number)
        data_set.mkdir()
        for kind, values in (("input", inputs), ("output", outputs)):
            for position, value in enumerate(values):
                content = as_bytes(value)
                if content is not None:
                    (data_set / f"{kind}_{position}.pb").write_bytes(content)


def main():
    if onnx.__version__ != PINNED:
        sys.exit(f"error: onnx {onnx.__version__} is installed\nhint: pip install onnx=={PINNED}")
    folder = Path(sys.argv[1])
    warnings.simplefilter("ignore", RuntimeWarning)  # infinities, which cases are about
    cases = collect_testcases(None)
    for case in cases:
        write_case(case, folder / case.name)
    (folder / "VERSION").write_text(f"{onnx.__version__}\n")
    print(f"{len(cases)} cases in {folder}")


main()
