import { Injectable } from '@nestjs/common';
import type { Channel } from '../domain/channel.js';
import type { Message, MessageDraft } from '../domain/message.js';
import { IdempotencyKeyReusedError } from './idempotency-key-reused.error.js';

/** Messages kept; older ones are forgotten together with their idempotency keys. */
const CAPACITY = 10_000;

/** What the providers were asked and what they delivered, since the start or the last `clear`. */
@Injectable()
export class Mailbox {
  private readonly messages = new Map<string, Message>();
  private readonly counts: Record<Channel, number> = { sms: 0, email: 0 };

  /** Requests by channel, refused and repeated ones included. */
  get requests(): Readonly<Record<Channel, number>> {
    return { ...this.counts };
  }

  /** Newest first. */
  get delivered(): readonly Message[] {
    return [...this.messages.values()].toReversed();
  }

  count(channel: Channel): void {
    this.counts[channel]++;
  }

  /**
   * Delivers once for each idempotency key and channel: the same key gives the same message.
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
