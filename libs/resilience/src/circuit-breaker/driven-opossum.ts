import type { EventEmitter } from 'node:events';
import Opossum from 'opossum';
import type { WindowCounts } from './call-window.js';
import { WindowStatus } from './window-status.js';

/** What opossum's types say, but with accessors where it has accessors. */
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

/** Events of single calls; opossum's own listeners to them count, or close the circuit. */
const OF_CALLS = [
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
 * opossum as a state machine with events and a reset timer, driven from outside. Listeners of the
 * application get its events; one that throws is warned of and hurts nobody.
 */
export class DrivenOpossum extends OpossumMachine {
  /** Whether the application listens to single calls. */
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
    // opossum closes a half-open circuit at any success, also of a call that began long before.
    for (const event of OF_CALLS) this.removeAllListeners(event);
    this.on('newListener', (event: string) => {
      if (OF_CALLS.includes(event)) this.heard = true;
    });
  }

  /** For the next time that the circuit opens. */
  set resetTimeoutMs(ms: number) {
    this.options.resetTimeout = ms;
  }

  override get opened(): boolean {
    return super.opened && !this.halfOpenByClock;
  }

  override get halfOpen(): boolean {
    return super.halfOpen || this.halfOpenByClock;
  }

  /** Half-opens before opossum's own timer does, because the clock says that it is time. */
  halfOpenNow(): void {
    if (!this.opened) return;
    this.halfOpenByClock = true;
    this.emit('halfOpen');
  }

  override open(): void {
    // opossum still holds it open and would do nothing.
    if (this.halfOpenByClock) this.quietly(() => this.close());
    super.open();
  }

  /** Opens without the reset timer. */
  holdOpen(): void {
    const { opened } = this;
    this.quietly(() => {
      this.close();
      super.open();
    });
    if (!opened) this.tell('open', []);
  }

  override close(): void {
    this.halfOpenByClock = false;
    super.close();
  }

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (this.muted || (event === 'halfOpen' && this.isLateTimer(args))) return false;
    return this.tell(event, args);
  }

  private quietly(change: () => void): void {
    this.muted = true;
    change();
    this.muted = false;
  }

  private tell(event: string | symbol, args: readonly unknown[]): boolean {
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

  /** opossum's timer tells how long it was; we have half-opened before it. */
  private isLateTimer(args: readonly unknown[]): boolean {
    return args.length > 0 && this.halfOpenByClock;
  }
}

function neverFired(): Promise<never> {
  return Promise.reject(new Error('this breaker is driven from outside; do not call fire()'));
}
