import type { AbstractHttpAdapter } from '@nestjs/core';

/** Ids are made of idempotency keys, which may be long. */
const LONG = 500;

interface FastifyLike {
  readonly initialConfig?: { readonly routerOptions?: { readonly maxParamLength?: number } };
}

/** Whether a route finds a job with a long id: Fastify gives up on long parameters. */
export function longIdsPass(adapter: AbstractHttpAdapter | undefined): boolean {
  if (adapter?.getType() !== 'fastify') return true;
  const { initialConfig } = adapter.getInstance<FastifyLike>();
  return (initialConfig?.routerOptions?.maxParamLength ?? LONG) >= LONG;
}
