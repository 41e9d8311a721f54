// Servers
export { RedisServer } from './redis/redis-server.js';
export type { RedisServerOptions, RedisServerTls } from './redis/redis-server.js';
export { RedisCluster } from './redis/redis-cluster.js';
export type { RedisClusterOptions } from './redis/redis-cluster.js';
export { RedisSentinel } from './redis/redis-sentinel.js';
export type { RedisSentinelOptions } from './redis/redis-sentinel.js';
export { RedisUnavailableError } from './redis/redis-unavailable.error.js';
export { PrometheusServer } from './prometheus/prometheus-server.js';
export type {
  PrometheusServerOptions,
  QueriedSeries,
  ScrapeTarget,
} from './prometheus/prometheus-server.js';
export { findPrometheus, isPrometheusAvailable } from './prometheus/find-prometheus.js';
export { findPromtool, isPromtoolAvailable } from './prometheus/find-promtool.js';
export { PrometheusQueryError } from './prometheus/prometheus-query.error.js';
export { PrometheusUnavailableError } from './prometheus/prometheus-unavailable.error.js';
export { PostgresServer } from './postgres/postgres-server.js';
export type { CreateDatabaseOptions, PostgresServerOptions } from './postgres/postgres-server.js';
export { PostgresUnavailableError } from './postgres/postgres-unavailable.error.js';
export type { LocalServerOptions } from './server/local-server.js';

// Processes
export { OwnProcess } from './process/own-process.js';
export type { OwnProcessOptions, ProcessExit } from './process/own-process.js';
export { ProcessEndedError } from './process/process-ended.error.js';
export { createTemporaryFolder, removeTemporaryFolder } from './process/temporary-folder.js';
export { cacheFolder, repositoryRoot } from './process/repository.js';

// Certificates
export { RedisWithoutTlsError } from './redis/redis-without-tls.error.js';
export { CertificateAuthority } from './certificates/certificate-authority.js';
export type { IssuedCertificate } from './certificates/certificate-authority.js';

// Network
export { freePort, isPortFree } from './network/free-port.js';

// Time
export { FakeClock } from '@loyalnest/core/testing';
export { eventually } from './eventually/eventually.js';
export type { EventuallyOptions } from './eventually/eventually.js';
export { NotInTimeError } from './eventually/not-in-time.error.js';

// HTTP
export { Downstream } from './downstream/downstream.js';
export type { Hold } from './downstream/downstream.js';
export type { Answer, ReceivedRequest, Reply } from './downstream/downstream-reply.js';
export { forEachPlatform } from './platform/for-each-platform.js';
export { PLATFORMS } from './platform/platform.js';
export type { CreateAppOptions, Platform, RunningApp } from './platform/platform.js';

// Network faults
export { TcpProxy } from './tcp-proxy/tcp-proxy.js';
export type { ConnectionCounts, TcpProxyOptions } from './tcp-proxy/tcp-proxy.js';

// Apps
export { AppNotBuiltError } from './service-process/app-not-built.error.js';
export { ServiceProcess } from './service-process/service-process.js';
export type { ServiceProcessOptions } from './service-process/service-process.js';
