import { diagnostics } from '@loyalnest/core';

/** One exchange of the client, after it has ended. */
export interface HttpExchanged {
  readonly method: string;
  readonly origin: string;
  /** Undefined if no answer came. */
  readonly status: number | undefined;
  /** `ok`, or the code of the error; `aborted` if a signal ended it. */
  readonly outcome: string;
  readonly durationMs: number;
}

export const httpExchanged = diagnostics<HttpExchanged>('loyalnest:http:exchanged');
