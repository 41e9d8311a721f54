import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  trace,
  type Context,
} from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { remoteSpan } from './active-context.js';
import { RequestContextPropagator } from './request-context-propagator.js';

const IDS = '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331';

type Headers = Record<string, string | string[]>;

const propagator = new RequestContextPropagator();

function extract(headers: Headers): Context {
  return propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
}

function inject(context: Context): Headers {
  const headers: Headers = {};
  propagator.inject(context, headers, defaultTextMapSetter);
  return headers;
}

it.each<[string, Headers, Headers]>([
  ['a sampled trace', { traceparent: `00-${IDS}-01` }, { traceparent: `00-${IDS}-01` }],
  ['an unsampled trace', { traceparent: `00-${IDS}-00` }, { traceparent: `00-${IDS}-00` }],
  [
    'the state of other vendors, even in several headers',
    { traceparent: `00-${IDS}-01`, tracestate: ['a=1', 'b=2'] },
    { traceparent: `00-${IDS}-01`, tracestate: 'a=1,b=2' },
  ],
  [
    'flags that later versions may add',
    { traceparent: `01-${IDS}-ff-x` },
    { traceparent: `00-${IDS}-01` },
  ],
  ['no header', {}, {}],
  ['a header that is not valid', { traceparent: `00-${IDS}` }, {}],
  ['several parents', { traceparent: [`00-${IDS}-01`, `00-${IDS}-00`] }, {}],
])('passes on %s', (_what, received, sent) => {
  expect(inject(extract(received))).toEqual(sent);
});

it('marks the parent as remote', () => {
  expect(trace.getSpanContext(extract({ traceparent: `00-${IDS}-01` }))?.isRemote).toBe(true);
});

it('keeps the context when there is no valid parent', () => {
  const context = extract({ traceparent: `00-${IDS}-01` });
  expect(propagator.extract(context, {}, defaultTextMapGetter)).toBe(context);
});

it('does not send three-digit flags when a request creates no span of its own', () => {
  const context = trace.setSpanContext(ROOT_CONTEXT, remoteSpan(`00-${IDS}-ff`)!);
  expect(inject(context)).toEqual({ traceparent: `00-${IDS}-01` });
});

it('sends nothing while tracing is suppressed', () => {
  expect(inject(suppressTracing(extract({ traceparent: `00-${IDS}-01` })))).toEqual({});
});
