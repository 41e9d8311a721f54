import { eventually, ServiceProcess } from '@loyalnest/testing';

describe('partner-simulator as a process', () => {
  let simulator: ServiceProcess | undefined;

  afterEach(async () => {
    await simulator?.kill();
  });

  it('answers hanging requests when it is stopped, and exits with code 0', async () => {
    const env = { SHOPIFY_WEBHOOK_SECRET: 'secret', LOG_LEVEL: 'warn' };
    simulator = await ServiceProcess.start({ app: 'partner-simulator', env });
    const { url } = simulator;
    const json = { 'content-type': 'application/json' };
    const fault = { method: 'PUT', headers: json, body: '{"sms":{"hang":true}}' };
    await fetch(`${url}/faults`, fault);
    const message = { method: 'POST', headers: json, body: '{"to":"+15550100","body":"hello"}' };
    const hanging = fetch(`${url}/sms/messages`, message);
    await eventually(async () => {
      const box = (await (await fetch(`${url}/messages`)).json()) as { requests: { sms: number } };
      return box.requests.sms === 1;
    });
    const exit = simulator.stop('5s');
    expect(await (await hanging).json()).toMatchObject({ status: 503, code: 'PROVIDER_STOPPING' });
    expect(await exit).toEqual({ code: 0, signal: null });
  });

  it('names the missing variables and exits with code 1', async () => {
    const env = { SHOPIFY_WEBHOOK_SECRET: '', GATEWAY_URL: 'localhost:3000' };
    await expect(ServiceProcess.start({ app: 'partner-simulator', env })).rejects.toThrow(
      /exit code 1[^]*GATEWAY_URL[^]*use http:\/\/host:port[^]*SHOPIFY_WEBHOOK_SECRET: is not set/,
    );
  });
});
