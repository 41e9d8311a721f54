import type { Server } from 'node:http';

/** Limits of an HTTP server. Times are in milliseconds, 0 means no limit. */
export interface ServerLimits {
  readonly idleTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly checkIntervalMs: number;
  readonly maxHeaderBytes: number;
  /** 0 means no limit. */
  readonly maxRequestsPerSocket: number;
}

/** The defaults for every server of the suite. Node itself has no idle limit and checks every 30 s. */
export const SERVER_LIMITS: ServerLimits = {
  idleTimeoutMs: 30_000,
  // Load balancers keep idle connections for 60 s. The server must not close one that they still use.
  keepAliveTimeoutMs: 65_000,
  headersTimeoutMs: 66_000,
  requestTimeoutMs: 66_000,
  checkIntervalMs: 5_000,
  maxHeaderBytes: 16_384,
  maxRequestsPerSocket: 0,
};

/** Properties that Node reads for each connection or when the server begins to listen. */
interface ServerProperties {
  connectionsCheckingInterval: number;
  maxHeaderSize: number;
}

/**
 * Sets the limits of a server for connections that it accepts from now on. Call it before the server
 * listens: Node reads the check interval only then.
 */
export function limitServer(server: Server, limits: ServerLimits = SERVER_LIMITS): void {
  server.keepAliveTimeout = limits.keepAliveTimeoutMs;
  server.headersTimeout = limits.headersTimeoutMs;
  server.requestTimeout = limits.requestTimeoutMs;
  server.timeout = limits.idleTimeoutMs;
  server.maxRequestsPerSocket = limits.maxRequestsPerSocket;
  const properties: ServerProperties = {
    connectionsCheckingInterval: limits.checkIntervalMs,
    maxHeaderSize: limits.maxHeaderBytes,
  };
  Object.assign(server, properties);
}
