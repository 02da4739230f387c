//! `ocelli models pull`: a model into the cache.

use ocelli_fetch::Options;
use ocelli_model::{RegistryEntry, Support};

use crate::args::ModelsPull;
use crate::failure::Failure;
use crate::wiring::registry::{self, PullPlan};

/// Downloads it if it is not here, and prints where it is.
pub fn run(arguments: &ModelsPull) -> Result<(), Failure> {
    let Some(entry) = RegistryEntry::find(&arguments.name) else {
        return Err(registry::unknown(&arguments.name));
    };
    let options = Options {
        connect: arguments.connect_timeout,
        stall: arguments.stall_timeout,
        retries: arguments.retries,
        ..Options::default()
    };
    let path = registry::pull(entry, &PullPlan::new(arguments.offline, options))?;
    if let Support::NotYet { why } = entry.support {
        eprintln!("{} cannot be run yet: {why}", entry.name);
    }
    println!("{}", path.display());
    Ok(())
}
