import type { OpenSpan, SpanAttributes, SpanDescription } from '@loyalnest/core';
import { installTracer } from '@loyalnest/core/toolkit';
import { eventually, forEachPlatform, type RunningApp } from '@loyalnest/testing';
import { Controller, Get, Module, Propfind } from '@nestjs/common';
import { CorrelationModule } from './index.js';

/** A span that keeps what it is given. */
class SeenSpan implements OpenSpan {
  name: string;
  attributes: SpanAttributes;
  failure: unknown;
  isComplete = false;

  constructor(readonly described: SpanDescription) {
    this.name = described.name;
    this.attributes = described.attributes ?? {};
  }

  rename(name: string): void {
    this.name = name;
  }

  set(attributes: SpanAttributes): void {
    this.attributes = { ...this.attributes, ...attributes };
    this.isComplete = 'http.response.status_code' in this.attributes;
  }

  addEvent(): void {}

  fail(error: unknown): void {
    this.failure = error;
  }
}

@Controller('orders')
class Orders {
  @Get(':id')
  order(): string {
    return 'order';
  }

  @Propfind(':id')
  properties(): string {
    return 'properties';
  }
}

@Module({ imports: [CorrelationModule.forRoot({})], controllers: [Orders] })
class App {}

forEachPlatform((platform) => {
  let running: RunningApp;
  let spans: SeenSpan[];
  let uninstall: (() => void) | undefined;

  beforeEach(async () => {
    spans = [];
    uninstall = installTracer({
      trace: (_kind, describe, task) => {
        const span = new SeenSpan(describe());
        spans.push(span);
        return task(span);
      },
    });
    running = await platform.create(App);
  });
  afterEach(async () => {
    uninstall?.();
    await running.close();
  });

  async function spanOf(method: string, path: string): Promise<SeenSpan> {
    await (await fetch(`${running.url}${path}`, { method })).text();
    await eventually(() => expect(spans.map(({ isComplete }) => isComplete)).toEqual([true]));
    return spans[0]!;
  }

  it('names the span of a request after its method and route', async () => {
    const span = await spanOf('GET', '/orders/7?token=secret');
    expect(span.described.name).toBe('GET');
    expect(span.name).toBe('GET /orders/:id');
    expect(span.attributes).toMatchObject({
      'http.request.method': 'GET',
      'http.route': '/orders/:id',
      'http.response.status_code': 200,
      'url.path': '/orders/7',
    });
    expect(span.attributes).not.toHaveProperty('http.request.method_original');
  });

  it('names the span of an unknown method HTTP, and keeps the method as the original', async () => {
    const span = await spanOf('PROPFIND', '/orders/7');
    expect(span.described.name).toBe('HTTP');
    expect(span.name).toBe('HTTP /orders/:id');
    expect(span.attributes).toMatchObject({
      'http.request.method': '_OTHER',
      'http.request.method_original': 'PROPFIND',
      'http.route': '/orders/:id',
    });
  });

  it('names the span of a request without a route after its method alone', async () => {
    const span = await spanOf('DELETE', '/orders/7');
    expect(span.name).toBe('DELETE');
    expect(span.attributes).toMatchObject({ 'http.response.status_code': 404 });
    expect(span.failure).toBeUndefined();
  });
});
