import { durationMs, OptionError, type Duration } from '@loyalnest/core';
import { SERVER_LIMITS, wholeNumber, type ServerLimits } from '@loyalnest/core/toolkit';

/** Options of `HttpServerModule`. Except for `heartbeat`, they have the meaning of Node's options. */
export interface HttpServerModuleOptions {
  /**
   * A connection on which nothing was sent or received for this time is closed (Node's
   * `server.setTimeout`). An answer must therefore begin within this time. Event streams and upgraded
   * connections, such as WebSockets, are exempt. 0 means no limit. @defaultValue '30s'
   */
  readonly idleTimeout?: Duration;
  /**
   * How long a connection waits for the next request. Use more than the load balancer in front.
   * 0 closes no waiting connection. @defaultValue '65s'
   */
  readonly keepAliveTimeout?: Duration;
  /** Limit for receiving the headers; at most `requestTimeout`. 0 means no limit. @defaultValue '66s' */
  readonly headersTimeout?: Duration;
  /**
   * Limit for receiving the whole request, body included; then 408 and the connection is closed.
   * 0 means no limit. @defaultValue '66s'
   */
  readonly requestTimeout?: Duration;
  /**
   * How often `headersTimeout` and `requestTimeout` are checked, so how much later they may apply. At
   * least 1 ms. @defaultValue '5s'
   */
  readonly connectionsCheckingInterval?: Duration;
  /** Maximum size of the headers in bytes; larger ones get 431. At least 1024. @defaultValue 16384 */
  readonly maxHeaderSize?: number;
  /** The connection is closed after so many requests. 0 means no limit. @defaultValue 0 */
  readonly maxRequestsPerSocket?: number;
  /**
   * A stream of server-sent events that was silent gets a comment line, at the latest after this time. So
   * proxies keep it open, and a client that has disappeared is noticed. Less than `idleTimeout`; at least
   * 10 ms; 0 sends none. @defaultValue '15s'
   */
  readonly heartbeat?: Duration;
}

/** The validated options, with defaults filled in. */
export interface ResolvedHttpServer {
  readonly limits: ServerLimits;
  readonly heartbeatMs: number;
}

/** @throws {@link OptionError} with the path of the option */
export function resolveHttpServer(options: HttpServerModuleOptions): ResolvedHttpServer {
  const time = (name: TimeOption, defaultMs: number, minMs = 0): number =>
    durationMs(`HttpServerModule.${name}`, options[name] ?? defaultMs, { minMs });
  const limits: ServerLimits = {
    idleTimeoutMs: time('idleTimeout', SERVER_LIMITS.idleTimeoutMs),
    keepAliveTimeoutMs: time('keepAliveTimeout', SERVER_LIMITS.keepAliveTimeoutMs),
    ...receiving(options, time),
    checkIntervalMs: time('connectionsCheckingInterval', SERVER_LIMITS.checkIntervalMs, 1),
    maxHeaderBytes: wholeNumber(
      'HttpServerModule.maxHeaderSize',
      options.maxHeaderSize ?? SERVER_LIMITS.maxHeaderBytes,
      { min: 1_024 },
    ),
    maxRequestsPerSocket: wholeNumber(
      'HttpServerModule.maxRequestsPerSocket',
      options.maxRequestsPerSocket ?? SERVER_LIMITS.maxRequestsPerSocket,
    ),
  };
  return { limits, heartbeatMs: heartbeatMs(options, time, limits.idleTimeoutMs) };
}

type TimeOption = Exclude<keyof HttpServerModuleOptions, 'maxHeaderSize' | 'maxRequestsPerSocket'>;
type ReadTime = (name: TimeOption, defaultMs: number, minMs?: number) => number;

/** If only one of the two is given, the other one follows it. */
function receiving(
  options: HttpServerModuleOptions,
  time: ReadTime,
): Pick<ServerLimits, 'headersTimeoutMs' | 'requestTimeoutMs'> {
  const requestTimeoutMs = time('requestTimeout', SERVER_LIMITS.requestTimeoutMs);
  const isLimited = requestTimeoutMs > 0;
  const headersTimeoutMs = time(
    'headersTimeout',
    isLimited
      ? Math.min(SERVER_LIMITS.headersTimeoutMs, requestTimeoutMs)
      : SERVER_LIMITS.headersTimeoutMs,
  );
  if (isLimited && (headersTimeoutMs === 0 || headersTimeoutMs > requestTimeoutMs)) {
    throw new OptionError(
      'HttpServerModule.headersTimeout',
      options.headersTimeout,
      `use at most requestTimeout, which is ${requestTimeoutMs} ms: the headers are part of the request`,
    );
  }
  return { headersTimeoutMs, requestTimeoutMs };
}

function heartbeatMs(
  options: HttpServerModuleOptions,
  time: ReadTime,
  idleTimeoutMs: number,
): number {
  const usual = idleTimeoutMs === 0 ? 15_000 : Math.min(15_000, Math.ceil(idleTimeoutMs / 2));
  const ms = time('heartbeat', usual);
  if (ms > 0 && ms < 10) {
    throw new OptionError(
      'HttpServerModule.heartbeat',
      options.heartbeat,
      'use 10 ms or more, or 0',
    );
  }
  if (idleTimeoutMs > 0 && ms >= idleTimeoutMs) {
    throw new OptionError(
      'HttpServerModule.heartbeat',
      options.heartbeat,
      `use less than idleTimeout, which is ${idleTimeoutMs} ms`,
    );
  }
  return ms;
}
