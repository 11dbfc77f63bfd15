import type { BertConfig } from '../graph/builders/bert.ts';
import type { TensorData } from '../graph/model/ir.ts';
import { sizeOf } from '../graph/model/tensor-data.ts';

/** A BERT of two layers and eleven tokens. */
export const TOY_BERT: BertConfig = {
  vocab_size: 11,
  hidden_size: 8,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 12,
  max_position_embeddings: 6,
  type_vocab_size: 2,
  layer_norm_eps: 1e-6,
  hidden_act: 'gelu',
  position_embedding_type: 'absolute',
};

/** Deterministic weights of every tensor that a BERT of this size has. */
export function toyBertBag(): Map<string, TensorData> {
  const bag = new Map<string, TensorData>();
  const add = (name: string, shape: number[], centre = 0) => {
    const step = 0.37 + 0.011 * bag.size;
    const data = Float32Array.from(
      { length: sizeOf(shape) },
      (_, i) => centre + 0.4 * Math.sin(step * (i + 1)),
    );
    bag.set(name, { dtype: 'float32', shape, data });
  };
  const linear = (name: string, [to, from]: [number, number]) => {
    add(`${name}.weight`, [to, from]);
    add(`${name}.bias`, [to]);
  };
  const norm = (name: string) => {
    add(`${name}.weight`, [8], 1);
    add(`${name}.bias`, [8]);
  };
  add('embeddings.word_embeddings.weight', [11, 8]);
  add('embeddings.token_type_embeddings.weight', [2, 8]);
  add('embeddings.position_embeddings.weight', [6, 8]);
  norm('embeddings.LayerNorm');
  for (const layer of ['encoder.layer.0', 'encoder.layer.1']) {
    for (const part of ['query', 'key', 'value']) linear(`${layer}.attention.self.${part}`, [8, 8]);
    linear(`${layer}.attention.output.dense`, [8, 8]);
    norm(`${layer}.attention.output.LayerNorm`);
    linear(`${layer}.intermediate.dense`, [12, 8]);
    linear(`${layer}.output.dense`, [8, 12]);
    norm(`${layer}.output.LayerNorm`);
  }
  return bag;
}
