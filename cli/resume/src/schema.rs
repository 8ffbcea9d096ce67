//! The JSON Resume schema, version 1.0.0, as a table: <https://github.com/jsonresume/resume-schema/blob/v1.0.0/schema.json>.
//!
//! A table and not a JSON Schema validator, because the schema is small and a validator reports neither lines nor columns, and
//! accepts `2014-19-39` and `javascript:` links. Every field is optional. The schema allows other fields in objects, except at the
//! top. Four of those are known here and are marked.

/// A kind of value.
#[derive(Debug)]
pub(crate) enum Kind {
    Text,
    Date,
    Url,
    Email,
    /// A picture: a URL, or a path on the site.
    Picture,
    /// The language of the file, such as `en` or `de-CH`.
    Language,
    /// The name of a theme's folder.
    Theme,
    /// An object whose values are texts.
    Texts,
    Object(&'static [Field]),
    List(&'static Kind),
}

/// A field of an object.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind }
}

const fn text(name: &'static str) -> Field {
    field(name, Kind::Text)
}

const fn date(name: &'static str) -> Field {
    field(name, Kind::Date)
}

const URL: Field = field("url", Kind::Url);
const TEXTS: Kind = Kind::List(&Kind::Text);
/// Not in the schema for education and volunteer work, and allowed as any other field: the place on the train graph.
const PLACE: Field = text("location");

/// The whole file.
pub(crate) const RESUME: Kind = Kind::Object(&[
    field("$schema", Kind::Url),
    field("basics", Kind::Object(BASICS)),
    field("work", Kind::List(&Kind::Object(WORK))),
    field("volunteer", Kind::List(&Kind::Object(VOLUNTEER))),
    field("education", Kind::List(&Kind::Object(EDUCATION))),
    field("awards", Kind::List(&Kind::Object(AWARD))),
    field("certificates", Kind::List(&Kind::Object(CERTIFICATE))),
    field("publications", Kind::List(&Kind::Object(PUBLICATION))),
    field("skills", Kind::List(&Kind::Object(SKILL))),
    field("languages", Kind::List(&Kind::Object(LANGUAGE))),
    field("interests", Kind::List(&Kind::Object(INTEREST))),
    field("references", Kind::List(&Kind::Object(REFERENCE))),
    field("projects", Kind::List(&Kind::Object(PROJECT))),
    field("meta", Kind::Object(META)),
]);

const BASICS: &[Field] = &[
    text("name"),
    text("label"),
    field("image", Kind::Picture),
    field("email", Kind::Email),
    text("phone"),
    URL,
    text("summary"),
    field("location", Kind::Object(LOCATION)),
    field("profiles", Kind::List(&Kind::Object(PROFILE))),
];

const LOCATION: &[Field] = &[text("address"), text("postalCode"), text("city"), text("countryCode"), text("region")];

const PROFILE: &[Field] = &[text("network"), text("username"), URL];

const WORK: &[Field] = &[
    text("name"),
    text("location"),
    text("description"),
    text("position"),
    URL,
    date("startDate"),
    date("endDate"),
    text("summary"),
    field("highlights", TEXTS),
];

const VOLUNTEER: &[Field] = &[
    text("organization"),
    text("position"),
    URL,
    date("startDate"),
    date("endDate"),
    text("summary"),
    field("highlights", TEXTS),
    PLACE,
];

const EDUCATION: &[Field] = &[
    text("institution"),
    URL,
    text("area"),
    text("studyType"),
    date("startDate"),
    date("endDate"),
    text("score"),
    field("courses", TEXTS),
    PLACE,
];

const AWARD: &[Field] = &[text("title"), date("date"), text("awarder"), text("summary")];
const CERTIFICATE: &[Field] = &[text("name"), date("date"), URL, text("issuer")];
const PUBLICATION: &[Field] = &[text("name"), text("publisher"), date("releaseDate"), URL, text("summary")];
const SKILL: &[Field] = &[text("name"), text("level"), field("keywords", TEXTS)];
const LANGUAGE: &[Field] = &[text("language"), text("fluency")];
const INTEREST: &[Field] = &[text("name"), field("keywords", TEXTS)];
const REFERENCE: &[Field] = &[text("name"), text("reference")];

const PROJECT: &[Field] = &[
    text("name"),
    text("description"),
    field("highlights", TEXTS),
    field("keywords", TEXTS),
    date("startDate"),
    date("endDate"),
    URL,
    field("roles", TEXTS),
    text("entity"),
    text("type"),
];

const META: &[Field] = &[
    field("canonical", Kind::Url),
    text("version"),
    text("lastModified"),
    // As the theme runners of JSON Resume read it.
    field("theme", Kind::Theme),
    // These three are Vitae's own.
    field("language", Kind::Language),
    field("site", Kind::Url),
    field("labels", Kind::Texts),
];
