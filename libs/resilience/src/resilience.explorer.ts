import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { protectedMethod } from './pipeline/protected-method.js';
import { REGISTRY } from './pipeline/protect-method.js';
import { ResilienceRegistry } from './resilience.registry.js';
import { signalIndexOf } from './signal/signal.decorator.js';

/**
 * Compiles the pipelines of all providers and controllers while the application boots, so that a
 * wrong option or a missing fallback fails the boot and not the first call.
 */
@Injectable()
export class ResilienceExplorer implements OnModuleInit {
  private readonly logger = new Logger('Resilience');

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly registry: ResilienceRegistry,
  ) {}

  onModuleInit(): void {
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      const instance: unknown = wrapper.instance;
      const made = Object.getPrototypeOf(instance ?? {}) as object | null;
      // A factory has no prototype with methods of its own, but what it made has.
      const prototype = (wrapper.inject ? made : wrapper.metatype?.prototype) ?? made;
      if (this.compile(prototype as object | null) > 0) this.adopt(instance);
    }
    this.registry.compileSets();
    const unused = this.registry.environment.unused();
    if (unused.length === 0) return;
    this.logger.warn(
      `${unused.join(', ')}: no policy of that name, or no such field, uses the variable`,
    );
  }

  private compile(prototype: object | null): number {
    if (!prototype || prototype === Object.prototype) return 0;
    let found = 0;
    for (const key of this.scanner.getAllMethodNames(prototype)) {
      const method: unknown = Reflect.get(prototype, key);
      if (!protectedMethod(method)) {
        this.warnOfIdleSignal(prototype, key);
        continue;
      }
      found++;
      const owner = prototype.constructor as abstract new () => unknown;
      this.logger.debug(this.registry.pipelineOf(method as object, owner).explain());
    }
    return found;
  }

  private warnOfIdleSignal(prototype: object, key: string): void {
    if (signalIndexOf(prototype, key) === undefined) return;
    this.logger.warn(
      `${prototype.constructor.name}.${key} @Signal: no policy stands on the method, so nothing fills ` +
        'the parameter; add @Timeout or another policy, or remove it',
    );
  }

  /** Instances of factories and values were not made by Nest, so nothing was injected into them. */
  private adopt(instance: unknown): void {
    if (typeof instance !== 'object' || instance === null) return;
    if (Object.hasOwn(instance, REGISTRY)) return;
    if (!Object.isExtensible(instance)) {
      this.logger.warn(
        `${instance.constructor.name} is frozen, so its policies cannot act; do not freeze it`,
      );
      return;
    }
    Object.defineProperty(instance, REGISTRY, { value: this.registry, writable: true });
  }
}
