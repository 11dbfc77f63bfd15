import { describe, expect, it } from 'vitest';
import { hostilePictures } from './hostile.ts';
import { encodeJpeg } from './jpeg.ts';
import { encodeBmp, encodeGif, tinyAvif, tinyWebp } from './other-pictures.ts';
import { encodePng } from './png.ts';

/** What the browser itself makes of a file: its size and the colour of one pixel. */
async function decoded(bytes: Uint8Array<ArrayBuffer>, x: number, y: number) {
  const bitmap = await createImageBitmap(new Blob([bytes]));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  return { size: [bitmap.width, bitmap.height], colour: [...context.getImageData(x, y, 1, 1).data] };
}

function expectNear(actual: number[], wanted: number[], tolerance: number) {
  wanted.forEach((value, index) => expect(Math.abs(actual[index]! - value)).toBeLessThanOrEqual(tolerance));
}

const redThenBlue = (x: number) => (x < 16 ? [0.8, 0.2, 0.2] : [0.2, 0.2, 0.8]);

describe('the file writers, read by the browser', () => {
  it('writes colour, grey and CMYK JPEG', async () => {
    const size = { width: 40, height: 24 };
    const rgb = await decoded(encodeJpeg({ ...size, colour: 'rgb', pixel: redThenBlue }), 4, 12);
    expect(rgb.size).toEqual([40, 24]);
    expectNear(rgb.colour, [204, 51, 51], 8);
    expectNear(
      (await decoded(encodeJpeg({ ...size, colour: 'rgb', pixel: redThenBlue }), 36, 20)).colour,
      [51, 51, 204],
      8,
    );
    expectNear(
      (await decoded(encodeJpeg({ ...size, colour: 'grey', pixel: () => [0.5] }), 4, 4)).colour,
      [128, 128, 128],
      3,
    );
    const cyan = await decoded(encodeJpeg({ ...size, colour: 'cmyk', pixel: () => [1, 0, 0, 0] }), 4, 4);
    expect(cyan.colour[0]).toBeLessThan(80);
    expect(cyan.colour[2]).toBeGreaterThan(170);
  });

  it('writes an EXIF orientation that the browser honours', async () => {
    const held = encodeJpeg({ width: 40, height: 24, colour: 'rgb', pixel: redThenBlue, orientation: 6 });
    const { size, colour } = await decoded(held, 12, 4);
    expect(size).toEqual([24, 40]);
    expectNear(colour, [204, 51, 51], 8);
  });

  it('writes PNG with alpha and 16 bits', async () => {
    const alpha = await encodePng({ width: 5, height: 3, colour: 'rgba', pixel: () => [1, 0, 0, 0.5] });
    expectNear((await decoded(alpha, 2, 2)).colour, [255, 0, 0, 128], 1);
    const deep = await encodePng({
      width: 5,
      height: 3,
      colour: 'rgb',
      bitDepth: 16,
      pixel: (x) => [x / 4, 0.5, 0],
    });
    expectNear((await decoded(deep, 4, 0)).colour, [255, 128, 0, 255], 1);
  });

  it('writes GIF and BMP, and holds a small AVIF and WebP', async () => {
    const gif = encodeGif(30, 20, [
      [220, 30, 30],
      [30, 30, 220],
    ]);
    expect(await decoded(gif, 29, 19)).toEqual({ size: [30, 20], colour: [220, 30, 30, 255] });
    expectNear((await decoded(encodeBmp(33, 4, redThenBlue), 32, 3)).colour, [51, 51, 204, 255], 1);
    expect((await decoded(tinyWebp(), 7, 5)).colour).toEqual([40, 60, 200, 255]);
    expectNear((await decoded(tinyAvif(), 1, 2)).colour, [200, 40, 40, 255], 12);
  });

  it('makes rare pictures that the browser reads, and broken ones that it does not', async () => {
    for (const { name, bytes, code } of await hostilePictures()) {
      if (code === null) await expect(decoded(bytes, 0, 0), name).resolves.toBeDefined();
      else if (name !== 'wall.png' && !name.startsWith('cut'))
        await expect(decoded(bytes, 0, 0), name).rejects.toThrow();
    }
  });
});
