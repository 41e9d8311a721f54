import { CHECK_HEALTH } from '@loyalnest/core';
import { createTemporaryFolder, removeTemporaryFolder } from '@loyalnest/testing';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MemoryCheck } from './memory-check.js';

const MIB = 1_048_576;
const NO_LIMIT_V1 = '9223372036854771712';

describe('memory against the limit of the container', () => {
  let root: string;

  beforeEach(() => {
    root = createTemporaryFolder('cgroup');
  });
  afterEach(() => removeTemporaryFolder(root));

  const write = (file: string, text: string | number): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), `${text}\n`);
  };
  const version2 = (folder: string, used: number, limit: number | 'max', inactive = 0): void => {
    write(join(folder, 'memory.max'), limit === 'max' ? limit : limit * MIB);
    write(join(folder, 'memory.current'), used * MIB);
    write(join(folder, 'memory.stat'), `anon 1\ninactive_file ${inactive * MIB}\nslab 1`);
  };
  const observe = (membership = '0::/') => {
    write('membership', membership);
    const cgroupFile = join(root, 'membership');
    return new MemoryCheck({ cgroupRoot: root, cgroupFile })[CHECK_HEALTH]();
  };

  it.each([
    [700, 'up', undefined],
    [750, 'degraded', 'container-memory'],
    [899, 'degraded', 'container-memory'],
    [900, 'down', 'container-memory'],
  ])('%d of 1,000 MiB is %s', async (used, status, code) => {
    version2('', used, 1_000);
    expect(await observe()).toMatchObject({
      status,
      ...(code && { code }),
      observed: { containerRatio: used / 1_000, containerUsedMib: used, containerLimitMib: 1_000 },
    });
  });

  it('does not count file pages that the kernel can reclaim', async () => {
    version2('', 950, 1_000, 600);
    expect(await observe()).toMatchObject({ status: 'up', observed: { containerUsedMib: 350 } });
  });

  it('counts the cgroup that is closest to its limit: its own or a parent', async () => {
    version2('pod/app', 100, 1_000);
    version2('pod', 950, 1_000);
    version2('', 5_000, 'max');
    expect(await observe('0::/pod/app')).toMatchObject({
      status: 'down',
      observed: { containerUsedMib: 950 },
    });
  });

  it('finds the limit if the path of its cgroup is that of the host', async () => {
    version2('', 950, 1_000);
    expect(await observe('0::/kubepods/pod1/app')).toMatchObject({ status: 'down' });
  });

  it('reads cgroups of version 1', async () => {
    write('memory/app/memory.limit_in_bytes', 1_000 * MIB);
    write('memory/app/memory.usage_in_bytes', 950 * MIB);
    write('memory/app/memory.stat', `inactive_file 1\ntotal_inactive_file ${150 * MIB}`);
    write('memory/memory.limit_in_bytes', NO_LIMIT_V1);
    expect(await observe('12:cpu,cpuacct:/app\n9:memory:/app')).toMatchObject({
      status: 'degraded',
      observed: { containerUsedMib: 800 },
    });
  });

  it.each([
    ['no files', () => undefined],
    ['the word max', () => version2('', 5_000, 'max')],
    ['the number that version 1 uses', () => write('memory/memory.limit_in_bytes', NO_LIMIT_V1)],
  ])('checks only the heap if there is no limit, indicated by %s', async (_how, prepare) => {
    prepare();
    const { status, observed } = await observe('0::/\n9:memory:/');
    expect(status).toBe('up');
    expect(Object.keys(observed!)).toEqual(['heapRatio', 'heapUsedMib', 'heapLimitMib']);
  });

  it('has the status of the heap if that is worse', async () => {
    version2('', 1, 1_000);
    write('membership', '0::/');
    const cgroupFile = join(root, 'membership');
    const check = new MemoryCheck({ cgroupRoot: root, cgroupFile, degradedAt: 0, downAt: 1 });
    expect(await check[CHECK_HEALTH]()).toMatchObject({ status: 'degraded', code: 'heap-memory' });
  });
});
