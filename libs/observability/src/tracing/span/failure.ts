import { isLoyalNestError } from '@loyalnest/core';
import { redactText } from '@loyalnest/core/toolkit';
import type { Attributes } from '@opentelemetry/api';

/** How a span describes an error. */
export interface Failure {
  /** A code, or the name of the error's class. It has few different values. */
  readonly type: string;
  /** Attributes of the event `exception`. */
  readonly exception?: Attributes;
}

/** A status or a short name. Any other string is a thrown message. */
const CODE = /^(?:\d{3}|[A-Za-z_]{1,40})$/;

/** Errors that an inner span has described already. Outer spans only get the type. */
const described = new WeakSet<Error>();

/** Describes `error` for a span, without personal data in its text. */
export function describeFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { type: isCode(error) ? error : '_OTHER' };
  const { code } = error as { readonly code?: unknown };
  const type = isLoyalNestError(error) || typeof code === 'string' ? String(code) : error.name;
  if (described.has(error)) return { type };
  described.add(error);
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
