/**
 * @file Just enough of the WebAssembly binary format to write short vector loops by hand: no tool at build time, no
 * binary in the repository. Instructions are arrays of bytes.
 * Source: WebAssembly specification 2.0, chapter 5 (binary format) and the fixed-width SIMD proposal.
 */

export type Code = readonly number[];

/** Value types of parameters and locals. */
export const I32 = 0x7f;
export const F32 = 0x7d;
export const V128 = 0x7b;

/** Unsigned LEB128. */
function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

const simd = (opcode: number): Code => [0xfd, ...leb(opcode)];
/** Alignment hint (2^2 bytes) and offset 0. */
const AT_POINTER: Code = [2, 0];

export const get = (local: number): Code => [0x20, ...leb(local)];
export const set = (local: number): Code => [0x21, ...leb(local)];
export const i32Const = (value: number): Code => [0x41, value]; // 0..63
export const i32Add: Code = [0x6a];
export const i32Sub: Code = [0x6b];
export const i32LessUnsigned: Code = [0x49];
export const load: Code = [...simd(0x00), ...AT_POINTER];
export const store: Code = [...simd(0x0b), ...AT_POINTER];
export const splat: Code = simd(0x13);
export const less: Code = simd(0x43);
export const greater: Code = simd(0x44);
export const and: Code = simd(0x4e);
/** `a & ~b` */
export const andNot: Code = simd(0x4f);
/** `select(a, b, mask)`: bits of `a` where the mask is set. */
export const select: Code = simd(0x52);
export const add: Code = simd(0xe4);
export const multiply: Code = simd(0xe6);
export const minimum: Code = simd(0xe8);
export const maximum: Code = simd(0xe9);

/** Four copies of a number. */
export function vector(value: number): Code {
  return [0x43, ...new Uint8Array(Float32Array.of(value).buffer), ...splat];
}

/** Runs `body` again as long as `condition` leaves a number other than 0: once at least. */
export function repeat(body: readonly Code[], condition: readonly Code[]): Code {
  return [0x03, 0x40, ...body.flat(), ...condition.flat(), 0x0d, 0, 0x0b];
}

/** `local += amount`, where the amount is code that leaves an i32. */
export function advance(local: number, amount: Code): Code {
  return [...get(local), ...amount, ...i32Add, ...set(local)];
}

export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly number[];
  /** Types of the locals after the parameters, which are numbered on. */
  readonly locals: readonly number[];
  readonly body: readonly Code[];
}

/** A module with functions that return nothing, over a memory imported as `env.memory`. */
export function writeModule(functions: readonly WasmFunction[], shared: boolean): Uint8Array<ArrayBuffer> {
  const limits = shared ? [0x03, ...leb(1), ...leb(65_536)] : [0x00, ...leb(1)];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      functions.map(({ parameters }) => [0x60, ...list(parameters.map((type) => [type])), 0]),
    ),
    ...section(2, [[...text('env'), ...text('memory'), 0x02, ...limits]]),
    ...section(
      3,
      functions.map((_, i) => leb(i)),
    ),
    ...section(
      7,
      functions.map(({ name }, i) => [...text(name), 0x00, ...leb(i)]),
    ),
    ...section(
      10,
      functions.map(({ locals, body }) => {
        const code = [...list(locals.map((type) => [1, type])), ...body.flat(), 0x0b];
        return [...leb(code.length), ...code];
      }),
    ),
  ]);
}

const list = (entries: readonly Code[]): number[] => [...leb(entries.length), ...entries.flat()];
const text = (value: string): number[] => list([...new TextEncoder().encode(value)].map((byte) => [byte]));

function section(id: number, entries: readonly Code[]): number[] {
  const content = list(entries);
  return [id, ...leb(content.length), ...content];
}
