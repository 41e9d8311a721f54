import { EnvironmentSecrets } from '@loyalnest/core/toolkit';
import { ConsoleLogger } from '@nestjs/common';

/**
 * Prints the lines of a boot until the service's own logger takes over, and the error that ends it. The
 * secrets of the environment are masked in every line and stack, whoever wrote it.
 */
export class BootLogger extends ConsoleLogger {
  private readonly secrets = new EnvironmentSecrets(process.env);

  protected override formatMessage(
    ...line: Parameters<ConsoleLogger['formatMessage']>
  ): ReturnType<ConsoleLogger['formatMessage']> {
    return this.secrets.hide(super.formatMessage(...line));
  }

  protected override printStackTrace(stack: string): void {
    super.printStackTrace(stack && this.secrets.hide(stack));
  }
}
