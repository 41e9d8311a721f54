import { EventEmitter } from 'node:events';
import Opossum from 'opossum';
import type { SlidingWindow } from './sliding-window.js';

type StatusConstructor = new (options: object) => Opossum.Status;

// opossum exports its Status class only through the instances that it makes.
const probe = Opossum.newStatus({
  rollingCountBuckets: 1,
  rollingCountTimeout: 1,
  rollingPercentilesEnabled: false,
  enableSnapshots: false,
  rotateBucketController: new EventEmitter(),
} as never);
const Status = probe.constructor as StatusConstructor;

/**
 * opossum's statistics on our window: no intervals, no latencies kept, so that a failing call costs
 * the same with 100 and with 100,000 calls counted.
 */
export class WindowStatus extends Status {
  constructor(private readonly counts: SlidingWindow) {
    const rotation = new EventEmitter();
    super({
      rollingCountBuckets: 1,
      rollingCountTimeout: 1,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      // With a controller opossum starts no interval of its own.
      rotateBucketController: rotation,
    });
    rotation.removeAllListeners();
  }

  override get stats(): Opossum.Stats {
    const { successes, failures } = this.counts.counts;
    return { ...super.stats, successes, failures, fires: successes + failures };
  }
}
