import { redactText } from '@loyalnest/core/toolkit';

const LONGEST = 8_000;

/** A text without what {@link redactText} finds: credentials, addresses, phone and card numbers. */
export function redactFailure(text: string): string {
  return redactText(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}

/**
 * The error as BullMQ may store it: its message goes into the job and into the queue's event stream,
 * in clear text. The class and the fields stay the original's.
 */
export function redactedError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(redactFailure(String(error)));
  const message = redactFailure(error.message);
  const stack = error.stack === undefined ? undefined : redactFailure(error.stack);
  if (message === error.message && stack === error.stack) return error;
  return Object.create(error, {
    message: { value: message },
    stack: { value: stack },
  }) as Error;
}
