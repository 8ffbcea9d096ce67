//! The pages of the mail. They have no script; the HTML of a message is in a sandboxed frame, without images and requests.

use std::fmt::Write as _;

use vitae_local::Page;

use super::Message;

const HTML: &str = "text/html; charset=utf-8";

/// The policy of the pages.
const POLICY: &str = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The policy of a message's HTML: its links open in the window, when they are clicked.
const MESSAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'; \
                              sandbox allow-top-navigation-by-user-activation";

const STYLE: &str = "\
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 80rem; padding: 1.5rem; }
h1 { font-size: 1.4rem; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem 1rem; overflow-wrap: anywhere; }
dt { font-weight: 600; }
dd { margin: 0; }
.parts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; }
h2 { font-size: 1rem; }
iframe { width: 100%; height: 32rem; border: 1px solid #888; background: #fff; }
pre { box-sizing: border-box; height: 32rem; margin: 0; padding: 1rem; border: 1px solid #888; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
";

/// The style of the pages.
pub(super) fn style() -> Page {
    Page { content_type: "text/css; charset=utf-8", policy: "default-src 'none'", body: STYLE.to_owned() }
}

/// The list of messages, each with its id.
pub(super) fn list(messages: &[(Message, String)]) -> Page {
    let mut items = String::new();
    for (message, id) in messages {
        // Writing to a string cannot fail.
        let _ = writeln!(
            items,
            r#"<li><a href="/.vitae/mail/{id}">{}</a> to {}</li>"#,
            escape(&message.subject),
            escape(&message.to.join(", "))
        );
    }
    let list =
        if items.is_empty() { "<p>No message was sent yet.</p>".to_owned() } else { format!("<ol>\n{items}</ol>") };
    page(
        "Mail",
        &format!(
            "<h1>Mail</h1>\n<p>Messages of the local system, newest first. None has left this machine.</p>\n{list}"
        ),
    )
}

/// A message: its headers, its HTML and its text.
pub(super) fn show(id: &str, message: &Message) -> Page {
    let to = message.to.join(", ");
    let fields = [("From", &message.from), ("To", &to), ("Subject", &message.subject)];
    let further = message.headers.iter().map(|(name, value)| (name.as_str(), value));
    let mut headers = String::new();
    for (name, value) in fields.into_iter().chain(further) {
        let _ = writeln!(headers, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(value));
    }
    let body = format!(
        r#"<p><a href="/.vitae/mail">All messages</a></p>
<h1>{subject}</h1>
<dl>
{headers}</dl>
<div class="parts">
<section><h2>HTML</h2><iframe src="/.vitae/mail/{id}/html" title="The message as HTML"></iframe></section>
<section><h2>Text</h2><pre tabindex="0">{text}</pre></section>
</div>"#,
        subject = escape(&message.subject),
        text = escape(&message.text),
    );
    page(&message.subject, &body)
}

/// The HTML of a message.
pub(super) fn html(message: &Message) -> Page {
    Page { content_type: HTML, policy: MESSAGE_POLICY, body: format!("<base target=\"_top\">\n{}", message.html) }
}

fn page(title: &str, body: &str) -> Page {
    let title = escape(title);
    let body = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"/.vitae/mail.css\">\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    );
    Page { content_type: HTML, policy: POLICY, body }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
