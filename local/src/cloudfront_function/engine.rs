//! QuickJS, bounded in time and memory and without the globals that CloudFront's runtime lacks.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use rquickjs::context::intrinsic;
use rquickjs::promise::MaybePromise;
use rquickjs::{
    CatchResultExt as _, CaughtError, Context, Ctx, Error, Exception, Function, Module, Promise, Runtime, Value,
};
use rustix::time::{ClockId, clock_gettime};

use super::Failure;
use super::console::Console;
use super::modules::{Cloudfront, Deadline, Modules, Store};
use crate::key_value_store::KeyValueStore;
use crate::limits::{FUNCTION_MEMORY_MAX_BYTES, FUNCTION_STACK_MAX_BYTES, FUNCTION_TIME_MAX};

/// Everything of the language that the prelude then cuts down. `Eval` is what compiles code at all.
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

/// Loads code without calling its handler. `Err` says what is wrong with it.
pub(crate) fn compile(name: &str, code: &str, store: Option<&KeyValueStore>) -> Result<(), String> {
    let engine = Engine::new(name, Duration::ZERO, Store::named(store))?;
    engine.context.with(|ctx| engine.load(&ctx, code).map(drop))
}

/// Loads code and calls its handler with `event`. The result is JSON, and the processor's time that the call took.
pub(super) fn run(function: &super::Function, event: &str, now: Duration) -> Result<(String, Duration), Failure> {
    let store = Store::readable(function.store.as_ref());
    let engine = Engine::new(&function.name, now, store).map_err(Failure::Execution)?;
    engine.context.with(|ctx| {
        let handler = engine.load(&ctx, &function.code).map_err(Failure::Execution)?;
        let started = processor_time();
        let returned = engine.call(&ctx, &handler, event).map_err(Failure::Execution)?;
        let compute = processor_time().saturating_sub(started);
        let json = ctx.json_stringify(returned).catch(&ctx).map_err(|error| {
            Failure::Validation(format!("the function returned what is no JSON: {}", engine.describe(&error)))
        })?;
        let json = json.ok_or_else(|| Failure::Validation("the function returned nothing".to_owned()))?;
        let json = json.to_string();
        let json =
            json.map_err(|error| Failure::Validation(format!("the function returned what is no text: {error}")))?;
        Ok((json, compute))
    })
}

/// What this thread has had of the processor: another program's work does not count.
fn processor_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

struct Engine {
    /// The one thing that owns the heap; the context borrows from it.
    context: Context,
    stopped: Rc<Cell<bool>>,
    deadline: Deadline,
}

impl Engine {
    fn new(name: &str, now: Duration, store: Option<Store>) -> Result<Self, String> {
        let failed = |error: Error| format!("the engine did not start: {error}");
        let runtime = Runtime::new().map_err(failed)?;
        runtime.set_max_stack_size(FUNCTION_STACK_MAX_BYTES);
        let deadline = Deadline::in_time(FUNCTION_TIME_MAX);
        runtime.set_loader(Modules, Cloudfront::new(store, deadline.clone()));
        let context = Context::custom::<Language>(&runtime).map_err(failed)?;
        let console = Console::new(name);
        context.with(|ctx| -> Result<(), String> {
            let log = Function::new(ctx.clone(), move |line: String| console.log(&line)).map_err(failed)?;
            let prelude: Function<'_> = ctx.eval(PRELUDE).map_err(failed)?;
            let now_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
            #[expect(clippy::cast_precision_loss, reason = "JavaScript's numbers are such; exact for 285,000 years")]
            prelude
                .call::<_, ()>((now_ms as f64, log))
                .catch(&ctx)
                .map_err(|error| format!("the engine did not start: {error}"))
        })?;
        // The engine's own tables are no function's fault: only what the function adds to them counts.
        let own = usize::try_from(runtime.memory_usage().malloc_size).unwrap_or_default();
        runtime.set_memory_limit(own + FUNCTION_MEMORY_MAX_BYTES);
        let stopped = Rc::new(Cell::new(false));
        let (seen, end) = (Rc::clone(&stopped), deadline.clone());
        runtime.set_interrupt_handler(Some(Box::new(move || {
            seen.set(seen.get() || end.has_passed());
            seen.get()
        })));
        Ok(Self { context, stopped, deadline })
    }

    /// Evaluates the code as a module, which is strict and may import, and finds its handler.
    fn load<'js>(&self, ctx: &Ctx<'js>, code: &str) -> Result<Function<'js>, String> {
        let module = format!("{code}\nexport {{ handler as default }};\n");
        let evaluate = || -> rquickjs::Result<Module<'js, _>> {
            let (module, promise) = Module::declare(ctx.clone(), "function", module)?.eval()?;
            self.settle::<()>(ctx, &promise)?;
            Ok(module)
        };
        let module = evaluate().catch(ctx).map_err(|error| self.describe(&error))?;
        let handler: Value<'js> = module.get("default").catch(ctx).map_err(|error| self.describe(&error))?;
        handler
            .into_function()
            .ok_or_else(|| "the code must declare `function handler(event)`: its `handler` is no function".to_owned())
    }

    fn call<'js>(&self, ctx: &Ctx<'js>, handler: &Function<'js>, event: &str) -> Result<Value<'js>, String> {
        let call = || -> rquickjs::Result<Value<'js>> {
            let event = ctx.json_parse(event)?;
            let returned: MaybePromise<'js> = handler.call((event,))?;
            match returned.as_value().as_promise() {
                Some(promise) => self.settle(ctx, promise),
                None => Ok(returned.into_value()),
            }
        };
        call().catch(ctx).map_err(|error| self.describe(&error))
    }

    /// Runs the engine's jobs until the promise is settled, none is left or the time is up.
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

    /// What went wrong, in a sentence of bounded length.
    fn describe(&self, error: &CaughtError<'_>) -> String {
        if self.stopped.get() {
            return format!("stopped after {} ms", FUNCTION_TIME_MAX.as_millis());
        }
        let text = match error {
            CaughtError::Exception(exception) => {
                let name = exception.as_object().get::<_, String>("name").unwrap_or_else(|_| "Error".to_owned());
                format!("{name}: {}", exception.message().unwrap_or_default())
            }
            // All that QuickJS can still throw when there is no room left for an error.
            CaughtError::Value(value) if value.is_null() => {
                format!("thrown: null, or out of memory: {FUNCTION_MEMORY_MAX_BYTES} bytes is the most")
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
