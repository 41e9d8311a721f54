import { parseLosslessJson } from './lossless-json.js';
import { MalformedJsonError } from './malformed-json.error.js';

describe('parseLosslessJson', () => {
  it('keeps every digit of an integer that a number cannot hold', () => {
    const text = '{"id":820982911946154508,"ids":[-9007199254740993,9007199254740991]}';
    expect(parseLosslessJson(text)).toEqual({
      id: '820982911946154508',
      ids: ['-9007199254740993', 9007199254740991],
    });
  });

  it('returns everything else as JSON.parse does', () => {
    const text =
      '{"a":1.5,"b":1e3,"c":"820982911946154508","d":null,"e":[true,{"f":"é"}],"g":1e30}';
    expect(parseLosslessJson(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['{"a":x}', 5],
    ['{"a":1,}', 7],
    ['{"a":1}}', 7],
    ['{"a":', 5],
    ['', 0],
    ['x'.repeat(100), 0],
    [`{"long":"${'y'.repeat(200)}","a":?}`, 215],
  ])('names the position of the error in %s', (text, position) => {
    expect.assertions(2);
    try {
      parseLosslessJson(text);
    } catch (error) {
      expect(error).toBeInstanceOf(MalformedJsonError);
      expect((error as MalformedJsonError).position).toBe(position);
    }
  });

  it('does not repeat the text in its error', () => {
    expect(() => parseLosslessJson('{"phone":+491}')).toThrow(
      'the text is not JSON: error at character 9',
    );
  });
});
