import { OptionError, type Clock, type Rate } from '@loyalnest/core';
import { resolveRate, runOutsideContext, type ResolvedRate } from '@loyalnest/core/toolkit';
import { Logger } from '@nestjs/common';
import { RecentMap } from '../storage/recent-map.js';

/** Rates by the plan of a client, such as a merchant. */
export interface Plans {
  /** The rate of each plan, by the name that `planOf` returns. */
  readonly plans: Readonly<Record<string, Rate>>;
  /**
   * Returns the name of a client's plan. It is called for each request; the result of a promise is kept
   * for 10 s. If it throws, returns an unknown name, or takes longer than the module's `timeout`, the
   * client is not limited.
   */
  readonly planOf: (client: string) => string | Promise<string>;
}

interface Known {
  readonly rate: ResolvedRate | undefined;
  readonly untilMs: number;
}

const KEPT_MS = 10_000;
/** How long a failure is kept before `planOf` is called again. */
const KEPT_FAILURE_MS = 1_000;
const MAX_KNOWN = 20_000;

/** Finds the rate of a client. Never throws and never rejects: a client without a plan is not refused. */
export class PlanRates {
  private readonly logger = new Logger('Throttling');
  private readonly rates: ReadonlyMap<string, ResolvedRate>;
  private readonly known = new RecentMap<Known>(MAX_KNOWN);
  private readonly asking = new Map<string, Promise<ResolvedRate | undefined>>();
  private failing = false;

  /** @throws OptionError */
  constructor(
    private readonly path: string,
    private readonly options: Plans,
    private readonly timeoutMs: number,
    private readonly clock: Clock,
  ) {
    const { plans, planOf } = options;
    if (typeof planOf !== 'function') {
      throw new OptionError(`${path}.planOf`, planOf, 'use a function that names a plan');
    }
    const names = Object.keys(plans ?? {});
    if (names.length === 0) {
      throw new OptionError(`${path}.plans`, plans, 'name at least one plan');
    }
    this.rates = new Map(
      names.map((name) => [name, resolveRate(`${path}.plans.${name}`, plans[name]!)]),
    );
  }

  /** Returns the rate of a client. Undefined if its plan is unknown. */
  rateOf(client: string): ResolvedRate | undefined | Promise<ResolvedRate | undefined> {
    const known = this.known.get(client);
    if (known && this.clock.monotonic() < known.untilMs) return known.rate;
    const asked = this.asking.get(client);
    if (asked) return asked;
    try {
      const answer = this.options.planOf(client);
      if (typeof answer === 'string') return this.rateNamed(answer);
      const asking = this.wait(client, answer);
      this.asking.set(client, asking);
      return asking;
    } catch (error) {
      return this.fail(error);
    }
  }

  private async wait(client: string, answer: Promise<string>): Promise<ResolvedRate | undefined> {
    const rate = await this.inTime(answer).then(
      (plan) => this.rateNamed(plan),
      (error: unknown) => this.fail(error),
    );
    const keptMs = rate ? KEPT_MS : KEPT_FAILURE_MS;
    this.known.set(client, { rate, untilMs: this.clock.monotonic() + keptMs });
    this.asking.delete(client);
    return rate;
  }

  private rateNamed(plan: string): ResolvedRate | undefined {
    const rate = this.rates.get(plan);
    if (!rate) {
      const known = [...this.rates.keys()].join(', ');
      return this.fail(new OptionError(`${this.path}.planOf`, plan, `return one of: ${known}`));
    }
    this.failing = false;
    return rate;
  }

  /** Logs one line for an outage, not one for each request. */
  private fail(error: unknown): undefined {
    if (!this.failing) {
      const reason = error instanceof Error ? error.message : String(error);
      const line = `${this.path} does not limit clients whose plan is unknown: ${reason}`;
      // It concerns all clients, not only the one whose request discovers it.
      runOutsideContext(() => this.logger.warn(line));
    }
    this.failing = true;
    return undefined;
  }

  private async inTime(answer: Promise<string>): Promise<string> {
    let cancel: (() => void) | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const error = new Error(`planOf gave no plan in ${this.timeoutMs} ms`);
      cancel = this.clock.schedule(() => reject(error), this.timeoutMs);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      cancel?.();
    }
  }
}
