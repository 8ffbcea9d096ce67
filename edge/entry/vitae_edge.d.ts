// What the entry uses of the glue that wasm-bindgen generates.

/** A line for the log. */
export type Line = { level: string; event: string; [field: string]: unknown };

/** What `handle` writes. */
export type Outcome = {
  result: object | null;
  refresh: boolean;
  holds_until_ms: number | null;
  log: Line[];
};

/** What `acceptParameters` and `refreshFailed` write. */
export type Acceptance = { accepted: boolean; log: Line[] };

/** What `getParametersRequest` writes. */
export type SignedRequest = { method: string; url: string; headers: [string, string][]; body: string };

/** What Parameter Store answered. */
export type Answer = { status: number; body: string };

export class Edge {
  /** The answer, as JSON, to a request whose handling trapped. */
  static internalAnswer(): string;
  /** The headers that an answer which holds depends on, with commas between. */
  static decidingHeaders(): string;
  /** The line for the log, as JSON, that says why the instance was replaced. */
  static instanceReplaced(reason: string, nowMs: number): string;
  constructor(bundleJson: string);
  startRefresh(nowMs: number): boolean;
  getParametersRequest(
    accessKeyId: string,
    secretAccessKey: string,
    sessionToken: string | undefined,
    endpointUrl: string | undefined,
    nowMs: number,
  ): string;
  acceptParameters(status: number, body: string, askedAtMs: number): string;
  refreshFailed(reason: string, askedAtMs: number): string;
  handle(eventJson: string, nowMs: number, mayWait: boolean): string;
  rehearse(nowMs: number): boolean;
}

/** Replaces the instance; objects of the old one are dead. */
export function __wbg_reset_state(): void;

export function initSync(source: { module: WebAssembly.Module }): unknown;
