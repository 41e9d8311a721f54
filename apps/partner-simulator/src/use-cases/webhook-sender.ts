/** A webhook as sent over the wire. */
export interface OutgoingWebhook {
  readonly headers: Readonly<Record<string, string>>;
  /** The exact bytes that were signed. */
  readonly body: string;
}

/** Result of one delivery. */
export interface Delivery {
  /** Absent if there was no response. */
  readonly status?: number;
  /** Error code if there was no response. */
  readonly error?: string;
  readonly durationMs: number;
  /** The id under which the receiver logs the request. */
  readonly correlationId?: string;
  /** Parsed if it is JSON. */
  readonly body?: unknown;
}

/** Posts webhooks to the receiver that is registered with the shop. */
export abstract class WebhookSender {
  /** Never rejects: a delivery without a response has an `error`. */
  abstract send(webhook: OutgoingWebhook): Promise<Delivery>;
}
