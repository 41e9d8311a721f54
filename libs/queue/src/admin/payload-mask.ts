import type { DeadLetterDetails } from '../dead-letter/dead-letter.js';
import type { HistoryEntry } from '../dead-letter/dead-letter-history.js';

const DEEPEST = 4;
const MAX_FIELDS = 50;
/** What a programmer calls a field; all other keys may be data, such as a phone number. */
const FIELD_NAME = /^[A-Za-z_][A-Za-z_-]{0,63}$/;

/**
 * The shape of a payload without any of its values: fields and kinds, such as
 * `{ orderId: '<string>', lines: ['<2 items>'] }`.
 */
export function maskPayload(payload: unknown, depth = 0): unknown {
  if (payload === null) return null;
  if (Array.isArray(payload)) return [`<${payload.length} items>`];
  if (typeof payload !== 'object') return `<${typeof payload}>`;
  const fields = Object.entries(payload);
  if (depth >= DEEPEST) return '<object>';
  const shown = fields
    .slice(0, MAX_FIELDS)
    .map(([name, value], i) => [
      FIELD_NAME.test(name) ? name : `<field ${i + 1}>`,
      maskPayload(value, depth + 1),
    ]);
  if (fields.length > MAX_FIELDS) shown.push(['<more>', `<${fields.length - MAX_FIELDS} fields>`]);
  return Object.fromEntries(shown) as object;
}

/** A dead letter whose payloads, the edited ones of its history included, are masked. */
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
