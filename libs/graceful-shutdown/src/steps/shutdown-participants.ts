import {
  DRAIN,
  isDrainable,
  isShutdownListener,
  ON_SHUTDOWN,
  type DrainStep,
  type ShutdownStage,
} from '@loyalnest/core';
import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { stackOf } from '../stack-of.js';

/** Finds the providers that take part in the shutdown. */
@Injectable()
export class ShutdownParticipants {
  private readonly logger = new Logger('GracefulShutdown');

  constructor(private readonly discovery: DiscoveryService) {}

  /** Tells every listener; one that throws keeps none of the others from hearing it. */
  tell(stage: ShutdownStage): void {
    for (const listener of this.instances().filter(isShutdownListener)) {
      this.guard(listener, () => listener[ON_SHUTDOWN](stage));
    }
  }

  steps(): readonly DrainStep[] {
    return this.instances()
      .filter(isDrainable)
      .flatMap((drainable) => this.guard(drainable, () => drainable[DRAIN]()) ?? []);
  }

  private instances(): readonly unknown[] {
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    // A request-scoped provider has no instance that could take part.
    const found = wrappers.filter((wrapper) => wrapper.isDependencyTreeStatic());
    return [...new Set(found.map((wrapper) => wrapper.instance as unknown))];
  }

  private guard<T>(participant: object, call: () => T): T | undefined {
    try {
      return call();
    } catch (error) {
      const { name } = participant.constructor;
      this.logger.error(`${name} failed in the shutdown`, stackOf(error));
      return undefined;
    }
  }
}
