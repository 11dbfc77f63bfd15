import { describe, expect, test } from 'vitest';
import { readGguf } from './gguf.ts';

const FLOAT32 = 0;
const FLOAT16 = 1;

/** Writes GGUF by the specification, field by field, independent of the reader. */
class GgufWriter {
  readonly #bytes: number[] = [...new TextEncoder().encode('GGUF')];

  u32(value: number): this {
    return this.#append(4, (view) => view.setUint32(0, value, true));
  }
  u64(value: number | bigint): this {
    return this.#append(8, (view) => view.setBigUint64(0, BigInt(value), true));
  }
  f32(value: number): this {
    return this.#append(4, (view) => view.setFloat32(0, value, true));
  }
  string(text: string): this {
    const utf8 = new TextEncoder().encode(text);
    this.u64(utf8.byteLength);
    this.#bytes.push(...utf8);
    return this;
  }
  raw(...bytes: number[]): this {
    this.#bytes.push(...bytes);
    return this;
  }
  pad(alignment: number): this {
    while (this.#bytes.length % alignment > 0) this.#bytes.push(0);
    return this;
  }
  finish(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }
  #append(length: number, write: (view: DataView) => void): this {
    const view = new DataView(new ArrayBuffer(length));
    write(view);
    return this.raw(...new Uint8Array(view.buffer));
  }
}

/** Two metadata entries, a 2 x 3 float16 tensor and a float32 scalar. */
function sampleFile({ version = 3, type = FLOAT16, alignment = 32 } = {}): Uint8Array<ArrayBuffer> {
  const writer = new GgufWriter().u32(version).u64(2).u64(2);
  writer.string('general.alignment').u32(4).u32(alignment);
  writer.string('labels').u32(9).u32(8).u64(2).string('a').string('größer');
  writer.string('matrix').u32(2).u64(3).u64(2).u32(type).u64(0);
  writer.string('scalar').u32(0).u32(FLOAT32).u64(alignment);
  writer.pad(alignment).raw(0, 0x3c, 0, 0x40, 0, 0x42, 0, 0x44, 0, 0x45, 0, 0x46);
  return writer.pad(alignment).f32(-2.5).finish();
}

test('reads metadata, shapes outermost first, and elements', () => {
  const { version, metadata, tensors } = readGguf(sampleFile());
  expect(version).toBe(3);
  expect(metadata.get('labels')).toEqual(['a', 'größer']);
  expect(Object.fromEntries(tensors)).toEqual({
    matrix: {
      shape: [2, 3],
      dtype: 'float16',
      data: Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600),
    },
    scalar: { shape: [], dtype: 'float32', data: Float32Array.of(-2.5) },
  });
});

test('honours another alignment, and version 2', () => {
  const { tensors } = readGguf(sampleFile({ version: 2, alignment: 64 }));
  expect(tensors.get('scalar')?.data).toEqual(Float32Array.of(-2.5));
});

test('reads every kind of metadata value', () => {
  const writer = new GgufWriter().u32(3).u64(0).u64(12);
  writer.string('u8').u32(0).raw(200).string('i8').u32(1).raw(200);
  writer.string('u16').u32(2).raw(1, 128).string('i16').u32(3).raw(1, 128);
  writer.string('i32').u32(5).raw(254, 255, 255, 255).string('f32').u32(6).f32(0.5);
  writer.string('true').u32(7).raw(1).string('false').u32(7).raw(0);
  writer
    .string('u64')
    .u32(10)
    .u64(2n ** 60n);
  writer.string('i64').u32(11).raw(255, 255, 255, 255, 255, 255, 255, 255);
  writer.string('f64').u32(12).raw(0, 0, 0, 0, 0, 0, 0xf8, 0x3f);
  writer.string('nested').u32(9).u32(9).u64(1).u32(0).u64(2).raw(7, 8);
  expect(Object.fromEntries(readGguf(writer.finish()).metadata)).toEqual({
    u8: 200,
    i8: -56,
    u16: 32769,
    i16: -32767,
    i32: -2,
    f32: 0.5,
    true: true,
    false: false,
    u64: 2n ** 60n,
    i64: -1n,
    f64: 1.5,
    nested: [[7, 8]],
  });
});

describe('refuses', () => {
  test('what is not GGUF', () => {
    expect(() => readGguf(new TextEncoder().encode('PK\u0003\u0004 and more'))).toThrow(
      /does not start with/,
    );
  });

  test('a big-endian file', () => {
    const file = sampleFile();
    file.set([0, 0, 0, 3], 4);
    expect(() => readGguf(file)).toThrow(/big-endian/);
  });

  test.each([0, 1, 4])('version %i', (version) => {
    expect(() => readGguf(sampleFile({ version }))).toThrow(`version ${String(version)}`);
  });

  test('quantised tensors', () => {
    expect(() => readGguf(sampleFile({ type: 8 }))).toThrow(/"matrix" has the ggml type 8/);
  });

  test('a file cut anywhere', () => {
    const file = sampleFile();
    for (let length = 4; length < file.byteLength; length++) {
      expect(() => readGguf(file.subarray(0, length)), `cut at ${String(length)}`).toThrow(
        expect.objectContaining({ code: 'model-damaged' }),
      );
    }
  });

  test('numbers that only damage can explain', () => {
    const header = () => new GgufWriter().u32(3);
    expect(() =>
      readGguf(
        header()
          .u64(2n ** 63n)
          .u64(0)
          .finish(),
      ),
    ).toThrow(/too large/);
    expect(() => readGguf(header().u64(1e6).u64(0).finish())).toThrow(/more than the file/);
    expect(() => readGguf(header().u64(1).u64(0).string('t').u32(9).pad(64).finish())).toThrow(
      /9 dimensions/,
    );
    expect(() => readGguf(header().u64(0).u64(1).string('k').u32(99).finish())).toThrow(/unknown type 99/);
    expect(() => readGguf(header().u64(0).u64(1).string('general.alignment').u32(4).u32(3).finish())).toThrow(
      /multiple of 8/,
    );
    const nested = header().u64(0).u64(1).string('k').u32(9);
    for (let i = 0; i < 20; i++) nested.u32(9).u64(1);
    expect(() => readGguf(nested.pad(64).finish())).toThrow(/too deeply/);
  });
});
