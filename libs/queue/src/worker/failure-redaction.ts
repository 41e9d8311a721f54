import { redactText } from '@loyalnest/core/toolkit';

const MAX_LENGTH = 8_000;

/**
 * Redacts what {@link redactText} finds (credentials, addresses, phone and card numbers), and
 * truncates.
 */
export function redactFailure(text: string): string {
  return redactText(text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text);
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
