import { REFUSED_CREDENTIALS, SUCCESS, TRANSIENT, type Classification } from './classification.js';
import { fieldOf, textOf } from './safe-field.js';

/**
 * Classifies a reply of a mail server in an error of nodemailer (RFC 5321, section 4.2): 4yz may be gone
 * at the next attempt, 5yz refuses this message or this recipient. Undefined for other errors.
 */
export function classifySmtp(error: unknown): Classification | undefined {
  const code = textOf(error, 'code');
  if (code === 'EAUTH') return REFUSED_CREDENTIALS;
  const reply = fieldOf(error, 'responseCode');
  if (typeof reply !== 'number' || textOf(error, 'command') === '') return undefined;
  if (reply === 530 || reply === 535) return REFUSED_CREDENTIALS;
  if (reply >= 400 && reply < 500) return TRANSIENT;
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && reply < 600 ? SUCCESS : undefined;
}
