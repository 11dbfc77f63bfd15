/**
 * @file Tensors out of a PyTorch checkpoint, as `torch.save` writes it: the zip of today or the file of pickles from
 * before version 1.6. Nothing in it is executed, see `pickle.ts`.
 * Source: https://github.com/pytorch/pytorch/blob/v2.13.0/torch/serialization.py (`_save`, `_legacy_save`).
 */
import { readZip } from '../../archive/read-zip.ts';
import { EngineError } from '../../core/errors.ts';
import { damaged } from '../importing/errors.ts';
import type { TensorData } from '../model/ir.ts';
import { elementsIn, type NumericType, sizeOf, STORAGE } from '../model/tensor-data.ts';
import {
  listOf,
  naturalOf,
  PickleName,
  PickleObject,
  PickleReader,
  type PickleValue,
  textOf,
} from './pickle.ts';
import type { TensorBag } from './tensor-bag.ts';

/** Element types by the class of the storage. */
const STORAGES: Readonly<Record<string, NumericType>> = {
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  DoubleStorage: 'float64',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
};

/** What every legacy file begins with, see `MAGIC_NUMBER` in the source. */
const MAGIC = 0x1950a86a20f9469cfc6cn;

/** A run of elements that tensors are views of; the bytes may come after the tensors. */
interface Storage {
  readonly dtype: NumericType;
  readonly length: number;
  readonly key: string;
}

interface TensorView {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/**
 * All tensors of a checkpoint by name; those of nested dictionaries with the keys joined by dots, whatever is no tensor
 * left out. Contiguous tensors are views of the file where their place in it allows.
 * @throws {EngineError} `model-damaged` if the file is not sound; `model-unsupported` with the name of what it wants to
 * call if it holds more than tensors and plain data.
 */
export async function readTorchCheckpoint(file: Uint8Array<ArrayBuffer>): Promise<TensorBag> {
  const isZip = file[0] === 0x50 && file[1] === 0x4b;
  const { root, bytes } = isZip ? await readZipped(file) : readLegacy(file);
  const views = new Map<string, TensorView>();
  collect(root, '', views, 0);
  const copier = new Copier(bytes, file.length);
  return new Map([...views].map(([name, view]) => [name, copier.tensor(name, view)]));
}

interface Contents {
  readonly root: PickleValue;
  /** Bytes of the storages by key. */
  readonly bytes: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

async function readZipped(file: Uint8Array<ArrayBuffer>): Promise<Contents> {
  const entries = new Map<string, Uint8Array<ArrayBuffer>>();
  const limits = { maxEntryBytes: file.length, maxEntries: 200_000 };
  for await (const item of readZip(new Blob([file]), new AbortController().signal, limits)) {
    entries.set(item.path, await item.read());
  }
  const pickle = [...entries.keys()].find((path) => /^[^/]+\/data\.pkl$/.test(path));
  if (pickle === undefined) throw damaged('the zip holds no data.pkl, so it is no checkpoint of PyTorch');
  const folder = pickle.slice(0, -'data.pkl'.length);
  const order = entries.get(`${folder}byteorder`);
  if (order !== undefined && new TextDecoder().decode(order) !== 'little') {
    throw new EngineError('model-unsupported', 'The checkpoint is big-endian.');
  }
  const data = entries.get(pickle) ?? new Uint8Array();
  const root = new PickleReader(data, HOST).read();
  const start = `${folder}data/`;
  const stored = [...entries].filter(([path]) => path.startsWith(start));
  return { root, bytes: new Map(stored.map(([path, bytes]) => [path.slice(start.length), bytes])) };
}

/** Magic number, version, facts of the machine, the object, the keys of the storages, then these one by one. */
function readLegacy(file: Uint8Array<ArrayBuffer>): Contents {
  const seen = new Map<string, Storage>();
  const reader = new PickleReader(file, {
    find: HOST.find,
    persistent: (id) => {
      const object = HOST.persistent(id);
      if (object instanceof PickleObject) {
        const storage = object.value as Storage;
        seen.set(storage.key, storage);
      }
      return object;
    },
  });
  if (reader.read() !== MAGIC) throw damaged('it does not begin as a checkpoint of PyTorch does');
  reader.read();
  const machine = reader.read();
  if (machine instanceof Map && machine.get('little_endian') === false) {
    throw new EngineError('model-unsupported', 'The checkpoint is big-endian.');
  }
  const root = reader.read();
  const bytes = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const value of listOf(reader.read())) {
    const key = textOf(value);
    const storage = seen.get(key);
    if (storage === undefined) throw damaged(`it has the storage "${key}", which no tensor uses`);
    const length = reader.unsigned(8);
    if (length !== storage.length)
      throw damaged(`the storage "${key}" has another length than its tensors say`);
    bytes.set(key, reader.take(length * STORAGE[storage.dtype].BYTES_PER_ELEMENT));
  }
  return { root, bytes };
}

/** `('storage', class, key, device, length)`; in legacy files one more, for views, which are not written any more. */
function storageOf(id: PickleValue): PickleObject {
  const [kind, type, key, , length, view = null] = listOf(id);
  if (kind !== 'storage' || !(type instanceof PickleName) || view !== null) {
    throw damaged('its pickle refers to something that is no storage');
  }
  const dtype = STORAGES[type.name.replace(/^torch\./, '')];
  if (dtype === undefined) throw damaged(`its pickle has a storage of the class ${type.name}`);
  const storage: Storage = { dtype, length: naturalOf(length), key: textOf(key) };
  return new PickleObject(storage);
}

const tensorOf = ([storage, offset, shape, strides]: readonly PickleValue[]): PickleObject => {
  if (!(storage instanceof PickleObject)) throw damaged('its pickle has a tensor without a storage');
  const view: TensorView = {
    storage: storage.value as Storage,
    offset: naturalOf(offset),
    shape: listOf(shape).map(naturalOf),
    strides: listOf(strides).map(naturalOf),
  };
  return new PickleObject(view);
};

const first = ([value = null]: readonly PickleValue[]): PickleValue => value;

/** Everything that may be named. */
const NAMES: ReadonlyMap<string, PickleName['call']> = new Map<string, PickleName['call']>([
  ...Object.keys(STORAGES).map((name) => [`torch.${name}`, null] as const),
  ['collections.OrderedDict', () => new Map()],
  ['torch._utils._rebuild_tensor', tensorOf],
  ['torch._utils._rebuild_tensor_v2', tensorOf],
  ['torch._utils._rebuild_parameter', first],
  ['torch.Size', first],
  ['torch.device', first],
]);

const HOST = {
  find: (name: string) => {
    const call = NAMES.get(name);
    return call === undefined ? null : new PickleName(name, call);
  },
  persistent: storageOf,
};

/** Dictionaries of dictionaries; deeper ones are none of a state. */
const MAX_NESTING = 8;

function collect(value: PickleValue, name: string, views: Map<string, TensorView>, nesting: number): void {
  if (value instanceof PickleObject && isTensor(value.value)) {
    if (views.has(name)) throw damaged(`two tensors have the name "${name}"`);
    views.set(name, value.value);
  }
  if (!(value instanceof Map) || nesting > MAX_NESTING) return;
  for (const [key, item] of value) {
    if (typeof key === 'string') collect(item, name === '' ? key : `${name}.${key}`, views, nesting + 1);
  }
}

function isTensor(value: unknown): value is TensorView {
  return typeof value === 'object' && value !== null && 'strides' in value;
}

/** Cuts tensors out of their storages. */
class Copier {
  private readonly bytes: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Bytes that may still be copied: a small file must not claim the same numbers over and over. */
  private left: number;

