import { ratio } from '@loyalnest/core/toolkit';

export interface MemoryCheckOptions {
  /** Share of the limit from which the service is degraded. From 0 to 1. @defaultValue 0.75 */
  readonly degradedAt?: number;
  /** Share of the limit from which memory is down. From `degradedAt` to 1. @defaultValue 0.9 */
  readonly downAt?: number;
  /** Where the files of cgroups are. @defaultValue '/sys/fs/cgroup' */
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
