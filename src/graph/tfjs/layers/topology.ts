import { damaged } from '../../importing/errors.ts';
import { LayerConfig } from './config.ts';

/** One result of one call of a layer. `key` names the call. */
export interface Reference {
  readonly key: string;
  readonly index: number;
}

/** A layer applied to values. */
export interface LayerCall {
  readonly key: string;
  readonly layer: LayerConfig;
  readonly from: readonly Reference[];
}

/** `[layer, call, result]`, with settings of the call behind. */
function referenceOf(value: unknown): Reference {
  const [layer, call, index] = (Array.isArray(value) ? value : []) as unknown[];
  if (typeof layer !== 'string' || !Number.isInteger(call) || !Number.isInteger(index)) {
    throw damaged('a layer has inputs of a form that is not known');
  }
  return { key: `${layer}#${String(call)}`, index: index as number };
}

/** The inputs or outputs of a Functional model; a single one is sometimes written without its list. */
export function referencesOf(
  config: LayerConfig,
  key: 'input_layers' | 'output_layers',
): readonly Reference[] {
  const list = config.list(key);
  return typeof list[0] === 'string' ? [referenceOf(list)] : list.map(referenceOf);
}

/**
 * All calls of the layers of a Functional model, each after those that it needs.
 * @throws {EngineError} `model-damaged` if they form a circle.
 */
export function callsOf(config: LayerConfig): readonly LayerCall[] {
  const calls = new Map<string, LayerCall>();
  for (const item of config.list('layers')) {
    const layer = new LayerConfig(item);
    const nodes = inboundNodes(item);
    const sources = nodes.length === 0 ? [[]] : nodes;
    sources.forEach((from, i) => {
      const key = `${layer.name}#${i}`;
      if (calls.has(key)) throw damaged(`two layers have the name "${layer.name}"`);
      calls.set(key, { key, layer, from: from.map(referenceOf) });
    });
  }
  return sorted(calls);
}

function inboundNodes(item: unknown): readonly (readonly unknown[])[] {
  const nodes = (item as { inbound_nodes?: unknown }).inbound_nodes;
  const list = (Array.isArray(nodes) ? nodes : []) as unknown[];
  return list.map((node) => {
    if (!Array.isArray(node)) throw damaged('a layer has inputs of a form that is not known');
    const inputs = node as unknown[];
    // One input may be written without its list.
    return typeof inputs[0] === 'string' ? [inputs] : inputs;
  });
}

function sorted(calls: ReadonlyMap<string, LayerCall>): readonly LayerCall[] {
  const state = new Map<string, 'open' | 'done'>();
  const result: LayerCall[] = [];
  const stack = [...calls.keys()].reverse();
  for (let key = stack.at(-1); key !== undefined; key = stack.at(-1)) {
    const call = calls.get(key);
    if (call === undefined) throw damaged(`there is no layer call "${key}"`);
    if (state.get(key) === 'done') {
      stack.pop();
      continue;
    }
    const missing = call.from.map((from) => from.key).filter((from) => state.get(from) !== 'done');
    if (missing.length === 0) {
      stack.pop();
      state.set(key, 'done');
      result.push(call);
      continue;
    }
    if (state.get(key) === 'open') throw damaged(`the layer call "${key}" needs its own result`);
    state.set(key, 'open');
    stack.push(...missing);
  }
  return result;
}
