import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { runEvent, runMessage, runSchedule, type Run } from './entry-point-runs.js';

/** Metadata that `@nestjs/schedule`, `@nestjs/event-emitter` and `@nestjs/websockets` set on methods. */
const ENTRY_POINTS: readonly (readonly [metadataKey: string, run: Run])[] = [
  ['SCHEDULER_TYPE', runSchedule],
  ['EVENT_LISTENER_METADATA', runEvent],
  ['websockets:message_mapping', runMessage],
];
const BOUND = Symbol.for('@loyalnest/correlation:bound-method');

type Method = ((...args: unknown[]) => unknown) & { [BOUND]?: true };

/**
 * Gives each run of a `@Cron`, `@Interval`, `@Timeout`, `@OnEvent` or `@SubscribeMessage` method a
 * context. It replaces
 * the methods on their prototypes before those packages read them: first in the constructor, when
 * the classes of all modules are known, and again on init, when factories have made their instances.
 */
@Injectable()
export class MethodContextBinder implements OnModuleInit {
  constructor(private readonly modules: ModulesContainer) {
    this.bind(({ metatype }) => (typeof metatype === 'function' ? metatype.prototype : undefined));
  }

  onModuleInit(): void {
    this.bind(({ instance }) => instance && Object.getPrototypeOf(instance));
  }

  private bind(
    prototypeOf: (wrapper: { readonly metatype: unknown; readonly instance: unknown }) => unknown,
  ): void {
    for (const { providers, controllers } of this.modules.values()) {
      for (const wrapper of [...providers.values(), ...controllers.values()]) {
        bindMethods(prototypeOf(wrapper));
      }
    }
  }
}

function bindMethods(prototype: unknown): void {
  for (
    let level = prototype;
    typeof level === 'object' && level !== null && level !== Object.prototype;
    level = Object.getPrototypeOf(level)
  ) {
    for (const key of Reflect.ownKeys(level)) bindMethod(level, key);
  }
}

function bindMethod(prototype: object, key: string | symbol): void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
  const method = descriptor?.value as Method | undefined;
  if (typeof method !== 'function' || method[BOUND] || !descriptor?.configurable) return;
  const run = ENTRY_POINTS.find(([metadata]) => Reflect.hasMetadata(metadata, method))?.[1];
  if (!run) return;
  const name = `${prototype.constructor.name}.${String(key)}`;
  const bound: Method = function (this: unknown, ...args) {
    return run(name, () => method.apply(this, args));
  };
  bound[BOUND] = true;
  Object.defineProperty(bound, 'name', { value: method.name, configurable: true });
  for (const metadata of Reflect.getMetadataKeys(method) as unknown[]) {
    Reflect.defineMetadata(metadata, Reflect.getMetadata(metadata, method), bound);
  }
  Object.defineProperty(prototype, key, { ...descriptor, value: bound });
}
