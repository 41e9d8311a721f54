import type { DeadLetterDetails } from '../dead-letter/dead-letter.js';
import type { HistoryEntry } from '../dead-letter/dead-letter-history.js';

const MAX_DEPTH = 4;
const MAX_FIELDS = 50;
/** What field names usually look like. Other keys may be data, such as a phone number. */
const FIELD_NAME = /^[A-Za-z_][A-Za-z_-]{0,63}$/;

/**
 * Replaces the values of a payload by their types, such as
 * `{ orderId: '<string>', lines: ['<2 items>'] }`.
 */
export function maskPayload(payload: unknown, depth = 0): unknown {
  if (payload === null) return null;
  if (Array.isArray(payload)) return [`<${payload.length} items>`];
  if (typeof payload !== 'object') return `<${typeof payload}>`;
  const fields = Object.entries(payload);
  if (depth >= MAX_DEPTH) return '<object>';
  const shown = fields
    .slice(0, MAX_FIELDS)
    .map(([name, value], i) => [
      FIELD_NAME.test(name) ? name : `<field ${i + 1}>`,
      maskPayload(value, depth + 1),
    ]);
  if (fields.length > MAX_FIELDS) shown.push(['<more>', `<${fields.length - MAX_FIELDS} fields>`]);
  return Object.fromEntries(shown) as object;
}

/** Masks the payload of a dead letter, and the payloads in its history. */
export function maskDeadLetter<Letter extends Pick<DeadLetterDetails, 'payload' | 'history'>>(
  letter: Letter,
): Letter {
  return {
    ...letter,
    payload: maskPayload(letter.payload),
    history: letter.history.map((entry): HistoryEntry =>
      entry.kind === 'edited' ? { ...entry, payload: maskPayload(entry.payload) } : entry,
    ),
  };
}
