import { Clock, ON_SHUTDOWN, type CancelTimer, type ShutdownListener } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { CHANNELS, type Channel } from '../domain/channel.js';
import { createDice } from '../domain/dice.js';
import { NO_FAULT, type Fault } from '../domain/fault.js';
import { ProviderFailedError } from './provider-failed.error.js';
import { ProviderStoppingError } from './provider-stopping.error.js';

export type Faults = Readonly<Record<Channel, Fault>>;

const HEALTHY: Faults = { sms: NO_FAULT, email: NO_FAULT };

/**
 * Fault switches of the providers. A change takes effect at once, even for requests that are
 * waiting.
 */
@Injectable()
export class FaultGate implements ShutdownListener {
  private faults = HEALTHY;
  private dice = createDice(undefined);
  private stopping = false;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly clock: Clock) {}

  get current(): Faults {
    return this.faults;
  }

  /** Number of requests that are delayed or hanging. */
  get held(): number {
    return this.waiting.size;
  }

  /**
   * Changes the given values and keeps the rest.
   *
   * @param seed restarts the random numbers behind the error ratios, so that a run can be repeated
   */
  change(changes: Partial<Record<Channel, Partial<Fault>>>, seed?: number): Faults {
    if (seed !== undefined) this.dice = createDice(seed);
    const changed = CHANNELS.map((channel) => [
      channel,
      { ...this.faults[channel], ...changes[channel] },
    ]);
    this.faults = Object.fromEntries(changed) as Faults;
    this.wakeAll();
    return this.faults;
  }

  /** Repairs both providers. */
  lift(): void {
    this.faults = HEALTHY;
    this.dice = createDice(undefined);
    this.wakeAll();
  }

  /**
   * Applies the channel's fault to a request: delays it, fails it or lets it pass.
   *
   * @param caller aborts when nobody waits for the answer any longer
   * @throws {@link ProviderFailedError}, {@link ProviderStoppingError}, or the reason of `caller`
   */
  async pass(channel: Channel, caller?: AbortSignal): Promise<void> {
    const arrivedAt = this.clock.monotonic();
    for (;;) {
      caller?.throwIfAborted();
      if (this.stopping) throw new ProviderStoppingError(channel);
      const { hang, latencyMs } = this.faults[channel];
      const leftMs = hang ? Infinity : arrivedAt + latencyMs - this.clock.monotonic();
      if (leftMs <= 0) break;
      await this.wait(leftMs, caller);
    }
    if (this.dice() < this.faults[channel].errorRatio) throw new ProviderFailedError(channel);
  }

  /** Releases waiting requests, which would otherwise delay the shutdown. */
  [ON_SHUTDOWN](): void {
    this.stopping = true;
    this.wakeAll();
  }

  private wait(ms: number, caller: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      let cancel: CancelTimer | undefined;
      const wake = (): void => {
        cancel?.();
        caller?.removeEventListener('abort', wake);
        this.waiting.delete(wake);
        resolve();
      };
      if (ms !== Infinity) cancel = this.clock.schedule(wake, ms);
      caller?.addEventListener('abort', wake, { once: true });
      this.waiting.add(wake);
    });
  }

  private wakeAll(): void {
    for (const wake of this.waiting) wake();
  }
}
