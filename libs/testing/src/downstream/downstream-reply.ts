/** One request as the downstream received it. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path with query string. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as text. */
  readonly body: string;
  /** When the request had arrived completely, in milliseconds since 1970. */
  readonly receivedAtMs: number;
}

export interface Answer {
  /** @defaultValue 200 */
  readonly status?: number;
  /** Text is sent unchanged, anything else as JSON. @defaultValue empty */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds to wait before answering. @defaultValue 0 */
  readonly delayMs?: number;
}

/**
 * What the downstream does with a request: answers it, never answers (`'hang'`), or resets the
 * connection (`'hang-up'`). A function decides for each request.
 */
export type Reply =
  | Answer
  | 'hang'
  | 'hang-up'
  | ((request: ReceivedRequest) => Answer | 'hang' | 'hang-up' | Promise<Answer>);
