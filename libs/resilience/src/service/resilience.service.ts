import { Injectable } from '@nestjs/common';
import { filter, type Observable } from 'rxjs';
import type { CircuitBreakerOptions } from '../circuit-breaker/circuit-breaker.options.js';
import { ResilienceRegistry } from '../resilience.registry.js';
import { NamedPolicy } from './named-policy.js';
import { resilienceEvents$, type ResilienceEvent } from './resilience-event.js';

/**
 * Policies by name, for code that is not a method of a provider, and the events of all policies.
 */
@Injectable()
export class ResilienceService {
  /**
   * Events of the policies. Circuit changes and operators' commands are those of this application
   * only. Events of calls do not name their application, so they are those of the whole process.
   */
  readonly events$: Observable<ResilienceEvent>;

  constructor(private readonly registry: ResilienceRegistry) {
    this.events$ = resilienceEvents$.pipe(
      filter((event) => !('app' in event) || event.app === registry.app),
    );
  }

  /**
   * The set of that name in `ResilienceModule.forRoot({ policies })`.
   *
   * @throws OptionError if there is none
   */
  policy(name: string): NamedPolicy {
    return new NamedPolicy(this.registry.pipelineOfSet(name));
  }

  /**
   * Changes options of a running breaker. Its state is kept, and so are its counts unless the shape
   * of the window changes. Invalid options change nothing.
   *
   * @throws OptionError for an invalid option
   * @throws CircuitNotFoundError
   */
  update(name: string, changes: Partial<CircuitBreakerOptions>): void {
    this.registry.updateBreaker(name, changes);
  }
}
