//! Sessions side by side, each on cores of its own.

use std::thread;

use ocelli_backend_native::Native;
use ocelli_engine::{Backend, LoadOptions, Model, ModelFile, Threads};
use ocelli_testkit::onnx::{Axis, FLOAT};
use ocelli_testkit::{OnnxModel, TestFolder};
use rustix::thread::{CpuSet, sched_getaffinity};

/// What a session leaves of the cores of the thread that runs it.
fn cores_after_a_run(model: &dyn Model, cores: Vec<usize>) -> CpuSet {
    thread::scope(|scope| {
        let running = scope.spawn(|| {
            let mut session =
                model.session(&Threads { count: cores.len().max(1), cores }).expect("a session");
            session.run().expect("a run");
            session.run().expect("another run");
            sched_getaffinity(None).expect("this thread's cores")
        });
        running.join().expect("a thread that does not panic")
    })
}

#[test]
fn a_thread_that_runs_a_session_stays_on_its_core() {
    let shape = [Axis::Fixed(1), Axis::Fixed(3), Axis::Fixed(4), Axis::Fixed(4)];
    let model = OnnxModel::new(13).input("x", FLOAT, &shape).output("y", FLOAT, &shape).node(
        "Relu",
        &["x"],
        "y",
        &[],
    );
    let folder = TestFolder::new("cores");
    let path = model.write(folder.path(), "relu.onnx");
    let model = Native::new().load(ModelFile::Path(&path), &LoadOptions::default()).expect("a model");
    let ours = sched_getaffinity(None).expect("this thread's cores");
    let all: Vec<_> = (0..CpuSet::MAX_CPU).filter(|&core| ours.is_set(core)).collect();
    for &core in all.iter().take(2) {
        let after = cores_after_a_run(&*model, vec![core]);
        assert_eq!((after.count(), after.is_set(core)), (1, true), "core {core}");
    }
    assert_eq!(cores_after_a_run(&*model, all.clone()).count(), 1);
    assert_eq!(cores_after_a_run(&*model, Vec::new()).count(), ours.count(), "nobody asked to be moved");
    let error = model
        .session(&Threads { count: 1, cores: vec![CpuSet::MAX_CPU] })
        .and_then(|mut session| session.run());
    assert!(error.unwrap_err().to_string().contains("core"));
}
