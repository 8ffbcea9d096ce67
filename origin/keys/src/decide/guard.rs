//! The policy that keep URLs alive, by name.

/// A rule without which a visitor could be rejected, or the account's quota could be exhausted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Guard {
    /// A key becomes active only when it is in the group.
    Trusted = 1,
    /// A key becomes active only when the group has been unchanged for the soak time.
    Soaked = 1 << 1,
    /// A key becomes active only when every distribution that trusts the group is deployed.
    Deployed = 1 << 2,
    /// A key becomes active only after a successful probe.
    Proven = 1 << 3,
    /// A key leaves the group only when every URL that it signed has expired.
    UrlsExpired = 1 << 4,
    /// Times of two clocks are compared with a margin.
    ClocksDiffer = 1 << 5,
    /// The public key of the pair at `signer/pending` is not deleted.
    PendingIsNeeded = 1 << 6,
    /// No key pair is generated or accepted while one is pending.
    OneRotationAtATime = 1 << 7,
    /// A retiring key is not accepted again.
    NoRetiringKeyAgain = 1 << 8,
    /// A revoked key is not added to the group again.
    RevokedStaysOut = 1 << 9,
    /// A group is never left without a key.
    GroupNeedsAKey = 1 << 10,
    /// No step exceeds the account's quota of public keys.
    RoomInAccount = 1 << 11,
    /// No step exceeds the group's quota of keys.
    RoomInGroup = 1 << 12,
    /// The active key is not deleted.
    ActiveIsNeeded = 1 << 13,
    /// While the active key is revoked, retiring ones stay: they may be the group's only keys.
    OldKeysHoldTheGroup = 1 << 14,
    /// The probe is skipped only if no distribution uses the group yet.
    NotInUseYet = 1 << 15,
    /// A key supplied by the owner stays at `signer/next` until it is active.
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
        Self::NoRetiringKeyAgain,
        Self::RevokedStaysOut,
        Self::GroupNeedsAKey,
        Self::RoomInAccount,
        Self::RoomInGroup,
        Self::ActiveIsNeeded,
        Self::OldKeysHoldTheGroup,
        Self::NotInUseYet,
        Self::NextStaysUntilItSigns,
    ];
}

/// A set of guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards(u32);

impl Guards {
    /// All guards.
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
