//! Many elements to one.

use super::number::Number;
use super::{Operator, one_type};
use crate::strided::{self, Walk};
use crate::tensor::{ElementType, TensorType, View, ViewMut, of_numbers, of_numbers_in};

/// Elements along axes to one, whose axes stay with a size of 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reduce {
    pub(crate) kind: ReduceKind,
    /// In rising order.
    pub(crate) axes: Vec<usize>,
}

/// What they become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReduceKind {
    Sum,
    Mean,
    Product,
    Min,
    Max,
}

/// The place of the largest or smallest along an axis, which stays with a size of 1; i64. Of equals the first, unless
/// the last is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ArgReduce {
    pub(crate) extreme: Extreme,
    pub(crate) axis: usize,
    pub(crate) of_equals: OfEquals,
}

/// Which one is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extreme {
    Largest,
    Smallest,
}

/// Which one of equals is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OfEquals {
    First,
    Last,
}

/// The `count` largest or smallest along an axis, in order, and their places, i64. Of equals the first comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TopK {
    pub(crate) extreme: Extreme,
    pub(crate) axis: usize,
    pub(crate) count: usize,
}

impl Operator for Reduce {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        let element = one_type(inputs, ElementType::NUMBERS)?;
        let mut shape = inputs[0].shape.clone();
        for &axis in &self.axes {
            *shape.get_mut(axis).ok_or_else(|| format!("{:?} has no axis {axis}", inputs[0].shape))? = 1;
        }
        Ok(vec![TensorType::new(element, shape)])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let (input, output) = (&inputs[0], &mut outputs[0]);
        let walk = Walk::new(input.shape, [strided::broadcast(output.shape, input.shape)]);
        let count: usize = self.axes.iter().map(|&axis| input.shape[axis]).product();
        of_numbers!(output, [input], |to, [from]| self.reduce(&walk, to, from, count));
    }
}

impl Reduce {
    fn reduce<T: Number>(&self, walk: &Walk<1>, to: &mut [T], from: &[T], count: usize) {
        match self.kind {
            ReduceKind::Sum => fold(walk, to, from, T::default(), T::plus),
            ReduceKind::Product => fold(walk, to, from, T::ONE, T::times),
            ReduceKind::Min => fold(walk, to, from, T::MOST, T::smaller),
            ReduceKind::Max => fold(walk, to, from, T::LEAST, T::larger),
            ReduceKind::Mean => {
                fold(walk, to, from, T::default(), T::plus);
                to.iter_mut().for_each(|sum| *sum = sum.mean(count));
            }
        }
    }
}

/// Each run of the input into its place of the output, or into its places.
fn fold<T: Copy>(walk: &Walk<1>, to: &mut [T], from: &[T], first: T, of: impl Fn(T, T) -> T) {
    to.fill(first);
    let (length, [step]) = walk.run();
    if length == 0 {
        return;
    }
    let mut runs = from.chunks_exact(length);
    walk.for_each_run([0], |[at]| {
        let (Some(run), to) = (runs.next(), &mut to[at as usize..]) else { return };
        if step == 0 {
            to[0] = of(to[0], run.iter().copied().fold(first, &of));
        } else {
            // The output is dense, and an axis that is not reduced runs on in it.
            to.iter_mut().zip(run).for_each(|(to, &from)| *to = of(*to, from));
        }
    });
}

/// Checks an axis, and gives the output's shape with `size` along it.
fn along(input: &TensorType, axis: usize, size: usize) -> Result<Vec<usize>, String> {
    let mut shape = input.shape.clone();
    match shape.get_mut(axis) {
        Some(own) if *own >= size => *own = size,
        Some(_) => return Err(format!("{size} along axis {axis} of {input}")),
        None => return Err(format!("{input} has no axis {axis}")),
    }
    Ok(shape)
}

/// Lanes of elements that lie `inner` apart.
struct Lanes {
    size: usize,
    inner: usize,
}

impl Lanes {
    fn new(shape: &[usize], axis: usize) -> Self {
        Self { size: shape[axis], inner: shape[axis + 1..].iter().product() }
    }

    /// The place of element `n` of lane `lane`.
    fn at(&self, lane: usize, n: usize) -> usize {
        (lane / self.inner * self.size + n) * self.inner + lane % self.inner
    }
}

impl Extreme {
    /// Whether `a` comes before `b`. Numbers that are none come last.
    fn prefers<T: Number>(self, a: T, b: T) -> bool {
        match self {
            Self::Largest => a > b || !a.is_none() && b.is_none(),
            Self::Smallest => a < b || !a.is_none() && b.is_none(),
        }
    }
}

impl Operator for ArgReduce {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        one_type(inputs, ElementType::NUMBERS)?;
        Ok(vec![TensorType::new(ElementType::I64, along(inputs[0], self.axis, 1)?)])
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let (input, lanes) = (&inputs[0], Lanes::new(inputs[0].shape, self.axis));
        let places = outputs[0].i64();
        of_numbers_in!(input, |from| self.places(places, from, &lanes));
    }
}

impl ArgReduce {
    fn places<T: Number>(&self, places: &mut [i64], from: &[T], lanes: &Lanes) {
        for (lane, place) in places.iter_mut().enumerate() {
            let mut best = 0;
            for n in 1..lanes.size {
                let (element, held) = (from[lanes.at(lane, n)], from[lanes.at(lane, best)]);
                let takes_equals = self.of_equals == OfEquals::Last && element == held;
                if self.extreme.prefers(element, held) || takes_equals {
                    best = n;
                }
            }
            *place = best as i64;
        }
    }
}

impl Operator for TopK {
    fn output_types(&self, inputs: &[&TensorType]) -> Result<Vec<TensorType>, String> {
        let element = one_type(inputs, ElementType::NUMBERS)?;
        let shape = along(inputs[0], self.axis, self.count)?;
        Ok(vec![TensorType::new(element, shape.clone()), TensorType::new(ElementType::I64, shape)])
    }

    fn operations(&self, inputs: &[&TensorType], _: &[TensorType]) -> usize {
        inputs[0].elements().saturating_mul(self.count)
    }

    fn run(&self, inputs: &[View<'_>], outputs: &mut [ViewMut<'_>]) {
        let [values, places] = outputs else { return };
        let (input, lanes) = (&inputs[0], Lanes::new(inputs[0].shape, self.axis));
        let places = places.i64();
        of_numbers!(values, [input], |to, [from]| self.pick(to, places, from, &lanes));
    }
}

impl TopK {
    /// Each next one is the best of those that come behind the last: no memory, and `count` looks at each lane.
    fn pick<T: Number>(&self, values: &mut [T], places: &mut [i64], from: &[T], lanes: &Lanes) {
        let own = Lanes { size: self.count, inner: lanes.inner };
        let count_of_lanes = values.len().checked_div(self.count).unwrap_or(0);
        for lane in 0..count_of_lanes {
            let element = |n: usize| from[lanes.at(lane, n)];
            let comes_before = |a: usize, b: usize| match self.extreme.prefers(element(a), element(b)) {
                true => true,
                false => a < b && !self.extreme.prefers(element(b), element(a)),
            };
            let mut last: Option<usize> = None;
            for n in 0..self.count {
                let behind = (0..lanes.size).filter(|&n| last.is_none_or(|last| comes_before(last, n)));
                let best = behind.reduce(|best, n| if comes_before(n, best) { n } else { best });
                // Numbers that are none compare with nothing: what is left then is the first.
                let best = best.unwrap_or(0);
                values[own.at(lane, n)] = element(best);
                places[own.at(lane, n)] = best as i64;
                last = Some(best);
            }
        }
    }
}
