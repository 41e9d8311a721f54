import { diagnostics } from './diagnostics.js';

it('passes events to a listener until its subscription ends', () => {
  const events = diagnostics<{ n: number }>('loyalnest:test:counted');
  const seen: number[] = [];
  const end = events.subscribe(({ n }) => seen.push(n));
  events.publish({ n: 1 });
  end();
  events.publish({ n: 2 });
  expect(seen).toEqual([1]);
});

it('turns an error of a listener into a warning, and not into an error of the publisher', () => {
  const warning = jest.spyOn(process, 'emitWarning').mockImplementation();
  const events = diagnostics<{ n: number }>('loyalnest:test:thrown');
  const end = events.subscribe(() => {
    throw new Error('listener');
  });
  expect(() => events.publish({ n: 1 })).not.toThrow();
  expect(warning).toHaveBeenCalledWith(
    'a listener of loyalnest:test:thrown threw: Error: listener',
  );
  end();
  warning.mockRestore();
});
