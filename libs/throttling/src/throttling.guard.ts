import { Inject, Injectable, Logger, Optional, type ExecutionContext } from '@nestjs/common';
import { ModulesContainer, Reflector } from '@nestjs/core';
import {
  InjectThrottlerStorage,
  ThrottlerGuard,
  throttlerMessage,
  type ThrottlerRequest,
} from '@nestjs/throttler';
import {
  announcedStates,
  notYetCounted,
  publishCount,
  refusedDetails,
  type Counted,
  type ThrottlingLimitDetail,
} from './counted-request.js';
import type { RouteLimit } from './limits/route-limit.js';
import { RouteLimits } from './limits/route-limits.js';
import { rateLimitHeaders } from './rate-limit-headers.js';
import { RequestThrottledError } from './request-throttled.error.js';
import { ThrottlingStorage } from './storage/throttling-storage.js';
import type { Verdict } from './storage/verdict.js';
import type { ThrottledRequest } from './throttled-request.js';
import { THROTTLING_POLICY } from './throttling-policy.token.js';
import type { ThrottlingPolicy } from './throttling.options.js';
import { ofGraphql, ofWebSocket } from './transports/request-response.js';
import { WebSocketHandshakes } from './transports/web-socket-handshakes.js';

/** What `getTracker` returns if nothing is known about the sender. */
const UNKNOWN_CLIENT = 'unknown';

type Http = ReturnType<ThrottlerGuard['getRequestResponse']>;

/**
 * Allows a request if all of its limits do. One call of the storage checks all of them; if one limit
 * refuses, the request counts towards none. It limits HTTP, GraphQL and WebSocket messages; messages of
 * microservices pass, unless a subclass says with `getRequestResponse` whom they come from.
 *
 * The hooks are those of `ThrottlerGuard`: `shouldSkip`, `getRequestResponse`, `getTracker` (the client of
 * limits by IP), `generateKey` (what is counted together; by default the client), `setResponseHeader`,
 * `throwThrottlingException` and `getErrorMessage`. A subclass with `handleRequest` is called once for each
 * limit, so each limit then costs a call of the storage.
 *
 * @throws RequestThrottledError
 */
@Injectable()
export class ThrottlingGuard extends ThrottlerGuard {
  private readonly handlesEachLimit: boolean;
  private readonly limitsMessages: boolean;
  private readonly warned = new Set<string>();

  constructor(
    @InjectThrottlerStorage() protected readonly storage: ThrottlingStorage,
    reflector: Reflector,
    @Inject(THROTTLING_POLICY) protected readonly policy: ThrottlingPolicy,
    private readonly routes: RouteLimits,
    private readonly modules: ModulesContainer,
    @Optional() private readonly handshakes?: WebSocketHandshakes,
  ) {
    super([], storage, reflector);
    routes.guards++;
    const { handleRequest, getRequestResponse } = ThrottlingGuard.prototype;
    this.handlesEachLimit = this.handleRequest !== handleRequest;
    this.limitsMessages = this.handlesEachLimit || this.getRequestResponse !== getRequestResponse;
  }

  /** Fills what `ThrottlerGuard` reads, for subclasses. It would warn that it has no limits. */
  override async onModuleInit(): Promise<void> {
    this.throttlers = [];
    this.commonOptions = {
      getTracker: this.getTracker.bind(this),
      generateKey: this.generateKey.bind(this),
      setHeaders: this.policy.headers,
    };
  }

  override canActivate(context: ExecutionContext): Promise<boolean> {
    return this.count(context, 'early');
  }

  /** Counts the limits that count only after all guards have allowed the request. */
  async countVerified(context: ExecutionContext): Promise<void> {
    await this.count(context, 'verified');
  }

  /** Returns whether `countVerified` has limits to count. */
  hasVerified(context: ExecutionContext): boolean {
    return this.isLimited(context) && this.limitsOf(context).verified.length > 0;
  }

  protected override async shouldSkip(context: ExecutionContext): Promise<boolean> {
    return this.policy.skip?.(context) ?? false;
  }

  protected override async getTracker(request: Record<string, unknown>): Promise<string> {
    return this.policy.clientIp(request as unknown as ThrottledRequest);
  }

  protected override getRequestResponse(context: ExecutionContext): Http {
    switch (context.getType<string>()) {
      case 'graphql':
        return ofGraphql(context);
      case 'ws':
        return ofWebSocket(context, this.handshakes, this.policy.readsHeaders);
      default:
        return super.getRequestResponse(context);
    }
  }

  /** All routes count a client together, so the key is the client. */
  protected override generateKey(
    _context: ExecutionContext,
    client: string,
    _name: string,
  ): string {
    return client;
  }

  protected override async getErrorMessage(
    _context: ExecutionContext,
    { name, retryAfterMs: waitMs }: ThrottlingLimitDetail,
  ): Promise<string> {
    return this.errorMessage === throttlerMessage
      ? RequestThrottledError.messageOf(name, waitMs)
      : this.errorMessage;
  }

  protected override async throwThrottlingException(
    context: ExecutionContext,
    detail: ThrottlingLimitDetail,
  ): Promise<void> {
    const { name, retryAfterMs: waitMs } = detail;
    const isOwn =
      this.errorMessage !== throttlerMessage ||
      this.getErrorMessage !== ThrottlingGuard.prototype.getErrorMessage;
    const text = isOwn ? await this.getErrorMessage(context, detail) : undefined;
    throw RequestThrottledError.create(name, waitMs, text);
  }

