import { EventEmitter } from 'node:events';
import Opossum from 'opossum';
import type { WindowCounts } from './call-window.js';

type StatusConstructor = new (options: object) => Opossum.Status;

const NO_TIMERS = {
  rollingCountBuckets: 1,
  rollingCountTimeout: 1,
  rollingPercentilesEnabled: false,
  enableSnapshots: false,
};

// opossum exports its Status class only through the instances that it makes.
const probe = Opossum.newStatus({
  ...NO_TIMERS,
  rotateBucketController: new EventEmitter(),
} as never);
const Status = probe.constructor as StatusConstructor;

/**
 * opossum's statistics on our window: no intervals, no latencies kept, so that a failing call costs
 * the same with 100 and with 100,000 calls counted.
 */
export class WindowStatus extends Status {
  constructor(private readonly counts: () => WindowCounts) {
    // With a controller opossum starts no interval of its own.
    const rotateBucketController = new EventEmitter();
    super({ ...NO_TIMERS, rotateBucketController });
    rotateBucketController.removeAllListeners();
  }

  override get stats(): Opossum.Stats {
    const { calls, failures } = this.counts();
    return { ...super.stats, successes: calls - failures, failures, fires: calls };
  }
}
