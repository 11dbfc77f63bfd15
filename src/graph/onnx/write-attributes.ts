import type { Attribute, DataType, Graph } from '../model/ir.ts';
import { isGraph, isTensorData } from '../ops/call.ts';
import { TYPE_ATTRIBUTES } from './attributes.ts';
import { MessageWriter } from './write-message.ts';
import { tensorMessage, typeCode } from './write-tensor.ts';

/** Attributes whose numbers are floats; all others are integers. */
const FLOATS = new Set(
  (
    'alpha beta gamma epsilon momentum lambd bias ratio scale value_float value_floats extrapolation_value cubic_coeff_a clip ' +
    'norm_coefficient norm_coefficient_post decay_factor spatial_scale mask_filter_value softcap high low mean ' +
    'weights activation_alpha activation_beta scales'
  ).split(' '),
);

/** Attributes that only the IR has. */
const OWN = new Set(['channel_axis', 'flatten']);

/** What an attribute needs of the writer. */
export interface AttributeHost {
  /** The element type that a value gets in the file. */
  readonly fileType: (dtype: DataType) => DataType;
  readonly body: (graph: Graph, attribute: string) => MessageWriter;
}

/** `AttributeProto`, or `null` for what the file does not have. Numbers of kinds: `AttributeProto.AttributeType`. */
export function attributeMessage(name: string, value: Attribute, host: AttributeHost): MessageWriter | null {
  if (OWN.has(name) || value === '') return null;
  const message = new MessageWriter();
  message.text(1, name);
  message.integer(20, fill(message, name, value, host));
  return message;
}

function fill(message: MessageWriter, name: string, value: Attribute, host: AttributeHost): number {
  if (typeof value === 'number') return number(message, name, value);
  if (typeof value === 'boolean') return number(message, name, Number(value));
  if (typeof value === 'string') {
    if (TYPE_ATTRIBUTES.has(name)) return number(message, name, typeCode(host.fileType(value as DataType)));
    message.text(4, value);
    return 3;
  }
  if (isTensorData(value)) {
    message.message(5, tensorMessage(value));
    return 4;
  }
  if (isGraph(value)) {
    message.message(6, host.body(value, name));
    return 5;
  }
  return list(message, name, value, host);
}

function number(message: MessageWriter, name: string, value: number): number {
  if (FLOATS.has(name) || !Number.isInteger(value)) {
    message.float(2, value);
    return 1;
  }
  message.integer(3, value);
  return 2;
}

function list(
  message: MessageWriter,
  name: string,
  values: readonly number[] | readonly string[] | readonly Graph[],
  host: AttributeHost,
): number {
  const [first] = values;
  if (typeof first === 'string') {
    for (const value of values) message.text(9, value as string);
    return 8;
  }
  if (typeof first === 'object') {
    for (const value of values) message.message(11, host.body(value as Graph, name));
    return 10;
  }
  const numbers = values as readonly number[];
  if (FLOATS.has(name)) {
    for (const value of numbers) message.float(7, value);
    return 6;
  }
  message.integers(8, numbers);
  return 7;
}