  /** Counts one limit, for a subclass that calls it in its own `handleRequest`. */
  protected override async handleRequest(request: ThrottlerRequest): Promise<boolean> {
    const { context, throttler, getTracker, generateKey } = request;
    const limits = this.limitsOf(context);
    const { name } = throttler;
    const limit = [...limits.early, ...limits.verified].find((known) => known.name === name)!;
    const http = this.getRequestResponse(context);
    const client = await getTracker(http.req, context);
    if (client === UNKNOWN_CLIENT) return true;
    const rate = await limit.rateOf(client, context);
    if (!rate) return true;
    const key = limit.keyOf(generateKey(context, client, limit.name));
    return this.take(context, http, [{ limit, client, cell: { key, rate } }]);
  }

  private async count(context: ExecutionContext, when: 'early' | 'verified'): Promise<boolean> {
    if (!this.isLimited(context)) return true;
    const limits = this.limitsOf(context)[when];
    if (limits.length === 0 || (await this.shouldSkip(context))) return true;
    if (this.handlesEachLimit) return this.handleEach(context, limits);
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
      counted.push({ limit, client, cell: { key: this.keyOf(limit, client, context), rate } });
    }
    return counted.length === 0 || this.take(context, http, counted);
  }

  private async take(
    context: ExecutionContext,
    http: Http,
    found: readonly Counted[],
  ): Promise<boolean> {
    const counted = this.routes.guards > 1 ? notYetCounted(context, found) : found;
    if (counted.length === 0) return true;
    const verdict = await this.storage.take(counted.map(({ cell }) => cell));
    publishCount(this.modules.applicationId, counted, verdict);
    this.announce(http, counted, verdict);
    if (!verdict.allowed) await this.refuse(context, http, counted, verdict);
    return true;
  }

  /** Calls the subclass once for each limit, as `ThrottlerGuard` does. */
  private async handleEach(
    context: ExecutionContext,
    limits: readonly RouteLimit[],
  ): Promise<boolean> {
    for (const limit of limits) {
      const { name, by, generateKey } = limit;
      const isByAddress = by === 'ip' && !limit.getTracker;
      const known = isByAddress
        ? ''
        : await this.clientOf(limit, this.getRequestResponse(context).req, context);
      if (known === undefined) continue;
      const rate = await limit.rateOf(known, context);
      if (!rate) continue;
      const { limit: max, perMs: ttl } = rate;
      const getTracker: ThrottlerRequest['getTracker'] = async (req) =>
        isByAddress ? ((await this.addressOf(req, context)) ?? UNKNOWN_CLIENT) : known;
      const ownKey: ThrottlerRequest['generateKey'] = (...args) =>
        generateKey ? generateKey(...args) : this.generateKey(...args);
      const throttler = { name, limit: max, ttl, getTracker, generateKey: ownKey };
      const request = { context, limit: max, ttl, throttler, blockDuration: ttl };
      const allowed = await this.handleRequest({ ...request, getTracker, generateKey: ownKey });
      if (!allowed) return false;
    }
    return true;
  }

  private isLimited(context: ExecutionContext): boolean {
    const type = context.getType<string>();
    return type === 'http' || type === 'graphql' || type === 'ws' || this.limitsMessages;
  }

  private keyOf(limit: RouteLimit, client: string, context: ExecutionContext): string {
    const { name, generateKey } = limit;
    const key = generateKey
      ? generateKey(context, client, name)
      : this.generateKey(context, client, name);
    return limit.keyOf(key);
  }

  /** Returns the client of a limit by IP. Undefined, with a warning, if its address is unknown. */
  private addressOf(
    req: Record<string, unknown>,
    context: ExecutionContext,
  ): Promise<string | undefined> {
    const type = context.getType<string>();
    const tracker = this.getTracker(req);
    return type === 'http'
      ? tracker
      : tracker.then((address) => {
          if (address !== UNKNOWN_CLIENT) return address;
          this.warnUnlimited(type, context.getClass().name);
          return undefined;
        });
  }

  private warnUnlimited(type: string, handler: string): void {
    if (this.warned.has(handler)) return;
    this.warned.add(handler);
    new Logger('Throttling').warn(
      `limits by IP do not count for ${type} messages of ${handler}: the address of their client is ` +
        'unknown; extend ThrottlingGuard, override getRequestResponse or getTracker, and pass it as ' +
        'ThrottlingModule.forRoot({ guard })',
    );
  }

  private limitsOf(context: ExecutionContext): ReturnType<RouteLimits['of']> {
    return this.routes.of(context.getHandler() as never, context.getClass());
  }

  private clientOf(
    { by, getTracker }: RouteLimit,
    req: Record<string, unknown>,
    context: ExecutionContext,
  ): string | undefined | Promise<string | undefined> {
    if (getTracker) return getTracker(req, context);
    if (by === 'ip') return this.addressOf(req, context);
    const request = req as unknown as ThrottledRequest;
    const client = by === 'merchant' ? this.policy.merchant(request) : by(request);
    // The header is missing or came twice.
    return typeof client === 'string' && client !== '' ? client : undefined;
  }

  private announce(http: Http, counted: readonly Counted[], verdict: Verdict): void {
    if (!this.policy.headers) return;
    const { policy, limit } = rateLimitHeaders(announcedStates(http.req, counted, verdict));
    this.setResponseHeader(http.res, 'RateLimit-Policy', policy);
    this.setResponseHeader(http.res, 'RateLimit', limit);
  }

  private async refuse(
    context: ExecutionContext,
    { res }: Http,
    counted: readonly Counted[],
    verdict: Verdict,
  ): Promise<void> {
    const details = refusedDetails(counted, verdict);
    const longest = details.reduce((a, b) => (b.retryAfterMs > a.retryAfterMs ? b : a));
    this.setResponseHeader(res, 'Retry-After', longest.timeToBlockExpire);
    await this.throwThrottlingException(context, longest);
  }
}
