//! Steps that make pictures in blocks.

use super::Lowering;
use crate::graph::{Node, ValueId};
use crate::ops::{Conv, ConvTranspose, Epilogue, Op};
use crate::plan::forms::Convolution;
use crate::steps::{
    BufferId, CombinePicturesStep, ConvParts, ConvStep, ConvertStep, CopyPictureStep, DenseF32,
    DepthwiseParts, DepthwiseStep, Direction, Lattice, MapPictureStep, Partner, Picture, Planes, PlanesIn,
    PlanesStep, PoolStep, ResizeStep, Source, WinogradStep,
};

impl<'a> Lowering<'a> {
    pub(super) fn node(&mut self, node: &'a Node, convolution: Option<Convolution>) -> Result<(), String> {
        let made = node.outputs[0];
        if !self.forms.is_blocked[made.0] {
            self.dense_node(node);
            return Ok(());
        }
        match (&node.op, convolution) {
            (Op::Conv(conv), Some(convolution)) => self.convolution(node, conv, convolution),
            (Op::ConvTranspose(conv), _) => self.spread(node, conv),
            (Op::Pool(pool), _) => {
                let (source, out) = (self.picture(node.inputs[0]), self.picture(made));
                let step = PoolStep::new(self.kernels, pool, source, out);
                self.push(step, made, &[source.buffer, out.buffer]);
            }
            (Op::Resize(resize), _) => {
                let (source, out) = (self.picture(node.inputs[0]), self.picture(made));
                let step = ResizeStep::new(self.kernels, resize, source, out);
                self.push(step, made, &[source.buffer, out.buffer]);
            }
            (&Op::Unary(unary), _) => {
                let (source, out) = (self.picture(node.inputs[0]), self.picture(made));
                let step = MapPictureStep::new(self.kernels, unary, source, out);
                self.push(step, made, &[source.buffer, out.buffer]);
            }
            (&Op::Binary(binary), _) => {
                let out = self.picture(made);
                let mut touched = vec![out.buffer];
                let partners = [0, 1].map(|input| self.partner(node.inputs[input], &out, &mut touched));
                let step = CombinePicturesStep::new(self.kernels, binary, partners, out);
                self.push(step, made, &touched);
            }
            (Op::Concat(_), _) => self.union(node),
            // A part lies where its whole does.
            (Op::Slice(_), _) => {}
            (other, _) => return Err(format!("node {:?}: no step makes blocks of {other:?}", node.name)),
        }
        Ok(())
    }

    fn convolution(&mut self, node: &Node, conv: &Conv, convolution: Convolution) {
        let made = node.outputs[0];
        let weights = self.constant(node.inputs[1]);
        let biases = self.constant(node.inputs[2]);
        let &[m, c, high, wide] = weights.shape.as_slice() else { unreachable!("checked with the forms") };
        let source = match convolution {
            Convolution::Planes => Source::Planes(self.planes(node, conv, [high, wide])),
            _ => Source::Blocked(self.blocks(node.inputs[0])),
        };
        let residual = node.inputs.get(3).map(|&residual| self.blocks(residual));
        let out = self.picture(made);
        let mut touched = vec![out.buffer, source.buffer()];
        touched.extend(residual.map(|residual| residual.buffer));
        let parts = ConvParts {
            conv,
            weights: weights.as_f32().expect("checked with the forms"),
            weight_shape: [m, c, high, wide],
            biases: biases.as_f32().expect("checked with the forms"),
            source,
            out,
            lattice: Lattice::ALL,
            residual,
        };
        match (convolution, source) {
            (Convolution::Winograd, _) => self.push(WinogradStep::new(self.kernels, &parts), made, &touched),
            (Convolution::Depthwise, Source::Blocked(source)) => {
                let ConvParts { weights, biases, .. } = parts;
                let parts =
                    DepthwiseParts { conv, weights, kernel: [high, wide], biases, source, out, residual };
                self.push(DepthwiseStep::new(self.kernels, &parts), made, &touched);
            }
            _ => self.push(ConvStep::new(self.kernels, &parts), made, &touched),
        }
    }

