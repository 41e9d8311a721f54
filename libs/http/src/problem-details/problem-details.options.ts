import { OptionError } from '@loyalnest/core';

export interface ProblemDetailsModuleOptions {
  /**
   * Where the kinds of problems are described: the code in kebab-case is appended to make `type`.
   * @defaultValue none: `type` is `about:blank`
   */
  readonly typeBase?: string;
}

export function resolveTypeBase({ typeBase }: ProblemDetailsModuleOptions): string | undefined {
  if (typeBase === undefined || URL.canParse(typeBase)) return typeBase;
  throw new OptionError('ProblemDetailsModule.typeBase', typeBase, 'use an absolute URI');
}
