import { diagnostics } from '@loyalnest/core';

/** One round of the relay. */
export interface EventsPublished {
  readonly published: number;
  readonly failed: number;
}

/** Published events that the queue no longer knew; they are published again. */
export interface EventsLost {
  readonly lost: number;
}

export const eventsPublished = diagnostics<EventsPublished>('loyalnest:outbox:published');
export const eventsLost = diagnostics<EventsLost>('loyalnest:outbox:lost');
