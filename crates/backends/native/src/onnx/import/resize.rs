//! Other sizes.

use super::super::site::{Imported, Refusal, Site, axis_of, bad, size_of, unclaimed};
use crate::ops::{Coordinates, Op, Resize, ResizeMode, Rounding};
use crate::tensor::ElementType;

pub(in super::super) fn upsample(site: &mut Site<'_>) -> Imported {
    let Some(scales) = site.floats(1)? else { return bad("has no scales") };
    plain(site, scales)
}

pub(in super::super) fn resize(site: &mut Site<'_>) -> Imported {
    if site.opset < 11 {
        return upsample(site);
    }
    if site.flag("antialias", false) {
        return unclaimed("antialiased");
    }
    let input = site.input(0)?;
    let shape = site.shape(input);
    let mode = mode(site)?;
    let coordinates = match site.text("coordinate_transformation_mode", "half_pixel") {
        "half_pixel" => Coordinates::HalfPixel,
        "half_pixel_symmetric" => Coordinates::HalfPixelSymmetric,
        "pytorch_half_pixel" => Coordinates::PytorchHalfPixel,
        "align_corners" => Coordinates::AlignCorners,
        "asymmetric" => Coordinates::Asymmetric,
        other => return unclaimed(format!("coordinate_transformation_mode {other}")),
    };
    let axes = match site.ints("axes") {
        Some(axes) => axes.iter().map(|&axis| axis_of(axis, shape.len())).collect::<Result<_, _>>()?,
        None => (0..shape.len()).collect::<Vec<_>>(),
    };
    let (scales, sizes) = (site.floats(2)?.unwrap_or_default(), site.integers(3)?.unwrap_or_default());
    let mut op = Resize { mode, coordinates, scales: vec![1.0; shape.len()], sizes: shape.clone() };
    if !scales.is_empty() && scales.len() == axes.len() {
        for (&axis, scale) in axes.iter().zip(scales) {
            op.scales[axis] = checked_scale(scale)?;
            op.sizes[axis] = scaled(shape[axis], scale)?;
        }
    } else if !sizes.is_empty() && sizes.len() == axes.len() {
        let wanted = sizes.into_iter().map(size_of).collect::<Result<Vec<_>, _>>()?;
        let wanted: Vec<_> = axes.into_iter().zip(wanted).collect();
        fit(site, &mut op, &shape, &wanted)?;
    } else {
        return bad(format!("{} scales and {} sizes for {} axes", scales.len(), sizes.len(), axes.len()));
    }
    Ok(vec![site.add(Op::Resize(op), &[input])?])
}

/// Sizes that are given, or the largest or smallest of the input's own proportions.
fn fit(site: &Site<'_>, op: &mut Resize, shape: &[usize], wanted: &[(usize, usize)]) -> Result<(), Refusal> {
    let ratios = wanted.iter().map(|&(axis, size)| size as f32 / shape[axis] as f32);
    let one = match site.text("keep_aspect_ratio_policy", "stretch") {
        "stretch" => None,
        "not_larger" => Some(ratios.fold(f32::INFINITY, f32::min)),
        "not_smaller" => Some(ratios.fold(0.0, f32::max)),
        other => return bad(format!("keep_aspect_ratio_policy {other:?}")),
    };
    for &(axis, size) in wanted {
        op.scales[axis] = checked_scale(one.unwrap_or(size as f32 / shape[axis] as f32))?;
        op.sizes[axis] = match one {
            None => size,
            // Halves go up.
            Some(one) => size_of((one * shape[axis] as f32 + 0.5).floor() as i64)?,
        };
    }
    Ok(())
}

/// As it was before opset 11: positions are divided by the scale, the nearest is the one below.
fn plain(site: &mut Site<'_>, scales: Vec<f32>) -> Imported {
    let input = site.input(0)?;
    let shape = site.shape(input);
    if scales.len() != shape.len() {
        return bad(format!("{} scales for {shape:?}", scales.len()));
    }
    let mode = match mode(site)? {
        ResizeMode::Nearest(_) => ResizeMode::Nearest(Rounding::Floor),
        ResizeMode::Linear => ResizeMode::Linear,
    };
    let sizes = shape.iter().zip(&scales).map(|(&size, &scale)| {
        checked_scale(scale)?;
        scaled(size, scale)
    });
    let sizes = sizes.collect::<Result<_, _>>()?;
    let op = Resize { mode, coordinates: Coordinates::Asymmetric, scales, sizes };
    Ok(vec![site.add(Op::Resize(op), &[input])?])
}

fn mode(site: &Site<'_>) -> Result<ResizeMode, Refusal> {
    let mode = match site.text("mode", "nearest") {
        "nearest" => ResizeMode::Nearest(match site.text("nearest_mode", "round_prefer_floor") {
            "round_prefer_floor" => Rounding::PreferFloor,
            "round_prefer_ceil" => Rounding::PreferCeil,
            "floor" => Rounding::Floor,
            "ceil" => Rounding::Ceil,
            other => return bad(format!("nearest_mode {other:?}")),
        }),
        "linear" | "bilinear" => ResizeMode::Linear,
        other => return unclaimed(format!("mode {other}")),
    };
    let element = site.element(site.input(0)?);
    match mode {
        ResizeMode::Linear if element != ElementType::F32 => unclaimed(format!("linear in {element}")),
        _ => Ok(mode),
    }
}

fn checked_scale(scale: f32) -> Result<f32, Refusal> {
    match scale.is_finite() && scale > 0.0 {
        true => Ok(scale),
        false => bad(format!("a scale of {scale}")),
    }
}

fn scaled(size: usize, scale: f32) -> Result<usize, Refusal> {
    size_of((size as f32 * scale).floor() as i64)
}
