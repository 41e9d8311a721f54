import { diagnostics } from '@loyalnest/core';

/** One batch of the relay: how many events were published and how many failed. */
export interface EventsPublished {
  readonly published: number;
  readonly failed: number;
}

/** The queue no longer knew some published events; they are published again. */
export interface EventsLost {
  readonly lost: number;
}

export const eventsPublished = diagnostics<EventsPublished>('loyalnest:outbox:published');
export const eventsLost = diagnostics<EventsLost>('loyalnest:outbox:lost');
