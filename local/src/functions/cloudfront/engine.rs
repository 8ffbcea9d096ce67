//! QuickJS with limits on time and memory, and only the globals of CloudFront's runtime.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use rquickjs::context::intrinsic;
use rquickjs::object::Property;
use rquickjs::promise::MaybePromise;
use rquickjs::{
    CatchResultExt as _, CaughtError, Context, Ctx, Error, Exception, Function, Module, Object, Promise, Runtime, Value,
};

use super::console::Console;
use super::deadline::{Deadline, processor_time};
use super::key_value_store::KeyValueStore;
use super::modules::{Cloudfront, Modules, Store};
use super::{FunctionError, RuntimeVersion, digest};
use crate::limits::{FUNCTION_MEMORY_MAX_BYTES, FUNCTION_STACK_MAX_BYTES, FUNCTION_TIME_MAX};

/// The language features that the prelude then reduces. `Eval` is needed to compile code.
type Language = (
    intrinsic::Date,
    intrinsic::Eval,
    intrinsic::RegExpCompiler,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::TypedArrays,
    intrinsic::Promise,
);

const PRELUDE: &str = include_str!("prelude.js");

const HELPERS: &str = include_str!("helpers.js");

/// Loads code without calling its handler. The error is the reason why the code is not valid.
pub(crate) fn compile(
    name: &str,
    version: RuntimeVersion,
    code: &str,
    store: Option<&KeyValueStore>,
) -> Result<(), String> {
    let engine = Engine::new(name, version, Duration::ZERO, Cloudfront::new(Store::unreadable(store), true))?;
    engine.context.with(|ctx| engine.load(&ctx, code).map(drop))
}

/// The input of a call.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    /// The event, as JSON.
    pub(super) event: &'a str,
    pub(super) raw_query: &'a str,
    /// The time that `Date` has.
    pub(super) now: Duration,
    /// Whether the event is a viewer request.
    pub(super) is_request: bool,
}

/// Loads code and calls its handler with the event. Returns the result as JSON and the call's processor time.
pub(super) fn run(
    function: &super::CloudFrontFunction,
    Input { event, raw_query, now, is_request }: Input<'_>,
) -> Result<(String, Duration), FunctionError> {
    let module = Cloudfront::new(Store::readable(function.store.as_ref()), is_request);
    let engine = Engine::new(&function.name, function.version, now, module).map_err(FunctionError::Execution)?;
    engine.context.with(|ctx| {
        let handler = engine.load(&ctx, &function.code).map_err(FunctionError::Execution)?;
        let started = processor_time();
        let returned = engine.call(&ctx, &handler, event, raw_query).map_err(FunctionError::Execution)?;
        let compute = processor_time().saturating_sub(started);
        let json = ctx.json_stringify(returned).catch(&ctx).map_err(|error| {
            FunctionError::Validation(format!("the result is not JSON: {}", engine.describe(&error)))
        })?;
        let json = json.ok_or_else(|| FunctionError::Validation("the function returned nothing".to_owned()))?;
        let json = json.to_string();
        let json = json.map_err(|error| FunctionError::Validation(format!("the result is not text: {error}")))?;
        Ok((json, compute))
    })
}

struct Engine {
    /// Keeps the runtime, which owns the heap, alive.
    context: Context,
    stopped: Rc<Cell<bool>>,
    deadline: Deadline,
}

impl Engine {
    fn new(name: &str, version: RuntimeVersion, now: Duration, module: Cloudfront) -> Result<Self, String> {
        let failed = |error: Error| format!("the engine did not start: {error}");
        let runtime = Runtime::new().map_err(failed)?;
        runtime.set_max_stack_size(FUNCTION_STACK_MAX_BYTES);
        let deadline = Deadline::after(FUNCTION_TIME_MAX);
        runtime.set_loader(Modules(version), module);
        let context = Context::custom::<Language>(&runtime).map_err(failed)?;
        let console = Console::new(name);
        context.with(|ctx| -> Result<(), String> {
            let log = Function::new(ctx.clone(), move |line: String| console.log(&line)).map_err(failed)?;
            let load = Function::new(ctx.clone(), load_helpers).map_err(failed)?;
            let prelude: Function<'_> = ctx.eval(PRELUDE).map_err(failed)?;
            let now_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
            #[expect(clippy::cast_precision_loss, reason = "JavaScript numbers are doubles; exact for 285,000 years")]
            prelude
                .call::<_, ()>((now_ms as f64, log, load, version == RuntimeVersion::First))
                .catch(&ctx)
                .map_err(|error| format!("the engine did not start: {error}"))
        })?;
        // The engine's own tables do not count towards the function's limit.
        let baseline = usize::try_from(runtime.memory_usage().malloc_size).unwrap_or_default();
        runtime.set_memory_limit(baseline + FUNCTION_MEMORY_MAX_BYTES);
        let stopped = Rc::new(Cell::new(false));
        let flag = Rc::clone(&stopped);
        runtime.set_interrupt_handler(Some(Box::new(move || {
            flag.set(flag.get() || deadline.has_passed());
            flag.get()
        })));
        Ok(Self { context, stopped, deadline })
    }

