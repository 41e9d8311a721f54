import type { Clock } from '@loyalnest/core';
import Opossum from 'opossum';
import { circuitStateChanged } from '../resilience.events.js';
import type { ResolvedCircuitBreaker } from './circuit-breaker.options.js';
import { CircuitOpenError } from './circuit-open.error.js';
import type { CircuitState } from './circuit-state.js';
import { ProbeLeases, type ProbeLease } from './probe-leases.js';
import { SlidingWindow } from './sliding-window.js';
import { WindowStatus } from './window-status.js';

/** Permission to make one call. Settle it once; a later settlement has no effect. */
export interface CallPermit {
  success(): void;
  failure(error: unknown): void;
  /** The result says nothing about the dependency. */
  ignore(): void;
}

export interface CircuitSnapshot {
  readonly name: string;
  readonly state: CircuitState;
  readonly successes: number;
  readonly failures: number;
}

/**
 * A circuit breaker. opossum holds the state, its events and the reset timer; admission and
 * judgement are ours, because `fire()` lets late results of an earlier state close the circuit,
 * counts ignored errors as successes and gets stuck half-open behind a hung probe.
 *
 * Every permit remembers the generation (the period between two changes of state) in which it was
 * given, and counts in no other.
 */
export class CircuitBreaker {
  /** The opossum object, for listeners and exporters made for opossum. */
  readonly opossum: Opossum;
  private readonly window: SlidingWindow;
  private readonly probes: ProbeLeases;
  private generation = 0;
  private openedAtMs = 0;
  private state: CircuitState = 'closed';

  constructor(
    readonly name: string,
    private readonly options: ResolvedCircuitBreaker,
    private readonly clock: Clock,
  ) {
    this.window = new SlidingWindow(options.windowMs, options.windowBuckets, () =>
      clock.monotonic(),
    );
    this.probes = new ProbeLeases(options.halfOpenProbes, options.probeLeaseMs);
    this.opossum = new Opossum(neverFired, {
      name,
      timeout: false,
      resetTimeout: options.openForMs,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      status: new WindowStatus(this.window),
    });
    this.opossum.on('open', () => this.enter('open'));
    this.opossum.on('halfOpen', () => this.enter('half-open'));
    this.opossum.on('close', () => this.enter('closed'));
  }

  /** @throws {@link CircuitOpenError} when the call may not be made */
  admit(): CallPermit {
    if (this.opossum.opened) throw this.rejection();
    if (!this.opossum.halfOpen) return this.permit();
    const lease = this.probes.take(this.clock.monotonic());
    if (!lease) throw this.rejection();
    return this.permit(lease);
  }

  get snapshot(): CircuitSnapshot {
    return { name: this.name, state: this.state, ...this.window.counts };
  }

  /** Ends the reset timer; the breaker is of no use afterwards. */
  shutdown(): void {
    this.opossum.shutdown();
  }

  private permit(lease?: ProbeLease): CallPermit {
    const { generation } = this;
    let settled = false;
    const settle = (record: () => void): void => {
      if (settled || generation !== this.generation) return;
      settled = true;
      record();
    };
    const ignore = (): void => {
      if (lease) this.probes.giveBack(lease);
    };
    return {
      success: () => settle(() => this.succeeded(lease)),
      failure: (error) =>
        settle(() => (this.options.ignore(error) ? ignore() : this.failed(lease))),
      ignore: () => settle(ignore),
    };
  }

  private succeeded(lease: ProbeLease | undefined): void {
    this.window.recordSuccess();
    if (lease) this.judge(this.probes.settle(lease, true));
  }

  private failed(lease: ProbeLease | undefined): void {
    this.window.recordFailure();
    if (lease) {
      this.judge(this.probes.settle(lease, false));
      return;
    }
    const { successes, failures } = this.window.counts;
    const calls = successes + failures;
    if (calls < this.options.minimumCalls) return;
    if (failures / calls >= this.options.failureRatio) this.opossum.open();
  }

  /** Judged once every probe has settled: the circuit closes or opens by the same ratio. */
  private judge(probesFailed: number | undefined): void {
    if (probesFailed === undefined) return;
    if (probesFailed >= this.options.failureRatio) this.opossum.open();
    else this.opossum.close();
  }

  private enter(to: CircuitState): void {
    const from = this.state;
    this.generation++;
    this.state = to;
    this.probes.reset();
    if (to === 'open') this.openedAtMs = this.clock.monotonic();
    if (to === 'closed') this.window.clear();
    circuitStateChanged.publish({ policy: this.name, from, to });
  }

  private rejection(): CircuitOpenError {
    const elapsedMs = this.clock.monotonic() - this.openedAtMs;
    const retryAfterMs = Math.max(0, Math.ceil(this.options.openForMs - elapsedMs));
    return CircuitOpenError.create(this.name, retryAfterMs);
  }
}

function neverFired(): Promise<never> {
  return Promise.reject(new Error('this breaker is driven from outside; do not call fire()'));
}
