import { Injectable } from '@nestjs/common';
import {
  EXCEPTION_FILTERS_METADATA,
  GUARDS_METADATA,
  INTERCEPTORS_METADATA,
  PIPES_METADATA,
} from '@nestjs/common/constants.js';
import { ExternalContextCreator, ModulesContainer } from '@nestjs/core';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { JobContext } from '../job/job-context.js';

/** The result of `ExecutionContext.getType()` in an enhancer of a job handler. */
export const JOB_CONTEXT_TYPE = 'job';

type Handle = (payload: unknown, context: JobContext) => Promise<unknown>;
type Handlers = Record<string, Handle>;

const PARAMS = 'loyalnest:queue:job-params';
/** Nest's number for the parameter type that pipes see as 'body'. */
const BODY = 3;
const contexts = new AsyncLocalStorage<JobContext>();

/**
 * Runs a handler with its guards, interceptors, pipes and filters. Global ones (`useGlobalGuards`,
 * `APP_GUARD`) do not run: they are written for requests.
 */
@Injectable()
export class HandlerEnhancers {
  private readonly creator: ExternalContextCreator;

  constructor(modules: ModulesContainer) {
    // The creator only needs the modules. Without the application's config it finds no global
    // enhancers.
    const container = { getModules: () => modules };
    this.creator = ExternalContextCreator.fromContainer(container as never);
  }

  /**
   * Returns the handler method with its enhancers; without enhancers it calls the method directly.
   */
  enhance(instance: object, key: string): Handle {
    const host = instance as Handlers;
    const method = host[key]!;
    const has = (metadata: string): boolean =>
      [method, instance.constructor].some((target) => Reflect.hasMetadata(metadata, target));
    const filters = has(EXCEPTION_FILTERS_METADATA);
    const guards = has(GUARDS_METADATA);
    const interceptors = has(INTERCEPTORS_METADATA);
    const pipes = has(PIPES_METADATA);
    if (!filters && !guards && !interceptors && !pipes) {
      return (payload, context) => host[key]!(payload, context);
    }
    if (pipes) {
      const payload = { [`${BODY}:0`]: { index: 0, pipes: [] } };
      Reflect.defineMetadata(PARAMS, payload, instance.constructor, key);
    }
    const enhanced = this.creator.create(
      instance as never,
      (pipes ? withContext(method) : method) as never,
      key,
      PARAMS,
      pipes
        ? {
            exchangeKeyForValue: (_type: number, _data: unknown, args: unknown) =>
              (args as unknown[])[0],
          }
        : undefined,
      undefined,
      undefined,
      { filters, guards, interceptors },
      JOB_CONTEXT_TYPE as never,
    ) as Handle;
    if (!pipes) return enhanced;
    return (payload, context) => contexts.run(context, () => enhanced(payload, context));
  }
}

/**
 * Nest runs pipes on every parameter that it passes, which would change the `JobContext`. So Nest
 * passes only the payload, and the context bypasses it.
 */
function withContext(method: Handle): Handle {
  const handler: Handle = function (this: unknown, payload) {
    return method.call(this, payload, contexts.getStore()!);
  };
  for (const key of Reflect.getMetadataKeys(method)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), handler);
  }
  return Object.defineProperty(handler, 'name', { value: method.name });
}
