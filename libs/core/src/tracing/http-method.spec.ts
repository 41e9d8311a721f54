import { httpMethodAttributes, httpSpanName, knownHttpMethod } from './http-method.js';

it.each(['GET', 'PATCH', 'QUERY'])('keeps the known method %s', (method) => {
  expect(knownHttpMethod(method)).toBe(method);
  expect(httpMethodAttributes(method)).toEqual({ 'http.request.method': method });
  expect(httpSpanName(method)).toBe(method);
  expect(httpSpanName(method, '/orders/:id')).toBe(`${method} /orders/:id`);
});

it.each(['PROPFIND', 'get', ''])('reports the method %j as _OTHER, with the original', (method) => {
  expect(knownHttpMethod(method)).toBe('_OTHER');
  expect(httpMethodAttributes(method)).toEqual({
    'http.request.method': '_OTHER',
    'http.request.method_original': method,
  });
  expect(httpSpanName(method)).toBe('HTTP');
  expect(httpSpanName(method, '/orders/:id')).toBe('HTTP /orders/:id');
});
