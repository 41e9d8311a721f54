import type { Clock } from '@loyalnest/core';
import { callKeyOf, type CallKeyOptions } from '../policy/call-key.js';
import type { Operation } from '../policy/call.js';
import { refusalPastDeadline } from '../policy/past-deadline.js';
import type { Policy } from '../policy/policy.js';
import { Flight } from './flight.js';

/**
 * Equal calls that arrive while the first one runs share its result. Each keeps its own context,
 * signal and deadline, so one that leaves does not affect the others. Callers share one object and
 * must not change it.
 */
export class SingleFlightPolicy implements Policy {
  readonly kind = 'single-flight';
  readonly description: string;
  private readonly flights = new Map<string, Flight>();

  constructor(
    private readonly name: string,
    private readonly options: CallKeyOptions,
    private readonly clock: Clock,
  ) {
    this.description = `one run per ${options.scope === 'shared' ? 'key' : 'merchant and key'}`;
  }

  wrap(next: Operation): Operation {
    return (call) => {
      let key: string | undefined;
      try {
        key = callKeyOf(`${this.name} @SingleFlight`, this.options, call);
      } catch (error) {
        return Promise.reject(error as Error);
      }
      if (key === undefined) return next(call);
      if (call.signal?.aborted) return Promise.reject(call.signal.reason as Error);
      const refusal = refusalPastDeadline(this.name, call);
      if (refusal !== undefined) return Promise.reject(refusal);
      const known = this.flights.get(key);
      if (known && !known.deserted) return known.wait(call);
      const flight = new Flight(this.name, this.clock);
      this.flights.set(key, flight);
      const work = next(call.forAll(flight.controller));
      const ended = (): void => {
        if (this.flights.get(key) === flight) this.flights.delete(key);
      };
      work.then(ended, ended);
      flight.start(work);
      return flight.wait(call);
    };
  }
}
