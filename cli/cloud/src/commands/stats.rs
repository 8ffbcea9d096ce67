//! `vitae stats`: draws the visits of the last days.

use std::{error::Error, process::ExitCode};

use clap::Args;
use console::Term;
use tokio::runtime::Runtime;
use vitae_cloud::operate::{http, stats};

const EXAMPLES: &str = "\
Examples:
  cargo vitae stats                               the last 30 days of the running system
  cargo vitae stats --stack resume --days 7
  cargo vitae stats --stack resume --json | jq .count

The numbers come from the public API, which any visitor can read. Reading counts no visit.
Exit codes: 0 done; 1 no response, or not a count; 2 wrong usage.";

/// The width of a line without a terminal, in columns.
const COLUMNS: u16 = 80;

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Stats {
    #[command(flatten)]
    system: super::System,
    /// Number of days, including today; the counter keeps 400
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=400))]
    days: u16,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Stats {
    /// Runs the command and returns its exit code.
    pub(crate) fn run(&self) -> ExitCode {
        let result = Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(self.draw()));
        super::finish("stats", result)
    }

    async fn draw(&self) -> Result<(), Box<dyn Error>> {
        let (aws, stack) = self.system.find().await?;
        let address = http::address(&aws, &stack).await?;
        let visits = stats::visits(&address, self.days).await?;
        if self.json {
            println!("{}", serde_json::to_string(&visits)?);
        } else {
            let columns = Term::stdout().size_checked().map_or(COLUMNS, |(_, columns)| columns);
            println!("{}", stats::chart(&visits, columns.into()));
        }
        Ok(())
    }
}
