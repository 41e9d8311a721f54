import { Injectable } from '@nestjs/common';
import type { Channel } from '../domain/channel.js';
import type { Message, MessageDraft } from '../domain/message.js';
import { IdempotencyKeyReusedError } from './idempotency-key-reused.error.js';

/** Number of messages kept. Older ones are dropped together with their idempotency keys. */
const CAPACITY = 10_000;

/** Requests to the providers and delivered messages, since the start or the last `clear`. */
@Injectable()
export class Mailbox {
  private readonly messages = new Map<string, Message>();
  private readonly counts: Record<Channel, number> = { sms: 0, email: 0 };

  /** Number of requests by channel, including failed and repeated ones. */
  get requests(): Readonly<Record<Channel, number>> {
    return { ...this.counts };
  }

  /** Delivered messages, newest first. */
  get delivered(): readonly Message[] {
    return [...this.messages.values()].toReversed();
  }

  count(channel: Channel): void {
    this.counts[channel]++;
  }

  /**
   * Delivers once per idempotency key and channel. The same key returns the same message.
   *
   * @throws {@link IdempotencyKeyReusedError}
   */
  deliver(message: Message): Message {
    const key = `${message.channel} ${message.idempotencyKey ?? message.id}`;
    const known = this.messages.get(key);
    if (known) {
      if (!isSame(known, message)) throw new IdempotencyKeyReusedError(known.idempotencyKey!);
      return known;
    }
    this.messages.set(key, message);
    if (this.messages.size > CAPACITY) this.messages.delete(this.messages.keys().next().value!);
    return message;
  }

  clear(): void {
    this.messages.clear();
    this.counts.sms = this.counts.email = 0;
  }
}

function isSame(one: MessageDraft, other: MessageDraft): boolean {
  return one.to === other.to && one.subject === other.subject && one.body === other.body;
}
