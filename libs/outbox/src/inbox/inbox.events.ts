import { diagnostics } from '@loyalnest/core';

/** The inbox received an event, and its effect is committed. */
export interface EventConsumed {
  /** The consumer's name, as passed to `once`. It comes from code, so its values are few. */
  readonly consumer: string;
  /** False if the effect had already been applied before. */
  readonly applied: boolean;
}

export const eventConsumed = diagnostics<EventConsumed>('loyalnest:outbox:consumed');
