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

// opossum does not export its Status class, so it is taken from an instance.
const probe = Opossum.newStatus({
  ...NO_TIMERS,
  rotateBucketController: new EventEmitter(),
} as never);
const Status = probe.constructor as StatusConstructor;

/**
 * Shows our window as opossum's statistics. It uses no intervals and keeps no latencies, so a
 * failing call costs the same with 100 or 100,000 calls counted.
 */
export class WindowStatus extends Status {
  constructor(private readonly counts: () => WindowCounts) {
    // Given a controller, opossum starts no interval of its own.
    const rotateBucketController = new EventEmitter();
    super({ ...NO_TIMERS, rotateBucketController });
    rotateBucketController.removeAllListeners();
  }

  override get stats(): Opossum.Stats {
    const { calls, failures } = this.counts();
    return { ...super.stats, successes: calls - failures, failures, fires: calls };
  }
}
