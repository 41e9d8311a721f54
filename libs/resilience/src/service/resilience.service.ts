import { Injectable } from '@nestjs/common';
import { filter, type Observable } from 'rxjs';
import type { CircuitBreakerOptions } from '../circuit-breaker/circuit-breaker.options.js';
import { ResilienceRegistry } from '../resilience.registry.js';
import { NamedPolicy } from './named-policy.js';
import { resilienceEvents$, type ResilienceEvent } from './resilience-event.js';

/** Policies by name, for code that is no method, and their events. */
@Injectable()
export class ResilienceService {
  /**
   * Events of the policies. Changes of circuits and operators' commands are those of this
   * application only; calls do not say whose they are, so their events are those of the process.
   */
  readonly events$: Observable<ResilienceEvent>;

  constructor(private readonly registry: ResilienceRegistry) {
    this.events$ = resilienceEvents$.pipe(
      filter((event) => !('app' in event) || event.app === registry.app),
    );
  }

  /**
   * The set of `ResilienceModule.forRoot({ policies })` of that name.
   *
   * @throws OptionError if there is none
   */
  policy(name: string): NamedPolicy {
    return new NamedPolicy(this.registry.pipelineOfSet(name));
  }

  /**
   * Changes options of a running breaker. Its state and, unless the window's shape changes, its
   * counts stay; wrong options change nothing.
   *
   * @throws OptionError for a wrong option
   * @throws CircuitNotFoundError
   */
  update(name: string, changes: Partial<CircuitBreakerOptions>): void {
    this.registry.updateBreaker(name, changes);
  }
}
