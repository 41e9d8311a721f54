import { CHECK_HEALTH, type HealthContributor, type HealthObservation } from '@loyalnest/core';
import { ratio } from '@loyalnest/core/toolkit';
import { statfs } from 'node:fs/promises';
import { declarationOf, type IndicatorOptions } from './indicator.options.js';

export interface DiskCheckOptions extends IndicatorOptions {
  /** An existing folder on the file system. @defaultValue the working directory */
  readonly path?: string;
  /** Used share at which the service becomes degraded. From 0 to 1. @defaultValue 0.8 */
  readonly degradedAt?: number;
  /** Used share at which the check is down. From `degradedAt` to 1. @defaultValue 0.95 */
  readonly downAt?: number;
}

const MIB = 1_048_576;

/**
 * Checks how full a file system is, as `df` counts it: by blocks or by inodes, whichever is fuller.
 */
export class DiskCheck implements HealthContributor {
  readonly healthCheck;
  private readonly path: string;
  private readonly degradedAt: number;
  private readonly downAt: number;

  /**
   * @param options `name` is `disk` by default; soft unless `critical`
   * @throws OptionError
   */
  constructor(options: DiskCheckOptions = {}) {
    const { path = '.', degradedAt = 0.8, downAt = 0.95 } = options;
    this.healthCheck = declarationOf('disk', options);
    this.path = path;
    this.degradedAt = ratio('DiskCheck.degradedAt', degradedAt);
    this.downAt = ratio('DiskCheck.downAt', downAt, { min: degradedAt });
  }

  async [CHECK_HEALTH](): Promise<HealthObservation> {
    const { blocks, bfree, bavail, bsize, files, ffree } = await statfs(this.path);
    // Blocks reserved for root are neither used nor available.
    const space = share(blocks - bfree, blocks - bfree + bavail);
    const inodes = share(files - ffree, files);
    const used = Math.max(space, inodes);
    const status = used >= this.downAt ? 'down' : used >= this.degradedAt ? 'degraded' : 'up';
    return {
      status,
      ...(status !== 'up' && { code: space >= inodes ? 'disk-space' : 'disk-inodes' }),
      observed: {
        usedRatio: rounded(space),
        inodesRatio: rounded(inodes),
        freeMib: Math.round((bavail * bsize) / MIB),
      },
    };
  }
}

/** Some file systems have no fixed number of inodes and report 0. */
function share(used: number, all: number): number {
  return all > 0 ? used / all : 0;
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
