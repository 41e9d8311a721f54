import { OptionError } from '@loyalnest/core';
import type { INestApplicationContext } from '@nestjs/common';
import type { PolicyKind } from '../policy/policy.js';
import { ResilienceRegistry } from '../resilience.registry.js';

/** A policy of a compiled pipeline. */
export interface PolicyDescriptor {
  readonly kind: PolicyKind;
  /** Its resolved options in words, as in `explain()`. */
  readonly description: string;
}

/**
 * The policies of a method, the outermost first, in the order and with the options that the
 * application uses.
 *
 * @throws {@link OptionError} if the class has no such method or no policy is declared on it
 */
export function describePipeline<T extends object>(
  app: Pick<INestApplicationContext, 'get'>,
  owner: abstract new (...args: never[]) => T,
  method: keyof T & string,
): readonly PolicyDescriptor[] {
  const declared: unknown = Reflect.get(owner.prototype as object, method);
  if (typeof declared !== 'function') {
    throw new OptionError('describePipeline', method, `use a method of ${owner.name}`);
  }
  const { policies } = app.get(ResilienceRegistry, { strict: false }).pipelineOf(declared, owner);
  return policies.map(({ kind, description }) => ({ kind, description }));
}
