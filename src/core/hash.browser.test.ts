import { expect, test } from 'vitest';
import { sha256 } from './hash.ts';

// The first vector of FIPS 180-2, appendix B.
test('hashes as the standard says', async () => {
  expect(await sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
