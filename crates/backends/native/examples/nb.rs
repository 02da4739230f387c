//! Times the engine on a model, and compares with a reference file when one is given.
use ocelli_backend_native::{Isa, Native};
use ocelli_engine::*;
use ocelli_frame::TensorMut;
use std::time::Instant;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let path = std::path::Path::new(&args[1]);
    let threads: usize = args[2].parse().unwrap();
    let runs: usize = args[3].parse().unwrap();
    let mut native = Native::new();
    if let Ok(isa) = std::env::var("OCELLI_ISA") {
        native = native.with_isa(Isa::from_name(&isa).unwrap());
    }
    if let Ok(w) = std::env::var("WINO") {
        native = native.with_winograd_bytes(w.parse::<usize>().unwrap() << 20);
    }
    let t = Instant::now();
    let model = native
        .load(ModelFile::Path(path), &LoadOptions::default())
        .unwrap_or_else(|e| panic!("{e}: {}", e.hint()));
    let load = t.elapsed();
    let mut s = model.session(&Threads::unpinned(threads)).unwrap();
    println!(
        "load {:.1} ms, inputs {:?} outputs {:?}",
        load.as_secs_f64() * 1e3,
        model.inputs(),
        model.outputs()
    );
    if let Some(f) = args.get(4) {
        let b = std::fs::read(format!("{f}.in")).unwrap();
        match s.input(0) {
            TensorMut::F32(m) => {
                for (m, c) in m.iter_mut().zip(b.chunks_exact(4)) {
                    *m = f32::from_le_bytes(c.try_into().unwrap());
                }
            }
            TensorMut::U8(m) => m.copy_from_slice(&b),
            _ => panic!(),
        }
        s.run().unwrap();
        for i in 0..model.outputs().len() {
            let o = s.output(i).as_f32().unwrap();
            let r: Vec<f32> = std::fs::read(format!("{f}.out{i}"))
                .unwrap()
                .chunks_exact(4)
                .map(|c| f32::from_le_bytes(c.try_into().unwrap()))
                .collect();
            assert_eq!(o.len(), r.len());
            let m = r.iter().fold(0f32, |a, b| a.max(b.abs()));
            let (mut e, mut at) = (0f32, 0);
            for (j, (a, b)) in o.iter().zip(&r).enumerate() {
                let d = (a - b).abs();
                if !(d <= e) {
                    e = d;
                    at = j;
                }
            }
            println!(
                "output {i}: max|a-b| {e:.3e} at {at} ({} vs {}), max|b| {m}, ratio {:.2e}",
                o[at],
                r[at],
                e / m
            );
        }
    }
    let mut times: Vec<f64> = (0..runs)
        .map(|_| {
            let t = Instant::now();
            s.run().unwrap();
            t.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    if runs > 0 {
        println!("min {:.2} median {:.2} p99 {:.2} ms", times[0], times[runs / 2], times[runs * 99 / 100]);
    }
    if std::env::var("STEPS").is_ok() {
        println!("{}", ocelli_backend_native::profile(path, threads));
    }
}
