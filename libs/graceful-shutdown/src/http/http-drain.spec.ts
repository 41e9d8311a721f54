import { eventually, forEachPlatform } from '@loyalnest/testing';
import { once } from 'node:events';
import { held } from '../../test/recording-app.js';
import { exchange, ShutdownFixture } from '../../test/shutdown-fixture.js';

forEachPlatform((platform) => {
  let fixture: ShutdownFixture;

  beforeEach(() => {
    fixture = new ShutdownFixture(platform);
  });
  afterEach(() => fixture.close());

  it('lets a running request finish and says that its connection will close', async () => {
    await fixture.boot();
    const call = fixture.get('/hold', fixture.keepAlive);
    await eventually(() => held.length === 1);
    fixture.control.send('SIGTERM');
    await fixture.clock.advance(1);
    expect(fixture.running.app.getHttpServer().listening).toBe(false);
    expect(fixture.control.exits).toEqual([]);
    held.splice(0)[0]!();
    expect(await call).toEqual([200, 'close']);
    await fixture.ended();
    expect(fixture.control.exits).toEqual([0]);
  });

  it('serves a kept-alive connection until the endpoint is removed, then closes it', async () => {
    await fixture.boot({ propagationDelay: '5s' });
    expect(await fixture.get('/fast', fixture.keepAlive)).toEqual([200, 'keep-alive']);
    fixture.control.send('SIGTERM');
    expect(await fixture.get('/fast', fixture.keepAlive)).toEqual([200, 'close']);
    await fixture.clock.advance(5_000);
    await fixture.ended();
    await expect(fixture.get('/fast')).rejects.toThrow('ECONNREFUSED');
  });

  it('does not wait for idle connections, used or unused', async () => {
    await fixture.boot();
    await fixture.get('/fast', fixture.keepAlive);
    const unused = await fixture.connect();
    const closed = once(unused, 'close');
    fixture.control.send('SIGTERM');
    await fixture.clock.advance(249);
    expect(fixture.control.exits).toEqual([]);
    await fixture.clock.advance(1);
    await fixture.ended();
    expect(fixture.control.exits).toEqual([0]);
    await closed;
  });

  it('serves pending connections that are not accepted yet', async () => {
    await fixture.boot();
    const answers = Array.from({ length: 20 }, () => {
      const socket = fixture.startConnecting();
      socket.write('GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n');
      return new Promise<string>((resolve, reject) => {
        socket.once('data', (data) => resolve(String(data))).once('error', reject);
      });
    });
    // The kernel has all connections in this tick, but the server accepts one per turn.
    process.nextTick(() => fixture.control.send('SIGTERM'));
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
    await fixture.ended();
    expect(fixture.control.exits).toEqual([0]);
  });

  it('serves a request that arrives soon after its connection', async () => {
    await fixture.boot();
    const socket = await fixture.connect();
    fixture.control.send('SIGTERM');
    await fixture.clock.advance(200);
    const answer = await exchange(socket, 'GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
    await fixture.ended();
    expect(fixture.control.exits).toEqual([0]);
  });

  it('closes used connections immediately while it waits for the first request of another', async () => {
    await fixture.boot();
    const [rested, halfway, unused] = await Promise.all([0, 1, 2].map(() => fixture.connect()));
    await exchange(rested!, 'GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await exchange(halfway!, 'GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n');
    halfway!.write('GET /fa');
    fixture.control.send('SIGTERM');
    await once(rested!, 'close');
    expect(await exchange(halfway!, 'st HTTP/1.1\r\nHost: localhost\r\n\r\n')).toMatch(/ 200 OK/);
    expect(await exchange(unused!, 'GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n')).toMatch(
      / 200 OK/,
    );
    await fixture.ended();
    expect(fixture.control.exits).toEqual([0]);
  });

  it('closes a connection whose response announced keep-alive before the signal', async () => {
    await fixture.boot();
    const call = fixture.get('/stream', fixture.keepAlive);
    await eventually(() => held.length === 1);
    fixture.control.send('SIGTERM');
    // Lets the drain close the connections that are already idle.
    await fixture.clock.advance(1);
    held.splice(0)[0]!();
    expect(await call).toEqual([200, 'keep-alive']);
    await fixture.ended();
    expect(fixture.control.exits).toEqual([0]);
  });

  it('cancels requests one second before it cuts them off, and reports their routes', async () => {
    await fixture.boot();
    const call = fixture.get('/hold?secret=1').catch((error: Error) => error.message);
    await eventually(() => held.length === 1);
    fixture.control.send('SIGTERM');
    await fixture.clock.advance(8_999);
    expect(fixture.recorder.seen).not.toContain('cancelling');
    await fixture.clock.advance(1);
    expect(fixture.recorder.seen).toContain('cancelling');
    await fixture.clock.advance(1_000);
    expect(await call).toMatch(/socket hang up|ECONNRESET/);
    await fixture.ended();
    expect(fixture.control.exits).toEqual([1]);
    expect(fixture.phases).toContainEqual({
      phase: 'http',
      durationMs: 10_000,
      stuck: ['GET /hold'],
    });
    expect(fixture.log.lines.join('\n')).toMatch(
      /stuck: http: GET \/hold\. .*Timeout x2, TCPSocketWrap/,
    );
    expect(fixture.log.lines.join('\n')).not.toContain('secret');
  });

  it('gives a cancelled request the time to answer', async () => {
    await fixture.boot();
    const call = fixture.get('/hold');
    await eventually(() => held.length === 1);
    fixture.recorder.onStage = (stage) => stage === 'cancelling' && held.splice(0)[0]!();
    fixture.control.send('SIGTERM');
    await fixture.clock.advance(9_000);
    expect(await call).toEqual([200, 'close']);
    await fixture.ended();
    expect(fixture.control.exits).toEqual([0]);
  });
});
