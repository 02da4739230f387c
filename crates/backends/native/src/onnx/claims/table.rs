//! The table of claims: for each operator since when, of which types, with which attributes, and how it is imported.

use std::ops::RangeInclusive;

use super::super::import::{
    self, constant, conv, elementwise, gather, normalize, pool, product, quantize, reduce, reshape, resize,
    slice,
};
use super::super::site::{Imported, Site};
use super::Claim;
use crate::ops::{Binary, Extreme, ReduceKind, SoftmaxResult, Unary};
use crate::tensor::ElementType;

/// The oldest opset that is looked at: what has not changed since an older one is claimed from there where a node test asks.
const OLDEST: i64 = 9;
/// The newest: that of the `onnx` package that the node tests are made with.
const NEWEST: i64 = 28;

const F32: &[ElementType] = &[ElementType::F32];
const BOOL: &[ElementType] = &[ElementType::Bool];
const NUMBERS: &[ElementType] = ElementType::NUMBERS;
const SIGNED: &[ElementType] = ElementType::SIGNED;
const ANY: &[ElementType] = ElementType::ANY;

/// A row: operator, first opset, types, attributes, limits in words, import.
const fn claim(
    operator: &'static str,
    since: i64,
    elements: &'static [ElementType],
    attributes: &'static [&'static str],
    limits: &'static str,
    import: fn(&mut Site<'_>) -> Imported,
) -> Claim {
    claim_until(operator, since..=NEWEST, elements, attributes, limits, import)
}

const fn claim_until(
    operator: &'static str,
    opsets: RangeInclusive<i64>,
    elements: &'static [ElementType],
    attributes: &'static [&'static str],
    limits: &'static str,
    import: fn(&mut Site<'_>) -> Imported,
) -> Claim {
    Claim { operator, opsets, elements, attributes, limits, import }
}

/// A function of each element.
macro_rules! unary {
    ($name:literal, $since:expr, $elements:expr, $function:expr) => {
        claim($name, $since, $elements, &[], "", |site| elementwise::unary(site, $function))
    };
}

/// A function of two tensors.
macro_rules! binary {
    ($name:literal, $since:expr, $elements:expr, $function:expr) => {
        claim($name, $since, $elements, &[], "", |site| elementwise::binary(site, $function))
    };
}

/// Elements along axes to one.
macro_rules! reduction {
    ($name:literal, $elements:expr, $import:expr) => {
        claim($name, OLDEST, $elements, REDUCTION, "axes constant", $import)
    };
}

const WINDOW: &[&str] = &["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"];
const REDUCTION: &[&str] = &["axes", "keepdims", "noop_with_empty_axes"];
const ARG: &[&str] = &["axis", "keepdims", "select_last_index"];

