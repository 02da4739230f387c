//! Pools.

use super::super::site::{Imported, Refusal, Site};
use super::window::{Padding, Pictures, Window};
use crate::ops::{Op, Pool, PoolKind};

pub(in super::super) fn max(site: &mut Site<'_>) -> Imported {
    pool(site, PoolKind::Max)
}

pub(in super::super) fn average(site: &mut Site<'_>) -> Imported {
    let counts_padding = site.flag("count_include_pad", false);
    pool(site, PoolKind::Average { counts_padding })
}

pub(in super::super) fn global_average(site: &mut Site<'_>) -> Imported {
    global(site, PoolKind::Average { counts_padding: false })
}

pub(in super::super) fn global_max(site: &mut Site<'_>) -> Imported {
    global(site, PoolKind::Max)
}

fn pool(site: &mut Site<'_>, kind: PoolKind) -> Imported {
    let pictures = site.input(0)?;
    let pictures = Pictures::of(site, pictures)?;
    let window = Window::read(site, &pictures, None)?;
    let is_rounded_up = site.flag("ceil_mode", false) && window.padding == Padding::Explicit;
    let mut output = [0; 2];
    for (axis, count) in output.iter_mut().enumerate() {
        *count = match is_rounded_up {
            true => rounded_up(&window, axis, pictures.size[axis])?,
            false => window.count(axis, pictures.size[axis])?,
        };
    }
    let Window { kernel, strides, dilations, pads, .. } = window;
    let made = site.add(Op::Pool(Pool { kind, kernel, strides, dilations, pads, output }), &[pictures.id])?;
    Ok(vec![pictures.give_back(site, made)?])
}

/// Windows where the last may reach over the end; but not one that starts behind the pixels and the pads in front.
fn rounded_up(window: &Window, axis: usize, size: usize) -> Result<usize, Refusal> {
    let (before, after, stride) = (window.pads[axis], window.pads[axis + 2], window.strides[axis]);
    let padded = size + before + after;
    if padded < window.extent(axis) {
        // None fits whole; whether one starts inside is not for us to say.
        return window.count(axis, size);
    }
    let count = (padded - window.extent(axis)).div_ceil(stride) + 1;
    Ok(if (count - 1) * stride >= size + before { count - 1 } else { count })
}

/// A pool whose kernel is the picture.
fn global(site: &mut Site<'_>, kind: PoolKind) -> Imported {
    let input = site.input(0)?;
    let shape = site.shape(input);
    let (n, c, size) = match *shape.as_slice() {
        [n, c] => (n, c, [1, 1]),
        [n, c, h, w] => (n, c, [h, w]),
        [n, c, ref rest @ ..] => (n, c, [1, rest.iter().product()]),
        _ => return Err(Refusal::Bad(format!("an input {shape:?} without channels"))),
    };
    if size.contains(&0) {
        return Err(Refusal::Bad(format!("an input {shape:?} without pixels")));
    }
    let pictures = site.reshape(input, [n, c, size[0], size[1]])?;
    let op = Pool { kind, kernel: size, strides: [1, 1], dilations: [1, 1], pads: [0; 4], output: [1, 1] };
    let made = site.add(Op::Pool(op), &[pictures])?;
    let ones = vec![1; shape.len() - 2];
    Ok(vec![site.reshape(made, [&[n, c], ones.as_slice()].concat())?])
}
