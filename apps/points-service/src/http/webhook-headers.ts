import { createHash } from 'node:crypto';
import { isoTime } from '../domain/iso-time.js';
import type { FieldProblem } from '../domain/paid-order.js';
import type { Webhook } from '../use-cases/webhook-inbox.js';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const SHOP = /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/;
const TOPIC = /^[a-z0-9_]+(\/[a-z0-9_]+){1,3}$/;
const WEBHOOK_ID = /^[\x21-\x7e]{1,255}$/;
const MAX_TOPIC = 128;

/** What stands for a shop or a topic that the headers do not state. */
const UNKNOWN = 'unknown';

/**
 * Reads the headers of a webhook strictly: the signature covers only the body. A webhook whose headers
 * are missing or malformed can still be stored, under a hash of its body, together with the problems.
 */
export function readWebhookHeaders(
  headers: Headers,
  body: Uint8Array,
): { readonly webhook: Webhook; readonly problems: readonly FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const read = (name: string, pattern: RegExp, max = Infinity): string | undefined => {
    const value = headers[name];
    if (typeof value === 'string' && value.length <= max && pattern.test(value)) return value;
    const problem = value === undefined || value === '' ? 'is missing' : 'is malformed';
    problems.push({ field: name, message: `the header ${problem}` });
    return undefined;
  };
  const webhookId = read('x-shopify-webhook-id', WEBHOOK_ID);
  const topic = read('x-shopify-topic', TOPIC, MAX_TOPIC);
  const shop = read('x-shopify-shop-domain', SHOP);
  return {
    webhook: {
      webhookId: webhookId ?? `sha256:${createHash('sha256').update(body).digest('hex')}`,
      topic: topic ?? UNKNOWN,
      shop: shop ?? UNKNOWN,
      triggeredAt: isoTime(headers['x-shopify-triggered-at']),
      body,
    },
    problems,
  };
}
