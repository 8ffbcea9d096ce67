//! The modules that a function may import: `cloudfront`, with its key value store, and those that `require` returns too.

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::Declared;
use rquickjs::{Ctx, Error, Function, Module};
use serde_json::{Value, json};
use tokio::runtime::Handle;

use super::RuntimeVersion;
use super::key_value_store::KeyValueStore;

const CLOUDFRONT: &str = include_str!("cloudfront.js");

/// The store of a run.
#[derive(Clone)]
pub(super) struct Store {
    store: KeyValueStore,
    /// `None` while the code is loaded: `cf.kvs()` may be called, but the store cannot be read yet.
    runtime: Option<Handle>,
}

impl Store {
    /// A store that cannot be read, for loading code.
    pub(super) fn unreadable(store: Option<&KeyValueStore>) -> Option<Self> {
        store.map(|store| Self { store: store.clone(), runtime: None })
    }

    /// A store that can be read from a thread that may block.
    pub(super) fn readable(store: Option<&KeyValueStore>) -> Option<Self> {
        store.map(|store| Self { store: store.clone(), runtime: Handle::try_current().ok() })
    }

    /// Reads from the store. Returns an object with `value` or `error` to JavaScript.
    fn read(&self, operation: &str, key: &str) -> Value {
        let Some(runtime) = &self.runtime else {
            return json!({ "error": "a key value store can be read only while a request is handled" });
        };
        let read = runtime.block_on(async {
            match operation {
                "meta" => self.store.meta().await,
                _ => self.store.get(key).await.map(Value::from),
            }
        });
        read.map_or_else(|error| json!({ "error": error }), |value| json!({ "value": value }))
    }
}

/// Resolves module names.
pub(super) struct Modules(pub(super) RuntimeVersion);

impl Resolver for Modules {
    fn resolve<'js>(
        &mut self,
        _: &Ctx<'js>,
        base: &str,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> rquickjs::Result<String> {
        let reason = match name {
            "cloudfront" if self.0 == RuntimeVersion::Second => return Ok(name.to_owned()),
            "crypto" | "querystring" | "buffer" => return Ok(name.to_owned()),
            _ => "the runtime has no such module",
        };
        Err(Error::new_resolving_message(base, name, reason))
    }
}

/// Loads the modules.
pub(super) struct Cloudfront {
    store: Option<Store>,
    /// Whether the function runs on viewer request.
    is_request: bool,
}

impl Cloudfront {
    pub(super) const fn new(store: Option<Store>, is_request: bool) -> Self {
        Self { store, is_request }
    }
}

impl Loader for Cloudfront {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> rquickjs::Result<Module<'js, Declared>> {
        if name != "cloudfront" {
            let names = if name == "buffer" { "export const Buffer = module.Buffer;" } else { "" };
            let code = format!("const module = require('{name}');\nexport default module;\n{names}\n");
            return Module::declare(ctx.clone(), name, code);
        }
        let module = Module::declare(ctx.clone(), name, CLOUDFRONT)?;
        let meta = module.meta()?;
        meta.set("isRequest", self.is_request)?;
        if let Some(store) = &self.store {
            let store = store.clone();
            meta.set("id", store.store.id())?;
            let read = move |operation: String, key: String| store.read(&operation, &key).to_string();
            meta.set("read", Function::new(ctx.clone(), read)?)?;
        }
        Ok(module)
    }
}
