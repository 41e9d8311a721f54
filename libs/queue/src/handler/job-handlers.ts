import { OptionError } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { JobContext } from '../job/job-context.js';
import type { JobDefinition } from '../job/job-definition.js';
import { HandlerEnhancers } from './handler-enhancers.js';
import { JOB_HANDLER } from './job-handler.decorator.js';

/** A handler method and the job it handles. */
export interface RegisteredHandler {
  readonly definition: JobDefinition;
  /** `Class.method`, for error messages. */
  readonly place: string;
  handle(payload: unknown, context: JobContext): Promise<unknown>;
}

/** Finds the methods marked with `@JobHandler`. */
@Injectable()
export class JobHandlers {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly enhancers: HandlerEnhancers,
  ) {}

  /**
   * Returns the handlers by job name.
   *
   * @throws OptionError if two methods handle the same job, or a handler's class is request-scoped
   */
  discover(): ReadonlyMap<string, RegisteredHandler> {
    const handlers = new Map<string, RegisteredHandler>();
    for (const wrapper of this.discovery.getProviders()) {
      const prototype: object | undefined = wrapper.metatype?.prototype;
      if (!prototype) continue;
      for (const key of this.scanner.getAllMethodNames(prototype)) {
        const definition = handledBy(prototype, key);
        if (!definition) continue;
        const place = `${wrapper.name}.${key}`;
        if (!wrapper.isDependencyTreeStatic()) {
          throw new OptionError(
            `${place} @JobHandler`,
            'request scope',
            'make the class, its dependencies and its enhancers singletons',
          );
        }
        const known = handlers.get(definition.name);
        if (known && known.place !== place) {
          throw new OptionError(
            `${place} @JobHandler`,
            definition.name,
            `${known.place} handles this job already; a job has exactly one handler`,
          );
        }
        const handle = this.enhancers.enhance(wrapper.instance as object, key);
        handlers.set(definition.name, { definition, place, handle });
      }
    }
    return handlers;
  }
}

function handledBy(prototype: object, key: string): JobDefinition | undefined {
  const method: unknown = Reflect.get(prototype, key);
  return typeof method === 'function'
    ? (Reflect.getMetadata(JOB_HANDLER, method) as JobDefinition | undefined)
    : undefined;
}