    /// A transposed convolution whose windows do not overlap: for each place of its kernel a convolution with one pixel's,
    /// which makes every so many-th pixel.
    fn spread(&mut self, node: &Node, conv: &ConvTranspose) {
        let made = node.outputs[0];
        let (weights, biases) = (self.constant(node.inputs[1]), self.constant(node.inputs[2]));
        let &[c, m, high, wide] = weights.shape.as_slice() else { unreachable!("checked with the forms") };
        let (source, out) = (self.blocks(node.inputs[0]), self.picture(made));
        let pixel = Conv {
            strides: [1, 1],
            dilations: [1, 1],
            pads: [0; 4],
            groups: 1,
            epilogue: Epilogue::default(),
        };
        let numbers = weights.as_f32().expect("checked with the forms");
        for place in 0..high * wide {
            let of = |made: usize, taken: usize| numbers[(taken * m + made) * high * wide + place];
            let own: Vec<_> = (0..m * c).map(|index| of(index / c, index % c)).collect();
            let parts = ConvParts {
                conv: &pixel,
                weights: &own,
                weight_shape: [m, c, 1, 1],
                biases: biases.as_f32().expect("checked with the forms"),
                source: Source::Blocked(source),
                out,
                lattice: Lattice { steps: conv.strides, first: [place / wide, place % wide] },
                residual: None,
            };
            self.push(ConvStep::new(self.kernels, &parts), made, &[source.buffer, out.buffer]);
        }
    }

    /// Copies into a union what was not made there.
    fn union(&mut self, node: &Node) {
        let whole = self.picture(node.outputs[0]);
        let union = self.forms.home(node.outputs[0]);
        let mut first = 0;
        for &member in &node.inputs {
            let source = self.picture(member);
            let (home, at) = self.forms.home(member);
            if home != union.0 || at != union.1 + first {
                let out = whole.slice(first, source.channels);
                self.push(CopyPictureStep::new(source, out), node.outputs[0], &[source.buffer, out.buffer]);
            }
            first += source.channels;
        }
    }

    fn partner(&mut self, value: ValueId, out: &Picture, touched: &mut Vec<BufferId>) -> Partner {
        if self.graph.constant(value).is_some() {
            let numbers = self.constant(value);
            return Partner::channels(numbers.as_f32().expect("checked with the forms"), out.channels);
        }
        let picture = self.picture(value);
        touched.push(picture.buffer);
        if [picture.height, picture.width] == [out.height, out.width] {
            Partner::Picture(picture)
        } else {
            Partner::Pixel(picture)
        }
    }

    /// The picture of a value that is in blocks.
    pub(super) fn picture(&mut self, value: ValueId) -> Picture {
        let (home, first) = self.forms.home(value);
        let shape = self.picture_shape(home);
        let margin = self.forms.margin(home);
        let buffer = match self.pictures.get(&home) {
            Some(&buffer) => buffer,
            None => {
                let [batch, channels, height, width] = shape;
                let elements = Picture::elements(batch, channels, height, width, margin);
                let buffer = self.new_buffer(elements * size_of::<f32>());
                self.pictures.insert(home, buffer);
                buffer
            }
        };
        Picture::whole(buffer, shape, margin).slice(first, self.picture_shape(value)[1])
    }

    /// The picture of any value, put into blocks where it is dense.
    pub(super) fn blocks(&mut self, value: ValueId) -> Picture {
        if self.forms.is_blocked[value.0] {
            return self.picture(value);
        }
        if let Some(&picture) = self.packed.get(&value) {
            return picture;
        }
        let source = self.dense_buffer(value);
        let picture = self.picture(value);
        let stride = picture.height * picture.width;
        let planes = PlanesIn { tensor: DenseF32::new(source), offset: 0, stride };
        let step = ConvertStep::new(self.kernels, Direction::ToBlocks, planes, picture);
        self.push(step, value, &[source, picture.buffer]);
        self.packed.insert(value, picture);
        picture
    }

    /// The planes of a dense value, with the margins that a convolution reaches.
    fn planes(&mut self, node: &Node, conv: &Conv, kernel: [usize; 2]) -> Planes {
        let value = node.inputs[0];
        let [batch, channels, height, width] = self.picture_shape(value);
        let [.., made_height, made_width] = self.picture_shape(node.outputs[0]);
        let margins = conv.reach([height, width], kernel, [made_height, made_width]);
        let source = self.dense_buffer(value);
        let mut planes = Planes { buffer: source, batch, channels, height, width, margins };
        if margins != [0, 0] {
            planes.buffer = self.new_buffer(planes.elements() * size_of::<f32>());
            self.push(PlanesStep::new(DenseF32::new(source), planes), value, &[source, planes.buffer]);
        }
        planes
    }
}
