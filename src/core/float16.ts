import { Float16Array as PortableFloat16Array } from '@petamoriken/float16';

const own: unknown = Reflect.get(globalThis, 'Float16Array');

/** The browser's own half floats where it has them (several times as fast), else the portable ones. */
const Half = typeof own === 'function' ? (own as typeof PortableFloat16Array) : PortableFloat16Array;

/** Bytes of the values as IEEE 754 half floats, rounded to nearest. Beyond 65504 they become infinite. */
export function encodeFloat16(values: Float32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Half(values).buffer);
}

/** The inverse of {@link encodeFloat16}. `bytes` may start anywhere in its buffer. */
export function decodeFloat16(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  // The constructor copies at once what `from` would fetch one by one.
  return new Float32Array(new Half(bytes.slice().buffer));
}