pub(in super::super) static CLAIMS: &[Claim] = &[
    // Convolutions, products, pools.
    claim("Conv", OLDEST, F32, WINDOW, "one or two spatial axes", conv::conv),
    claim(
        "ConvTranspose",
        OLDEST,
        F32,
        &[
            "auto_pad",
            "dilations",
            "group",
            "kernel_shape",
            "output_padding",
            "output_shape",
            "pads",
            "strides",
        ],
        "one or two spatial axes",
        conv::conv_transpose,
    ),
    claim("MatMul", OLDEST, F32, &[], "", product::matmul),
    claim("Gemm", OLDEST, F32, &["alpha", "beta", "transA", "transB"], "", product::gemm),
    claim(
        "MaxPool",
        OLDEST,
        &[ElementType::F32, ElementType::I8, ElementType::U8],
        &["auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides"],
        "one or two spatial axes; not the output Indices",
        pool::max,
    ),
    claim(
        "AveragePool",
        OLDEST,
        F32,
        &["auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads", "strides"],
        "one or two spatial axes",
        pool::average,
    ),
    claim("GlobalAveragePool", OLDEST, F32, &[], "", pool::global_average),
    claim("GlobalMaxPool", OLDEST, F32, &[], "", pool::global_max),
    // Each element by itself.
    unary!("Relu", OLDEST, F32, Unary::Relu),
    unary!("Sigmoid", OLDEST, F32, Unary::Sigmoid),
    unary!("Tanh", OLDEST, F32, Unary::Tanh),
    unary!("Exp", OLDEST, F32, Unary::Exp),
    unary!("Log", OLDEST, F32, Unary::Log),
    unary!("Sqrt", OLDEST, F32, Unary::Sqrt),
    unary!("Reciprocal", OLDEST, F32, Unary::Reciprocal),
    unary!("Erf", OLDEST, F32, Unary::Erf),
    unary!("Floor", OLDEST, F32, Unary::Floor),
    unary!("Ceil", OLDEST, F32, Unary::Ceil),
    unary!("Round", 11, F32, Unary::Round),
    unary!("Sin", OLDEST, F32, Unary::Sin),
    unary!("Cos", OLDEST, F32, Unary::Cos),
    unary!("Tan", OLDEST, F32, Unary::Tan),
    unary!("Asin", OLDEST, F32, Unary::Asin),
    unary!("Acos", OLDEST, F32, Unary::Acos),
    unary!("Atan", OLDEST, F32, Unary::Atan),
    unary!("Sinh", OLDEST, F32, Unary::Sinh),
    unary!("Cosh", OLDEST, F32, Unary::Cosh),
    unary!("Asinh", OLDEST, F32, Unary::Asinh),
    unary!("Acosh", OLDEST, F32, Unary::Acosh),
    unary!("Atanh", OLDEST, F32, Unary::Atanh),
    unary!("Softplus", OLDEST, F32, Unary::Softplus),
    unary!("Softsign", OLDEST, F32, Unary::Softsign),
    unary!("HardSwish", 14, F32, Unary::HardSwish),
    unary!("Mish", 18, F32, Unary::Mish),
    unary!("Abs", OLDEST, SIGNED, Unary::Abs),
    unary!("Neg", OLDEST, SIGNED, Unary::Neg),
    unary!("Sign", OLDEST, SIGNED, Unary::Sign),
    unary!("Not", 1, BOOL, Unary::Not),
    unary!("IsNaN", OLDEST, F32, Unary::IsNan),
    claim("IsInf", 10, F32, &["detect_negative", "detect_positive"], "", elementwise::is_inf),
    claim("LeakyRelu", OLDEST, F32, &["alpha"], "", elementwise::leaky_relu),
    claim("HardSigmoid", OLDEST, F32, &["alpha", "beta"], "", elementwise::hard_sigmoid),
    claim("Elu", OLDEST, F32, &["alpha"], "", elementwise::elu),
    claim("Celu", 12, F32, &["alpha"], "", elementwise::celu),
    claim("Selu", OLDEST, F32, &["alpha", "gamma"], "", elementwise::selu),
    claim("ThresholdedRelu", 10, F32, &["alpha"], "", elementwise::thresholded_relu),
    claim("Shrink", OLDEST, F32, &["bias", "lambd"], "", elementwise::shrink),
    claim("Gelu", 20, F32, &["approximate"], "", elementwise::gelu),
    claim("Swish", 24, F32, &["alpha"], "", elementwise::swish),
    claim("Clip", OLDEST, NUMBERS, &["max", "min"], "", elementwise::clip),
    claim("Cast", OLDEST, ANY, &["round_mode", "saturate", "to"], "", elementwise::cast),
    claim("CastLike", 15, ANY, &["round_mode", "saturate"], "", elementwise::cast_like),
    // Two tensors and more.
    binary!("Add", OLDEST, NUMBERS, Binary::Add),
    binary!("Sub", OLDEST, NUMBERS, Binary::Sub),
    binary!("Mul", OLDEST, NUMBERS, Binary::Mul),
    binary!("Div", OLDEST, NUMBERS, Binary::Div),
    binary!("And", 7, BOOL, Binary::And),
    binary!("Or", 7, BOOL, Binary::Or),
    binary!("Xor", 7, BOOL, Binary::Xor),
    binary!("Equal", OLDEST, ANY, Binary::Equal),
    binary!("Less", OLDEST, NUMBERS, Binary::Less),
    binary!("LessOrEqual", 12, NUMBERS, Binary::LessOrEqual),
    binary!("Greater", OLDEST, NUMBERS, Binary::Greater),
    binary!("GreaterOrEqual", 12, NUMBERS, Binary::GreaterOrEqual),
    claim("Pow", OLDEST, NUMBERS, &[], "", elementwise::pow),
    claim("Mod", 10, NUMBERS, &["fmod"], "", elementwise::modulo),
    claim("PRelu", OLDEST, F32, &[], "", elementwise::prelu),
    claim("Sum", OLDEST, F32, &[], "", |site| elementwise::chain(site, Binary::Add)),
    claim("Max", OLDEST, NUMBERS, &[], "", |site| elementwise::chain(site, Binary::Max)),
    claim("Min", OLDEST, NUMBERS, &[], "", |site| elementwise::chain(site, Binary::Min)),
    claim("Mean", OLDEST, F32, &[], "", elementwise::mean),
    claim("Where", OLDEST, BOOL, &[], "", elementwise::select),
    // Sums, shares, places.
    reduction!("ReduceSum", NUMBERS, |site| reduce::reduce(site, ReduceKind::Sum)),
    reduction!("ReduceMean", F32, |site| reduce::reduce(site, ReduceKind::Mean)),
    reduction!("ReduceMax", NUMBERS, |site| reduce::reduce(site, ReduceKind::Max)),
    reduction!("ReduceMin", NUMBERS, |site| reduce::reduce(site, ReduceKind::Min)),
    reduction!("ReduceProd", NUMBERS, |site| reduce::reduce(site, ReduceKind::Product)),
    reduction!("ReduceL1", F32, reduce::l1),
    reduction!("ReduceL2", F32, reduce::l2),
    reduction!("ReduceSumSquare", F32, reduce::sum_square),
    reduction!("ReduceLogSum", F32, reduce::log_sum),
    reduction!("ReduceLogSumExp", F32, reduce::log_sum_exp),
    claim("ArgMax", OLDEST, NUMBERS, ARG, "", |site| reduce::arg(site, Extreme::Largest)),
    claim("ArgMin", OLDEST, NUMBERS, ARG, "", |site| reduce::arg(site, Extreme::Smallest)),
    claim("TopK", OLDEST, NUMBERS, &["axis", "k", "largest", "sorted"], "K constant", reduce::top_k),
    claim("CumSum", 11, NUMBERS, &["exclusive", "reverse"], "axis constant", reduce::cum_sum),
    claim("Softmax", OLDEST, F32, &["axis"], "", |site| normalize::softmax(site, SoftmaxResult::Share)),
    claim("LogSoftmax", OLDEST, F32, &["axis"], "", |site| {
        normalize::softmax(site, SoftmaxResult::Logarithm)
    }),
    claim(
        "BatchNormalization",
        OLDEST,
        F32,
        &["epsilon", "momentum", "training_mode"],
        "not in training",
        normalize::batch,
    ),
    claim("InstanceNormalization", OLDEST, F32, &["epsilon"], "", normalize::instance),
    claim("LayerNormalization", 17, F32, &["axis", "epsilon", "stash_type"], "", normalize::layer),
    claim("GroupNormalization", 18, F32, &["epsilon", "num_groups", "stash_type"], "", normalize::group),
    claim(
        "LRN",
        OLDEST,
        F32,
        &["alpha", "beta", "bias", "size"],
        "windows of at most twice the channels",
        normalize::across_channels,
    ),
    claim("RMSNormalization", 23, F32, &["axis", "epsilon", "stash_type"], "", normalize::rms),
    // Shapes and parts.
    claim("Reshape", OLDEST, ANY, &["allowzero"], "shape constant", reshape::reshape),
    claim("Flatten", OLDEST, ANY, &["axis"], "", reshape::flatten),
    claim("Squeeze", OLDEST, ANY, &["axes"], "axes constant", reshape::squeeze),
    claim("Unsqueeze", OLDEST, ANY, &["axes"], "axes constant", reshape::unsqueeze),
    claim("Identity", OLDEST, ANY, &[], "", import::same),
    claim(
        "Dropout",
        OLDEST,
        ANY,
        &["ratio", "seed"],
        "not in training; not the output mask",
        reshape::dropout,
    ),
    claim("Transpose", OLDEST, ANY, &["perm"], "", reshape::transpose),
    claim("DepthToSpace", OLDEST, ANY, &["blocksize", "mode"], "", reshape::depth_to_space),
    claim("SpaceToDepth", OLDEST, ANY, &["blocksize", "mode"], "", reshape::space_to_depth),
    claim("Expand", OLDEST, ANY, &[], "shape constant", reshape::expand),
    claim("Tile", OLDEST, ANY, &[], "repeats constant", reshape::tile),
    claim(
        "Slice",
        OLDEST,
        ANY,
        &["axes", "ends", "starts"],
        "starts, ends, axes, steps constant",
        slice::slice,
    ),
    claim("Split", OLDEST, ANY, &["axis", "num_outputs", "split"], "split constant", slice::split),
    claim("Concat", OLDEST, ANY, &["axis"], "", slice::concat),
    claim("Pad", OLDEST, ANY, &["mode", "pads", "value"], "pads, axes constant", slice::pad),
    claim(
        "Resize",
        10,
        ANY,
        &[
            "antialias",
            "axes",
            "coordinate_transformation_mode",
            "cubic_coeff_a",
            "exclude_outside",
            "extrapolation_value",
            "keep_aspect_ratio_policy",
            "mode",
            "nearest_mode",
        ],
        "nearest and linear, not antialiased, not tf_crop_and_resize; linear in f32; scales, sizes constant",
        resize::resize,
    ),
    claim_until("Upsample", OLDEST..=9, ANY, &["mode"], "linear in f32; scales constant", resize::upsample),
    claim("Gather", OLDEST, ANY, &["axis"], "", gather::gather),
    claim("GatherElements", 11, ANY, &["axis"], "", gather::gather_elements),
    claim("GatherND", 11, ANY, &["batch_dims"], "", gather::gather_nd),
    claim(
        "GridSample",
        16,
        F32,
        &["align_corners", "mode", "padding_mode"],
        "two spatial axes; nearest and linear",
        gather::grid_sample,
    ),
    // Small integers.
    claim(
        "QuantizeLinear",
        10,
        F32,
        &["axis", "block_size", "output_dtype", "precision", "saturate"],
        "to u8 and i8; not in blocks",
        quantize::quantize,
    ),
    claim(
        "DequantizeLinear",
        10,
        &[ElementType::U8, ElementType::I8, ElementType::I32],
        &["axis", "block_size", "output_dtype"],
        "to f32; not in blocks",
        quantize::dequantize,
    ),
    // What depends on no element of an input.
    claim(
        "Constant",
        OLDEST,
        &[],
        &["value", "value_float", "value_floats", "value_int", "value_ints"],
        "",
        constant::constant,
    ),
    claim("ConstantOfShape", OLDEST, &[ElementType::I64], &["value"], "shape constant", constant::of_shape),
    claim("Shape", OLDEST, ANY, &["end", "start"], "", constant::shape),
    claim("Size", OLDEST, ANY, &[], "", constant::size),
    claim("Range", 11, NUMBERS, &["stash_type"], "start, limit, delta constant", constant::range),
];
