import { OptionError } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';

/** Options of `InputLimitsModule`. */
export interface InputLimitsOptions {
  /**
   * Max size of a body, and of a WebSocket message whose gateway sets neither `maxPayload` (ws) nor
   * `maxHttpBufferSize` (Socket.IO), in bytes. At least 1. @defaultValue 131072
   */
  readonly maxBodyBytes?: number;
  /** Max nesting of a body, a query or a message: `{"a":[1]}` has 2. At least 1. @defaultValue 64 */
  readonly maxDepth?: number;
  /** Max number of object keys in a body, a query or a message. At least 1. @defaultValue 1000 */
  readonly maxKeys?: number;
  /** Max number of array items in a body, a query or a message. At least 1. @defaultValue 1000 */
  readonly maxItems?: number;
  /** Max number of broken rules that one answer reports. At least 1. @defaultValue 20 */
  readonly maxErrors?: number;
  /**
   * Paths whose bodies stay bytes, such as `/v1/webhooks/shopify`: nothing parses them, whatever
   * their content type, and only `maxRawBodyBytes` limits them. Use it for signed webhooks and read
   * `request.rawBody`. @defaultValue none
   */
  readonly rawBodies?: readonly string[];
  /** Max size of the bodies at `rawBodies`, in bytes. At least 1. @defaultValue 5242880 */
  readonly maxRawBodyBytes?: number;
}

/** The validated options, with defaults filled in. */
export type ResolvedInputLimits = Required<InputLimitsOptions>;

const PATH = /^\/[^\s?#:*]*$/;

/** @throws OptionError for a limit that is not a whole number >= 1, or a path with parameters */
export function resolveInputLimits(options: InputLimitsOptions = {}): ResolvedInputLimits {
  const limit = (name: keyof InputLimitsOptions, value: unknown): number =>
    wholeNumber(`InputLimitsModule.${name}`, value, { min: 1 });
  const { rawBodies = [] } = options;
  rawBodies.forEach((path: unknown, index) => {
    if (typeof path === 'string' && PATH.test(path)) return;
    const remedy = "use the whole path of a route, without parameters, such as '/v1/webhooks'";
    throw new OptionError(`InputLimitsModule.rawBodies[${index}]`, path, remedy);
  });
  return {
    maxBodyBytes: limit('maxBodyBytes', options.maxBodyBytes ?? 131_072),
    maxDepth: limit('maxDepth', options.maxDepth ?? 64),
    maxKeys: limit('maxKeys', options.maxKeys ?? 1_000),
    maxItems: limit('maxItems', options.maxItems ?? 1_000),
    maxErrors: limit('maxErrors', options.maxErrors ?? 20),
    rawBodies: [...rawBodies],
    maxRawBodyBytes: limit('maxRawBodyBytes', options.maxRawBodyBytes ?? 5_242_880),
  };
}
