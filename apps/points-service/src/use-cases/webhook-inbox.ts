import type { FieldProblem } from '../domain/paid-order.js';

/** A webhook as received, with a verified signature. */
export interface Webhook {
  readonly webhookId: string;
  readonly topic: string;
  readonly shop: string;
  /** When the event happened, according to the shop. ISO 8601. */
  readonly triggeredAt: string | undefined;
  /** The exact bytes that were signed. */
  readonly body: Uint8Array;
}

/** Why a webhook could not be read. */
export type SetAsideReason = 'headers' | 'encoding' | 'json' | 'text' | 'order';

export type WebhookVerdict =
  | { readonly status: 'accepted' }
  | { readonly status: 'ignored'; readonly reason: 'unknown-topic' | 'no-customer' }
  | {
      /** Stored for an operator, who can read it after a fix. Earns nothing until then. */
      readonly status: 'set-aside';
      readonly reason: SetAsideReason;
      readonly problems: readonly FieldProblem[];
    };

/** An order that earns points. */
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
  /** False for a repeated webhook; `verdict` is then that of the first delivery. */
  readonly isNew: boolean;
  readonly verdict: WebhookVerdict;
}

/** Stores every webhook with a valid signature once, whatever its verdict. */
export abstract class WebhookInbox {
  /** Stores the webhook, its verdict and its event, if any, in one transaction. */
  abstract record(
    webhook: Webhook,
    verdict: WebhookVerdict,
    event?: PaidOrderEvent,
  ): Promise<Recorded>;
}
