//! `ocelli devices`.

use clap::Args;

/// The cameras of this machine: formats, sizes, rates and controls
#[derive(Debug, Args)]
pub struct DevicesArguments {
    /// A JSON array on stdout
    #[arg(long)]
    pub json: bool,
}
