import type { Observable } from 'rxjs';

/** Methods that a policy can protect: those that return a Promise or an Observable. */
export type AsyncMethod = (...args: never[]) => Promise<unknown> | Observable<unknown>;

/**
 * Decorates a method or a class. On a class it applies to the methods of its own prototype that are
 * declared `async` or, if they have a decorator of their own, to return a Promise or an Observable.
 * It skips methods that Nest calls (`onModuleInit`, ...), methods whose name starts with an
 * underscore, and fallback methods.
 */
export interface PolicyDecorator {
  (target: abstract new (...args: never[]) => unknown): void;
  <Method extends AsyncMethod>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void;
}
