//! The HTML pages: that of a link, and those of errors. They have no script and name neither label nor code.

use base64ct::{Base64, Encoding as _};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};
use vitae_parameters::Problem;

/// The style of every page.
const STYLE: &str = "body{font:1.125rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem;\
color:#1a1a1a;background:#fff}h1{font-size:1.5rem;line-height:1.25}button{font:inherit;font-weight:600;\
padding:.75rem 1.5rem;border:2px solid #0b57d0;border-radius:.375rem;background:#0b57d0;color:#fff;cursor:pointer}\
button:hover{background:#0842a0;border-color:#0842a0}button:focus-visible,a:focus-visible{outline:3px solid #1a1a1a;\
outline-offset:3px}a{color:#0b57d0}@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}\
a{color:#a8c7fa}button{background:#a8c7fa;border-color:#a8c7fa;color:#062e6f}button:hover{background:#d3e3fd;\
border-color:#d3e3fd}button:focus-visible,a:focus-visible{outline-color:#eee}}";

/// The content security policy of every page: the style by its hash, and forms to this site only.
#[must_use]
pub fn content_security_policy() -> String {
    let hash = Base64::encode_string(&Sha256::digest(STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// The page of a link. The form is sent to the page's own URL.
#[must_use]
pub fn link(owner: &str, document: &str) -> String {
    let title = format!("{owner} shared {document} with you");
    page(
        &title,
        &html! {
            h1 { (title) }
            p { "The button opens the document. " (owner) " sees that the link was opened, and nothing else about you." }
            form method="post" {
                button type="submit" { "Open " (document) }
            }
        },
    )
}

/// The page of a problem.
#[must_use]
pub fn problem(problem: Problem) -> String {
    let (heading, sentence) = match problem {
        Problem::LinkUnknown => ("This link does not exist", "Check that the whole address was copied."),
        Problem::LinkRevoked => ("This link was taken back", "Ask the person who sent it for another."),
        Problem::LinkExpired => ("This link has expired", "Ask the person who sent it for another."),
        Problem::BadRequest => {
            ("This is not an e-mail address", "Go back and enter one address, such as jane@example.com.")
        }
        Problem::LinksUnavailable => ("This does not work at the moment", "Try again in a few seconds."),
        _ => ("This did not work", "Try again later."),
    };
    page(
        heading,
        &html! {
            h1 { (heading) }
            p { (sentence) }
            p { a href="/" { "To the start page" } }
            p { small { "Code: " (problem.code()) } }
        },
    )
}

fn page(title: &str, content: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main { (content) }
            }
        }
    };
    page.into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_owner_and_document_and_has_one_button() {
        let page = link("Jane Doe", "resume.pdf");
        assert_eq!(page.matches("<button").count(), 1);
        assert!(page.contains("<h1>Jane Doe shared resume.pdf with you</h1>"), "{page}");
        assert!(page.contains("<form method=\"post\">") && page.contains("content=\"noindex\""), "{page}");
        assert!(!page.contains("<script") && !page.contains("/l/"), "{page}");
    }

    #[test]
    fn names_cannot_add_markup() {
        let page = link("<b>Jane</b>", "\"><script>.pdf");
        assert!(!page.contains("<b>") && !page.contains("<script"), "{page}");
    }

    #[test]
    fn the_policy_allows_the_style_and_nothing_inline() {
        let policy = content_security_policy();
        assert!(policy.contains("form-action 'self'") && policy.contains("style-src 'sha256-"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }

    #[test]
    fn every_problem_has_a_page_with_a_heading() {
        for code in Problem::ALL {
            assert_eq!(problem(code).matches("<h1>").count(), 1, "{code:?}");
        }
        assert_ne!(problem(Problem::LinkRevoked), problem(Problem::LinkExpired));
    }
}
