import type { Channel } from './channel.js';

/** What a service asks a provider to deliver. */
export interface MessageDraft {
  readonly channel: Channel;
  readonly to: string;
  /** E-mail only. */
  readonly subject?: string;
  readonly body: string;
  /** Requests with the same key count as one message. */
  readonly idempotencyKey?: string;
}

/** A message that was delivered. */
export interface Message extends MessageDraft {
  readonly id: string;
  /** ISO 8601. */
  readonly deliveredAt: string;
}
