import { installTracer, isTracing, traced, type SpanTracer } from './span-tracer.js';

const describeNothing = () => {
  throw new Error('describe was called');
};

it('runs only the task, without a description, while no tracer is installed', () => {
  expect(isTracing()).toBe(false);
  expect(traced('client', describeNothing, (span) => [span])).toEqual([undefined]);
});

it('lets the tracer that was installed first make the spans until it is removed', () => {
  const tracer = (name: string): SpanTracer => ({
    trace: (kind, describe, task) => {
      seen.push(`${name} ${kind} ${describe().name}`);
      return task(undefined);
    },
  });
  const seen: string[] = [];
  const remove = installTracer(tracer('first'));
  expect(installTracer(tracer('second'))).toBeUndefined();
  expect(isTracing()).toBe(true);
  expect(
    traced(
      'server',
      () => ({ name: 'GET /orders' }),
      () => 7,
    ),
  ).toBe(7);
  remove?.();
  traced('server', describeNothing, () => 7);
  expect(seen).toEqual(['first server GET /orders']);
});
