import * as v from 'valibot';
import { damaged } from '../importing/errors.ts';
import type { Graph } from '../model/ir.ts';
import type { TensorBag } from '../weights/tensor-bag.ts';
import { TorchGraph } from './torch-graph.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000));

const config = v.object({
  vocab_size: count,
  hidden_size: count,
  num_hidden_layers: v.pipe(count, v.maxValue(200)),
  num_attention_heads: count,
  intermediate_size: count,
  max_position_embeddings: count,
  type_vocab_size: count,
  layer_norm_eps: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  hidden_act: v.literal('gelu'),
  position_embedding_type: v.optional(v.literal('absolute'), 'absolute'),
});

/** The `config.json` of a `BertModel`, with the names that it has there. */
export type BertConfig = v.InferOutput<typeof config>;

/** @throws {EngineError} `model-damaged` with the field that is missing or of a kind that is not built here. */
export function parseBertConfig(json: unknown): BertConfig {
  const result = v.safeParse(config, json, { abortEarly: true });
  if (result.success && result.output.hidden_size % result.output.num_attention_heads === 0) {
    return result.output;
  }
  const [issue] = result.issues ?? [];
  const problem = issue === undefined ? 'the heads do not divide hidden_size' : issue.message;
  throw damaged(`config.json: ${issue === undefined ? '' : (v.getDotPath(issue) ?? '')} ${problem}`);
}

export const BERT_INPUTS = ['input_ids', 'attention_mask', 'token_type_ids'] as const;
const TYPES = 'embeddings.token_type_embeddings';
/** Added to the score of a position that is not to be seen; its share is then exactly zero in float32. */
const UNSEEN = -1e4;

/**
 * The encoder of BERT (Devlin et al., 2018) from the tensors of a `BertModel` (`embeddings.word_embeddings.weight`,
 * `encoder.layer.0.attention.self.query.weight`, ...; a prefix `bert.` is left away). Inputs are ids, mask (1: a token)
 * and types, each `[N, T]`; outputs are `last_hidden_state` `[N, T, H]` and `sentence_embedding` `[N, H]`, its mean over
 * the tokens. Dropout is left away.
 * @throws {EngineError} `model-unsupported` if a tensor is missing or has another shape.
 */
export function bertEncoder(bag: TensorBag, config: BertConfig): Graph {
  const graph = new TorchGraph(withoutPrefix(bag, 'bert.'), BERT_INPUTS);
  const numbers = graph.node('Cast', 'mask/numbers', ['attention_mask'], { to: 'float32' });
  const mask = maskedScores(graph, 'mask', numbers);
  const types = graph.embedding('token_type_ids', TYPES, [config.type_vocab_size, config.hidden_size]);
  let x = embeddings(graph, config, 'input_ids', types);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    x = encoderLayer(graph, config, `encoder.layer.${layer}`, x, mask.scores);
  }
  const hidden = graph.node('Identity', 'last_hidden_state', [x]);
  const sentence = meanOfTokens(graph, hidden, mask.tokens);
  const shape = ['batch', 'tokens'];
  return graph.finish(
    BERT_INPUTS.map((name) => ({ name, dtype: 'int64', shape })),
    [hidden, sentence],
  );
}

function withoutPrefix(bag: TensorBag, prefix: string): TensorBag {
  if (![...bag.keys()].some((name) => name.startsWith(`${prefix}embeddings.`))) return bag;
  return new Map(
    [...bag].flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [],
    ),
  );
}

/**
 * The same for one text at a time, as a trunk that can be cut after every layer: `text` `[N, T]` in, where 0 is no token and
 * `id + 1` is one, always of the first type; the mean over the tokens `[N, H]` out. What a mask would say goes along in
 * the hidden states themselves: after each layer the rows without a token are set to zero, which no row of a token is
 * (a layer ends in a normalisation), and the next layer reads them off. What is computed for the tokens stays the same.
 * @throws {EngineError} as {@link bertEncoder}.
 */
export function bertTrunk(bag: TensorBag, config: BertConfig): Graph {
  const input = 'text';
  const graph = new TorchGraph(withoutPrefix(bag, 'bert.'), [input]);
  const one = graph.scalar(1, 'text/one');
  const places = graph.node('Max', 'text/places', [
    graph.node('Sub', 'text/ids', [input, one]),
    graph.scalar(0, 'text/first'),
  ]);
  const ids = graph.node('Cast', 'text/whole', [places], { to: 'int64' });
  const table = graph.parameter(`${TYPES}.weight`, 'embedding', [config.type_vocab_size, config.hidden_size]);
  const [start, end] = [graph.ints([0], 'types/start'), graph.ints([1], 'types/end')];
  const types = graph.node('Slice', TYPES, [table, start, end, start]);
  const given = aboveZero(graph, 'text', input);
  const embedded = embeddings(graph, config, ids, types);
  let x = graph.node('Mul', 'embeddings/kept', [embedded, maskedScores(graph, 'embeddings', given).tokens]);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const name = `encoder.layer.${layer}`;
    const mask = maskedScores(graph, name, rowsInUse(graph, name, x));
    x = graph.node('Mul', `${name}/kept`, [encoderLayer(graph, config, name, x, mask.scores), mask.tokens]);
  }
  const { tokens } = maskedScores(graph, 'sentence', rowsInUse(graph, 'sentence', x));
  const sentence = meanOfTokens(graph, x, tokens);
  return graph.finish([{ name: input, dtype: 'float32', shape: ['batch', 'tokens'] }], [sentence]);
}

