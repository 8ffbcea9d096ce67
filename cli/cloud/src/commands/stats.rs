//! `vitae stats`: the visits of the last days.

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

The numbers are those that any visitor is given, asked for over the distribution's own name. No visit is counted by asking.
Exit codes: 0 done; 1 there is no answer, or it is no count; 2 wrong usage.";

/// How many columns a line has where no terminal says.
const COLUMNS: u16 = 80;

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Stats {
    #[command(flatten)]
    system: super::System,
    /// How many days, today among them: the counter keeps 400
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=400))]
    days: u16,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Stats {
    /// Asks and draws, and says how it went.
    pub(crate) fn run(&self) -> ExitCode {
        let ran = Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(self.ask_and_draw()));
        super::finish("stats", ran)
    }

    async fn ask_and_draw(&self) -> Result<(), Box<dyn Error>> {
        let (cloud, stack) = self.system.find().await?;
        let address = http::address(&cloud, &stack).await?;
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
