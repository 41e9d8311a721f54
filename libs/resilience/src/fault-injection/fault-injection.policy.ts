import type { Clock } from '@loyalnest/core';
import type { Call, Operation } from '../policy/call.js';
import type { Policy } from '../policy/policy.js';
import { faultInjected } from '../resilience.events.js';
import type { Faults } from './faults.js';
import type { ResolvedFaultInjection } from './fault-injection.options.js';
import { InjectedFaultError } from './injected-fault.error.js';

/**
 * The innermost policy: while armed, it delays the method or fails in its place. All other policies
 * see the effect.
 */
export class FaultInjectionPolicy implements Policy {
  readonly kind = 'fault-injection';
  readonly description: string;

  constructor(
    private readonly name: string,
    private readonly options: ResolvedFaultInjection,
    private readonly faults: Faults,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {
    const { errorRatio, latencyRatio, latencyMs } = options;
    this.description = `while armed, ${errorRatio * 100} % errors, ${latencyRatio * 100} % delayed by ${latencyMs} ms`;
  }

  wrap(next: Operation): Operation {
    return (call) => (this.faults.isArmed(this.name) ? this.run(call, next) : next(call));
  }

  private async run(call: Call, next: Operation): Promise<unknown> {
    const { errorRatio, error, latencyRatio, latencyMs } = this.options;
    if (this.random() < latencyRatio) {
      faultInjected.publish({ policy: this.name, fault: 'latency' });
      await this.clock.sleep(latencyMs, { signal: call.signal });
    }
    if (this.random() < errorRatio) {
      faultInjected.publish({ policy: this.name, fault: 'error' });
      throw error ? error() : new InjectedFaultError(this.name);
    }
    return next(call);
  }
}
