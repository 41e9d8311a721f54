import { runOutsideContext } from '@loyalnest/core/toolkit';
import type { EventEmitter } from 'node:events';
import Opossum from 'opossum';
import type { WindowCounts } from './call-window.js';
import { WindowStatus } from './window-status.js';

/** The types of opossum, but with accessors where it has accessors. */
declare class Machine extends EventEmitter {
  constructor(action: () => Promise<unknown>, options: object);
  readonly name: string;
  readonly closed: boolean;
  readonly options: { resetTimeout: number };
  get opened(): boolean;
  get halfOpen(): boolean;
  open(): void;
  close(): void;
  shutdown(): void;
}

const OpossumMachine = Opossum as unknown as typeof Machine;

/** Events of single calls. opossum's own listeners would count calls or close the circuit. */
const CALL_EVENTS = [
  'fire',
  'success',
  'failure',
  'reject',
  'timeout',
  'fallback',
  'cacheHit',
  'cacheMiss',
  'coalesceCacheHit',
  'coalesceCacheMiss',
  'semaphoreLocked',
];

/**
 * opossum as a state machine with events and a reset timer, controlled by `CircuitBreaker`.
 * Listeners of the application receive its events: those of single calls in the context of the
 * call, changes of the state in no request's context, because all requests share the circuit. A
 * listener that throws causes a warning and affects nothing else.
 */
export class DrivenOpossum extends OpossumMachine {
  /** Whether the application listens to events of single calls. */
  heard = false;
  private halfOpenByClock = false;
  private muted = false;

  constructor(name: string, resetTimeoutMs: number, counts: () => WindowCounts) {
    super(neverFired, {
      name,
      timeout: false,
      resetTimeout: resetTimeoutMs,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      status: new WindowStatus(counts),
    });
    // opossum closes a half-open circuit on any success, even of a call that began long before.
    for (const event of CALL_EVENTS) this.removeAllListeners(event);
    this.on('newListener', (event: string) => {
      if (CALL_EVENTS.includes(event)) this.heard = true;
    });
  }

  /** Applies from the next time the circuit opens. */
  set resetTimeoutMs(ms: number) {
    this.options.resetTimeout = ms;
  }

  override get opened(): boolean {
    return super.opened && !this.halfOpenByClock;
  }

  override get halfOpen(): boolean {
    return super.halfOpen || this.halfOpenByClock;
  }

  /** Half-opens before opossum's own timer, because the clock says so. */
  halfOpenNow(): void {
    if (!this.opened) return;
    this.halfOpenByClock = true;
    this.emit('halfOpen');
  }

  override open(): void {
    // opossum still considers the circuit open and would do nothing.
    if (this.halfOpenByClock) this.quietly(() => this.close());
    // The reset timer must not hold on to the request that opened the circuit.
    runOutsideContext(() => super.open());
  }

  /** Opens without the reset timer. */
  holdOpen(): void {
    const { opened } = this;
    this.quietly(() => {
      this.close();
      runOutsideContext(() => super.open());
    });
    if (!opened) this.deliver('open', []);
  }

  override close(): void {
    this.halfOpenByClock = false;
    super.close();
  }

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (this.muted || (event === 'halfOpen' && this.isLateTimer(args))) return false;
    return this.deliver(event, args);
  }

  private quietly(change: () => void): void {
    this.muted = true;
    change();
    this.muted = false;
  }

  private deliver(event: string | symbol, args: readonly unknown[]): boolean {
    if (CALL_EVENTS.includes(event as string)) return this.callListeners(event, args);
    return runOutsideContext(() => this.callListeners(event, args));
  }

  private callListeners(event: string | symbol, args: readonly unknown[]): boolean {
    const listeners = this.rawListeners(event);
    for (const listener of listeners) {
      try {
        Reflect.apply(listener, this, args);
      } catch (error) {
        process.emitWarning(`a listener of circuit ${this.name} threw: ${String(error)}`, {
          code: 'LOYALNEST_LISTENER',
        });
      }
    }
    return listeners.length > 0;
  }

  /** opossum's timer passes its delay as an argument; it is late if we have half-opened already. */
  private isLateTimer(args: readonly unknown[]): boolean {
    return args.length > 0 && this.halfOpenByClock;
  }
}

function neverFired(): Promise<never> {
  return Promise.reject(
    new Error(
      'fire() is not supported on this breaker; use @CircuitBreaker or CircuitBreakerService',
    ),
  );
}
