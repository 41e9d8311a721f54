import 'reflect-metadata';
import type { PolicySet } from '../policy-set.js';

/** What the decorators of a method or of its class declare. */
export interface Declaration extends PolicySet {
  /** Name of a set of `ResilienceModule.forRoot({ policies })`. */
  readonly resilient?: string;
}

/** A protected method, found by the function that replaced it on the prototype. */
export interface ProtectedMethod {
  /** Index of its pipelines in the registry of any application. */
  readonly id: number;
  /** The prototype that defines the method. */
  readonly target: object;
  readonly key: string | symbol;
  readonly original: (...args: never[]) => unknown;
  /** Declared on the class; the method's own options win, field by field. */
  readonly byClass: Declaration;
  readonly byMethod: Declaration;
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
