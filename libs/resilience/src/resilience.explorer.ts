import { OptionError } from '@loyalnest/core';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { protectedMethod } from './declaration/protected-method.js';
import { REGISTRY } from './declaration/protect-method.js';
import { ResilienceRegistry } from './resilience.registry.js';
import { signalIndexOf } from './signal/signal.decorator.js';

/**
 * Compiles the pipelines of all providers and controllers while the application boots, so that a
 * wrong option or a missing fallback fails the boot and not the first call.
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

  onApplicationBootstrap(): void {
    // Another application that booted at the same time may have taken them meanwhile.
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
      `${prototype.constructor.name}.${key} @Signal: no policy stands on the method, so nothing fills ` +
        'the parameter; add @Timeout or another policy, or remove it',
    );
  }

  /** Instances of factories and values were not made by Nest, so nothing was injected into them. */
  private adopt(instance: unknown): void {
    if (typeof instance !== 'object' || instance === null) return;
    const adopted: Adopted = instance;
    if (adopted[REGISTRY] === this.registry) return;
    if (adopted[REGISTRY]?.running) this.requireOwn(adopted);
    if (!Object.isExtensible(instance)) {
      this.logger.warn(
        `${instance.constructor.name} is frozen, so its policies cannot act; do not freeze it`,
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

  /** A call on an instance can't tell which of two applications it comes from. */
  private requireOwn(instance: Adopted): void {
    if (instance[REGISTRY] === this.registry) return;
    throw new OptionError(
      `an instance of ${instance.constructor.name}`,
      'one that another running application of this process has',
      "its policies can act for one application only; give each its own, for example by 'useFactory'",
    );
  }
}

/** An instance that has the registry of an application, perhaps not of this one. */
interface Adopted {
  [REGISTRY]?: ResilienceRegistry;
}
