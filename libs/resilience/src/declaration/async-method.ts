import type { Observable } from 'rxjs';

/** Methods that a policy may stand on: a policy can only protect what settles later. */
export type AsyncMethod = (...args: never[]) => Promise<unknown> | Observable<unknown>;

/**
 * Stands on a method, or on a class. On a class it covers the methods of the class's own prototype
 * that are declared `async` or, with any decorator of their own, as returning a Promise or an
 * Observable; not those that Nest calls (`onModuleInit`, ...), not those that start with an
 * underscore, and not those that serve as a fallback.
 */
export interface PolicyDecorator {
  (target: abstract new (...args: never[]) => unknown): void;
  <Method extends AsyncMethod>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void;
}
