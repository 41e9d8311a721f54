import { diagnostics } from '@loyalnest/core';

/** An exchange of the client that has ended. */
export interface HttpExchanged {
  readonly method: string;
  readonly origin: string;
  /** Undefined if there was no answer. */
  readonly status: number | undefined;
  /** `ok`, or the code of the error; `aborted` if a signal ended it. */
  readonly outcome: string;
  readonly durationMs: number;
}

/** Published after each call of the client. */
export const httpExchanged = diagnostics<HttpExchanged>('loyalnest:http:exchanged');
