import { diagnostics } from '@loyalnest/core';

/** An event came to the inbox, and its effect is in the database. */
export interface EventConsumed {
  /** A name that is declared in code. */
  readonly consumer: string;
  /** False: it came again, and its effect was there already. */
  readonly applied: boolean;
}

export const eventConsumed = diagnostics<EventConsumed>('loyalnest:outbox:consumed');
