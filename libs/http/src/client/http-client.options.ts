import { durationMs, SystemClock, type Clock, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';

/** Options of {@link HttpClientModule}. */
export interface HttpClientModuleOptions {
  /** Limit for an exchange, from connecting to the last byte. At least 1 ms. @defaultValue '10s' */
  readonly timeout?: Duration;
  /** Limit for connecting; undici measures it in steps of about 0.5 s. @defaultValue '2s' */
  readonly connectTimeout?: Duration;
  /** How long an idle connection is kept, unless the server asks for less. @defaultValue '4s' */
  readonly keepAlive?: Duration;
  /** Max connections to one origin; further requests wait. At least 1. @defaultValue 128 */
  readonly maxConnections?: number;
  /** Max size of an answer in bytes. At least 1. @defaultValue 1048576 (1 MiB) */
  readonly maxResponseBytes?: number;
  /** Source of time. @defaultValue the system clock */
  readonly clock?: Clock;
}

/** The checked options, with defaults filled in. */
export interface HttpClientPolicy {
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly maxConnections: number;
  readonly maxResponseBytes: number;
  readonly clock: Clock;
}

/** @throws OptionError */
export function resolveHttpClientOptions(options: HttpClientModuleOptions): HttpClientPolicy {
  const path = (name: keyof HttpClientModuleOptions): string => `HttpClientModule.${name}`;
  const atLeast1 = { minMs: 1 };
  return {
    timeoutMs: durationMs(path('timeout'), options.timeout ?? '10s', atLeast1),
    connectTimeoutMs: durationMs(path('connectTimeout'), options.connectTimeout ?? '2s', atLeast1),
    keepAliveMs: durationMs(path('keepAlive'), options.keepAlive ?? '4s', atLeast1),
    maxConnections: wholeNumber(path('maxConnections'), options.maxConnections ?? 128, { min: 1 }),
    maxResponseBytes: wholeNumber(path('maxResponseBytes'), options.maxResponseBytes ?? 1_048_576, {
      min: 1,
    }),
    clock: options.clock ?? new SystemClock(),
  };
}
