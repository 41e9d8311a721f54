import { DRAIN, ON_SHUTDOWN, type DrainStep, type ShutdownStage } from '@loyalnest/core';
import { isDrainable, isShutdownListener } from '@loyalnest/core/toolkit';
import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { stackOf } from './stack-of.js';
import { declaredBy, declaredSteps } from './on-drain.decorator.js';

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** Discovers the providers that take part in the shutdown. */
@Injectable()
export class ShutdownParticipants {
  private readonly logger = new Logger('GracefulShutdown');

  constructor(private readonly discovery: DiscoveryService) {}

  /** Notifies every listener, even if one of them throws. */
  notify(stage: ShutdownStage): void {
    for (const listener of this.instances().filter(isShutdownListener)) {
      this.guard(listener, () => listener[ON_SHUTDOWN](stage));
    }
  }

  steps(): readonly DrainStep[] {
    return this.instances().flatMap((instance) => {
      if (typeof instance !== 'object' || instance === null) return [];
      const own = isDrainable(instance) && this.guard(instance, () => instance[DRAIN]());
      return [...(own || []), ...declaredSteps(instance)];
    });
  }

  /** Warns about steps that cannot run because their provider is not a singleton. */
  warnOfLostSteps(): void {
    for (const wrapper of this.wrappers().filter((found) => !found.isDependencyTreeStatic())) {
      for (const { key } of declaredBy((wrapper.metatype?.prototype ?? null) as object | null)) {
        this.logger.warn(
          `@OnDrain of ${wrapper.name}.${String(key)} does nothing: the provider is not a ` +
            'singleton; move the method to one that is',
        );
      }
    }
  }

  private instances(): readonly unknown[] {
    // A request-scoped provider has no instance outside a request.
    const found = this.wrappers().filter((wrapper) => wrapper.isDependencyTreeStatic());
    return [...new Set(found.map((wrapper) => wrapper.instance as unknown))];
  }

  private wrappers(): readonly Wrapper[] {
    return [...this.discovery.getProviders(), ...this.discovery.getControllers()];
  }

  private guard<T>(participant: object, call: () => T): T | undefined {
    try {
      return call();
    } catch (error) {
      const { name } = participant.constructor;
      this.logger.error(`${name} failed during the shutdown`, stackOf(error));
      return undefined;
    }
  }
}
