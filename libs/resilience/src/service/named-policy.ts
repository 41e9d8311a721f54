import type { Pipeline } from '../pipeline/pipeline.js';
import type { ResilientOperation } from './resilient-operation.js';

/** A named set of policies, for code that is not a method of a provider. */
export class NamedPolicy {
  constructor(private readonly pipeline: Pipeline) {}

  /** Runs the operation through the policies, like a decorated method. */
  execute<T>(operation: ResilientOperation<T>): Promise<T> {
    return this.pipeline.execute(undefined, [operation]) as Promise<T>;
  }

  /** One line per policy, the outermost first. */
  explain(): string {
    return this.pipeline.explain();
  }
}
