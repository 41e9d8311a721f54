import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../eventually/eventually.js';
import { createTemporaryFolder, removeTemporaryFolder } from '../process/temporary-folder.js';
import { ServiceProcess } from './service-process.js';

const APP = `
  import { createServer } from 'node:http';
  import { readFileSync, writeFileSync } from 'node:fs';
  let ready = false;
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/health/ready' && !ready ? 503 : 200;
    response.end(process.env.GREETING);
  });
  server.listen(Number(process.env.PORT), process.env.HOST, () => console.log('listening'));
  if (process.env.PID_FILE) writeFileSync(process.env.PID_FILE, String(process.pid));
  setTimeout(() => { ready = process.env.NEVER_READY !== '1'; }, 100);
  process.on('SIGTERM', () => { console.log('draining'); server.close(); server.closeAllConnections(); });
`;

describe('ServiceProcess', () => {
  let folder: string;
  let service: ServiceProcess | undefined;

  beforeEach(() => {
    folder = createTemporaryFolder('service');
  });

  afterEach(async () => {
    await service?.kill();
    service = undefined;
    await removeTemporaryFolder(folder);
  });

  const app = (source: string): { app: string; entry: string } => {
    const entry = join(folder, 'main.mjs');
    writeFileSync(entry, source);
    return { app: 'greeter', entry };
  };

  it('is ready when the probe answers 200, and reports the exit code of the app', async () => {
    service = await ServiceProcess.start({ ...app(APP), env: { GREETING: 'hello' } });
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
    expect(await (await fetch(service.url)).text()).toBe('hello');
    expect(service.exitCode).toBeNull();
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    expect(service.exitCode).toBe(0);
    expect(service.lastLines()).toEqual(['listening', 'draining']);
  });

  it('reports the last lines of an app that exits during its boot', async () => {
    const dying = app('console.error("no database"); process.exit(3);');
    await expect(ServiceProcess.start(dying)).rejects.toThrow(
      /greeter ended \(exit code 3\)[^]*no database/,
    );
  });

  it('kills an app that is not ready in time and reports its last status', async () => {
    const env = { NEVER_READY: '1', PID_FILE: join(folder, 'pid') };
    const failed = ServiceProcess.start({ ...app(APP), env, readyWithin: '3s' });
    await expect(failed).rejects.toThrow(/within 3000 ms \(last seen: status 503\)[^]*listening/);
    const pid = Number(readFileSync(env.PID_FILE, 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('answers nothing while it is paused', async () => {
    service = await ServiceProcess.start(app(APP));
    service.pause();
    let answered = false;
    const call = fetch(service.url).then(() => (answered = true));
    await expect(eventually(() => answered, { within: '100ms' })).rejects.toThrow();
    service.resume();
    await call;
  });

  it('ends with SIGKILL when it is killed', async () => {
    service = await ServiceProcess.start(app(APP));
    expect(await service.kill()).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('kills an app that does not stop in time and reports SIGKILL', async () => {
    const stubborn = APP.replace(
      "process.on('SIGTERM', () => {",
      "process.on('SIGTERM', () => { return;",
    );
    service = await ServiceProcess.start(app(stubborn));
    expect(await service.stop('200ms')).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('writes its output to the log file', async () => {
    const logFile = join(folder, 'greeter.log');
    service = await ServiceProcess.start({ ...app(APP), logFile });
    await service.stop();
    expect(service.lastLines()).toEqual(['listening', 'draining']);
  });

  it('names the command that builds a missing app', async () => {
    await expect(ServiceProcess.start({ app: 'no-such-app' })).rejects.toThrow('npm run build');
  });
});
