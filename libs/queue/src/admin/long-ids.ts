import type { AbstractHttpAdapter } from '@nestjs/core';

/** Ids are made from idempotency keys, which may be long. */
const LONG = 500;

interface FastifyLike {
  readonly initialConfig?: { readonly routerOptions?: { readonly maxParamLength?: number } };
}

/** Whether a route accepts a long job id. Fastify answers 404 for parameters above a limit. */
export function longIdsPass(adapter: AbstractHttpAdapter | undefined): boolean {
  if (adapter?.getType() !== 'fastify') return true;
  const { initialConfig } = adapter.getInstance<FastifyLike>();
  return (initialConfig?.routerOptions?.maxParamLength ?? LONG) >= LONG;
}
