import { access, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { patternJpeg, PATTERNS } from '../src/testing/files/pictures.ts';

/** Of a picture as a camera of today gives it at its smallest. */
const SIZE = { width: 640, height: 480 };

/** A folder of learnable JPEGs, one subfolder per class. Returns the folder and the files, by class. */
export async function writePatterns(
  count: number,
  firstSeed = 0,
  size: { readonly width: number; readonly height: number } = SIZE,
): Promise<{ folder: string; files: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-pictures-'));
  const files: string[] = [];
  for (let index = 0; index < count; index++) {
    const classIndex = index % PATTERNS.length;
    const directory = join(folder, PATTERNS[classIndex] ?? 'other');
    await access(directory).catch(() => mkdir(directory));
    const file = join(directory, `${String(firstSeed + index).padStart(5, '0')}.jpg`);
    await writeFile(file, patternJpeg(classIndex, firstSeed + index, size));
    files.push(file);
  }
  return { folder, files };
}
