import type { Clock } from '@loyalnest/core';
import type Opossum from 'opossum';
import { askPredicate } from '../error-classification/ask-predicate.js';
import { circuitStateChanged } from '../resilience.events.js';
import { CallPermit, type PermitJudge } from './call-permit.js';
import type { CallWindow, WindowCounts } from './call-window.js';
import type { ResolvedCircuitBreaker } from './circuit-breaker.options.js';
import { CircuitOpenError } from './circuit-open.error.js';
import type { CircuitState, ForcedState } from './circuit-state.js';
import { CountWindow } from './count-window.js';
import { DrivenOpossum } from './driven-opossum.js';
import { ProbeLeases } from './probe-leases.js';
import { TimeWindow } from './time-window.js';

export interface CircuitSnapshot extends WindowCounts {
  readonly name: string;
  readonly state: CircuitState;
  readonly successes: number;
}

/**
 * A circuit breaker. opossum holds the state, its events and the reset timer; admission and
 * judgement are ours, because `fire()` lets late results of an earlier state close the circuit,
 * counts ignored errors as successes and gets stuck half-open behind a hung probe.
 *
 * Every permit remembers the generation (the period between two changes of state) in which it was
 * given, and counts in no other.
 */
export class CircuitBreaker implements PermitJudge {
  /** The application whose breaker it is, for its events. */
  app: string | undefined;
  private readonly driven: DrivenOpossum;
  private window: CallWindow;
  private readonly probes: ProbeLeases;
  private generation = 1;
  private openedAtMs = 0;
  private current: CircuitState = 'closed';
  private judgesErrorsOnly: boolean;

  constructor(
    readonly name: string,
    private options: ResolvedCircuitBreaker,
    private readonly clock: Clock,
    /** Which of the breakers of one policy it is; undefined if there is one. */
    readonly key?: string,
  ) {
    this.window = windowOf(options, clock);
    this.judgesErrorsOnly = judgesErrorsOnly(options);
    this.probes = new ProbeLeases(options.halfOpenProbes, options.probeLeaseMs);
    this.driven = new DrivenOpossum(this.label, options.openForMs, () => this.window.counts);
    this.driven.on('open', () => this.enter('open'));
    this.driven.on('halfOpen', () => this.enter('half-open'));
    this.driven.on('close', () => this.enter('closed'));
  }

  /** The opossum object, for listeners and exporters made for opossum. */
  get opossum(): Opossum {
    return this.driven as unknown as Opossum;
  }

  /** Name and, of one breaker among several, its key. */
  get label(): string {
    return this.key === undefined ? this.name : `${this.name}[${this.key}]`;
  }

  get state(): CircuitState {
    this.halfOpenIfDue();
    return this.current;
  }

  get snapshot(): CircuitSnapshot {
    const { state, window } = this;
    const { counts } = window;
    return { name: this.label, state, ...counts, successes: counts.calls - counts.failures };
  }

  /** Closed and nothing counted: forgetting it changes nothing. */
  get idle(): boolean {
    return this.current === 'closed' && this.window.counts.calls === 0;
  }

  /** @throws {@link CircuitOpenError} when the call may not be made */
  admit(): CallPermit {
    if (this.current === 'closed') return this.permit();
    this.halfOpenIfDue();
    switch (this.current) {
      case 'open':
      case 'forced-open':
        throw this.rejection();
      case 'half-open': {
        const lease = this.probes.take(this.clock.monotonic());
        if (!lease) throw this.rejection();
        return this.permit(lease);
      }
      default:
        return this.permit();
    }
  }

  /**
   * The generation of a closed circuit that judges calls by their errors alone; 0 in all other
   * cases. Who gets one may call without a permit and say {@link passed}, or fail by a permit of it.
   */
  get closedGeneration(): number {
    return this.current === 'closed' && this.judgesErrorsOnly ? this.generation : 0;
  }

  /** A call of that generation was a success. */
  passed(generation: number, value: unknown): void {
    if (generation !== this.generation) return;
    this.window.record(false, false);
    if (this.driven.heard) this.driven.emit('success', value);
  }

  permitOf(generation: number): CallPermit {
    return new CallPermit(this, generation, undefined, 0);
  }

  /** Opens now, as if the calls had failed: it half-opens by itself later. */
  open(): void {
    const from = this.current;
    if (isForced(from)) {
      this.driven.close();
      this.window.clear();
      this.openedAtMs = this.clock.monotonic();
    }
    this.driven.open();
    if (isForced(from)) this.change('open', from);
  }

  /** Closes now with an empty window. */
  close(): void {
    this.release();
    this.driven.close();
    this.window.clear();
  }

  /** Takes a state that no result of a call changes, until {@link release}. */
  force(state: ForcedState): void {
    const from = this.current;
    if (from === state) return;
    // Taken before opossum follows: what it tells on its way is no state of this circuit.
    this.current = state;
    if (state === 'forced-open') this.driven.holdOpen();
    else this.driven.close();
    if (state !== 'forced-open' && from !== 'closed') this.window.clear();
    this.change(state, from);
  }

  /** Ends a forced state: the circuit is closed, with an empty window. Else without effect. */
  release(): void {
    if (!isForced(this.current)) return;
    this.driven.close();
    this.change('closed');
    this.window.clear();
  }