/** 1 for a token, 0 for none, `[N, T]`, of hidden states `[N, T, H]`. */
function rowsInUse(graph: TorchGraph, name: string, x: string): string {
  const sizes = graph.node('Abs', `${name}/sizes`, [x]);
  const axis = graph.ints([2], `${name}/hidden`);
  return aboveZero(graph, name, graph.node('ReduceMax', `${name}/largest`, [sizes, axis], { keepdims: 0 }));
}

/** 1 where a number is above zero, else 0. */
function aboveZero(graph: TorchGraph, name: string, x: string): string {
  const above = graph.node('Greater', `${name}/above`, [x, graph.scalar(0, `${name}/zero`)]);
  return graph.node('Cast', `${name}/present`, [above], { to: 'float32' });
}

/** A mask `[N, T]` as numbers `[N, T, 1]`, and what is added to the scores `[N, heads, T, T]`. */
function maskedScores(graph: TorchGraph, name: string, numbers: string) {
  const tokens = graph.node('Unsqueeze', `${name}/tokens`, [numbers, graph.ints([2], `${name}/axis`)]);
  const unseen = graph.node('Sub', `${name}/unseen`, [graph.scalar(1, `${name}/one`), numbers]);
  const added = graph.node('Mul', `${name}/added`, [unseen, graph.scalar(UNSEEN, `${name}/least`)]);
  const scores = graph.node('Unsqueeze', `${name}/scores`, [added, graph.ints([1, 2], `${name}/axes`)]);
  return { tokens, scores };
}

/** @param types The embedding of each token's type, or of the one type of all. */
function embeddings(graph: TorchGraph, config: BertConfig, ids: string, types: string): string {
  const { hidden_size: size, vocab_size, max_position_embeddings, layer_norm_eps } = config;
  const words = graph.embedding(ids, 'embeddings.word_embeddings', [vocab_size, size]);
  const table = graph.parameter('embeddings.position_embeddings.weight', 'embedding', [
    max_position_embeddings,
    size,
  ]);
  const zero = graph.ints([0], 'positions/start');
  const length = graph.node('Shape', 'positions/length', [ids], { start: 1, end: 2 });
  const positions = graph.node('Slice', 'embeddings.position_embeddings', [table, zero, length, zero]);
  const typed = graph.node('Add', 'embeddings/typed', [words, types]);
  const sum = graph.node('Add', 'embeddings/sum', [typed, positions]);
  return graph.layerNorm(sum, 'embeddings.LayerNorm', size, layer_norm_eps);
}

function encoderLayer(graph: TorchGraph, config: BertConfig, name: string, x: string, mask: string): string {
  const { hidden_size: size, intermediate_size: wide, layer_norm_eps: epsilon } = config;
  const seen = attention(graph, config, `${name}.attention.self`, x, mask);
  const projected = graph.linear(seen, `${name}.attention.output.dense`, [size, size]);
  const attended = graph.layerNorm(
    graph.node('Add', `${name}.attention.output/sum`, [projected, x]),
    `${name}.attention.output.LayerNorm`,
    size,
    epsilon,
  );
  const expanded = graph.linear(attended, `${name}.intermediate.dense`, [size, wide]);
  const active = graph.node('Gelu', `${name}.intermediate/gelu`, [expanded]);
  const reduced = graph.linear(active, `${name}.output.dense`, [wide, size]);
  const sum = graph.node('Add', `${name}.output/sum`, [reduced, attended]);
  return graph.layerNorm(sum, `${name}.output.LayerNorm`, size, epsilon);
}

/** Scaled dot-product attention: each head sees its share of the features. */
function attention(graph: TorchGraph, config: BertConfig, name: string, x: string, mask: string): string {
  const { hidden_size: size, num_attention_heads: heads } = config;
  const share = size / heads;
  const split = (part: string, perm: readonly number[]): string => {
    const all = graph.linear(x, `${name}.${part}`, [size, size]);
    const shape = graph.ints([0, 0, heads, share], `${name}.${part}/shape`);
    const parts = graph.node('Reshape', `${name}.${part}/heads`, [all, shape]); // [N, T, heads, share]
    return graph.node('Transpose', `${name}.${part}/turned`, [parts], { perm });
  };
  const query = split('query', [0, 2, 1, 3]); // [N, heads, T, share]
  const key = split('key', [0, 2, 3, 1]); // [N, heads, share, T]
  const value = split('value', [0, 2, 1, 3]);
  const products = graph.node('MatMul', `${name}/products`, [query, key]); // [N, heads, T, T]
  const scale = graph.scalar(1 / Math.sqrt(share), `${name}/scale`);
  const scaled = graph.node('Mul', `${name}/scaled`, [products, scale]);
  const masked = graph.node('Add', `${name}/masked`, [scaled, mask]);
  const shares = graph.node('Softmax', `${name}/shares`, [masked], { axis: -1 });
  const seen = graph.node('MatMul', `${name}/seen`, [shares, value]);
  const together = graph.node('Transpose', `${name}/together`, [seen], { perm: [0, 2, 1, 3] });
  return graph.node('Reshape', name, [together, graph.ints([0, 0, size], `${name}/shape`)]); // [N, T, H]
}

/** A sentence without tokens gives zeros. */
function meanOfTokens(graph: TorchGraph, hidden: string, tokens: string): string {
  const axis = graph.ints([1], 'sentence/axis');
  const kept = graph.node('Mul', 'sentence/kept', [hidden, tokens]);
  const sum = graph.node('ReduceSum', 'sentence/sum', [kept, axis], { keepdims: 0 });
  const number = graph.node('ReduceSum', 'sentence/number', [tokens, axis], { keepdims: 0 });
  const atLeast = graph.node('Max', 'sentence/divisor', [number, graph.scalar(1e-9, 'sentence/least')]);
  return graph.node('Div', 'sentence_embedding', [sum, atLeast]);
}
