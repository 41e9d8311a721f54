import { FakeClock } from '@loyalnest/core/testing';
import { CallPermit } from '../../circuit-breaker/call-permit.js';
import { CircuitBreaker } from '../../circuit-breaker/circuit-breaker.js';
import {
  resolveCircuitBreaker,
  type CircuitBreakerOptions,
  type ResolvedCircuitBreaker,
} from '../../circuit-breaker/circuit-breaker.options.js';
import type { ForcedState } from '../../circuit-breaker/circuit-state.js';
import { circuitBreakerConformance, type CreateBreaker } from '../index.js';

// Listeners that throw cause warnings, which would fill the output.
beforeAll(() => {
  jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
});
afterAll(() => {
  jest.restoreAllMocks();
});

function breakerOf(
  Breaker: typeof CircuitBreaker,
  change: CircuitBreakerOptions = {},
): CreateBreaker {
  return (options) => {
    const clock = new FakeClock();
    const resolved = resolveCircuitBreaker('conformance', { ...options, ...change });
    return { breaker: new Breaker('conformance', resolved, clock), clock };
  };
}

describe('the circuit breaker of the module', () => {
  it.each(circuitBreakerConformance.map(({ name, run }) => [name, run] as const))(
    'passes: %s',
    async (_name, run) => run(breakerOf(CircuitBreaker)),
  );
});

class OpensAtAnyFailure extends CircuitBreaker {
  override failed(permit: CallPermit, error: unknown): void {
    super.failed(permit, error);
    if (this.state === 'closed') this.open();
  }
}

class NeverOpens extends CircuitBreaker {
  override failed(permit: CallPermit): void {
    this.ignored(permit);
  }
}

class CountsCallsInFlight extends CircuitBreaker {
  override admit(): CallPermit {
    const permit = super.admit();
    super.succeeded(new CallPermit(this, permit.generation, undefined, 0), undefined);
    return permit;
  }
}

/** Like opossum: the success of any call closes the circuit. */
class ClosesAtAnySuccess extends CircuitBreaker {
  override succeeded(permit: CallPermit, value: unknown): void {
    if (this.state === 'closed') super.succeeded(permit, value);
    else this.close();
  }
}

/** Counts results of calls that were admitted in an earlier state. */
class CountsLateFailures extends CircuitBreaker {
  override failed(permit: CallPermit, error: unknown): void {
    if (this.state === 'closed') super.failed(super.admit(), error);
    else super.failed(permit, error);
  }
}

class CountsIgnoredAsSuccess extends CircuitBreaker {
  override ignored(permit: CallPermit): void {
    this.succeeded(permit, undefined);
  }
}

class KeepsSlotOfIgnored extends CircuitBreaker {
  override ignored(): void {}
}

class SettlesTwice extends CircuitBreaker {
  override admit(): CallPermit {
    const permit = super.admit();
    return {
      success: () => this.succeeded(permit, undefined),
      failure: (error: unknown) => this.failed(permit, error),
      ignore: () => this.ignored(permit),
    } as unknown as CallPermit;
  }
}

class OmitsRetryAfter extends CircuitBreaker {
  override admit(): CallPermit {
    try {
      return super.admit();
    } catch (error) {
      throw Object.assign(error as Error, { retryAfterMs: 0 });
    }
  }
}

class CannotBeForced extends CircuitBreaker {
  override force(state: ForcedState): void {
    if (state === 'forced-open') this.open();
    else this.close();
  }
}

class StaysForced extends CircuitBreaker {
  override release(): void {}
}

class KeepsCountsWhenClosed extends CircuitBreaker {
  override close(): void {}
}

class LosesCountsOnUpdate extends CircuitBreaker {
  override update(options: ResolvedCircuitBreaker): void {
    super.update(options);
    this.close();
  }
}

class CountsFailedProbesAsSuccess extends CircuitBreaker {
  override failed(permit: CallPermit, error: unknown): void {
    if (permit.lease) super.succeeded(permit, undefined);
    else super.failed(permit, error);
  }
}

