import { OptionError } from '@loyalnest/core';

/** Options of `ProblemDetailsModule`. */
export interface ProblemDetailsModuleOptions {
  /**
   * An absolute URI under which each kind of problem is described. `type` is this URI plus the code in
   * kebab-case. @defaultValue none: `type` is `about:blank`
   */
  readonly typeBase?: string;
}

/** @throws OptionError if `typeBase` is not an absolute URI */
export function resolveTypeBase({ typeBase }: ProblemDetailsModuleOptions): string | undefined {
  if (typeBase === undefined || URL.canParse(typeBase)) return typeBase;
  throw new OptionError('ProblemDetailsModule.typeBase', typeBase, 'use an absolute URI');
}
