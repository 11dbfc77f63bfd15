/**
 * @file The messages of an ONNX file that the importer reads, as plain objects; numbers of fields as in
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3.
 */
import { type FieldReaders, MessageReader } from './protobuf.ts';

export interface OnnxModel {
  irVersion: number;
  producer: string;
  readonly opsets: { domain: string; version: number }[];
  graph: OnnxGraph | null;
  readonly functions: OnnxFunction[];
  /** `metadata_props`: licence, labels, whatever the exporter wrote. */
  readonly metadata: Map<string, string>;
}

export interface OnnxGraph {
  name: string;
  readonly nodes: OnnxNode[];
  readonly initializers: OnnxTensor[];
  sparseInitializers: number;
  readonly inputs: OnnxValueInfo[];
  readonly outputs: OnnxValueInfo[];
  /** Types of inner values, where the exporter wrote them. */
  readonly values: OnnxValueInfo[];
}

/** A local function of the model: a body that nodes call by its name. */
export interface OnnxFunction {
  name: string;
  domain: string;
  readonly inputs: string[];
  readonly outputs: string[];
  readonly nodes: OnnxNode[];
  readonly opsets: { domain: string; version: number }[];
  /** Attributes with defaults. */
  readonly defaults: OnnxAttribute[];
}

export interface OnnxNode {
  readonly inputs: string[];
  readonly outputs: string[];
  name: string;
  op: string;
  domain: string;
  readonly attributes: OnnxAttribute[];
}

export interface OnnxAttribute {
  name: string;
  type: number;
  float: number;
  int: number;
  text: string;
  tensor: OnnxTensor | null;
  graph: OnnxGraph | null;
  readonly floats: Uint8Array<ArrayBuffer>[];
  readonly ints: number[];
  readonly texts: string[];
  readonly graphs: OnnxGraph[];
  /** In a function: the attribute of the call that takes this one's place. */
  reference: string;
}

export interface OnnxTensor {
  name: string;
  readonly dims: number[];
  type: number;
  raw: Uint8Array<ArrayBuffer> | null;
  readonly floats: Uint8Array<ArrayBuffer>[];
  readonly doubles: Uint8Array<ArrayBuffer>[];
  readonly ints: number[];
  readonly longs: bigint[];
  readonly texts: Uint8Array<ArrayBuffer>[];
  /** `location`, `offset`, `length` where the data are in another file. */
  readonly external: Map<string, string>;
  isExternal: boolean;
}

export interface OnnxValueInfo {
  name: string;
  type: OnnxType | null;
}

export interface OnnxType {
  kind: 'tensor' | 'sequence' | 'optional' | 'other';
  /** Of a tensor. */
  elementType: number;
  dims: (number | string | null)[] | null;
  /** Of a sequence or an optional. */
  item: OnnxType | null;
}

const OPSET: FieldReaders<{ domain: string; version: number }> = {
  1: (into, message) => (into.domain = message.text()),
  2: (into, message) => (into.version = message.integer()),
};

const DIMENSION: FieldReaders<{ size: number | string | null }> = {
  1: (into, message) => (into.size = message.integer()),
  2: (into, message) => (into.size = message.text()),
};

const SHAPE: FieldReaders<(number | string | null)[]> = {
  1: (into, message) => into.push(message.message(DIMENSION, { size: null }).size),
};

const TENSOR_TYPE: FieldReaders<OnnxType> = {
  1: (into, message) => (into.elementType = message.integer()),
  2: (into, message) => (into.dims = message.message(SHAPE, [])),
};

const ITEM_TYPE: FieldReaders<OnnxType> = {
  1: (into, message) => (into.item = readType(message)),
};

const TYPE: FieldReaders<OnnxType> = {
  1: (into, message) => {
    into.kind = 'tensor';
    message.message(TENSOR_TYPE, into);
  },
  4: (into, message) => {
    into.kind = 'sequence';
    message.message(ITEM_TYPE, into);
  },
  9: (into, message) => {
    into.kind = 'optional';
    message.message(ITEM_TYPE, into);
  },
};

function readType(message: MessageReader): OnnxType {
  return message.message(TYPE, { kind: 'other', elementType: 0, dims: null, item: null });
}

const VALUE_INFO: FieldReaders<OnnxValueInfo> = {
  1: (into, message) => (into.name = message.text()),
  2: (into, message) => (into.type = readType(message)),
};

function readValueInfo(message: MessageReader): OnnxValueInfo {
  return message.message(VALUE_INFO, { name: '', type: null });
}

const ENTRY: FieldReaders<[string, string]> = {
  1: (into, message) => (into[0] = message.text()),
  2: (into, message) => (into[1] = message.text()),
};

const TENSOR: FieldReaders<OnnxTensor> = {
  1: (into, message) => message.integers(into.dims),
  2: (into, message) => (into.type = message.integer()),
  4: (into, message) => message.fixed(into.floats, 4),
  5: (into, message) => message.integers(into.ints),
  6: (into, message) => into.texts.push(message.bytes()),
  7: (into, message) => message.bigIntegers(into.longs),
  8: (into, message) => (into.name = message.text()),
  9: (into, message) => (into.raw = message.bytes()),
  10: (into, message) => message.fixed(into.doubles, 8),
  11: (into, message) => message.bigIntegers(into.longs),
  13: (into, message) => into.external.set(...message.message<[string, string]>(ENTRY, ['', ''])),
  14: (into, message) => (into.isExternal = message.integer() === 1),
};

function emptyTensor(): OnnxTensor {
  return {
    name: '',
    dims: [],
    type: 0,
    raw: null,
    floats: [],
    doubles: [],
    ints: [],
    longs: [],
    texts: [],
    external: new Map(),
    isExternal: false,
  };
}

