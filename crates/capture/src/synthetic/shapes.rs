//! The three kinds of things, each as a distance: how far a point is from the outline, negative inside. Coverage at
//! the edge, shading and truth all come from that one number.

/// What a thing is. The discriminant is its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Circle = 0,
    Square = 1,
    Triangle = 2,
}

/// Half a square's side, of its radius; and the rounding of its corners.
const SQUARE_HALF: f32 = 0.84;
const SQUARE_CORNER: f32 = 0.2;
/// Where a triangle's base lies below its centre, of its radius; and the rounding of its corners.
const TRIANGLE_BASE: f32 = 0.7;
const TRIANGLE_CORNER: f32 = 0.13;
/// The normal of a triangle's right flank, which runs from its top (0, -1) to (0.9, 0.7): (1.7, -0.9) over its length.
const FLANK_NORMAL: (f32, f32) = (0.883_788, -0.467_888);

impl Shape {
    pub const ALL: [Self; 3] = [Self::Circle, Self::Square, Self::Triangle];
    pub const NAMES: [&'static str; 3] = ["circle", "square", "triangle"];

    /// Signed distance in pixels of the point (`dx`, `dy`) from the outline of a shape about the origin that fits
    /// into a circle of `radius` (near enough).
    pub fn distance(self, dx: f32, dy: f32, radius: f32) -> f32 {
        match self {
            Self::Circle => (dx * dx + dy * dy).sqrt() - radius,
            Self::Square => {
                let corner = SQUARE_CORNER * radius;
                let straight = SQUARE_HALF * radius - corner;
                let (qx, qy) = (dx.abs() - straight, dy.abs() - straight);
                let (ox, oy) = (qx.max(0.0), qy.max(0.0));
                (ox * ox + oy * oy).sqrt() + qx.max(qy).min(0.0) - corner
            }
            Self::Triangle => triangle(dx.abs() / radius, dy / radius) * radius,
        }
    }

    /// Where light shines on it, and how wide: x, y and radius, of its own radius.
    pub fn spot(self) -> (f32, f32, f32) {
        match self {
            Self::Circle => (-0.36, -0.40, 0.42),
            Self::Square => (-0.42, -0.42, 0.44),
            Self::Triangle => (-0.16, -0.12, 0.40),
        }
    }
}

/// Of radius 1, for `x` at or above 0: a smaller triangle with sharp corners, and everything within their rounding
/// from it.
fn triangle(x: f32, y: f32) -> f32 {
    let (nx, ny) = FLANK_NORMAL;
    // The smaller triangle's top, and its right corner, by moving each side inwards.
    let top = -1.0 - TRIANGLE_CORNER / ny;
    let base = TRIANGLE_BASE - TRIANGLE_CORNER;
    let right = -ny * (base - top) / nx;
    let flank = nx * x + ny * (y - top);
    let inside = flank.max(y - base);
    if inside <= 0.0 {
        return inside - TRIANGLE_CORNER;
    }
    // The nearest points of the flank and of the base.
    let (along_x, along_y) = (right, base - top);
    let way = ((x * along_x + (y - top) * along_y) / (along_x * along_x + along_y * along_y)).clamp(0.0, 1.0);
    let (fx, fy) = (x - way * along_x, y - top - way * along_y);
    let (bx, by) = ((x - right).max(0.0), y - base);
    (fx * fx + fy * fy).min(bx * bx + by * by).sqrt() - TRIANGLE_CORNER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_zero_on_the_outline() {
        for (shape, dx, dy) in [
            (Shape::Circle, 10.0, 0.0),
            (Shape::Circle, 6.0, -8.0),
            (Shape::Square, 8.4, 1.0),
            (Shape::Square, -3.0, -8.4),
            (Shape::Triangle, 0.0, -10.0 + 1.3 / 0.467_888 - 1.3),
            (Shape::Triangle, -4.5, -1.5),
            (Shape::Triangle, 2.0, 7.0),
            (Shape::Triangle, -6.0, 7.0),
        ] {
            let distance = shape.distance(dx, dy, 10.0);
            assert!(distance.abs() < 1e-4, "{shape:?} at {dx}, {dy}: {distance}");
        }
    }

    #[test]
    fn inside_is_negative_and_outside_grows() {
        for shape in Shape::ALL {
            assert!(shape.distance(0.0, 0.0, 10.0) < -4.0, "{shape:?}");
            assert!(shape.distance(30.0, 0.0, 10.0) > 10.0, "{shape:?}");
        }
    }
}