    /// Evaluates the code as a module, which is strict and may import, and returns its handler.
    fn load<'js>(&self, ctx: &Ctx<'js>, code: &str) -> Result<Function<'js>, String> {
        // Like CloudFront, this takes a function declaration and an assignment to `global.handler`.
        let module = format!("{code}\nexport default typeof handler === 'undefined' ? undefined : handler;\n");
        let evaluate = || -> rquickjs::Result<Module<'js, _>> {
            let (module, promise) = Module::declare(ctx.clone(), "function", module)?.eval()?;
            self.settle::<()>(ctx, &promise)?;
            Ok(module)
        };
        let module = evaluate().catch(ctx).map_err(|error| self.describe(&error))?;
        let handler: Value<'js> = module.get("default").catch(ctx).map_err(|error| self.describe(&error))?;
        handler.into_function().ok_or_else(|| {
            "the code must declare `function handler(event)`; its `handler` is not a function".to_owned()
        })
    }

    fn call<'js>(
        &self,
        ctx: &Ctx<'js>,
        handler: &Function<'js>,
        event: &str,
        raw_query: &str,
    ) -> Result<Value<'js>, String> {
        let call = || -> rquickjs::Result<Value<'js>> {
            let event: Value<'js> = ctx.json_parse(event)?;
            set_raw_query_string(ctx, &event, raw_query)?;
            let returned: MaybePromise<'js> = handler.call((event,))?;
            match returned.as_value().as_promise() {
                Some(promise) => self.settle(ctx, promise),
                None => Ok(returned.into_value()),
            }
        };
        call().catch(ctx).map_err(|error| self.describe(&error))
    }

    /// Runs the engine's jobs until the promise is settled, no job is left, or the deadline has passed.
    fn settle<'js, T: rquickjs::FromJs<'js>>(&self, ctx: &Ctx<'js>, promise: &Promise<'js>) -> rquickjs::Result<T> {
        loop {
            if let Some(result) = promise.result() {
                return result;
            }
            if self.deadline.has_passed() {
                self.stopped.set(true);
                return Err(Exception::throw_internal(ctx, "interrupted"));
            }
            if !ctx.execute_pending_job() {
                return Err(Exception::throw_message(ctx, "the promise that the function returned is never settled"));
            }
        }
    }

    /// The error as a sentence of limited length.
    fn describe(&self, error: &CaughtError<'_>) -> String {
        if self.stopped.get() {
            return format!("stopped after {} ms", FUNCTION_TIME_MAX.as_millis());
        }
        let text = match error {
            CaughtError::Exception(exception) => {
                let name = exception.as_object().get::<_, String>("name").unwrap_or_else(|_| "Error".to_owned());
                let message = exception.message().unwrap_or_default();
                format!("{name}: {message}{}", hint(&message))
            }
            // QuickJS throws null if it has no memory left for an error.
            CaughtError::Value(value) if value.is_null() => {
                format!("thrown: null, or out of memory: the limit is {FUNCTION_MEMORY_MAX_BYTES} bytes")
            }
            CaughtError::Value(value) => match value.as_string().and_then(|text| text.to_string().ok()) {
                Some(text) => format!("thrown: {text}"),
                None => format!("thrown: a value of type {}", value.type_name()),
            },
            CaughtError::Error(error) => error.to_string(),
        };
        text.chars().take(1_000).collect()
    }
}

/// Evaluates the modules that are written in JavaScript.
fn load_helpers<'js>(ctx: Ctx<'js>, is_first: bool) -> rquickjs::Result<Value<'js>> {
    let helpers: Function<'js> = ctx.eval(HELPERS)?;
    helpers.call((Function::new(ctx, digest::hexadecimal)?, is_first))
}

/// Adds the method `rawQueryString` to the event's request. It is not enumerable, so that it is not part of the JSON.
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/general-helper-methods.html>
fn set_raw_query_string<'js>(ctx: &Ctx<'js>, event: &Value<'js>, query: &str) -> rquickjs::Result<()> {
    let Some(request) = event.as_object().and_then(|event| event.get::<_, Object<'js>>("request").ok()) else {
        return Ok(());
    };
    let query = (!query.is_empty()).then(|| query.to_owned());
    request.prop("rawQueryString", Property::from(Function::new(ctx.clone(), move || query.clone())?))
}

/// What an error of the runtime means, if its message does not say it.
fn hint(message: &str) -> &'static str {
    match message {
        "KeyNotFound" => ": the key value store has no such key",
        "KVSNamespaceNotFound" => ": no key value store, or another one, is associated with this function",
        _ => "",
    }
}
