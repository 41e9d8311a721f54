import { redactText } from '@loyalnest/core/toolkit';

const MAX_LENGTH = 8_000;
/** Bounds the time that a long text takes. Longer than a secret that begins before the cut. */
const MAX_MORE = 2 * MAX_LENGTH;

/**
 * Redacts what {@link redactText} finds (credentials, addresses, phone and card numbers), and
 * truncates. A secret that was cut first could not be recognised.
 */
export function redactFailure(text: string, maxLength = MAX_LENGTH): string {
  const clean = redactText(text.slice(0, maxLength + MAX_MORE));
  return clean.length > maxLength ? `${clean.slice(0, maxLength)}…` : clean;
}

/**
 * Redacts an error for BullMQ, which stores its message as plain text in the job and in the queue's
 * event stream. The result keeps the class and the fields of the error.
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
