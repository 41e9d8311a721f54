import { OptionError } from '../../options/option.error.js';

/**
 * Fails the boot of an application that imports a configured module more than once, because its state
 * would exist twice. Call it in the module's constructor.
 *
 * @param modules the values of Nest's `ModulesContainer`
 * @throws OptionError
 */
export function requireSingleImport(
  module: { readonly name: string },
  modules: Iterable<{ readonly metatype: unknown }>,
): void {
  const imports = [...modules].filter(({ metatype }) => metatype === module).length;
  if (imports > 1) throw new OptionError(`${module.name}.forRoot`, imports, 'import it once');
}
