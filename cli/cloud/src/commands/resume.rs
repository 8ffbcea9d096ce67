//! `vitae resume`: checks, builds and imports the resume that the site is built from.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand};
use vitae_cloud::deploy::site;
use vitae_resume::{
    Build, Finding, Typst,
    build::{RESUME_FILE, THEMES},
    check,
    import::import,
};
use vitae_setup::Progress;

use super::print_error;

const EXAMPLES: &str = "\
Examples:
  cargo vitae resume check site/resume.json
  cargo vitae resume build --out public               plain files, for any web server
  cargo vitae resume import export.zip > site/resume.json

The schema is JSON Resume 1.0.0. resume.de.json next to resume.json is the page /de/. site/themes/README.md says how to write a theme.
Exit codes: 0 done or valid; 1 failed or not valid; 2 wrong usage.";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Resume {
    #[command(subcommand)]
    command: ResumeCommand,
}

#[derive(Subcommand)]
enum ResumeCommand {
    /// Check a file against the schema, and print each finding with its line
    Check {
        /// File to check
        file: PathBuf,
        /// Print the findings as JSON
        #[arg(long)]
        json: bool,
    },
    /// Build the pages and the PDF, and print their folder
    Build {
        /// Resume of the default language [default: site/resume.json of this checkout]
        #[arg(long, value_name = "FILE")]
        source: Option<PathBuf>,
        /// Folder of the result: a new one, or one that this command wrote [default: target/vitae/site]
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Print a resume that is made from another file, and list what was not imported
    Import {
        /// JSON Resume of any version, or the ZIP of LinkedIn's data export
        file: PathBuf,
        /// Write the resume to this file, which must not exist
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

impl Resume {
    /// Runs the command and returns its exit code.
    pub(crate) fn run(&self) -> ExitCode {
        match &self.command {
            ResumeCommand::Check { file, json } => match check_file(file, *json) {
                Ok(true) => ExitCode::SUCCESS,
                Ok(false) => ExitCode::FAILURE,
                Err(error) => super::finish("resume", Err(error)),
            },
            ResumeCommand::Build { source, out } => super::finish("resume", build(source.as_deref(), out.as_deref())),
            ResumeCommand::Import { file, out } => super::finish("resume", import_file(file, out.as_deref())),
        }
    }
}

/// Prints the findings, and returns whether the file is valid.
fn check_file(file: &Path, json: bool) -> Result<bool, Box<dyn Error>> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let findings = check(text.strip_prefix('\u{feff}').unwrap_or(&text));
    let is_valid = !findings.iter().any(Finding::is_error);
    if json {
        println!("{}", serde_json::to_string(&findings)?);
        return Ok(is_valid);
    }
    for finding in &findings {
        println!("{}:{finding}", file.display());
    }
    if is_valid {
        println!("{} is a valid resume.", file.display());
    }
    Ok(is_valid)
}

fn build(source: Option<&Path>, out: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let site = vitae_bundle::repository().join("site");
    let source = std::path::absolute(source.map_or_else(|| site.join(RESUME_FILE), Path::to_owned))?;
    let folder = source.parent().unwrap_or(&site);
    let out = out.map_or_else(|| Ok(site::default_out(folder)), std::path::absolute)?;
    let ignored = site::ignored(folder)?;
    let build = Build::now(source, site.join(THEMES), out);
    let progress = Progress::stderr();
    let step = progress.step("Build the pages");
    let result = build.pages(ignored)?;
    for name in &result.replaced {
        step.log(format_args!("{name} of the site's folder is used instead of the built file"));
    }
    step.done(format_args!("{} pages, {} files written, {} deleted", result.pages, result.written, result.deleted));
    let step = progress.step("Build the documents");
    let typst = Typst::from_env();
    let documents = build.documents(typst.as_ref())?;
    step.done(if documents.is_empty() { "unchanged".to_owned() } else { documents.join(", ") });
    println!("{}", build.out.display());
    Ok(())
}

fn import_file(file: &Path, out: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let content = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let imported = import(&content).map_err(|error| format!("{}: {error}", file.display()))?;
    let json = serde_json::to_string_pretty(&imported.resume)? + "\n";
    match out {
        Some(out) => {
            let new = fs::File::create_new(out).map_err(|error| format!("{}: {error}", out.display()))?;
            std::io::Write::write_all(&mut &new, json.as_bytes())?;
        }
        None => print!("{json}"),
    }
    for line in &imported.not_imported {
        print_error(format_args!("not imported: {line}"));
    }
    Ok(())
}
