import { currentContext } from '@loyalnest/core';
import { CANONICAL_ORDER, type Operation, type Policy } from './policy.js';

/** The policies of one method, compiled once in canonical order. */
export class Pipeline {
  private readonly policies: readonly Policy[];
  private readonly run: Operation;

  constructor(
    readonly name: string,
    policies: readonly Policy[],
    method: (...args: never[]) => unknown,
  ) {
    this.policies = [...policies].sort(
      (a, b) => CANONICAL_ORDER.indexOf(a.kind) - CANONICAL_ORDER.indexOf(b.kind),
    );
    const invoke: Operation = async ({ self, args }) => Reflect.apply(method, self, args);
    this.run = this.policies.reduceRight((next, policy) => policy.wrap(next), invoke);
  }

  execute(self: unknown, args: readonly unknown[]): Promise<unknown> {
    return this.run({ self, args, signal: currentContext()?.signal, attempt: 1 });
  }

  /** One line per policy, the outermost first, each with its resolved options. */
  explain(): string {
    const lines = this.policies.map(({ kind, description }) => `${kind}: ${description}`);
    return [this.name, ...lines.map((line, depth) => `${'  '.repeat(depth + 1)}${line}`)].join(
      '\n',
    );
  }
}
