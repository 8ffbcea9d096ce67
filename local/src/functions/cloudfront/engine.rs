//! QuickJS with limits on time and memory, and only the globals of CloudFront's runtime.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use rquickjs::context::intrinsic;
use rquickjs::promise::MaybePromise;
use rquickjs::{
    CatchResultExt as _, CaughtError, Context, Ctx, Error, Exception, Function, Module, Promise, Runtime, Value,
};
use rustix::time::{ClockId, clock_gettime};

use super::FunctionError;
use super::console::Console;
use super::key_value_store::KeyValueStore;
use super::modules::{Cloudfront, Deadline, Modules, Store};
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

/// Loads code without calling its handler. The error is the reason why the code is not valid.
pub(crate) fn compile(name: &str, code: &str, store: Option<&KeyValueStore>) -> Result<(), String> {
    let engine = Engine::new(name, Duration::ZERO, Store::unreadable(store))?;
    engine.context.with(|ctx| engine.load(&ctx, code).map(drop))
}

/// Loads code and calls its handler with `event`. Returns the result as JSON and the call's processor time.
pub(super) fn run(
    function: &super::CloudFrontFunction,
    event: &str,
    now: Duration,
) -> Result<(String, Duration), FunctionError> {
    let store = Store::readable(function.store.as_ref());
    let engine = Engine::new(&function.name, now, store).map_err(FunctionError::Execution)?;
    engine.context.with(|ctx| {
        let handler = engine.load(&ctx, &function.code).map_err(FunctionError::Execution)?;
        let started = processor_time();
        let returned = engine.call(&ctx, &handler, event).map_err(FunctionError::Execution)?;
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

/// The processor time of this thread, which excludes other programs' work.
fn processor_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

struct Engine {
    /// Keeps the runtime, which owns the heap, alive.
    context: Context,
    stopped: Rc<Cell<bool>>,
    deadline: Deadline,
}

impl Engine {
    fn new(name: &str, now: Duration, store: Option<Store>) -> Result<Self, String> {
        let failed = |error: Error| format!("the engine did not start: {error}");
        let runtime = Runtime::new().map_err(failed)?;
        runtime.set_max_stack_size(FUNCTION_STACK_MAX_BYTES);
        let deadline = Deadline::after(FUNCTION_TIME_MAX);
        runtime.set_loader(Modules, Cloudfront::new(store, deadline.clone()));
        let context = Context::custom::<Language>(&runtime).map_err(failed)?;
        let console = Console::new(name);
        context.with(|ctx| -> Result<(), String> {
            let log = Function::new(ctx.clone(), move |line: String| console.log(&line)).map_err(failed)?;
            let prelude: Function<'_> = ctx.eval(PRELUDE).map_err(failed)?;
            let now_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
            #[expect(clippy::cast_precision_loss, reason = "JavaScript numbers are doubles; exact for 285,000 years")]
            prelude
                .call::<_, ()>((now_ms as f64, log))
                .catch(&ctx)
                .map_err(|error| format!("the engine did not start: {error}"))
        })?;
        // The engine's own tables do not count towards the function's limit.
        let baseline = usize::try_from(runtime.memory_usage().malloc_size).unwrap_or_default();
        runtime.set_memory_limit(baseline + FUNCTION_MEMORY_MAX_BYTES);
        let stopped = Rc::new(Cell::new(false));
        let (flag, deadline_at) = (Rc::clone(&stopped), deadline.clone());
        runtime.set_interrupt_handler(Some(Box::new(move || {
            flag.set(flag.get() || deadline_at.has_passed());
            flag.get()
        })));
        Ok(Self { context, stopped, deadline })
    }

    /// Evaluates the code as a module, which is strict and may import, and returns its handler.
    fn load<'js>(&self, ctx: &Ctx<'js>, code: &str) -> Result<Function<'js>, String> {
        let module = format!("{code}\nexport {{ handler as default }};\n");
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
                format!("{name}: {}", exception.message().unwrap_or_default())
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
