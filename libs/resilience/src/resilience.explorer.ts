import { OptionError } from '@loyalnest/core';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { protectedMethod } from './declaration/protected-method.js';
import { REGISTRY } from './declaration/protect-method.js';
import { ResilienceRegistry } from './resilience.registry.js';
import { signalIndexOf } from './signal/signal.decorator.js';

/**
 * Compiles the pipelines of all providers and controllers while the application boots, so that an
 * invalid option or a missing fallback fails the boot instead of the first call.
 */
@Injectable()
export class ResilienceExplorer implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger('Resilience');
  private adopted: Adopted[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly registry: ResilienceRegistry,
  ) {}

  onModuleInit(): void {
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      const instance: unknown = wrapper.instance;
      const made = Object.getPrototypeOf(instance ?? {}) as object | null;
      // The prototype of a factory function has no methods to protect; that of its result may have.
      const prototype = (wrapper.inject ? made : wrapper.metatype?.prototype) ?? made;
      if (this.compile(prototype as object | null) > 0) this.adopt(instance);
    }
    this.registry.compileSets();
    const unused = this.registry.environment.unused();
    if (unused.length === 0) return;
    this.logger.warn(
      `no policy uses ${unused.join(', ')}; check the name of the policy and of the field`,
    );
  }

  onApplicationBootstrap(): void {
    // Another application that booted at the same time may have claimed them since.
    for (const instance of this.adopted) this.requireOwn(instance);
    this.adopted = [];
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
      `${prototype.constructor.name}.${key} @Signal: the method has no policy, so the parameter is ` +
        'never set; add @Timeout or another policy, or remove @Signal',
    );
  }

  /**
   * Nest did not construct the instances of factories and values, so it injected nothing into them.
   */
  private adopt(instance: unknown): void {
    if (typeof instance !== 'object' || instance === null) return;
    const adopted: Adopted = instance;
    if (adopted[REGISTRY] === this.registry) return;
    if (adopted[REGISTRY]?.running) this.requireOwn(adopted);
    if (!Object.isExtensible(instance)) {
      this.logger.warn(
        `${instance.constructor.name} is frozen, so its policies do not apply; do not freeze it`,
      );
      return;
    }
    Object.defineProperty(instance, REGISTRY, {
      value: this.registry,
      writable: true,
      configurable: true,
    });
    this.adopted.push(adopted);
  }

  /**
   * An instance can serve one application only, because a call does not say which one it is for.
   */
  private requireOwn(instance: Adopted): void {
    if (instance[REGISTRY] === this.registry) return;
    throw new OptionError(
      `an instance of ${instance.constructor.name}`,
      'one that belongs to another running application of this process',
      "it can belong to one application only; create one for each, for example with 'useFactory'",
    );
  }
}

/** An instance that holds an application's registry, possibly another application's. */
interface Adopted {
  [REGISTRY]?: ResilienceRegistry;
}
