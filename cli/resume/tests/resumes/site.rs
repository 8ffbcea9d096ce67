//! Builds of a site's folder.

use std::{cell::Cell, fs, path::Path};

use vitae_resume::{Build, BuildError, Today};

use crate::pages::themes;

const TODAY: Today = Today { year: 2026, month: 11 };

struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new(resume: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        site.write("resume.json", resume);
        site
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join("site").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn out(&self) -> std::path::PathBuf {
        self.folder.path().join("out")
    }

    fn build(&self) -> Build {
        let source = self.folder.path().join("site/resume.json");
        Build { source, themes: themes(), out: self.out(), today: TODAY }
    }

    fn pages(&self) -> Result<vitae_resume::Built, BuildError> {
        self.build().pages(|_, _| false)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.out().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }
}

const ADA: &str = r#"{"basics": {"name": "Ada"}, "meta": {"site": "https://ada.example"}}"#;

#[test]
fn a_second_language_is_a_page_of_its_own_and_both_refer_to_each_other() {
    let site = Site::new(ADA);
    site.write("resume.de.json", r#"{"basics": {"name": "Ada"}, "meta": {"site": "https://ada.example"}}"#);
    assert_eq!(site.pages().unwrap().pages, 2);
    for (file, lang, canonical, other) in
        [("index.html", "en", "https://ada.example/", "/de/"), ("de/index.html", "de", "https://ada.example/de/", "/")]
    {
        let page = crate::html::unescape(&site.read(file));
        assert!(page.contains(&format!("<html lang=\"{lang}\"")), "{page}");
        assert!(page.contains(&format!("<link rel=\"canonical\" href=\"{canonical}\">")), "{page}");
        assert!(page.contains("hreflang=\"de\" href=\"https://ada.example/de/\""), "{page}");
        assert!(page.contains(&format!("<a href=\"{other}\" lang=")), "{page}");
    }
    let map = crate::html::unescape(&site.read("sitemap.xml"));
    assert!(map.starts_with("<?xml") && map.contains("<loc>https://ada.example/de/</loc>"), "{map}");
    assert!(site.read("robots.txt").contains("Sitemap: https://ada.example/sitemap.xml"));
}

#[test]
fn without_the_address_of_the_site_nothing_needs_one() {
    let site = Site::new(r#"{"basics": {"name": "Ada"}}"#);
    site.pages().unwrap();
    assert!(!site.out().join("sitemap.xml").exists());
    assert!(!site.read("robots.txt").contains("Sitemap"));
    let page = site.read("index.html");
    assert!(!page.contains("canonical") && !page.contains("og:url") && !page.contains("og:image"), "{page}");
}

#[test]
fn a_file_of_the_owner_replaces_the_one_that_would_be_built() {
    let site = Site::new(ADA);
    site.write("robots.txt", "mine");
    site.write("cv/resume.pdf", "%PDF mine");
    site.write("img/me.jpg", "jpg");
    let built = site.pages().unwrap();
    assert_eq!(built.replaced, ["robots.txt"]);
    assert_eq!((site.read("robots.txt"), site.read("img/me.jpg")), ("mine".into(), "jpg".into()));
    assert_eq!(
        site.build().documents(None).err().map(|error| error.to_string().contains("VITAE_TYPST")),
        Some(true),
        "the picture"
    );
    assert_eq!(site.read("cv/resume.pdf"), "%PDF mine");
}

#[test]
fn an_invalid_resume_leaves_the_last_build_as_it_is() {
    let site = Site::new(ADA);
    site.pages().unwrap();
    let before = site.read("index.html");
    site.write("resume.json", "{\n  \"work\": 7\n}");
    let error = site.pages().unwrap_err().to_string();
    assert!(error.contains("resume.json is not a valid resume:\n2:11: error: work: is the number 7"), "{error}");
    assert_eq!(site.read("index.html"), before);
}

#[test]
fn a_second_build_writes_nothing_and_a_removed_file_is_deleted() {
    let site = Site::new(ADA);
    site.write("old.txt", "x");
    assert!(site.pages().unwrap().written > 5);
    assert_eq!(site.pages().unwrap().written, 0);
    fs::remove_file(site.folder.path().join("site/old.txt")).unwrap();
    assert_eq!(site.pages().unwrap().deleted, 1);
    assert!(!site.out().join("old.txt").exists());
}

#[test]
fn a_folder_of_someone_else_is_not_overwritten() {
    let site = Site::new(ADA);
    fs::create_dir(site.out()).unwrap();
    fs::write(site.out().join("thesis.txt"), "x").unwrap();
    assert!(matches!(site.pages(), Err(BuildError::ForeignFolder { .. })));
    assert_eq!(site.read("thesis.txt"), "x");
}

#[test]
fn a_link_is_rejected_by_name() {
    let site = Site::new(ADA);
    std::os::unix::fs::symlink("/etc/hostname", site.folder.path().join("site/x.txt")).unwrap();
    let error = site.pages().unwrap_err().to_string();
    assert!(error.contains("x.txt: links and special"), "{error}");
}

#[test]
fn a_language_that_is_not_one_is_rejected_with_the_file() {
    for name in ["resume.german.json", "resume.en.json", "resume.<b>.json"] {
        let site = Site::new(ADA);
        site.write(name, ADA);
        let error = site.pages().unwrap_err().to_string();
        assert!(error.contains(name) && error.contains("resume.de.json"), "{error}");
    }
}

#[test]
fn a_theme_that_does_not_exist_is_rejected_with_those_that_do() {
    let site = Site::new(r#"{"meta": {"theme": "baroque"}}"#);
    let error = site.pages().unwrap_err().to_string();
    assert!(error.contains("\"baroque\"") && error.contains("default, letter"), "{error}");
}

#[test]
fn a_misspelled_variable_of_a_template_is_an_error_with_its_line() {
    let site = Site::new(r#"{"meta": {"theme": "mine"}}"#);
    site.write("themes/mine/page.html", "<!doctype html>\n<title>{{ page.heading_of_all }}</title>\n");
    let error = site.pages().unwrap_err().to_string();
    assert!(error.contains("page.html") && error.contains(":2"), "{error}");
}

#[test]
fn ignored_files_are_not_in_the_result() {
    let site = Site::new(ADA);
    site.write("drafts/a.html", "x");
    let asked = Cell::new(0);
    let is_ignored = |path: &Path, is_folder: bool| {
        asked.set(asked.get() + 1);
        is_folder && path.ends_with("drafts")
    };
    site.build().pages(is_ignored).unwrap();
    assert!(asked.get() > 0 && !site.out().join("drafts").exists());
}

/// Everything that the page loads, compressed as CloudFront does, is less than 60 KB.
#[test]
fn the_page_of_the_sample_loads_less_than_60_kilobytes() {
    let site = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../site");
    let out = tempfile::tempdir().unwrap();
    let out = out.path().join("site");
    Build { source: site.join("resume.json"), themes: themes(), out: out.clone(), today: TODAY }
        .pages(|_, _| false)
        .unwrap();
    let mut total = 0;
    for folder in ["", "css", "js"] {
        for entry in fs::read_dir(out.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_file()
                && !name.starts_with('.')
                && !matches!(name, "404.html" | "robots.txt" | "sitemap.xml" | "preview.png")
            {
                total += fs::metadata(&path).unwrap().len();
            }
        }
    }
    eprintln!("the page and its files: {total} bytes before compression");
    assert!(total < 60_000, "{total}");
}
