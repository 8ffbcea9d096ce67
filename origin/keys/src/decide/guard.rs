//! The rules that keep URLs alive, by name.

/// A rule without which a visitor could be refused, or the account could fill up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Guard {
    /// A key signs only when it is in the group.
    Trusted = 1,
    /// A key signs only when the group has not changed for a while.
    Soaked = 1 << 1,
    /// A key signs only when every distribution that trusts the group is deployed.
    Deployed = 1 << 2,
    /// A key signs only when a URL that it signed was answered.
    Proven = 1 << 3,
    /// A key leaves the group only when all that it signed has expired.
    UrlsExpired = 1 << 4,
    /// Times that two clocks tell are off by a margin.
    ClocksDiffer = 1 << 5,
    /// A pair that is stored at `signer/pending` is not swept away.
    PendingIsNeeded = 1 << 6,
    /// No pair is made or taken while one is pending.
    OneRotationAtATime = 1 << 7,
    /// A key that was in use is not brought again while it is on its way out.
    NoOldKeyAgain = 1 << 8,
    /// A revoked key is not put back.
    RevokedStaysOut = 1 << 9,
    /// A group is never left without a key.
    GroupNeedsAKey = 1 << 10,
    /// Nothing is begun that the account has no room for.
    RoomInAccount = 1 << 11,
    /// Nothing is begun that the group has no room for.
    RoomInGroup = 1 << 12,
    /// The key that signs is not taken for one that may go.
    ActiveIsNeeded = 1 << 13,
    /// While the key that signs is revoked, old ones stay: they may be all that the group has.
    OldKeysHoldTheGroup = 1 << 14,
    /// A key goes unproven only where no distribution could ask for what it signs.
    NobodyAsksYet = 1 << 15,
    /// A key that the owner brings stays at `signer/next` until it signs.
    NextStaysUntilItSigns = 1 << 16,
}

impl Guard {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Trusted,
        Self::Soaked,
        Self::Deployed,
        Self::Proven,
        Self::UrlsExpired,
        Self::ClocksDiffer,
        Self::PendingIsNeeded,
        Self::OneRotationAtATime,
        Self::NoOldKeyAgain,
        Self::RevokedStaysOut,
        Self::GroupNeedsAKey,
        Self::RoomInAccount,
        Self::RoomInGroup,
        Self::ActiveIsNeeded,
        Self::OldKeysHoldTheGroup,
        Self::NobodyAsksYet,
        Self::NextStaysUntilItSigns,
    ];
}

/// Some of the guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards(u32);

impl Guards {
    /// All of them, which is what a decision heeds.
    pub const ALL: Self = Self(u32::MAX);

    /// All but this one.
    #[must_use]
    pub const fn without(guard: Guard) -> Self {
        Self(u32::MAX ^ guard as u32)
    }

    pub(super) const fn has(self, guard: Guard) -> bool {
        self.0 & guard as u32 != 0
    }
}
