import { currentContext, type Clock } from '@loyalnest/core';
import { runOutsideContext, type Classification } from '@loyalnest/core/toolkit';
import type Opossum from 'opossum';
import type { Classifier } from '../classification/classifier.js';
import { circuitStateChanged, resultNotCounted } from '../resilience.events.js';
import { CallPermit, type PermitJudge } from './call-permit.js';
import { classifyForBreaker, judgesErrorsOnly, showsAnswer } from './breaker-classification.js';
import type { CallWindow, WindowCounts } from './call-window.js';
import type { ResolvedCircuitBreaker } from './circuit-breaker.options.js';
import { CircuitOpenError } from './circuit-open.error.js';
import type { CircuitState, ForcedState } from './circuit-state.js';
import { createWindow } from './create-window.js';
import { DrivenOpossum } from './driven-opossum.js';
import { ProbeLeases } from './probe-leases.js';

export interface CircuitSnapshot extends WindowCounts {
  readonly name: string;
  readonly state: CircuitState;
  readonly successes: number;
}

/**
 * A circuit breaker. opossum holds the state, its events and the reset timer. This class admits and
 * counts calls itself, because `fire()` lets late results of an earlier state close the circuit,
 * counts ignored errors as successes and gets stuck half-open behind a hung probe.
 *
 * Every permit remembers the generation (the period between two state changes) in which it was
 * issued, and counts only in that one.
 */
