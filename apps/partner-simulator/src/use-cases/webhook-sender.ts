/** A webhook as it goes over the wire. */
export interface OutgoingWebhook {
  readonly headers: Readonly<Record<string, string>>;
  /** Byte for byte what was signed. */
  readonly body: string;
}

/** What became of one delivery. */
export interface Delivery {
  /** Absent if no answer came. */
  readonly status?: number;
  /** Code of the reason why no answer came. */
  readonly error?: string;
  readonly durationMs: number;
  /** The id under which the receiver logs the request. */
  readonly correlationId?: string;
  /** Parsed if it is JSON. */
  readonly body?: unknown;
}

/** Posts webhooks to the receiver that the shop knows. */
export abstract class WebhookSender {
  /** Never rejects: a delivery that fails says so. */
  abstract send(webhook: OutgoingWebhook): Promise<Delivery>;
}
