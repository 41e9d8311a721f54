import { Clock, currentContext } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { Channel } from '../domain/channel.js';
import type { Message, MessageDraft } from '../domain/message.js';
import { FaultGate } from './fault-gate.js';
import { Mailbox } from './mailbox.js';

const PREFIXES: Readonly<Record<Channel, string>> = { sms: 'SM', email: 'EM' };

/** Handles a request to a provider: applies the fault, then delivers the message once. */
@Injectable()
export class DeliverMessage {
  constructor(
    private readonly gate: FaultGate,
    private readonly mailbox: Mailbox,
    private readonly clock: Clock,
  ) {}

  async execute(draft: MessageDraft): Promise<Message> {
    this.mailbox.count(draft.channel);
    await this.gate.pass(draft.channel, currentContext()?.signal);
    return this.mailbox.deliver({
      id: `${PREFIXES[draft.channel]}${randomUUID().replaceAll('-', '')}`,
      ...draft,
      deliveredAt: new Date(this.clock.now()).toISOString(),
    });
  }
}
