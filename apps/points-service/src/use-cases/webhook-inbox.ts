import type { FieldProblem } from '../domain/paid-order.js';

/** A webhook as it came, with a signature that was verified. */
export interface Webhook {
  readonly webhookId: string;
  readonly topic: string;
  readonly shop: string;
  /** ISO 8601; when the shop says it happened. */
  readonly triggeredAt: string | undefined;
  /** Byte for byte what was signed. */
  readonly body: string;
}

export type WebhookVerdict =
  | { readonly status: 'accepted' }
  | { readonly status: 'ignored'; readonly reason: 'unknown-topic' | 'no-customer' }
  | { readonly status: 'rejected'; readonly problems: readonly FieldProblem[] };

/** An order that is to be turned into points. */
export interface PaidOrderEvent {
  readonly merchantId: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly total: string;
  readonly currency: string;
  readonly paidAt: string;
  readonly contactHash?: string;
}

export interface Recorded {
  /** False: this webhook had come before; `verdict` is what it got then. */
  readonly isNew: boolean;
  readonly verdict: WebhookVerdict;
}

/** Keeps every webhook that was signed rightly, once, whatever became of it. */
export abstract class WebhookInbox {
  /** Stores webhook, verdict and, if there is one, the event, in one transaction. */
  abstract record(
    webhook: Webhook,
    verdict: WebhookVerdict,
    event?: PaidOrderEvent,
  ): Promise<Recorded>;
}
