import type { ModulesContainer } from '@nestjs/core';

/** Keys of metadata that Nest reads and does not export. */
const GATEWAY = 'websockets:is_gateway';
const OPTIONS = 'websockets:gateway_options';

/** The options of each gateway as its decorator set them. Several applications may share the class. */
const declared = new WeakMap<object, object>();

/**
 * Limits the size of the messages of WebSocket gateways, unless a gateway sets its own limit. `ws` and
 * Socket.IO count while a message arrives, and close the connection at a larger one; their defaults are
 * 100 MiB and 1 MB. Call it before Nest connects the gateways.
 */
export function limitGatewayMessages(modules: ModulesContainer, maxBytes: number): void {
  for (const { providers } of modules.values()) {
    for (const { metatype } of providers.values()) {
      if (typeof metatype !== 'function' || !Reflect.hasMetadata(GATEWAY, metatype)) continue;
      const options =
        declared.get(metatype) ?? ((Reflect.getMetadata(OPTIONS, metatype) ?? {}) as object);
      declared.set(metatype, options);
      const limits = { maxPayload: maxBytes, maxHttpBufferSize: maxBytes };
      Reflect.defineMetadata(OPTIONS, { ...limits, ...options }, metatype);
    }
  }
}
