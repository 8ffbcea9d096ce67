//! The parameters that the function reads: `config`, `signer/active` and `links/key`, in one call.
//!
//! Their ages follow the rules of the edge: a value is fresh for a minute, then a request refreshes it and is served with the
//! old one, and after five minutes a request waits for Parameter Store. A rejected value leaves the old one in place.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_sdk_ssm::Client;
use vitae_lambda::CallError;
use vitae_parameters::{
    Config, Freshness, MAX_STALE_MS, Parameter, Prefix, Refresh, SignerParameter, between_ms, fresh_ms,
};
use vitae_signer::Signer;
use zeroize::Zeroizing;

use crate::address::LinksKey;

/// How long a request waits for Parameter Store if it has no recent values.
const EXPIRED_TIMEOUT: Duration = Duration::from_millis(1500);

/// How long a request with stale values waits. It would be served after that anyway; Lambda freezes the environment after a
/// response, so the refresh cannot go on in the background.
const STALE_TIMEOUT: Duration = Duration::from_millis(300);

/// The parameters.
const PARAMETERS: [Parameter; 3] = [Parameter::Config, Parameter::SignerActive, Parameter::LinksKey];

/// The values of one moment.
#[derive(Clone, Debug)]
pub struct Values {
    /// The owner's settings.
    pub config: Arc<Config>,
    /// The active signing key.
    pub signer: Arc<Signer>,
    /// The key of hashes and codes; `None` if it is missing or malformed.
    pub key: Option<LinksKey>,
}

/// The values, their ages and their refresh.
#[derive(Debug)]
pub struct Parameters {
    client: Client,
    prefix: Prefix,
    fresh_ms: u64,
    state: Mutex<State>,
    /// Held by the request that refreshes the values, so that others can wait for it.
    refreshing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    config: Option<(Arc<Config>, u64)>,
    signer: Option<(Arc<Signer>, u64)>,
    key: Option<LinksKey>,
    refresh: Refresh,
}

/// A refresh failed, or a value was rejected. The message contains nothing of a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RefreshError(String);

/// The values for a request, and what went wrong while they were refreshed.
#[derive(Debug)]
pub struct Loaded {
    /// The values; `None` if there are none that are recent enough.
    pub values: Option<Values>,
    /// Why a refresh failed.
    pub failure: Option<RefreshError>,
}

impl Parameters {
    /// The parameters of a stack. `jitter`, from 0 to 1, spreads the refreshes of environments that started together.
    #[must_use]
    pub fn new(client: Client, prefix: Prefix, jitter: f64) -> Self {
        Self {
            client,
            prefix,
            fresh_ms: fresh_ms(jitter),
            state: Mutex::default(),
            refreshing: tokio::sync::Mutex::default(),
        }
    }

    /// The values at this time, in milliseconds since 1970, after a refresh if one is due.
    pub async fn load(&self, now_ms: u64) -> Loaded {
        let (freshness, is_due) = {
            let mut state = self.state();
            let freshness = state.freshness(now_ms, self.fresh_ms);
            (freshness, freshness != Freshness::Fresh && state.refresh.start(now_ms))
        };
        let has_values = matches!(freshness, Freshness::Fresh | Freshness::Stale);
        let timeout = if has_values { STALE_TIMEOUT } else { EXPIRED_TIMEOUT };
        let failure = if is_due {
            let _refreshing = self.refreshing.try_lock();
            self.refresh(now_ms, timeout).await.err()
        } else {
            if !has_values {
                // Another request refreshes the values. If it does not finish, there are none.
                _ = tokio::time::timeout(timeout, self.refreshing.lock()).await;
            }
            None
        };
        Loaded { values: self.state().values(now_ms), failure }
    }

    async fn refresh(&self, started_at_ms: u64, timeout: Duration) -> Result<(), RefreshError> {
        let names = PARAMETERS.map(|parameter| self.prefix.name(parameter));
        let get = self.client.get_parameters().set_names(Some(names.to_vec())).with_decryption(true).send();
        let got = match tokio::time::timeout(timeout, get).await {
            Ok(Ok(output)) => Ok(output.parameters.unwrap_or_default()),
            Ok(Err(error)) => Err(RefreshError(format!("GetParameters: {}", CallError::from_sdk(&error)))),
            Err(_) => Err(RefreshError(format!("GetParameters timed out after {} ms", timeout.as_millis()))),
        };
        let mut state = self.state();
        let result = got.and_then(|parameters| {
            let find = |parameter: Parameter| {
                let name = self.prefix.name(parameter);
                let found = parameters.iter().find(|found| found.name.as_deref() == Some(&name));
                found.and_then(|found| found.value.clone()).map(Zeroizing::new)
            };
            state.apply(PARAMETERS.map(find), started_at_ms)
        });
        state.refresh.end(started_at_ms, result.is_ok());
        result
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while the lock is held leaves the values as they were.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The state of the required values: that of the older one.
    fn freshness(&self, now_ms: u64, fresh_ms: u64) -> Freshness {
        let age_ms = |at_ms: Option<u64>| at_ms.map(|at_ms| between_ms(at_ms, now_ms));
        let config = age_ms(self.config.as_ref().map(|(_, at_ms)| *at_ms));
        let signer = age_ms(self.signer.as_ref().map(|(_, at_ms)| *at_ms));
        Freshness::from_age(config.zip(signer).map(|(config, signer)| config.max(signer)), fresh_ms)
    }

    fn values(&self, now_ms: u64) -> Option<Values> {
        let is_recent = |at_ms: &u64| between_ms(*at_ms, now_ms) <= MAX_STALE_MS;
        let (config, _) = self.config.as_ref().filter(|(_, at_ms)| is_recent(at_ms))?;
        let (signer, _) = self.signer.as_ref().filter(|(_, at_ms)| is_recent(at_ms))?;
        Some(Values { config: Arc::clone(config), signer: Arc::clone(signer), key: self.key.clone() })
    }

    /// Applies every valid value; each is checked completely before it replaces the old one.
    fn apply(&mut self, values: [Option<Zeroizing<String>>; 3], at_ms: u64) -> Result<(), RefreshError> {
        let [config, signer, key] = values;
        let mut faults = Vec::new();
        match config.map(|text| Config::parse(&text)) {
            Some(Ok(config)) => self.config = Some((Arc::new(config), at_ms)),
            Some(Err(error)) => faults.push(format!("config: {}", error.code())),
            None => faults.push("config: missing".to_owned()),
        }
        match signer.map(|text| SignerParameter::parse(&text)) {
            Some(Ok(signer)) => self.signer = Some((Arc::new(signer.into_signer()), at_ms)),
            Some(Err(error)) => faults.push(format!("signer/active: {}", error.code())),
            None => faults.push("signer/active: missing".to_owned()),
        }
        match key.map(|text| LinksKey::parse(&text)) {
            Some(Ok(key)) => self.key = Some(key),
            Some(Err(error)) => faults.push(error.to_string()),
            None => faults.push("links/key: missing".to_owned()),
        }
        if faults.is_empty() { Ok(()) } else { Err(RefreshError(faults.join(", "))) }
    }
}
