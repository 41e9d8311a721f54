import type { Cell } from '@loyalnest/core/toolkit';
import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { ModulesContainer, Reflector } from '@nestjs/core';
import {
  InjectThrottlerStorage,
  ThrottlerGuard,
  type ThrottlerLimitDetail,
} from '@nestjs/throttler';
import { remaining, resetSeconds, retryAfterMs } from './cell-state.js';
import type { RouteLimit } from './limits/route-limit.js';
import { RouteLimits } from './limits/route-limits.js';
import { rateLimitHeaders, type LimitState } from './rate-limit-headers.js';
import { RequestThrottledError } from './request-throttled.error.js';
import { ThrottlingStorage } from './storage/throttling-storage.js';
import type { Verdict } from './storage/verdict.js';
import type { ThrottledRequest } from './throttled-request.js';
import { requestCounted } from './throttling.events.js';
import { THROTTLING_POLICY } from './throttling.module-definition.js';
import type { ThrottlingPolicy } from './throttling.options.js';

/** What the hooks of `@nestjs/throttler` get about a refused request. */
export interface ThrottlingLimitDetail extends ThrottlerLimitDetail {
  /** Name of the refusing limit with the longest wait. */
  readonly name: string;
  readonly retryAfterMs: number;
}

interface Counted {
  readonly limit: RouteLimit;
  readonly client: string;
  readonly cell: Cell;
}

type Http = ReturnType<ThrottlerGuard['getRequestResponse']>;

/**
 * Allows a request if all of its limits do. One call of the storage checks all of them; if one limit
 * refuses, the request counts towards none. Requests other than HTTP always pass. The hooks are those of
 * `ThrottlerGuard`: `shouldSkip`, `getTracker` (the client of limits by IP), `getRequestResponse`,
 * `setResponseHeader` and `throwThrottlingException`.
 *
 * @throws RequestThrottledError
 */
@Injectable()
export class ThrottlingGuard extends ThrottlerGuard {
  constructor(
    @InjectThrottlerStorage() protected readonly storage: ThrottlingStorage,
    reflector: Reflector,
    @Inject(THROTTLING_POLICY) protected readonly policy: ThrottlingPolicy,
    private readonly routes: RouteLimits,
    private readonly modules: ModulesContainer,
  ) {
    super([], storage, reflector);
  }

  /** Does nothing: `ThrottlerGuard` would warn that it has no limits, because the policy has them. */
  override async onModuleInit(): Promise<void> {}

  override canActivate(context: ExecutionContext): Promise<boolean> {
    return this.count(context, 'early');
  }

  /** Counts the limits that count only after all guards have allowed the request. */
  async countVerified(context: ExecutionContext): Promise<void> {
    await this.count(context, 'verified');
  }

  /** Returns whether `countVerified` has limits to count. */
  hasVerified(context: ExecutionContext): boolean {
    return context.getType() === 'http' && this.limitsOf(context).verified.length > 0;
  }

  protected override async shouldSkip(context: ExecutionContext): Promise<boolean> {
    return this.policy.skip?.(context) ?? false;
  }

  protected override async getTracker(request: Record<string, unknown>): Promise<string> {
    return this.policy.clientIp(request as unknown as ThrottledRequest);
  }

  protected override async throwThrottlingException(
    _context: ExecutionContext,
    { name, retryAfterMs: waitMs }: ThrottlingLimitDetail,
  ): Promise<void> {
    throw RequestThrottledError.create(name, waitMs);
  }

  private async count(context: ExecutionContext, when: 'early' | 'verified'): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const limits = this.limitsOf(context)[when];
    if (limits.length === 0 || (await this.shouldSkip(context))) return true;
    const http = this.getRequestResponse(context);
    const counted: Counted[] = [];
    for (const limit of limits) {
      // Awaits promises only: awaiting a plain value would cost time.
      const named = this.clientOf(limit, http.req, context);
      const client = named instanceof Promise ? await named : named;
      if (client === undefined) continue;
      const found = limit.rateOf(client, context);
      const rate = found instanceof Promise ? await found : found;
      if (!rate) continue;
      counted.push({ limit, client, cell: { key: limit.keyOf(client, context), rate } });
    }
    if (counted.length === 0) return true;
    const verdict = await this.storage.take(counted.map(({ cell }) => cell));
    this.publish(counted, verdict);
    this.announce(http, counted, verdict);
    if (!verdict.allowed) await this.refuse(context, http, counted, verdict);
    return true;
  }

  private limitsOf(context: ExecutionContext): ReturnType<RouteLimits['of']> {
    return this.routes.of(context.getHandler() as never, context.getClass());
  }

  private clientOf(
    { by, getTracker }: RouteLimit,
    req: Record<string, unknown>,
    context: ExecutionContext,
  ): string | undefined | Promise<string> {
    if (getTracker) return getTracker(req, context);
    if (by === 'ip') return this.getTracker(req);
    const request = req as unknown as ThrottledRequest;
    const client = by === 'merchant' ? this.policy.merchant(request) : by(request);
    // The header is missing or came twice.
    return typeof client === 'string' && client !== '' ? client : undefined;
  }

  private publish(counted: readonly Counted[], { allowed, aheadUs, fallback }: Verdict): void {
    const refuses = ({ cell: { rate } }: Counted, i: number): boolean =>
      !allowed && retryAfterMs(aheadUs[i]!, rate) > 0;
    requestCounted.publish({
      app: this.modules.applicationId,
      limits: counted.map(({ limit }) => limit.name),
      refusedBy: counted.filter(refuses).map(({ limit }) => limit.name),
      fallback: fallback === true,
    });
  }

  private announce(http: Http, counted: readonly Counted[], { aheadUs }: Verdict): void {
    if (!this.policy.headers) return;
    const states = counted.map(({ limit: { name }, cell: { rate } }, i): LimitState => ({
      name,
      rate,
      aheadUs: aheadUs[i]!,
    }));
    const { policy, limit } = rateLimitHeaders([...announced(http.req), ...states]);
    remember(http.req, states);
    this.setResponseHeader(http.res, 'RateLimit-Policy', policy);
    this.setResponseHeader(http.res, 'RateLimit', limit);
  }

  private async refuse(
    context: ExecutionContext,
    { res }: Http,
    counted: readonly Counted[],
    { aheadUs }: Verdict,
  ): Promise<void> {
    const details = counted.map(({ limit: { name }, client, cell: { key, rate } }, i) => ({
      name,
      key,
      tracker: client,
      limit: rate.limit,
      ttl: rate.perMs,
      totalHits: rate.burst - remaining(aheadUs[i]!, rate),
      timeToExpire: resetSeconds(aheadUs[i]!),
      isBlocked: true,
      retryAfterMs: retryAfterMs(aheadUs[i]!, rate),
      timeToBlockExpire: Math.ceil(retryAfterMs(aheadUs[i]!, rate) / 1_000),
    }));
    const longest = details.reduce((a, b) => (b.retryAfterMs > a.retryAfterMs ? b : a));
    this.setResponseHeader(res, 'Retry-After', longest.timeToBlockExpire);
    await this.throwThrottlingException(context, longest);
  }
}

const ANNOUNCED = Symbol('loyalnest:throttling:announced');

/** Returns the states that the guard has already announced for a request, before the verified limits. */
function announced(request: object): readonly LimitState[] {
  return (request as { readonly [ANNOUNCED]?: readonly LimitState[] })[ANNOUNCED] ?? [];
}

function remember(request: object, states: readonly LimitState[]): void {
  (request as { [ANNOUNCED]?: readonly LimitState[] })[ANNOUNCED] = states;
}
