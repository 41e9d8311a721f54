import { DEAD_LETTER_REASONS, type DeadLetterReason } from './dead-letter.js';

const MARKED = /^\[([a-z-]+)\] ([\s\S]*)$/;
const STALLED = 'job stalled more than allowable limit';

/** Splits the failure that BullMQ stored into the reason, which our marker names, and the message. */
export function readReason(failedReason: string): {
  readonly reason: DeadLetterReason;
  readonly message: string;
} {
  const marked = MARKED.exec(failedReason);
  const reason = DEAD_LETTER_REASONS.find((known) => known === marked?.[1]);
  if (marked && reason) return { reason, message: marked[2]! };
  if (failedReason.startsWith(STALLED)) return { reason: 'stalled', message: failedReason };
  return { reason: 'exhausted', message: failedReason };
}
