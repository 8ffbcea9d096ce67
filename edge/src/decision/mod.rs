#![doc = include_str!("table.md")]

#[cfg(test)]
mod tests;

use crate::accept::Wants;
use crate::allowed_origins::AllowedOrigins;
use crate::event::Field;
use crate::route::{Method, Route};

/// All that the decision depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) route: Route,
    pub(crate) method: Method,
    pub(crate) origin: Origin<'a>,
    pub(crate) site: Site,
    pub(crate) wants: Wants,
    /// The owner's `mint.cross_site`.
    pub(crate) cross_site: bool,
}

/// What is to be done. A refusal is one too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    NotFound,
    MethodNotAllowed,
    OriginNotAllowed,
    Preflight,
    Read,
    Count,
    Mint,
}

/// Who asks, by `Origin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin<'a> {
    Absent,
    /// It equals this configured origin.
    Allowed(&'a str),
    /// Foreign, `null`, malformed or doubled: all alike.
    NotAllowed,
}

impl<'a> Origin<'a> {
    /// Compares bytes, as Fetch does: <https://fetch.spec.whatwg.org/#cors-check>
    pub(crate) fn of(field: &Field<'a>, allowed: AllowedOrigins<'_>) -> Self {
        match field {
            Field::Absent => Self::Absent,
            Field::One(origin) if allowed.contains(origin) => Self::Allowed(origin),
            Field::One(_) | Field::Several(_) => Self::NotAllowed,
        }
    }

    /// The origin that may read the answer.
    pub(crate) const fn allowed(self) -> Option<&'a str> {
        match self {
            Self::Allowed(origin) => Some(origin),
            Self::Absent | Self::NotAllowed => None,
        }
    }
}

/// Where the request comes from, by `Sec-Fetch-Site`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "the header's own words")]
pub(crate) enum Site {
    SameOrigin,
    SameSite,
    CrossSite,
    /// The person typed it, or opened a bookmark.
    None,
    Absent,
    Junk,
}

impl Site {
    pub(crate) fn of(field: &Field<'_>) -> Self {
        match field {
            Field::Absent => Self::Absent,
            Field::One("same-origin") => Self::SameOrigin,
            Field::One("same-site") => Self::SameSite,
            Field::One("cross-site") => Self::CrossSite,
            Field::One("none") => Self::None,
            Field::One(_) | Field::Several(_) => Self::Junk,
        }
    }
}

impl Asked<'_> {
    /// The decision.
    pub(crate) fn decide(&self) -> Decision {
        let origin_allowed = matches!(self.origin, Origin::Allowed(_));
        let if_allowed = |decision, allowed| if allowed { decision } else { Decision::OriginNotAllowed };
        match (self.route, self.method) {
            (Route::Unknown, _) => Decision::NotFound,
            (Route::Cv, Method::Post) | (_, Method::Other) => Decision::MethodNotAllowed,
            (_, Method::Options) => if_allowed(Decision::Preflight, origin_allowed),
            (Route::Count, Method::Post) => if_allowed(Decision::Count, origin_allowed),
            (Route::Count, _) => if_allowed(Decision::Read, origin_allowed || self.origin == Origin::Absent),
            (Route::Cv, _) => if_allowed(Decision::Mint, origin_allowed || self.may_mint_without_origin()),
        }
    }

    fn may_mint_without_origin(&self) -> bool {
        self.origin == Origin::Absent
            && match self.site {
                Site::SameOrigin | Site::SameSite | Site::None => true,
                Site::CrossSite => self.cross_site,
                Site::Absent => self.wants == Wants::Html,
                Site::Junk => false,
            }
    }
}
