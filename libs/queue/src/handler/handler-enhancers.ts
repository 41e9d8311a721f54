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

/** What `ExecutionContext.getType()` says in an enhancer of a job. */
export const JOB_CONTEXT_TYPE = 'job';

type Handle = (payload: unknown, context: JobContext) => Promise<unknown>;
type Handlers = Record<string, Handle>;

const PARAMS = 'loyalnest:queue:job-params';
/** Nest's number for the type of a parameter that pipes see as 'body'. */
const BODY = 3;
const contexts = new AsyncLocalStorage<JobContext>();

/**
 * Puts the guards, interceptors, pipes and filters of a handler around it. Those of the whole
 * application (`useGlobalGuards`, `APP_GUARD`) are left out: they are written for requests.
 */
@Injectable()
export class HandlerEnhancers {
  private readonly creator: ExternalContextCreator;

  constructor(modules: ModulesContainer) {
    // The only part of the container that the creator asks; without its config it knows no globals.
    const container = { getModules: () => modules };
    this.creator = ExternalContextCreator.fromContainer(container as never);
  }

  /** The method as it is to be called; a handler without enhancers is called as it is. */
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
 * Nest runs pipes on every parameter that it passes, and the JobContext must stay what it is: Nest
 * passes the payload alone, and the context comes past it.
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
