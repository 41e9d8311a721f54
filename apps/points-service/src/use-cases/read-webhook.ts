import { findInputFault, MalformedJsonError, parseLosslessJson } from '@loyalnest/http';
import type { FieldProblem } from '../domain/paid-order.js';
import type { SetAsideReason } from './webhook-inbox.js';

export type WebhookReading =
  | { readonly kind: 'payload'; readonly payload: unknown }
  | {
      readonly kind: 'unreadable';
      readonly reason: SetAsideReason;
      readonly problem: FieldProblem;
    };

/** Refuses invalid UTF-8, which would otherwise become U+FFFD, and skips a byte order mark. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads the JSON of a webhook without losing digits. Never throws: a body that is not UTF-8, not JSON,
 * nested too deep, or that contains U+0000 or lone surrogates, which Postgres cannot store, is
 * `unreadable`.
 */
export function readWebhook(body: Uint8Array): WebhookReading {
  let text: string;
  try {
    text = UTF8.decode(body);
  } catch {
    return unreadable('encoding', '', 'must be UTF-8');
  }
  let payload: unknown;
  try {
    payload = parseLosslessJson(text);
  } catch (error) {
    if (!(error instanceof MalformedJsonError)) throw error;
    return unreadable('json', '', 'must be JSON');
  }
  const fault = findInputFault(payload);
  return fault ? unreadable('text', fault.path, fault.message) : { kind: 'payload', payload };
}

function unreadable(reason: SetAsideReason, field: string, message: string): WebhookReading {
  return { kind: 'unreadable', reason, problem: { field, message } };
}
