//! The public face: checks, the list of plans, and the loop over a tensor's rows.

use ocelli_frame::{DataType, Frame, InputFormat, Letterbox, TensorMut};

use crate::normalise::Normalise;
use crate::plan::{Plan, PlanKey};
use crate::row::{Picture, PlanarRow};
use crate::tensor::{Element, TensorRows};
use crate::{Isa, PreprocessError};

/// Kinds of frame whose plans are kept: more sources than this that share a preprocessor and all differ make it plan
/// (and allocate) again for each frame.
const PLANS_MAX: usize = 8;

/// Turns frames into one model's input tensors. Not shared: each thread has its own.
///
/// The first frame of each size, format and colour makes a plan; after that, `run` allocates nothing.
#[derive(Debug)]
pub struct Preprocessor {
    format: InputFormat,
    isa: Isa,
    normalise: Normalise,
    /// The most recently used first.
    plans: Vec<Plan>,
    resized: ResizedRows,
    codes: PlanarRow<u8>,
}

impl Preprocessor {
    /// `format` is the model's; `isa` is the proof that its kernels run here.
    pub fn new(format: InputFormat, isa: Isa) -> Self {
        let width = format.size.width as usize;
        Self {
            normalise: Normalise::new(&format),
            format,
            isa,
            plans: Vec::with_capacity(PLANS_MAX),
            resized: ResizedRows::new(width),
            codes: PlanarRow::new(width),
        }
    }

    /// What the tensors are like.
    pub fn input_format(&self) -> &InputFormat {
        &self.format
    }

    /// Writes every element of `tensor`, bars included, and returns the geometry that leads back to the source.
    ///
    /// # Errors
    /// A tensor of another type or length than the input format's, a frame without pixels, a format without a kernel.
    /// Nothing is written then.
    pub fn run(&mut self, frame: &Frame, tensor: TensorMut<'_>) -> Result<Letterbox, PreprocessError> {
        let elements = self.format.elements();
        check(&self.format, &tensor)?;
        self.find_plan(PlanKey::new(frame.info()))?;
        match tensor {
            TensorMut::F32(data) => Ok(self.write(frame, &mut data[..elements])),
            TensorMut::U8(data) => Ok(self.write(frame, &mut data[..elements])),
            _ => Err(PreprocessError::DataType(self.format.data_type)),
        }
    }

    /// Brings the plan for `key` to the front of the list.
    fn find_plan(&mut self, key: PlanKey) -> Result<(), PreprocessError> {
        if let Some(index) = self.plans.iter().position(|plan| plan.key == key) {
            self.plans[..=index].rotate_right(1);
            return Ok(());
        }
        let plan = Plan::new(key, &self.format, self.isa.lanes())?;
        self.plans.truncate(PLANS_MAX - 1);
        self.plans.insert(0, plan);
        Ok(())
    }

    /// Runs the plan at the front of the list.
    fn write<T: Element>(&mut self, frame: &Frame, elements: &mut [T]) -> Letterbox {
        let Self { isa, format, normalise, plans, resized, codes } = self;
        let plan = &plans[0];
        let picture = Picture::new(frame, plan.layout);
        let content = plan.letterbox.content;
        let mut tensor = TensorRows::new(*isa, elements, format.size, content, normalise);
        if plan.is_direct && tensor.is_planar() {
            tensor.write_direct(&picture, plan);
            return plan.letterbox;
        }
        tensor.write_bars();
        resized.forget();
        for y in 0..plan.rows.len() {
            let weight = plan.rows.weight[y];
            let [upper, lower] =
                resized.pair(*isa, &picture, plan, [plan.rows.first[y], plan.rows.second[y]]);
            if weight == 0 {
                isa.round_row(upper, codes);
            } else {
                isa.blend_rows(upper, lower, weight, codes);
            }
            tensor.write_row(y, codes.planes());
        }
        plan.letterbox
    }
}

fn check(format: &InputFormat, tensor: &TensorMut<'_>) -> Result<(), PreprocessError> {
    let (data_type, given_name, given) = match tensor {
        TensorMut::F32(data) => (DataType::F32, "f32", data.len()),
        TensorMut::U8(data) => (DataType::U8, "u8", data.len()),
        _ => return Err(PreprocessError::TensorType { wanted: format.data_type, given: "another type" }),
    };
    if !matches!(format.data_type, DataType::F32 | DataType::U8) {
        return Err(PreprocessError::DataType(format.data_type));
    }
    if data_type != format.data_type {
        return Err(PreprocessError::TensorType { wanted: format.data_type, given: given_name });
    }
    if given != format.elements() {
        let wanted = format.elements();
        return Err(PreprocessError::TensorLength { wanted, given, model: format.size });
    }
    Ok(())
}

/// The two source rows, resized horizontally, that the current target row lies between. Enlarging, several target rows
/// share them.
#[derive(Debug)]
struct ResizedRows {
    rows: [PlanarRow<i16>; 2],
    /// Which source row each holds.
    source_y: [Option<u32>; 2],
}

impl ResizedRows {
    fn new(width: usize) -> Self {
        Self { rows: [PlanarRow::new(width), PlanarRow::new(width)], source_y: [None; 2] }
    }

    fn forget(&mut self) {
        self.source_y = [None; 2];
    }

    /// Upper and lower; the same one twice where they are one source row.
    fn pair(
        &mut self,
        isa: Isa,
        picture: &Picture<'_>,
        plan: &Plan,
        [upper_y, lower_y]: [u32; 2],
    ) -> [&PlanarRow<i16>; 2] {
        let upper = self.source_y.iter().position(|&held| held == Some(upper_y));
        let lower = self.source_y.iter().position(|&held| held == Some(lower_y));
        let upper = upper.unwrap_or_else(|| {
            let slot = lower.map_or(0, |lower| 1 - lower);
            self.fill(slot, isa, picture, plan, upper_y)
        });
        if lower_y == upper_y {
            return [&self.rows[upper]; 2];
        }
        let lower = lower.unwrap_or_else(|| self.fill(1 - upper, isa, picture, plan, lower_y));
        [&self.rows[upper], &self.rows[lower]]
    }

    fn fill(&mut self, slot: usize, isa: Isa, picture: &Picture<'_>, plan: &Plan, y: u32) -> usize {
        isa.resize_row(&picture.row(y as usize), &plan.columns, &mut self.rows[slot]);
        self.source_y[slot] = Some(y);
        slot
    }
}
