import type { RequestPriority } from '@loyalnest/core';
import type { AdaptiveLimit } from '@loyalnest/core/toolkit';
import type { LoopRule, MeasuredLoop } from './loop-rule.js';
import type { RefusalReason } from './overload.events.js';

interface Claim {
  /** The share of the limit up to which such requests are admitted. */
  readonly share: number;
  /** How much later than the limit the event loop may be. */
  readonly patience: number;
}

/** Less important requests are refused earlier, so there is room for the others. */
const CLAIMS: Readonly<Record<Exclude<RequestPriority, 'critical'>, Claim>> = {
  read: { share: 0.8, patience: 1 },
  write: { share: 0.9, patience: 1.5 },
  webhook: { share: 1, patience: 2 },
};

/** Decides whether a new request may begin. */
export class Admission {
  constructor(
    private readonly limiter: AdaptiveLimit,
    private readonly rule: LoopRule,
    private readonly loop: MeasuredLoop,
  ) {}

  /**
   * Why the request must be refused, or undefined if it may begin.
   *
   * @param waitedMs how long it has waited in this process
   */
  refusal(priority: RequestPriority, inFlight: number, waitedMs = 0): RefusalReason | undefined {
    if (priority === 'critical') return undefined;
    const { share, patience } = CLAIMS[priority];
    if (inFlight >= Math.ceil(this.limiter.limit * share)) {
      this.limiter.noteRefusal();
      return 'limit-reached';
    }
    return this.rule.isTooLate(this.loop.currentMs + waitedMs, patience) ? 'loop-late' : undefined;
  }
}
