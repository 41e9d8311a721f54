import { OptionError } from '@loyalnest/core';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { REGISTRY } from './pipeline/declare-policy.js';
import { protectedMethod } from './pipeline/declared-policies.js';
import { ResilienceRegistry } from './resilience.registry.js';

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
      const prototype = wrapper.metatype?.prototype ?? Object.getPrototypeOf(instance ?? {});
      if (this.compile(prototype as object) > 0) this.adopt(instance);
    }
  }

  private compile(prototype: object | null): number {
    if (!prototype || prototype === Object.prototype) return 0;
    let found = 0;
    for (const key of this.scanner.getAllMethodNames(prototype)) {
      const method: unknown = Reflect.get(prototype, key);
      const declaration = protectedMethod(method);
      if (!declaration) continue;
      found++;
      const { fallback } = declaration.policies;
      if (fallback && typeof Reflect.get(prototype, fallback) !== 'function') {
        throw new OptionError(
          `${declaration.className}.${key} @Fallback`,
          fallback,
          'name a method of the same class with the same parameters plus the error',
        );
      }
      this.logger.debug(this.registry.pipelineOf(method as object).explain());
    }
    return found;
  }

  /** Instances of factories and values were not made by Nest, so nothing was injected into them. */
  private adopt(instance: unknown): void {
    if (typeof instance !== 'object' || instance === null || Object.isFrozen(instance)) return;
    const holder = instance as { [REGISTRY]?: ResilienceRegistry };
    holder[REGISTRY] ??= this.registry;
  }
}
