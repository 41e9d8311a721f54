/** One request as the downstream received it. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path with query string. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As text, byte for byte. */
  readonly body: string;
  /** Milliseconds since 1970 at which the whole request had arrived. */
  readonly receivedAtMs: number;
}

export interface Answer {
  /** @defaultValue 200 */
  readonly status?: number;
  /** Text as it is; anything else as JSON. @defaultValue empty */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds to wait before answering. @defaultValue 0 */
  readonly delayMs?: number;
}

/**
 * What the downstream does with a request: answer it; `'hang'`: never answer; `'hang-up'`: reset
 * the connection; or a function that decides for each request.
 */
export type Reply =
  | Answer
  | 'hang'
  | 'hang-up'
  | ((request: ReceivedRequest) => Answer | 'hang' | 'hang-up' | Promise<Answer>);
