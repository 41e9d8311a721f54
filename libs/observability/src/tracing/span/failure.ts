import { isLoyalNestError } from '@loyalnest/core';
import { redactText } from '@loyalnest/core/toolkit';
import type { Attributes } from '@opentelemetry/api';

export interface Failure {
  /** Of few values: a code, or the name of an error's class. */
  readonly type: string;
  /** Attributes of the event `exception`. */
  readonly exception?: Attributes;
}

/** A status or a short name; other strings are texts that somebody has thrown. */
const CODE = /^(?:\d{3}|[A-Za-z_]{1,40})$/;

/** Errors that a span has told of already: further out the type is enough. */
const told = new WeakSet<Error>();

/** What a span says of `error`, without personal data in its text. */
export function describeFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { type: isCode(error) ? error : '_OTHER' };
  const { code } = error as { readonly code?: unknown };
  const type = isLoyalNestError(error) || typeof code === 'string' ? String(code) : error.name;
  if (told.has(error)) return { type };
  told.add(error);
  return {
    type,
    exception: {
      'exception.type': error.name,
      'exception.message': redactText(error.message),
      ...(error.stack && { 'exception.stacktrace': redactText(error.stack) }),
    },
  };
}

function isCode(error: unknown): error is string {
  return typeof error === 'string' && CODE.test(error);
}
