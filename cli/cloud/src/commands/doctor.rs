//! `vitae doctor`: what breaks in practice, each with a verdict and what to do.

use std::{error::Error, process::ExitCode};

use clap::Args;
use console::style;
use tokio::runtime::Runtime;
use vitae_cloud::{
    operate::doctor::{self, Finding, Verdict},
    progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  cargo vitae doctor                        the running system
  cargo vitae doctor --stack resume
  cargo vitae doctor --stack resume --json  for CI: an array of {check, verdict, found, fix}

It reads, mints one link to the CV and follows it; it changes nothing and counts no visit. What this identity may not look
at is a warning that names the permission.
Exit codes: 0 nothing is broken (warnings allowed); 1 something is; 2 wrong usage.";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Doctor {
    #[command(flatten)]
    system: super::System,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Doctor {
    /// Examines, prints what was found, and says how it went.
    pub(crate) fn run(&self) -> ExitCode {
        let ran = Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(self.examine()));
        super::finish("doctor", ran)
    }

    async fn examine(&self) -> Result<(), Box<dyn Error>> {
        let (cloud, stack) = self.system.find().await?;
        let step = Progress::to_stderr().step("doctor");
        let findings = doctor::examine(&cloud, &stack, &step).await;
        drop(step);
        if self.json {
            println!("{}", serde_json::to_string(&findings)?);
        } else {
            println!("{}", table(&findings));
        }
        match findings.iter().filter(|finding| finding.is_failure()).count() {
            0 => Ok(()),
            failed => Err(format!("{failed} of {} checks failed", findings.len()).into()),
        }
    }
}

fn table(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.check.len()).max().unwrap_or_default();
    let mut lines = Vec::new();
    for finding in findings {
        let verdict = match finding.verdict {
            Verdict::Pass => style("pass").green(),
            Verdict::Warn => style("warn").yellow(),
            Verdict::Fail => style("FAIL").red(),
        };
        lines.push(format!("{verdict}  {:width$}  {}", finding.check, finding.found));
        if let Some(fix) = &finding.fix {
            lines.push(format!("      {:width$}  {} {fix}", "", style("fix:").bold()));
        }
    }
    lines.join("\n")
}
