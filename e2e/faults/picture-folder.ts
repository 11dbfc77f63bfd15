import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { patternJpeg, PATTERNS } from '../../src/testing/files/pictures.ts';

/** Two classes of pictures that can be learned, in folders of their names. */
export async function writePictureFolder(root: string, perClass: number): Promise<string> {
  for (let index = 0; index < 2 * perClass; index++) {
    const file = join(root, PATTERNS[index % 2] ?? '', `${index}.jpg`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, patternJpeg(index % 2, index));
  }
  return root;
}