  constructor(bytes: ReadonlyMap<string, Uint8Array<ArrayBuffer>>, fileBytes: number) {
    this.bytes = bytes;
    this.left = 2 * fileBytes;
  }

  tensor(name: string, { storage, offset, shape, strides }: TensorView): TensorData {
    const { dtype, key } = storage;
    const size = STORAGE[dtype].BYTES_PER_ELEMENT;
    const all = this.bytes.get(key);
    const count = sizeOf(shape);
    const span =
      count === 0 ? 0 : 1 + shape.reduce((sum, length, i) => sum + (length - 1) * (strides[i] ?? 0), 0);
    if (all === undefined || strides.length !== shape.length || !((offset + span) * size <= all.length)) {
      throw damaged(`the tensor "${name}" lies outside its storage`);
    }
    const bytes = all.subarray(offset * size, (offset + span) * size);
    return { dtype, shape, data: this.elements(name, bytes, { dtype, shape, strides, count }) };
  }

  private elements(
    name: string,
    bytes: Uint8Array<ArrayBuffer>,
    view: Pick<TensorView, 'shape' | 'strides'> & { readonly dtype: NumericType; readonly count: number },
  ): TensorData['data'] {
    const { dtype, shape, strides, count } = view;
    const contiguous = isContiguous(shape, strides);
    if (!contiguous) {
      this.left -= count * STORAGE[dtype].BYTES_PER_ELEMENT;
      if (!(this.left >= 0)) throw damaged(`the tensor "${name}" would be larger than the whole file`);
    }
    const data = elementsIn(bytes, dtype);
    if (data === null) throw damaged(`the tensor "${name}" ends within an element`);
    return contiguous
      ? data
      : strided(data as Exclude<typeof data, readonly string[]>, shape, strides, count);
  }
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis] ?? 1;
  }
  return true;
}

type Elements = Exclude<TensorData['data'], readonly string[]>;

/** Row-major elements of a view with other strides. */
function strided(
  from: Elements,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
): Elements {
  const to = from.slice(0, 0).constructor as new (length: number) => Elements;
  const result = new to(count);
  const index = shape.map(() => 0);
  let at = 0;
  for (let i = 0; i < count; i++) {
    result[i] = from[at] as never;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1;
      at += strides[axis] ?? 0;
      if ((index[axis] ?? 0) < (shape[axis] ?? 0)) break;
      at -= (strides[axis] ?? 0) * (shape[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return result;
}
