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

// Listeners that throw are warned of; the case of them would fill the output.
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
    'keeps: %s',
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

/** As opossum does: whatever call succeeds, the circuit closes. */
class ClosesAtAnySuccess extends CircuitBreaker {
  override succeeded(permit: CallPermit, value: unknown): void {
    if (this.state === 'closed') super.succeeded(permit, value);
    else this.close();
  }
}

/** Counts in the present state what was admitted in an earlier one. */
class CountsLateFailures extends CircuitBreaker {
  override failed(permit: CallPermit, error: unknown): void {
    if (this.state === 'closed') super.failed(super.admit(), error);
    else super.failed(permit, error);
  }
}

class TakesIgnoredForSuccess extends CircuitBreaker {
  override ignored(permit: CallPermit): void {
    this.succeeded(permit, undefined);
  }
}

class KeepsThePlaceOfIgnored extends CircuitBreaker {
  override ignored(): void {}
}

class SettlesAgain extends CircuitBreaker {
  override admit(): CallPermit {
    const permit = super.admit();
    return {
      success: () => this.succeeded(permit, undefined),
      failure: (error: unknown) => this.failed(permit, error),
      ignore: () => this.ignored(permit),
    } as unknown as CallPermit;
  }
}

class SaysNoTime extends CircuitBreaker {
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

class ForgetsAtUpdate extends CircuitBreaker {
  override update(options: ResolvedCircuitBreaker): void {
    super.update(options);
    this.close();
  }
}

class TakesFailedProbesForSuccess extends CircuitBreaker {
  override failed(permit: CallPermit, error: unknown): void {
    if (permit.lease) super.succeeded(permit, undefined);
    else super.failed(permit, error);
  }
}

class BreaksByItsListeners extends CircuitBreaker {
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
  ['opens at any failure', breakerOf(OpensAtAnyFailure), 'stays closed below the minimum'],
  ['never opens', breakerOf(NeverOpens), 'opens once the ratio'],
  ['counts calls in flight', breakerOf(CountsCallsInFlight), 'judges completed calls only'],
  [
    'closes at any success',
    breakerOf(ClosesAtAnySuccess),
    'is not closed by the success of a call',
  ],
  ['counts late failures', breakerOf(CountsLateFailures), 'does not count the late failure'],
  ['takes ignored for success', breakerOf(TakesIgnoredForSuccess), 'counts neither as success'],
  ['takes ignored for failure', breakerOf(CircuitBreaker, { ignore: () => false }), 'an ignored'],
  ['keeps the place of ignored', breakerOf(KeepsThePlaceOfIgnored), 'gives its place back'],
  ['settles a permit again', breakerOf(SettlesAgain), 'a permit is settled once'],
  ['says no time', breakerOf(SaysNoTime), 'says when the next call'],
  ['cannot be forced', breakerOf(CannotBeForced), 'forced open rejects until'],
  ['stays forced', breakerOf(StaysForced), 'forced closed lets all calls through'],
  ['keeps counts when closed by hand', breakerOf(KeepsCountsWhenClosed), 'opened by hand'],
  ['forgets at an update', breakerOf(ForgetsAtUpdate), 'options that change while it runs'],
  ['takes failed probes for success', breakerOf(TakesFailedProbesForSuccess), 'its probe fails'],
  ['breaks by its listeners', breakerOf(BreaksByItsListeners), 'listeners that throw'],
  ['forgets nothing', breakerOf(CircuitBreaker, { window: '1h' }), 'a window of time forgets'],
  [
    'knows no window of calls',
    breakerOf(CircuitBreaker, { windowCalls: undefined }),
    'a window of calls',
  ],
  ['is not slowed', breakerOf(CircuitBreaker, { slowCall: undefined }), 'slow calls open'],
  [
    'lets 50 probes through',
    breakerOf(CircuitBreaker, { halfOpenProbes: 50 }),
    'one of 50 callers',
  ],
  ['lets one probe through', breakerOf(CircuitBreaker, { halfOpenProbes: 1 }), 'waits for all'],
  ['waits for a hung probe', breakerOf(CircuitBreaker, { probeLease: '1h' }), 'a hung probe'],
  ['half-opens early', breakerOf(CircuitBreaker, { openFor: '29s' }), 'half-opens when its time'],
  ['has another ratio', breakerOf(CircuitBreaker, { failureRatio: 0.1 }), 'below the ratio'],
];

async function brokenPromises(create: CreateBreaker): Promise<string[]> {
  const broken: string[] = [];
  for (const { name, run } of circuitBreakerConformance) {
    await run(create).catch(() => broken.push(name));
  }
  return broken;
}

describe('the conformance suite', () => {
  const found = new Set<string>();

  it.each(BROKEN)('finds a breaker that %s', async (_flaw, create, promise) => {
    const broken = await brokenPromises(create);
    for (const name of broken) found.add(name);
    expect(broken).toContainEqual(expect.stringContaining(promise));
  });

  it('has no case that all of these breakers pass', () => {
    const names = circuitBreakerConformance.map(({ name }) => name);
    expect(names.filter((name) => !found.has(name))).toEqual([]);
  });

  it('names every case differently', () => {
    const names = circuitBreakerConformance.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
