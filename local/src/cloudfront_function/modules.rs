//! What a function may import: the module `cloudfront`, for its key value store.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::Declared;
use rquickjs::{Ctx, Error, Function, Module};
use serde_json::{Value, json};
use tokio::runtime::Handle;

use crate::key_value_store::KeyValueStore;

const CLOUDFRONT: &str = include_str!("cloudfront.js");

/// When a function is stopped. What it waits for another's answer does not count.
#[derive(Clone, Debug)]
pub(super) struct Deadline(Rc<Cell<Instant>>);

impl Deadline {
    pub(super) fn in_time(time: Duration) -> Self {
        Self(Rc::new(Cell::new(Instant::now() + time)))
    }

    pub(super) fn has_passed(&self) -> bool {
        Instant::now() >= self.0.get()
    }

    fn wait<T>(&self, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let done = work();
        self.0.set(self.0.get() + started.elapsed());
        done
    }
}

/// The store that a run may read.
#[derive(Clone)]
pub(super) struct Store {
    store: KeyValueStore,
    /// `None` while the code is only looked at: a handle for it may be made, but nothing read.
    runtime: Option<Handle>,
}

impl Store {
    /// Known, but not to be read.
    pub(super) fn named(store: Option<&KeyValueStore>) -> Option<Self> {
        store.map(|store| Self { store: store.clone(), runtime: None })
    }

    /// To be read from a thread that may block.
    pub(super) fn readable(store: Option<&KeyValueStore>) -> Option<Self> {
        store.map(|store| Self { store: store.clone(), runtime: Handle::try_current().ok() })
    }

    /// What JavaScript reads: an object with `value` or `error`.
    fn read(&self, what: &str, key: &str) -> Value {
        let Some(runtime) = &self.runtime else {
            return json!({ "error": "a key value store is read while a request is handled, not before" });
        };
        let read = runtime.block_on(async {
            match what {
                "meta" => self.store.meta().await,
                _ => self.store.get(key).await.map(Value::from),
            }
        });
        read.map_or_else(|error| json!({ "error": error }), |value| json!({ "value": value }))
    }
}

/// Which modules there are.
pub(super) struct Modules;

impl Resolver for Modules {
    fn resolve<'js>(
        &mut self,
        _: &Ctx<'js>,
        base: &str,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> rquickjs::Result<String> {
        let refused = match name {
            "cloudfront" => return Ok(name.to_owned()),
            "crypto" | "querystring" | "buffer" => "not modelled locally",
            _ => "the runtime has no such module",
        };
        Err(Error::new_resolving_message(base, name, refused))
    }
}

/// The module `cloudfront`.
pub(super) struct Cloudfront {
    store: Option<Store>,
    deadline: Deadline,
}

impl Cloudfront {
    pub(super) const fn new(store: Option<Store>, deadline: Deadline) -> Self {
        Self { store, deadline }
    }
}

impl Loader for Cloudfront {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> rquickjs::Result<Module<'js, Declared>> {
        let module = Module::declare(ctx.clone(), name, CLOUDFRONT)?;
        if let Some(store) = &self.store {
            let (store, deadline) = (store.clone(), self.deadline.clone());
            let meta = module.meta()?;
            meta.set("id", store.store.id())?;
            let read = move |what: String, key: String| deadline.wait(|| store.read(&what, &key)).to_string();
            meta.set("read", Function::new(ctx.clone(), read)?)?;
        }
        Ok(module)
    }
}
