import type { Clock } from '@loyalnest/core';
import { Logger } from '@nestjs/common';

/** Time between two warnings, so that a flood of malformed headers is not a flood of lines. */
const QUIET_MS = 60_000;

/**
 * Warns about identity headers that a trusted caller sent but nobody can read. Their request has no
 * merchant or no user. Values are not shown, because they may be personal.
 */
export class IgnoredIdentity {
  private readonly logger = new Logger('Correlation');
  private readonly seen = new Map<string, { readonly sinceMs: number; count: number }>();

  constructor(private readonly clock: Clock) {}

  readonly note = (header: string): void => {
    const nowMs = this.clock.monotonic();
    const known = this.seen.get(header);
    if (known && nowMs - known.sinceMs < QUIET_MS) {
      known.count++;
      return;
    }
    this.seen.set(header, { sinceMs: nowMs, count: 0 });
    const more = known && known.count > 0 ? `, and ${known.count} more in the last minutes` : '';
    this.logger.warn(
      `ignored a malformed ${header}${more}; send it once, percent-encoded, with at most 256 bytes`,
    );
  };
}
