import { expect, test } from 'vitest';
import { metadataOf } from './metadata.ts';

// Built by hand from CIPA DC-008 (EXIF), ITU-T T.81, the PNG and the WebP container specifications.
const ascii = (text: string) => Array.from(text).map((one) => one.charCodeAt(0));
const tiff = (tag: number) => [
  ...ascii('II'),
  ...[0x2a, 0, 8, 0, 0, 0],
  ...[1, 0],
  ...[tag & 0xff, tag >> 8, 4, 0, 1, 0, 0, 0, 0, 0, 0, 0],
  ...[0, 0, 0, 0],
];
const GPS = 0x8825;
const MODEL = 0x0110;

const jpeg = (body: number[]) =>
  Uint8Array.from([
    0xff,
    0xd8,
    0xff,
    0xe1,
    0,
    body.length + 2,
    ...body,
    0xff,
    0xda,
    0,
    2,
    ...Array<number>(16).fill(0),
  ]);
const png = (type: string, body: number[]) =>
  Uint8Array.from([
    ...Array<number>(8).fill(0),
    0,
    0,
    0,
    body.length,
    ...ascii(type),
    ...body,
    0,
    0,
    0,
    0,
    ...Array<number>(16).fill(0),
  ]);
const webp = (type: string, body: number[]) =>
  Uint8Array.from([
    ...Array<number>(12).fill(0),
    ...ascii(type),
    body.length,
    0,
    0,
    0,
    ...body,
    ...Array<number>(16).fill(0),
  ]);

test('what a file tells beside its picture is noticed, and whether that is a place', () => {
  expect(metadataOf(jpeg([...ascii('Exif\0\0'), ...tiff(MODEL)]), 'jpeg')).toBe('camera');
  expect(metadataOf(jpeg([...ascii('Exif\0\0'), ...tiff(GPS)]), 'jpeg')).toBe('place');
  expect(metadataOf(jpeg(ascii('http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude="1"/>')), 'jpeg')).toBe(
    'place',
  );
  expect(metadataOf(jpeg(ascii('ICC_PROFILE')), 'jpeg')).toBe('none');
  expect(metadataOf(png('eXIf', tiff(GPS)), 'png')).toBe('place');
  expect(metadataOf(png('tEXt', ascii('a')), 'png')).toBe('none');
  expect(metadataOf(webp('EXIF', tiff(MODEL)), 'webp')).toBe('camera');
  expect(metadataOf(webp('EXIF', [...ascii('Exif\0\0'), ...tiff(GPS)]), 'webp')).toBe('place');
  expect(metadataOf(webp('VP8 ', ascii('ab')), 'webp')).toBe('none');
});

test('cut or absurd metadata end the walk', () => {
  for (const format of ['jpeg', 'png', 'webp', 'gif'] as const) {
    for (let size = 0; size < 60; size++) {
      expect(['none', 'camera', 'place']).toContain(metadataOf(new Uint8Array(size).fill(0xff), format));
      expect(metadataOf(new Uint8Array(size), format)).toBe('none');
    }
  }
});
