import { OptionError } from '@loyalnest/core';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { THROTTLING_POLICY } from '../throttling-policy.token.js';
import type { ThrottlingPolicy } from '../throttling.options.js';
import { APPLIED_LIMITS } from './apply-limits.decorator.js';
import type { ResolvedLimit } from './limit.options.js';
import { ownLimit, sharedLimit, type RouteLimit } from './route-limit.js';
import { isSkipped, namedBy, overrideOf } from './throttler-metadata.js';

/** The limits of a route: those that count before its guards, and those that count after them. */
export interface LimitsOfRoute {
  readonly early: readonly RouteLimit[];
  readonly verified: readonly RouteLimit[];
}

type Handler = (...args: never[]) => unknown;
type Class = abstract new (...args: never[]) => unknown;

/** Finds the limits of each route, once. */
@Injectable()
export class RouteLimits implements OnModuleInit {
  /** Number of guards that count by these limits; more than one if a subclass is registered as well. */
  guards = 0;
  private readonly logger = new Logger('Throttling');
  private readonly known = new WeakMap<object, Map<object, LimitsOfRoute>>();
  private readonly shared: ReadonlyMap<ResolvedLimit, RouteLimit>;

  constructor(
    @Inject(THROTTLING_POLICY) private readonly policy: ThrottlingPolicy,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {
    this.shared = new Map(policy.limits.map((limit) => [limit, sharedLimit(limit)]));
  }

  /** @throws OptionError for a decorator that names an unknown limit or has an invalid rate */
  onModuleInit(): void {
    const handlers = this.discovery.getProviders().filter(({ metatype }) => isHandler(metatype));
    for (const { metatype, instance } of [...this.discovery.getControllers(), ...handlers]) {
      if (!metatype) continue;
      const prototype = (instance ? Object.getPrototypeOf(instance) : metatype.prototype) as object;
      this.checkNames(metatype, metatype.name);
      for (const method of this.scanner.getAllMethodNames(prototype)) {
        const handler = (prototype as Record<string, Handler>)[method]!;
        this.checkNames(handler, `${metatype.name}.${method}`);
        this.of(handler, metatype as Class);
      }
    }
  }

  /** Returns the limits of a route. */
  of(handler: Handler, controller: Class): LimitsOfRoute {
    let routes = this.known.get(handler);
    if (!routes) this.known.set(handler, (routes = new Map()));
    let limits = routes.get(controller);
    if (!limits) routes.set(controller, (limits = this.find(handler, controller)));
    return limits;
  }

  private find(handler: Handler, controller: Class): LimitsOfRoute {
    const limits = this.policy.limits.flatMap((limit) => this.route(limit, handler, controller));
    return {
      early: limits.filter(({ verified }) => !verified),
      verified: limits.filter(({ verified }) => verified),
    };
  }

  private route(limit: ResolvedLimit, handler: Handler, controller: Class): readonly RouteLimit[] {
    const { name } = limit;
    if (isSkipped(handler, name) ?? isSkipped(controller, name)) return [];
    const places = [
      [handler, `${controller.name}.${handler.name}`],
      [controller, controller.name],
    ] as const;
    for (const [target, where] of places) {
      const override = overrideOf(target, name);
      if (!override) continue;
      if (override.blockDuration !== undefined) {
        const path = `@Throttle of ${where}: ${name}`;
        this.logger.warn(`${path}.blockDuration has no effect: no client is blocked for longer`);
      }
      return [ownLimit(limit, where, override)];
    }
    const isApplied = places.some(([target]) => appliedTo(target).includes(name));
    return limit.everywhere || isApplied ? [this.shared.get(limit)!] : [];
  }

  private checkNames(target: object, where: string): void {
    const known = this.policy.limits.map(({ name }) => name);
    for (const name of [...appliedTo(target), ...namedBy(target)]) {
      if (known.includes(name)) continue;
      throw new OptionError(
        `limits of ${where}`,
        name,
        `name one of throttling.limits: ${known.join(', ')}`,
      );
    }
  }
}

/** Classes of gateways and resolvers. Nest does not export these keys. */
const HANDLERS = ['websockets:is_gateway', 'graphql:resolver_type', 'graphql:resolver_name'];

function isHandler(metatype: unknown): boolean {
  return (
    typeof metatype === 'function' && HANDLERS.some((key) => Reflect.hasMetadata(key, metatype))
  );
}

function appliedTo(target: object): readonly string[] {
  return (Reflect.getMetadata(APPLIED_LIMITS, target) as readonly string[] | undefined) ?? [];
}
