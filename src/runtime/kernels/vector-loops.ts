/** @file Vector loops over the heap of the WASM back-end, four floats at a time; pointers and lengths are bytes. */
import {
  add,
  advance,
  and,
  andNot,
  F32,
  get,
  greater,
  I32,
  i32Const,
  i32LessUnsigned,
  i32Sub,
  less,
  load,
  maximum,
  minimum,
  multiply,
  repeat,
  select,
  set,
  splat,
  store,
  V128,
  vector,
  type Code,
  type WasmFunction,
  writeModule,
} from './wasm-writer.ts';

/** The loops. All lengths are multiples of 16 and above 0. */
export interface VectorLoops {
  /** `out[i] = hardSwish(x[i])` */
  hardSwish(x: number, out: number, length: number): void;
  /** `out[i] = dy[i] * hardSwish'(x[i])` */
  hardSwishGradient(x: number, dy: number, out: number, length: number): void;
  /** `out[i] = 0 < y[i] < limit ? dy[i] : 0` */
  reluGradient(y: number, dy: number, out: number, length: number, limit: number): void;
  /** `sums[c] += x[n * step + c]` over `count` rows */
  addRows(x: number, sums: number, length: number, count: number, step: number): void;
  /** `sums[c] += x[n * xStep + c] * y[n * yStep + c]` over `count` rows */
  addProducts(
    x: number,
    y: number,
    sums: number,
    length: number,
    count: number,
    xStep: number,
    yStep: number,
  ): void;
}

const loops = new WeakMap<object, VectorLoops>();

/** Compiles the loops for the memory of a back-end. Without SIMD there are none, and kernels run in JavaScript. */
export function attachVectorLoops(backend: object, memory: WebAssembly.Memory): void {
  const shared = !(memory.buffer instanceof ArrayBuffer);
  const module = new WebAssembly.Module(writeModule(FUNCTIONS, shared));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  loops.set(backend, exports as unknown as VectorLoops);
}

export function vectorLoops(backend: object): VectorLoops | undefined {
  return loops.get(backend);
}

/** One pass over arrays of one length: parameters are the inputs, the output and the length, then `extra`. */
function elementwise(
  name: string,
  inputs: number,
  value: readonly Code[],
  extra: readonly number[] = [],
): WasmFunction {
  const out = inputs;
  const length = inputs + 1;
  const pointers = Array.from({ length: inputs + 1 }, (_, i) => i);
  const parameters = [...pointers.map(() => I32), I32, ...extra];
  const end = parameters.length;
  return {
    name,
    parameters,
    locals: [I32, V128],
    body: [
      [...get(out), ...get(length), 0x6a, ...set(end)],
      repeat(
        [get(out), ...value, store, ...pointers.map((pointer) => advance(pointer, i32Const(16)))],
        [get(out), get(end), i32LessUnsigned],
      ),
    ],
  };
}

const at = (pointer: number): Code => [...get(pointer), ...load];

/**
 * For each group of four channels: all rows into one register, then into memory. `pointers` are the row pointers (the
 * first parameters), followed by sums, length, count and one step per pointer.
 */
function accumulate(name: string, pointers: number, value: (rows: readonly number[]) => Code): WasmFunction {
  const sums = pointers;
  const length = pointers + 1;
  const count = pointers + 2;
  const parameters = Array.from({ length: pointers * 2 + 3 }, () => I32);
  const end = parameters.length;
  const left = end + 1;
  const rows = Array.from({ length: pointers }, (_, i) => end + 2 + i);
  const register = end + 2 + pointers;
  const steps = rows.map((_, i) => pointers + 3 + i);
  return {
    name,
    parameters,
    locals: [I32, I32, ...rows.map(() => I32), V128],
    body: [
      [...get(sums), ...get(length), 0x6a, ...set(end)],
      repeat(
        [
          ...rows.map((row, i) => [...get(i), ...set(row)]),
          [...get(count), ...set(left)],
          [...at(sums), ...set(register)],
          repeat(
            [
              [...get(register), ...value(rows), ...add, ...set(register)],
              ...rows.map((row, i) => advance(row, get(steps[i] ?? 0))),
              [...get(left), ...i32Const(1), ...i32Sub, ...set(left)],
            ],
            [get(left)],
          ),
          [...get(sums), ...get(register), ...store],
          ...rows.map((_, i) => advance(i, i32Const(16))),
          advance(sums, i32Const(16)),
        ],
        [get(sums), get(end), i32LessUnsigned],
      ),
    ],
  };
}

const FUNCTIONS: readonly WasmFunction[] = [
  elementwise('hardSwish', 1, [
    at(0),
    [...at(0), ...vector(3), ...add, ...vector(0), ...maximum, ...vector(6), ...minimum],
    multiply,
    [...vector(1 / 6), ...multiply],
  ]),
  elementwise('hardSwishGradient', 2, [
    at(1),
    vector(1),
    [...at(0), ...vector(1 / 3), ...multiply, ...vector(0.5), ...add],
    [...at(0), ...vector(3), ...greater, ...select],
    [...at(0), ...vector(-3), ...less, ...andNot],
    multiply,
  ]),
  elementwise(
    'reluGradient',
    2,
    [at(1), [...at(0), ...vector(0), ...greater, ...and], [...at(0), ...get(4), ...splat, ...less, ...and]],
    [F32],
  ),
  accumulate('addRows', 1, ([row = 0]) => at(row)),
  accumulate('addProducts', 2, ([x = 0, y = 0]) => [...at(x), ...at(y), ...multiply]),
];