  /** Changes options in place. State and counts stay, unless the shape of the window changes. */
  update(options: ResolvedCircuitBreaker): void {
    const { windowMs, windowBuckets, windowCalls } = this.options;
    const sameWindow =
      options.windowMs === windowMs &&
      options.windowBuckets === windowBuckets &&
      options.windowCalls === windowCalls;
    this.options = options;
    this.judgesErrorsOnly = judgesErrorsOnly(options);
    if (!sameWindow) this.window = windowOf(options, this.clock);
    this.probes.update(options.halfOpenProbes, options.probeLeaseMs);
    this.driven.resetTimeoutMs = options.openForMs;
  }

  /** Ends the reset timer; the breaker is of no use afterwards. */
  shutdown(): void {
    this.driven.shutdown();
  }

  /** For permits. */
  succeeded(permit: CallPermit, value: unknown): void {
    const { ignoreResult, failureResult } = this.options;
    if (ignoreResult && askPredicate('ignoreResult', ignoreResult, value)) {
      this.ignored(permit);
    } else if (failureResult && askPredicate('failureResult', failureResult, value)) {
      this.record(permit, true, value);
    } else {
      this.record(permit, false, value);
    }
  }

  /** For permits. */
  failed(permit: CallPermit, error: unknown): void {
    if (askPredicate('ignore', this.options.ignore, error)) this.ignored(permit);
    else this.record(permit, true, error);
  }

  /** For permits. */
  ignored({ generation, lease }: CallPermit): void {
    if (lease && generation === this.generation) this.probes.giveBack(lease);
  }

  private permit(lease?: CallPermit['lease']): CallPermit {
    const startedAtMs = this.options.slowCallMs === Infinity ? 0 : this.clock.monotonic();
    return new CallPermit(this, this.generation, lease, startedAtMs);
  }

  private record(permit: CallPermit, failed: boolean, outcome: unknown): void {
    if (permit.generation !== this.generation || this.current === 'forced-closed') return;
    const { slowCallMs } = this.options;
    const slow =
      slowCallMs !== Infinity && this.clock.monotonic() - permit.startedAtMs >= slowCallMs;
    this.window.record(failed, slow);
    if (permit.lease) this.judgeProbes(this.probes.settle(permit.lease, !failed && !slow));
    else if ((failed || slow) && this.current === 'closed') this.judgeWindow();
    if (this.driven.heard) this.driven.emit(failed ? 'failure' : 'success', outcome);
  }

  private judgeWindow(): void {
    const { calls, failures, slowCalls } = this.window.counts;
    const { minimumCalls, failureRatio, slowCallRatio, slowCallMs } = this.options;
    if (calls < minimumCalls) return;
    if (failures / calls >= failureRatio) this.driven.open();
    else if (slowCallMs !== Infinity && slowCalls / calls >= slowCallRatio) this.driven.open();
  }

  /** Judged once every probe has settled: the circuit closes or opens by the same ratio. */
  private judgeProbes(probesFailed: number | undefined): void {
    if (probesFailed === undefined) return;
    if (probesFailed >= this.options.failureRatio) this.driven.open();
    else this.driven.close();
  }

  /** opossum's timer may be late, or the clock not the machine's. */
  private halfOpenIfDue(): void {
    if (this.current !== 'open') return;
    if (this.clock.monotonic() - this.openedAtMs >= this.options.openForMs) {
      this.driven.halfOpenNow();
    }
  }

  private enter(to: 'closed' | 'open' | 'half-open'): void {
    if (isForced(this.current)) return;
    if (to === 'open') this.openedAtMs = this.clock.monotonic();
    this.change(to);
    if (to === 'closed') this.window.clear();
  }

  private change(to: CircuitState, from = this.current): void {
    this.generation++;
    this.current = to;
    this.probes.reset();
    const app = this.app === undefined ? {} : { app: this.app };
    const key = this.key === undefined ? {} : { key: this.key };
    circuitStateChanged.publish({ ...app, policy: this.name, ...key, from, to });
  }

  private rejection(): CircuitOpenError {
    const { openForMs } = this.options;
    // Nobody knows when an operator releases it: what has passed says nothing.
    const elapsedMs = this.current === 'forced-open' ? 0 : this.clock.monotonic() - this.openedAtMs;
    const retryAfterMs = Math.max(0, Math.ceil(openForMs - elapsedMs));
    const error = CircuitOpenError.create(this.label, retryAfterMs);
    if (this.driven.heard) this.driven.emit('reject', error);
    return error;
  }
}

function windowOf(options: ResolvedCircuitBreaker, clock: Clock): CallWindow {
  const { windowCalls, windowMs, windowBuckets } = options;
  return windowCalls > 0
    ? new CountWindow(windowCalls)
    : new TimeWindow(windowMs, windowBuckets, clock);
}

function judgesErrorsOnly(options: ResolvedCircuitBreaker): boolean {
  const { ignoreResult, failureResult, slowCallMs } = options;
  return !ignoreResult && !failureResult && slowCallMs === Infinity;
}

function isForced(state: CircuitState): state is ForcedState {
  return state === 'forced-open' || state === 'forced-closed' || state === 'metrics-only';
}
