//! The page in Chromium. The tests are in `browser/`; this program starts a system for them and runs them in Node.

#[path = "../../cli/resume/tests/resumes/shapes.rs"]
mod shapes;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use vitae_parameters::Problem;
use vitae_resume::Build;
use vitae_tests::{NodeTests, RunningSystem, running_system, tool};

fn node(arguments: &[&str], running: &RunningSystem) -> Command {
    let scripts = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("browser");
    let screenshots = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    let problems: BTreeMap<_, _> = Problem::ALL.into_iter().map(|problem| (problem.code(), problem.status())).collect();
    let mut node = Command::new(tool("VITAE_NODE24"));
    node.current_dir(scripts).args(arguments);
    node.env("VITAE_BROWSER_MODULES", tool("VITAE_BROWSER_MODULES"));
    node.env("VITAE_PROBLEMS", serde_json::to_string(&problems).expect("JSON"));
    node.env("VITAE_URL", running.address()).env("VITAE_SCREENSHOTS", screenshots);
    node.env("VITAE_CLOUD", running.system().ministack().endpoint());
    node
}

/// The themes of this repository.
const THEMES: [&str; 2] = ["default", "letter"];

/// Builds the site of each resume with each theme, and returns their number.
fn build_resumes(folder: &Path) -> u64 {
    let site = vitae_bundle::repository().join("site");
    let photo = vitae_bundle::repository().join(".github/page.png");
    let mut count = 0;
    for theme in THEMES {
        for (number, mut shape) in shapes::shapes().into_iter().enumerate() {
            let source = tempfile::tempdir().expect("a folder");
            shape.json["meta"]["theme"] = theme.into();
            fs::write(source.path().join("resume.json"), shape.text()).expect("a resume");
            fs::copy(&photo, source.path().join("me.jpg")).expect("a picture");
            fs::copy(site.join("favicon.svg"), source.path().join("favicon.svg")).expect("an icon");
            fs::create_dir(source.path().join("js")).expect("a folder");
            for script in
                fs::read_dir(site.join("js")).expect("the scripts").map(|entry| entry.expect("a script").path())
            {
                fs::copy(&script, source.path().join("js").join(script.file_name().expect("a name")))
                    .expect("a script");
            }
            let out = folder.join(format!("{theme}-{number:02}-{}", shape.name.replace([' ', ','], "-")));
            let build = Build::now(source.path().join("resume.json"), site.join("themes"), out);
            build.pages(|_, _| false).unwrap_or_else(|error| panic!("{}: {error}", shape.name));
            count += 1;
        }
    }
    count
}

#[test]
fn the_page_works_in_a_real_browser() {
    let (running, _clock) = running_system();
    let named_link = running.named_link();
    let prepared = node(&["prepare.mjs"], running).output().expect("Node starts");
    assert!(prepared.status.success(), "{}", String::from_utf8_lossy(&prepared.stderr));
    // One file at a time: tests that run at once would count each other's visits.
    let arguments = ["--test", "--test-concurrency=1", "--test-reporter=tap"];
    let resumes = tempfile::tempdir().expect("a folder");
    let resume_tests = build_resumes(resumes.path());
    let mut node = node(&arguments, running);
    let tests = NodeTests::run(node.env("VITAE_NAMED_LINK", named_link).env("VITAE_RESUMES", resumes.path()));
    eprintln!("browser: {} passed, {} skipped", tests.passed, tests.skipped);
    assert!(tests.passed >= 96 + resume_tests && tests.skipped == 0, "tests are missing:\n{}", tests.output);
}

#[test]
fn the_page_has_a_message_for_every_problem_code_and_for_no_other() {
    let path = vitae_bundle::repository().join("site/js/messages.mjs");
    let source = fs::read_to_string(path).expect("the messages");
    let codes = source.lines().filter_map(|line| Some(line.trim().strip_prefix("[\"")?.split_once('"')?.0));
    // The page sets the last two itself: without a response, and for a response without a known code.
    let expected = Problem::ALL.into_iter().map(Problem::code).chain(["network", "unknown"]);
    assert_eq!(codes.collect::<BTreeSet<_>>(), expected.collect::<BTreeSet<_>>());
}
