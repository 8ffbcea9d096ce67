// What the entry uses of the glue that wasm-bindgen generates.

/** A log line. */
export type Line = { timestamp: string; level: string; event: string; [field: string]: unknown };

/** The output of `handle`. */
export type HandlerOutput = { result: object | null; refresh: boolean; log: Line[] };

/** The output of `acceptParameters` and `refreshFailed`. */
export type RefreshResult = { accepted: boolean; log: Line[] };

/** The output of `getParametersRequest`. */
export type SignedRequest = { method: string; url: string; headers: [string, string][]; body: string };

/** A response of Parameter Store. */
export type HttpResponse = { status: number; body: string };

export class Handler {
  /** The response, as JSON, to a request whose handling trapped. */
  static internalError(): string;
  /** The log line, as JSON, of a replaced instance. */
  static instanceReplaced(reason: string, nowMs: number): string;
  constructor(bundleJson: string, crypto: typeof import('node:crypto'));
  startRefresh(nowMs: number): boolean;
  getParametersRequest(
    accessKeyId: string,
    secretAccessKey: string,
    sessionToken: string | undefined,
    endpointUrl: string | undefined,
    nowMs: number,
  ): string;
  acceptParameters(status: number, body: string, startedAtMs: number): string;
  refreshFailed(reason: string, startedAtMs: number): string;
  handle(eventJson: string, nowMs: number, mayWait: boolean): string;
  warmUp(nowMs: number): boolean;
}

/** Replaces the instance; objects of the old one become invalid. */
export function __wbg_reset_state(): void;

export function initSync(source: { module: WebAssembly.Module }): unknown;
