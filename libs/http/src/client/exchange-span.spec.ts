import { exchangeSpan } from './exchange-span.js';

const url = 'https://shop.example:8443/orders/7?token=secret';

it('names a client span after its method and describes the request without its query', () => {
  expect(exchangeSpan({ url, json: {} })).toEqual({
    name: 'POST',
    attributes: {
      'http.request.method': 'POST',
      'server.address': 'shop.example',
      'server.port': 8443,
      'url.full': 'https://shop.example:8443/orders/7',
    },
  });
});

it.each(['PURGE', 'get'])('names the span of the unknown method %s HTTP', (method) => {
  const { name, attributes } = exchangeSpan({ url, method });
  expect(name).toBe('HTTP');
  expect(attributes).toMatchObject({
    'http.request.method': '_OTHER',
    'http.request.method_original': method,
  });
});
