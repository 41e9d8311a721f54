import { isLoyalNestError } from '@loyalnest/core';
import { forEachPlatform, type RunningApp } from '@loyalnest/testing';
import {
  Body,
  Catch,
  Controller,
  Module,
  Post,
  UseGuards,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  signWebhook,
  webhookRejected,
  WebhookSignatureGuard,
  WebhookSignatureModule,
  type SignatureFault,
} from '../index.js';

@Controller()
class Hooks {
  @Post('hooks')
  @UseGuards(WebhookSignatureGuard)
  receive(@Body() body: unknown): unknown {
    return body ?? null;
  }
}

/** Returns the error as the problem-details filter of the http module would get it. */
@Catch()
class ShowingFilter implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}
  catch(error: unknown, host: ArgumentsHost): void {
    const response: unknown = host.switchToHttp().getResponse();
    const shown = isLoyalNestError(error) ? { ...error, message: error.message } : String(error);
    this.host.httpAdapter.reply(response, { thrown: shown }, 418);
  }
}

@Module({
  imports: [WebhookSignatureModule.forRoot({ secrets: ['new', 'old'] })],
  controllers: [Hooks],
  providers: [{ provide: APP_FILTER, useClass: ShowingFilter }],
})
class AppModule {}

const body = '{ "id": 820982911946154508, "note": "é" }';

forEachPlatform((platform) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await platform.create(AppModule, { nest: { rawBody: true } });
  });

  afterAll(() => running.close());

  const post = async (
    text: string | undefined,
    headers: Record<string, string>,
    url = running.url,
  ) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
    const response = await fetch(`${url}/hooks`, {
      ...init,
      ...(text !== undefined && { body: text }),
    });
    return { status: response.status, answer: (await response.json()) as unknown };
  };

  const signed = (text: string, secret: string) => ({
    'x-shopify-hmac-sha256': signWebhook(text, secret),
  });

  it.each(['new', 'old'])('accepts a webhook signed with the %s secret', async (secret) => {
    expect((await post(body, signed(body, secret))).status).toBe(201);
  });

  it.each<[SignatureFault, Record<string, string>]>([
    ['missing', {}],
    ['missing', { 'x-shopify-hmac-sha256': '' }],
    ['malformed', { 'x-shopify-hmac-sha256': 'not base64!' }],
    ['wrong', { 'x-shopify-hmac-sha256': 'AAAA' }],
    ['wrong', signed(body, 'guessed')],
    ['wrong', signed(`${body} `, 'new')],
  ])('refuses a webhook whose signature is %s: %j', async (fault, headers) => {
    const events: unknown[] = [];
    const end = webhookRejected.subscribe((event) => events.push(event));
    const { answer } = await post(body, headers);
    end();
    expect(answer).toMatchObject({
      thrown: { code: 'WEBHOOK_SIGNATURE', category: 'unauthenticated', fault },
    });
    expect(JSON.stringify(answer)).not.toContain(signWebhook(body, 'new'));
    expect(events).toEqual([{ fault }]);
  });

  it('refuses a body that no parser reads', async () => {
    const headers = { ...signed('a,b', 'new'), 'content-type': 'text/csv' };
    const { answer } = await post('a,b', headers);
    expect(JSON.stringify(answer)).toMatch(/body-not-read|Unsupported Media Type/);
  });

  it.each(['text/plain', 'text/csv', 'application/json', 'multipart/form-data; boundary=x'])(
    'refuses an unsigned body of type %s as unauthenticated, with or without raw bodies',
    async (type) => {
      const without = await platform.create(AppModule);
      for (const url of [running.url, without.url]) {
        const { answer } = await post('{}', { 'content-type': type }, url);
        const text = JSON.stringify(answer);
        // Fastify has no parser for some types.
        expect(text).toMatch(/"fault":"missing"|Unsupported Media Type/);
      }
      await without.close();
    },
  );

  it('refuses a signed body of type text/plain, whose bytes nobody kept', async () => {
    const { answer } = await post('{}', { ...signed('{}', 'new'), 'content-type': 'text/plain' });
    expect(answer).toMatchObject({ thrown: { fault: 'body-not-read' } });
  });

  it('names the remedy when the application keeps no raw body', async () => {
    const without = await platform.create(AppModule);
    const { answer } = await post(body, signed(body, 'new'), without.url);
    await without.close();
    expect(answer).toMatchObject({
      thrown: {
        code: 'RAW_BODY_MISSING',
        category: 'internal',
        message: expect.stringContaining('rawBody: true'),
      },
    });
  });
});

it('verifies a webhook without a body', async () => {
  const { WebhookVerifier } = await import('./webhook-verifier.js');
  const guard = new WebhookSignatureGuard(new WebhookVerifier({ secrets: ['new'] }));
  const request = { headers: { 'x-shopify-hmac-sha256': signWebhook('', 'new') } };
  const context = { switchToHttp: () => ({ getRequest: () => request }) };
  expect(guard.canActivate(context as never)).toBe(true);
});

it.each([
  [{ secrets: [] }, 'WebhookSignatureModule.secrets: got []; list at least one secret'],
  [{ secrets: undefined as never }, 'WebhookSignatureModule.secrets: got undefined'],
  [{ secrets: ['a', ' '] }, "WebhookSignatureModule.secrets[1]: got ' '"],
  [{ secrets: ['a'], algorithm: 'rot13' }, "WebhookSignatureModule.algorithm: got 'rot13'"],
  [{ secrets: ['a'], encoding: 'utf8' as never }, "WebhookSignatureModule.encoding: got 'utf8'"],
  [{ secrets: ['a'], header: '' }, "WebhookSignatureModule.header: got ''"],
])('refuses to boot with %j', async (options, message) => {
  const module = Test.createTestingModule({ imports: [WebhookSignatureModule.forRoot(options)] });
  await expect(module.compile()).rejects.toThrow(message);
});

it('takes its options from a factory', async () => {
  const module = Test.createTestingModule({
    imports: [WebhookSignatureModule.forRootAsync({ useFactory: () => ({ secrets: ['a'] }) })],
  });
  expect((await module.compile()).get(WebhookSignatureGuard)).toBeInstanceOf(WebhookSignatureGuard);
});
