// For your app
export { ThrottlingModule } from './throttling.module.js';
export { ApplyLimits } from './limits/apply-limits.decorator.js';
export { ThrottlingGuard } from './throttling.guard.js';
export type { ThrottlingLimitDetail } from './counted-request.js';

// Options
export type { ThrottlingModuleOptions } from './throttling.options.js';
export type { ClientOf, ThrottlingLimit } from './limits/limit.options.js';
export type { Rate } from '@loyalnest/core';
export type { Plans } from './plans/plan-rates.js';
export { isBroadTrust } from './client-address/broad-trust.js';
export type { TrustProxy } from './client-address/trust-proxy.js';
export type { ThrottledRequest } from './throttled-request.js';

// Storage, for `ThrottlerModule` of @nestjs/throttler too
export { createThrottlingStorage } from './storage/create-storage.js';
export { ThrottlingStorage } from './storage/throttling-storage.js';
export type { RedisStorageOptions } from './storage/redis-storage.options.js';
export type { MemoryStorageOptions } from './storage/memory-throttling-storage.js';
export type { Verdict } from './storage/verdict.js';
export type { Cell, ResolvedRate } from '@loyalnest/core/toolkit';

// Errors
export { RequestThrottledError } from './request-throttled.error.js';

// Events
export { requestCounted, storageChanged } from './throttling.events.js';
export type { RequestCounted, StorageChanged } from './throttling.events.js';
