//! `vitae doctor`: checks a system, or an account before the first deployment, for common faults, each with a status and a fix.

use std::{error::Error, path::PathBuf, process::ExitCode};

use clap::Args;
use console::style;
use tokio::runtime::Runtime;
use vitae_cloud::{
    deploy::{Settings, release::Sources},
    operate::doctor::{
        self, Finding, Verdict,
        before::{self, FirstDeployment},
    },
    table::align,
};
use vitae_setup::Progress;

const EXAMPLES: &str = "\
Examples:
  cargo vitae doctor                        the running system
  cargo vitae doctor --stack resume
  cargo vitae doctor --stack resume --json  for CI: an array of {check, verdict, found, fix}
  cargo vitae doctor --before --stack resume --params cloudformation/production.params.json
                                            before the first deployment: permissions, quotas, names, domain, plan
  cargo vitae doctor --before --stack resume --role arn:aws:iam::111122223333:role/vitae/deploy
                                            as an administrator, for the role that will deploy

It reads the system, requests one CV link and follows it; with --before, it reads the account. It changes nothing and counts no
visit. A check that the credentials do not permit is a warning that names the permission.
Exit codes: 0 every check passed (warnings allowed); 1 a check failed; 2 wrong usage.";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Doctor {
    #[command(flatten)]
    system: super::System,
    /// Check the account before the first deployment of --stack
    #[arg(long, requires = "stack")]
    before: bool,
    /// JSON file of template parameters of that deployment, such as {"DomainName": "example.com"}
    #[arg(long, value_name = "FILE", requires = "before")]
    params: Option<PathBuf>,
    /// Role that will deploy [default: the caller]
    #[arg(long, value_name = "ARN", requires = "before")]
    role: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Doctor {
    /// Runs the command and returns its exit code.
    pub(crate) fn run(&self) -> ExitCode {
        let result = Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(self.examine()));
        super::finish("doctor", result)
    }

    async fn examine(&self) -> Result<(), Box<dyn Error>> {
        let (aws, stack) = self.system.find().await?;
        let step = Progress::stderr().step(if self.before { "Check the account" } else { "Check the system" });
        let findings = if self.before {
            let settings = self.params.as_deref().map_or_else(|| Ok(Settings::default()), Settings::read)?;
            let sources = Sources::read(&vitae_bundle::repository())?;
            sources.check(&settings)?;
            let deployment = FirstDeployment {
                aws: &aws,
                stack: &stack,
                settings: &settings,
                sources: &sources,
                role: self.role.as_deref(),
            };
            before::examine(&deployment, &step).await
        } else {
            doctor::examine(&aws, &stack, &step).await
        };
        step.done(format_args!("{} checks", findings.len()));
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
    let mut rows = Vec::new();
    for finding in findings {
        let verdict = match finding.verdict {
            Verdict::Pass => style("pass").green(),
            Verdict::Warn => style("warn").yellow(),
            Verdict::Fail => style("FAIL").red(),
        };
        rows.push([verdict.to_string(), finding.check.to_string(), finding.found.clone()]);
        if let Some(fix) = &finding.fix {
            rows.push([String::new(), String::new(), format!("{} {fix}", style("fix:").bold())]);
        }
    }
    align(&rows)
}
