import { runOutsideContext } from '../async-context/outside-context.js';

const PERIOD_MS = 20;

/** The one event loop of the process, measured while anybody wants to know. */
class MeasuredLoop {
  readonly listeners = new Set<LoopLag>();
  private dueAt = performance.now() + PERIOD_MS;
  private previousMs = 0;
  private readonly timer: NodeJS.Timeout;

  constructor() {
    this.timer = runOutsideContext(() => setInterval(() => this.tick(), PERIOD_MS).unref());
  }

  get currentMs(): number {
    return Math.max(0, performance.now() - this.dueAt);
  }

  get waitedMs(): number {
    return this.currentMs + this.previousMs;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    const lateMs = this.currentMs;
    this.dueAt = performance.now() + PERIOD_MS;
    if (lateMs > PERIOD_MS) {
      this.previousMs = lateMs;
      // Runs after the poll phase, which has read everything that arrived while the loop was blocked.
      setImmediate(() => (this.previousMs = 0)).unref();
    }
    for (const { onTick } of this.listeners) onTick(lateMs);
  }
}

let shared: MeasuredLoop | undefined;

/**
 * Says at any moment how late the event loop is. Other measurements of the loop describe the past; this one
 * also knows how long the current turn has lasted. All instances share one timer of 20 ms, which does not
 * keep the process alive.
 */
export class LoopLag {
  private readonly loop: MeasuredLoop;

  /** @param onTick called every 20 ms with how late that was */
  constructor(readonly onTick: (lateMs: number) => void = () => undefined) {
    this.loop = shared ??= new MeasuredLoop();
    this.loop.listeners.add(this);
  }

  /** How long the current turn of the loop has delayed its timers so far, in milliseconds. */
  get currentMs(): number {
    return this.loop.currentMs;
  }

  /**
   * The longest time that a request which is read now can have waited in this process, in milliseconds: it
   * may have arrived when the previous turn began. Time in the queues of the kernel is not included.
   */
  get waitedMs(): number {
    return this.loop.waitedMs;
  }

  /** Ends the measurement. */
  stop(): void {
    const { loop } = this;
    loop.listeners.delete(this);
    if (loop.listeners.size > 0) return;
    loop.stop();
    if (shared === loop) shared = undefined;
  }
}