class BreaksWhenListenerThrows extends CircuitBreaker {
  override get opossum(): CircuitBreaker['opossum'] {
    const real = super.opossum;
    const on = (event: 'open', listener: () => void): unknown =>
      real.on(event, () => {
        try {
          listener();
        } catch {
          this.force('forced-open');
        }
      });
    return { on } as unknown as CircuitBreaker['opossum'];
  }
}

const BROKEN: readonly (readonly [string, CreateBreaker, string])[] = [
  ['opens on any failure', breakerOf(OpensAtAnyFailure), 'stays closed below minimumCalls'],
  ['never opens', breakerOf(NeverOpens), 'opens when failureRatio of at least'],
  ['counts calls in flight', breakerOf(CountsCallsInFlight), 'counts completed calls only'],
  [
    'closes on any success',
    breakerOf(ClosesAtAnySuccess),
    'is not closed by the success of a call',
  ],
  ['counts late failures', breakerOf(CountsLateFailures), 'does not count the late failure'],
  [
    'counts ignored errors as success',
    breakerOf(CountsIgnoredAsSuccess),
    'counts neither as success',
  ],
  [
    'counts ignored errors as failures',
    breakerOf(CircuitBreaker, { ignore: () => false }),
    'an ignored',
  ],
  ['keeps the slot of an ignored probe', breakerOf(KeepsSlotOfIgnored), 'frees its slot'],
  ['settles a permit twice', breakerOf(SettlesTwice), 'a permit settles once'],
  ['omits retryAfterMs', breakerOf(OmitsRetryAfter), 'says when the next call'],
  ['cannot be forced', breakerOf(CannotBeForced), 'a forced-open circuit rejects'],
  ['stays forced', breakerOf(StaysForced), 'a forced-closed circuit lets all calls through'],
  [
    'keeps counts when closed manually',
    breakerOf(KeepsCountsWhenClosed),
    'a manually opened circuit',
  ],
  ['loses its counts on update', breakerOf(LosesCountsOnUpdate), 'options changed at run time'],
  ['counts failed probes as success', breakerOf(CountsFailedProbesAsSuccess), 'its probe fails'],
  ['breaks when a listener throws', breakerOf(BreaksWhenListenerThrows), 'listeners that throw'],
  ['never drops a call', breakerOf(CircuitBreaker, { window: '1h' }), 'a time window drops'],
  ['has no call window', breakerOf(CircuitBreaker, { windowCalls: undefined }), 'a call window'],
  ['ignores slow calls', breakerOf(CircuitBreaker, { slowCall: undefined }), 'slow calls open'],
  [
    'lets 50 probes through',
    breakerOf(CircuitBreaker, { halfOpenProbes: 50 }),
    'one of 50 callers',
  ],
  ['lets one probe through', breakerOf(CircuitBreaker, { halfOpenProbes: 1 }), 'waits for all'],
  ['waits for a hung probe', breakerOf(CircuitBreaker, { probeLease: '1h' }), 'a hung probe'],
  ['half-opens early', breakerOf(CircuitBreaker, { openFor: '29s' }), 'half-opens after openFor'],
  [
    'has another failure ratio',
    breakerOf(CircuitBreaker, { failureRatio: 0.1 }),
    'stays closed below failureRatio',
  ],
];

async function failedCases(create: CreateBreaker): Promise<string[]> {
  const broken: string[] = [];
  for (const { name, run } of circuitBreakerConformance) {
    await run(create).catch(() => broken.push(name));
  }
  return broken;
}

describe('the conformance suite', () => {
  const found = new Set<string>();

  it.each(BROKEN)('finds a breaker that %s', async (_flaw, create, title) => {
    const failed = await failedCases(create);
    for (const name of failed) found.add(name);
    expect(failed).toContainEqual(expect.stringContaining(title));
  });

  it('has no case that all of these breakers pass', () => {
    const names = circuitBreakerConformance.map(({ name }) => name);
    expect(names.filter((name) => !found.has(name))).toEqual([]);
  });

  it('gives every case its own name', () => {
    const names = circuitBreakerConformance.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
