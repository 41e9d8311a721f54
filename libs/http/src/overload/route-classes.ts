import { REQUEST_PRIORITY, type RequestPriority } from '@loyalnest/core';
import { SSE_METADATA } from '@nestjs/common/constants.js';
import type { IncomingMessage } from 'node:http';
import { LONG_POLL } from './long-poll.decorator.js';
import type { RegisteredRoute } from './registered-routes.js';
import { RouteTree } from './route-tree.js';

/** What matters about a request before it is served. */
export interface RequestClass {
  readonly priority: RequestPriority;
  /** Whether it waits on purpose, so that it neither counts nor is measured. */
  readonly waits: boolean;
}

const READ: RequestClass = { priority: 'read', waits: false };
const WRITE: RequestClass = { priority: 'write', waits: false };
const ANY_METHOD = '*';

/** Knows the class of each request from its method and path, without a router. */
export class RouteClasses {
  private readonly trees = new Map<string, RouteTree<RequestClass>>();

  constructor(routes: readonly RegisteredRoute[]) {
    for (const { method, path, handler } of routes) {
      const priority = Reflect.getMetadata(REQUEST_PRIORITY, handler) as
        RequestPriority | undefined;
      const waits =
        Reflect.getMetadata(LONG_POLL, handler) === true ||
        Reflect.getMetadata(SSE_METADATA, handler) === true;
      const usual = byMethod(method).priority;
      this.treeOf(method).add(path, { priority: priority ?? usual, waits });
    }
  }

  of({ method = 'GET', url = '/', headers }: IncomingMessage): RequestClass {
    // A preflight is as important as the request that it announces.
    const announced = method === 'OPTIONS' ? headers['access-control-request-method'] : undefined;
    const acts = announced ?? method;
    const query = url.indexOf('?');
    const path = query < 0 ? url : url.slice(0, query);
    const routed = acts === 'HEAD' ? 'GET' : acts;
    return (
      this.trees.get(routed)?.find(path) ?? this.trees.get(ANY_METHOD)?.find(path) ?? byMethod(acts)
    );
  }

  private treeOf(method: string): RouteTree<RequestClass> {
    let tree = this.trees.get(method);
    if (!tree) this.trees.set(method, (tree = new RouteTree()));
    return tree;
  }
}

function byMethod(method: string): RequestClass {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? READ : WRITE;
}