const ATTRIBUTE: FieldReaders<OnnxAttribute> = {
  1: (into, message) => (into.name = message.text()),
  2: (into, message) => (into.float = message.float()),
  3: (into, message) => (into.int = message.integer()),
  4: (into, message) => (into.text = message.text()),
  5: (into, message) => (into.tensor = message.message(TENSOR, emptyTensor())),
  6: (into, message) => (into.graph = readGraph(message)),
  7: (into, message) => message.fixed(into.floats, 4),
  8: (into, message) => message.integers(into.ints),
  9: (into, message) => into.texts.push(message.text()),
  11: (into, message) => into.graphs.push(readGraph(message)),
  20: (into, message) => (into.type = message.integer()),
  21: (into, message) => (into.reference = message.text()),
};

function readAttribute(message: MessageReader): OnnxAttribute {
  return message.message(ATTRIBUTE, {
    name: '',
    type: 0,
    float: 0,
    int: 0,
    text: '',
    tensor: null,
    graph: null,
    floats: [],
    ints: [],
    texts: [],
    graphs: [],
    reference: '',
  });
}

const NODE: FieldReaders<OnnxNode> = {
  1: (into, message) => into.inputs.push(message.text()),
  2: (into, message) => into.outputs.push(message.text()),
  3: (into, message) => (into.name = message.text()),
  4: (into, message) => (into.op = message.text()),
  5: (into, message) => into.attributes.push(readAttribute(message)),
  7: (into, message) => (into.domain = message.text()),
};

function readNode(message: MessageReader): OnnxNode {
  return message.message(NODE, { inputs: [], outputs: [], name: '', op: '', domain: '', attributes: [] });
}

const GRAPH: FieldReaders<OnnxGraph> = {
  1: (into, message) => into.nodes.push(readNode(message)),
  2: (into, message) => (into.name = message.text()),
  5: (into, message) => into.initializers.push(message.message(TENSOR, emptyTensor())),
  11: (into, message) => into.inputs.push(readValueInfo(message)),
  12: (into, message) => into.outputs.push(readValueInfo(message)),
  13: (into, message) => into.values.push(readValueInfo(message)),
  15: (into) => (into.sparseInitializers += 1),
};

function readGraph(message: MessageReader): OnnxGraph {
  return message.message(GRAPH, {
    name: '',
    nodes: [],
    initializers: [],
    sparseInitializers: 0,
    inputs: [],
    outputs: [],
    values: [],
  });
}

const FUNCTION: FieldReaders<OnnxFunction> = {
  1: (into, message) => (into.name = message.text()),
  4: (into, message) => into.inputs.push(message.text()),
  5: (into, message) => into.outputs.push(message.text()),
  7: (into, message) => into.nodes.push(readNode(message)),
  9: (into, message) => into.opsets.push(message.message(OPSET, { domain: '', version: 1 })),
  10: (into, message) => (into.domain = message.text()),
  11: (into, message) => into.defaults.push(readAttribute(message)),
};

const MODEL: FieldReaders<OnnxModel> = {
  1: (into, message) => (into.irVersion = message.integer()),
  2: (into, message) => (into.producer = message.text()),
  7: (into, message) => (into.graph = readGraph(message)),
  8: (into, message) => into.opsets.push(message.message(OPSET, { domain: '', version: 1 })),
  14: (into, message) => into.metadata.set(...message.message<[string, string]>(ENTRY, ['', ''])),
  25: (into, message) =>
    into.functions.push(
      message.message(FUNCTION, {
        name: '',
        domain: '',
        inputs: [],
        outputs: [],
        nodes: [],
        opsets: [],
        defaults: [],
      }),
    ),
};

/** Reads a model file. Tensors are views of it. @throws {EngineError} `model-damaged`. */
export function readModelProto(bytes: Uint8Array): OnnxModel {
  return new MessageReader(bytes).read(MODEL, {
    irVersion: 0,
    producer: '',
    opsets: [],
    graph: null,
    functions: [],
    metadata: new Map(),
  });
}

/** Reads a file that holds one tensor (as the conformance tests have them). @throws {EngineError} `model-damaged`. */
export function readTensorProto(bytes: Uint8Array): OnnxTensor {
  return new MessageReader(bytes).read(TENSOR, emptyTensor());
}

interface Items {
  value: ItemProto;
  readonly items: ItemProto[];
}

/** A tensor, a sequence of items, or nothing (an empty optional). */
export type ItemProto = OnnxTensor | null | ItemProto[];

/** Reads a file that holds a value of a type (`SequenceProto`, `OptionalProto`). @throws {EngineError} `model-damaged`. */
export function readTypedProto(bytes: Uint8Array, type: OnnxType): ItemProto {
  return readItem(new MessageReader(bytes), type, (message, readers, into) => message.read(readers, into));
}

function readItem(
  message: MessageReader,
  type: OnnxType,
  read: (message: MessageReader, readers: FieldReaders<Items>, into: Items) => Items = (m, readers, into) =>
    m.message(readers, into),
): ItemProto {
  const into: Items = { value: null, items: [] };
  if (type.kind === 'tensor' || type.item === null) return message.message(TENSOR, emptyTensor());
  const inner = type.item;
  if (type.kind === 'sequence') {
    const push: FieldReaders<Items> = {
      3: (all, m) => all.items.push(m.message(TENSOR, emptyTensor())),
      5: (all, m) => all.items.push(readItem(m, inner)),
    };
    return read(message, push, into).items;
  }
  const set: FieldReaders<Items> = {
    3: (all, m) => (all.value = m.message(TENSOR, emptyTensor())),
    5: (all, m) => (all.value = readItem(m, inner)),
  };
  return read(message, set, into).value;
}
