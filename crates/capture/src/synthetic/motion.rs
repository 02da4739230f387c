//! Where each thing is at each moment: straight lines, folded at the edges.

use ocelli_frame::Size;

use super::shapes::Shape;

/// How much of its radius a thing keeps inside the picture when it turns round; the rest goes over the edge.
const KEPT_INSIDE: f64 = 0.65;

/// A thing that moves. Later ones lie in front of earlier ones.
#[derive(Clone, Debug)]
pub(super) struct Mover {
    pub shape: Shape,
    pub radius: f64,
    /// Index into the palette.
    pub color: usize,
    /// In pixels, along each axis' folded line.
    start: [f64; 2],
    /// Pixels a second.
    velocity: [f64; 2],
}

impl Mover {
    /// The `index`-th of a scene.
    pub fn new(seed: u64, index: u32, size: Size) -> Self {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(index) << 32);
        random.next();
        let side = f64::from(size.width.min(size.height));
        let shape = Shape::ALL[index as usize % Shape::ALL.len()];
        let radius = side * random.between(0.07, 0.155);
        let start =
            [f64::from(size.width), f64::from(size.height)].map(|span| random.between(0.0, 2.0 * span));
        let velocity = [(); 2].map(|()| {
            let speed = side * random.between(0.09, 0.34);
            if random.next() & 1 == 0 { speed } else { -speed }
        });
        Self { shape, radius, color: index as usize, start, velocity }
    }

    /// Its centre at a moment.
    pub fn centre(&self, seconds: f64, size: Size) -> (f64, f64) {
        let along = |axis: usize, side: u32| {
            let margin = (KEPT_INSIDE * self.radius).min(f64::from(side) / 2.0);
            let span = f64::from(side) - 2.0 * margin;
            margin + fold(self.start[axis] + self.velocity[axis] * seconds, span)
        };
        (along(0, size.width), along(1, size.height))
    }
}

/// There and back again along `0..=span`.
fn fold(way: f64, span: f64) -> f64 {
    if span <= 0.0 {
        return 0.0;
    }
    let place = way.rem_euclid(2.0 * span);
    if place > span { 2.0 * span - place } else { place }
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
pub(super) struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        let unit = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        low + (high - low) * unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fold_goes_there_and_back() {
        let places: Vec<_> = (-2..8).map(|way| fold(f64::from(way), 3.0)).collect();
        assert_eq!(places, [2.0, 1.0, 0.0, 1.0, 2.0, 3.0, 2.0, 1.0, 0.0, 1.0]);
        assert_eq!(fold(5.0, 0.0), 0.0);
    }

    #[test]
    fn centres_stay_in_the_picture_and_move_smoothly() {
        let size = Size { width: 640, height: 480 };
        for index in 0..32 {
            let mover = Mover::new(7, index, size);
            let mut before = mover.centre(0.0, size);
            for frame in 1..2000 {
                let (x, y) = mover.centre(f64::from(frame) / 30.0, size);
                assert!((0.0..=640.0).contains(&x) && (0.0..=480.0).contains(&y));
                let step = (x - before.0).abs().max((y - before.1).abs());
                assert!(step > 0.0 && step < 0.35 * 480.0 / 30.0, "{step}");
                before = (x, y);
            }
        }
    }
}