export class CircuitBreaker implements PermitJudge {
  /** The application that owns the breaker, for its events. */
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
    /** Key of this breaker among those of its policy; undefined if the policy has only one. */
    readonly key?: string,
  ) {
    this.window = createWindow(options, clock);
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

  /** The name, and the key if there is one. */
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

  /** Closed with an empty window, so dropping the breaker loses nothing. */
  get idle(): boolean {
    return this.current === 'closed' && this.window.counts.calls === 0;
  }

  /** @throws {@link CircuitOpenError} if the call is not allowed */
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
   * The generation of a closed circuit that needs neither the duration of calls nor an option to
   * judge their values; 0 in all other cases. A caller with a generation may skip the permit. It reports
   * a success with {@link passed} and a failure with a permit from {@link permitOf}.
   */
  get closedGeneration(): number {
    return this.current === 'closed' && this.judgesErrorsOnly ? this.generation : 0;
  }

  /** Reports the value that a call of that generation returned. */
  passed(generation: number, value: unknown): void {
    if (generation !== this.generation) return;
    if (typeof value === 'object' && value !== null) {
      const classification = this.options.classify(value, false, false);
      if (classification.outcome !== 'success') {
        this.permitOf(generation).settle(classification, value, false);
        return;
      }
    }
    this.window.record(false, false);
    if (this.driven.heard) this.driven.emit('success', value);
  }

  permitOf(generation: number): CallPermit {
    return new CallPermit(this, generation, undefined, NaN);
  }

  /** Opens now, as if calls had failed. The circuit half-opens by itself after `openFor`. */
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

  /** Holds a state that no call can change, until {@link release}. */
  force(state: ForcedState): void {
    const from = this.current;
    if (from === state) return;
    // Set before opossum follows: the events it emits on the way are not states of this circuit.
    this.current = state;
    if (state === 'forced-open') this.driven.holdOpen();
    else this.driven.close();
    if (state !== 'forced-open' && from !== 'closed') this.window.clear();
    this.change(state, from);
  }

  /** Ends a forced state: the circuit closes with an empty window. No effect in other states. */
  release(): void {
    if (!isForced(this.current)) return;
    this.driven.close();
    this.change('closed');
    this.window.clear();
  }

  /**
   * Changes options in place. The state is kept, and so are the counts unless the window changes.
   */
  update(options: ResolvedCircuitBreaker): void {
    const { windowMs, windowBuckets, windowCalls } = this.options;
    const sameWindow =
      options.windowMs === windowMs &&
      options.windowBuckets === windowBuckets &&
      options.windowCalls === windowCalls;
    this.options = options;
    this.judgesErrorsOnly = judgesErrorsOnly(options);
    if (!sameWindow) this.window = createWindow(options, this.clock);
    this.probes.update(options.halfOpenProbes, options.probeLeaseMs);
    this.driven.resetTimeoutMs = options.openForMs;
  }

  /** Stops the reset timer. The breaker cannot be used afterwards. */
  shutdown(): void {
    this.driven.shutdown();
  }

  /** How results of this breaker count: its options, those of the module, the default. */
  readonly classify: Classifier = (result, thrown, callersDeadline) =>
    classifyForBreaker(this.options, result, thrown, callersDeadline);

  /** A call that was ended early is slow after this time; undefined if the option is not set. */
  get slowCallMs(): number | undefined {
    const { slowCallMs } = this.options;
    return slowCallMs === Infinity ? undefined : slowCallMs;
  }

  /** Called by permits. */
  succeeded(permit: CallPermit, value: unknown): void {
    this.judged(permit, this.classify(value, false, false), value, false);
  }

  /** Called by permits. */
  failed(permit: CallPermit, error: unknown): void {
    this.judged(permit, this.classify(error, true, false), error, false);
  }

  /** Called by permits. */
  ignored({ generation, lease }: CallPermit, answered = false): void {
    if (lease && generation === this.generation) this.probes.giveBack(lease, answered);
  }

  /** Called by permits. */
  judged(
    permit: CallPermit,
    { outcome, reason }: Classification,
    result: unknown,
    slow: boolean,
  ): void {
    if (outcome !== 'neutral') {
      this.record(permit, outcome === 'failure', result, slow);
      return;
    }
    if (reason !== undefined) resultNotCounted.publish({ policy: this.name, reason });
    if (slow) this.record(permit, false, result, slow);
    else this.ignored(permit, showsAnswer(reason));
  }

  private permit(lease?: CallPermit['lease']): CallPermit {
    const startedAtMs = this.options.slowCallMs === Infinity ? NaN : this.clock.monotonic();
    return new CallPermit(this, this.generation, lease, startedAtMs);
  }

  private record(permit: CallPermit, failed: boolean, outcome: unknown, cutSlow: boolean): void {
    if (permit.generation !== this.generation || this.current === 'forced-closed') return;
    const { slowCallMs } = this.options;
    const slow =
      cutSlow ||
      (slowCallMs !== Infinity && this.clock.monotonic() - permit.startedAtMs >= slowCallMs);
    this.window.record(failed, slow);
    if (permit.lease) this.judgeProbes(this.probes.settle(permit.lease, !failed && !slow));
    else if ((failed || slow) && this.current === 'closed') this.judgeWindow();
    if (this.driven.heard) this.driven.emit(failed ? 'failure' : 'success', outcome);
  }

  private judgeWindow(): void {
    const { calls, failures, slowCalls } = this.window.counts;
    const { minimumCalls, failureRatio, slowCallRatio } = this.options;
    if (calls < minimumCalls) return;
    if (failures / calls >= failureRatio || slowCalls / calls >= slowCallRatio) this.driven.open();
  }

  /** Once every probe has settled, closes or opens the circuit by `failureRatio`. */
  private judgeProbes(probesFailed: number | undefined): void {
    if (probesFailed === undefined) return;
    if (probesFailed >= this.options.failureRatio) this.driven.open();
    else this.driven.close();
  }

  /** Needed if opossum's timer is late, or if the clock is not the system clock. */
  private halfOpenIfDue(): void {
    if (this.current !== 'open') return;
    const openMs = this.clock.monotonic() - this.openedAtMs;
    if (openMs >= this.options.openForMs) this.driven.halfOpenNow();
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
    const changed = { ...app, policy: this.name, ...key, from, to };
    // The event belongs to no request, so the span of the call that caused the change notes it here.
    const note = { policy: this.name, from, to };
    currentContext()?.span?.addEvent('resilience.circuit_state', note);
    runOutsideContext(() => circuitStateChanged.publish(changed));
  }

  private rejection(): CircuitOpenError {
    const { openForMs } = this.options;
    // Only an operator decides when it is released, so the elapsed time says nothing.
    const elapsedMs = this.current === 'forced-open' ? 0 : this.clock.monotonic() - this.openedAtMs;
    const retryAfterMs = Math.max(0, Math.ceil(openForMs - elapsedMs));
    const error = CircuitOpenError.create(this.label, retryAfterMs);
    if (this.driven.heard) this.driven.emit('reject', error);
    return error;
  }
}

function isForced(state: CircuitState): state is ForcedState {
  return state === 'forced-open' || state === 'forced-closed' || state === 'metrics-only';
}
