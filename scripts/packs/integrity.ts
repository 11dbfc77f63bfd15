import { createHash } from 'node:crypto';
import { PackError } from './pack-error.ts';
import type { PackSource } from './records.ts';

/** @throws {PackError} the archive has another hash than the pinned one. */
export function assertIntegrity({ package: name, integrity }: PackSource, archive: Uint8Array): void {
  const [algorithm = 'sha512'] = integrity.split('-');
  const found = `${algorithm}-${createHash(algorithm).update(archive).digest('base64')}`;
  if (found === integrity) return;
  throw new PackError(
    `${name} is not what was pinned.\n  expected ${integrity}\n  received ${found}\n` +
      'The download was damaged or the package was replaced; nothing was written.',
  );
}
