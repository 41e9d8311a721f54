import 'reflect-metadata';
import type { CircuitBreakerOptions } from '../circuit-breaker/circuit-breaker.options.js';
import type { FallbackHandler } from '../fallback/fallback.options.js';
import type { RetryOptions } from '../retry/retry.options.js';
import type { TimeoutOptions } from '../timeout/timeout.options.js';

/** What the decorators of one method declare. */
export interface DeclaredPolicies {
  readonly fallback?: FallbackHandler;
  readonly retry?: RetryOptions;
  readonly 'circuit-breaker'?: CircuitBreakerOptions;
  readonly timeout?: TimeoutOptions;
}

/** A protected method, known by the function that replaced it on the prototype. */
export interface ProtectedMethod {
  readonly className: string;
  readonly key: string | symbol;
  readonly original: (...args: never[]) => unknown;
  readonly policies: DeclaredPolicies;
}

const PROTECTED = Symbol('loyalnest:resilience:protected');

/** The declaration behind a function, or undefined if no policy was declared on it. */
export function protectedMethod(method: unknown): ProtectedMethod | undefined {
  return typeof method === 'function'
    ? (method as { [PROTECTED]?: ProtectedMethod })[PROTECTED]
    : undefined;
}

export function setProtectedMethod(method: object, declaration: ProtectedMethod): void {
  Object.defineProperty(method, PROTECTED, { value: declaration, configurable: true });
}
