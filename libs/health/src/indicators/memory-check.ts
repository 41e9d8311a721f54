import { CHECK_HEALTH, type HealthContributor, type HealthObservation } from '@loyalnest/core';
import { getHeapStatistics } from 'node:v8';
import { cgroupMemory } from './cgroup-memory.js';
import { resolveMemoryOptions, type MemoryCheckOptions } from './memory.options.js';

const MIB = 1_048_576;

/**
 * Checks how close the process is to running out of memory: the used share of the container's limit
 * or of the heap's limit, whichever is greater.
 */
export class MemoryCheck implements HealthContributor {
  readonly healthCheck = { name: 'memory', critical: false };
  private readonly options: Required<MemoryCheckOptions>;

  constructor(options?: MemoryCheckOptions) {
    this.options = resolveMemoryOptions(options);
  }

  async [CHECK_HEALTH](): Promise<HealthObservation> {
    const { cgroupRoot, cgroupFile, degradedAt, downAt } = this.options;
    const group = await cgroupMemory(cgroupRoot, cgroupFile);
    const { used_heap_size, heap_size_limit } = getHeapStatistics();
    const heap = used_heap_size / heap_size_limit;
    const container = group ? group.usedBytes / group.limitBytes : 0;
    const used = Math.max(heap, container);
    const status = used >= downAt ? 'down' : used >= degradedAt ? 'degraded' : 'up';
    return {
      status,
      ...(status !== 'up' && { code: container >= heap ? 'container-memory' : 'heap-memory' }),
      observed: {
        heapRatio: rounded(heap),
        heapUsedMib: Math.round(used_heap_size / MIB),
        heapLimitMib: Math.round(heap_size_limit / MIB),
        ...(group && {
          containerRatio: rounded(container),
          containerUsedMib: Math.round(group.usedBytes / MIB),
          containerLimitMib: Math.round(group.limitBytes / MIB),
        }),
      },
    };
  }
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
