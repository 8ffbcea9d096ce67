#![doc = include_str!("table.md")]

#[cfg(test)]
mod tests;

use vitae_parameters::PreferredType;

use crate::allowed_origins::AllowedOrigins;
use crate::event::Field;
use crate::route::{Access, Method, Route, Target};

/// Everything that the decision depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PolicyInput<'a> {
    /// `None` for an unknown path.
    pub(crate) route: Option<&'static Route>,
    pub(crate) method: Method,
    pub(crate) origin: Origin<'a>,
    pub(crate) fetch_site: FetchSite,
    pub(crate) preferred_type: PreferredType,
    /// The owner's `mint.cross_site`.
    pub(crate) cross_site: bool,
}

/// What to do with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    NotFound,
    MethodNotAllowed(&'static Route),
    OriginNotAllowed,
    Preflight(&'static Route),
    Accept(Target),
}

/// The request's `Origin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin<'a> {
    Absent,
    /// It equals this configured origin.
    Allowed(&'a str),
    /// Foreign, `null`, malformed or repeated.
    NotAllowed,
}

impl<'a> Origin<'a> {
    /// Compares bytes, as Fetch does: <https://fetch.spec.whatwg.org/#cors-check>
    pub(crate) fn from_field(field: &Field<'a>, allowed: AllowedOrigins<'_>) -> Self {
        match field {
            Field::Absent => Self::Absent,
            Field::One(origin) if allowed.contains(origin) => Self::Allowed(origin),
            Field::One(_) | Field::Several(_) => Self::NotAllowed,
        }
    }

    /// The origin that may read the response.
    pub(crate) const fn allowed(self) -> Option<&'a str> {
        match self {
            Self::Allowed(origin) => Some(origin),
            Self::Absent | Self::NotAllowed => None,
        }
    }
}

/// The request's `Sec-Fetch-Site`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FetchSite {
    SameOrigin,
    SameSite,
    CrossSite,
    /// The person typed the address or opened a bookmark.
    None,
    Absent,
    /// An unknown value, or several.
    Unknown,
}

impl FetchSite {
    pub(crate) fn from_field(field: &Field<'_>) -> Self {
        match field {
            Field::Absent => Self::Absent,
            Field::One("same-origin") => Self::SameOrigin,
            Field::One("same-site") => Self::SameSite,
            Field::One("cross-site") => Self::CrossSite,
            Field::One("none") => Self::None,
            Field::One(_) | Field::Several(_) => Self::Unknown,
        }
    }
}

impl PolicyInput<'_> {
    /// The decision.
    pub(crate) fn decide(&self) -> Decision {
        let Some(route) = self.route else { return Decision::NotFound };
        let (access, accepted) = match route.endpoint(self.method) {
            Some(endpoint) => (endpoint.access, Decision::Accept(endpoint.target)),
            None if self.method == Method::Options => (Access::AllowedOrigin, Decision::Preflight(route)),
            None => return Decision::MethodNotAllowed(route),
        };
        if self.has_access(access) { accepted } else { Decision::OriginNotAllowed }
    }

    fn has_access(&self, access: Access) -> bool {
        match self.origin {
            Origin::Allowed(_) => true,
            Origin::NotAllowed => false,
            Origin::Absent => match access {
                Access::AllowedOrigin => false,
                Access::NoForeignOrigin => true,
                Access::OwnSite => self.is_own_site_or_navigation(),
            },
        }
    }

    fn is_own_site_or_navigation(&self) -> bool {
        match self.fetch_site {
            FetchSite::SameOrigin | FetchSite::SameSite | FetchSite::None => true,
            FetchSite::CrossSite => self.cross_site,
            FetchSite::Absent => self.preferred_type == PreferredType::Html,
            FetchSite::Unknown => false,
        }
    }
}
