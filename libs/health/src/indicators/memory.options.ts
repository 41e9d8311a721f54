import { ratio } from '@loyalnest/core/toolkit';

export interface MemoryCheckOptions {
  /**
   * Used share of the limit at which the service becomes degraded. From 0 to 1. @defaultValue 0.75
   */
  readonly degradedAt?: number;
  /**
   * Used share of the limit at which the check is down. From `degradedAt` to 1. @defaultValue 0.9
   */
  readonly downAt?: number;
  /** Folder with the files of cgroups. @defaultValue '/sys/fs/cgroup' */
  readonly cgroupRoot?: string;
  /** The file that names the process's own cgroup. @defaultValue '/proc/self/cgroup' */
  readonly cgroupFile?: string;
}

/** @throws OptionError */
export function resolveMemoryOptions(
  options: MemoryCheckOptions = {},
): Required<MemoryCheckOptions> {
  const { cgroupRoot = '/sys/fs/cgroup', cgroupFile = '/proc/self/cgroup' } = options;
  const degradedAt = ratio('HealthModule.memory.degradedAt', options.degradedAt ?? 0.75);
  const downAt = ratio('HealthModule.memory.downAt', options.downAt ?? 0.9, { min: degradedAt });
  return { degradedAt, downAt, cgroupRoot, cgroupFile };
}
