import type { OpCall } from './call.ts';
import { opTable } from './op.ts';
import { hostValue, type HostValue } from './value.ts';

function texts(call: OpCall): readonly string[] {
  return call.host(0).data as readonly string[];
}

/** Source: https://onnx.ai/onnx/operators/onnx__StringNormalizer.html. */
function normalizer(call: OpCall): HostValue {
  const change = call.text('case_change_action', 'NONE');
  const sensitive = call.flag('is_case_sensitive');
  const same = (text: string) => (sensitive ? text : text.toLowerCase());
  const stops = new Set(call.texts('stopwords').map(same));
  const kept = texts(call).filter((text) => !stops.has(same(text)));
  const changed = kept.map((text) => {
    if (change === 'LOWER') return text.toLowerCase();
    return change === 'UPPER' ? text.toUpperCase() : text;
  });
  const list = changed.length === 0 ? [''] : changed;
  const rows = call.shape(0).length === 2 ? [1] : [];
  return hostValue(list, [...rows, list.length], 'string');
}

/** Counts of n-grams with gaps. Source: https://onnx.ai/onnx/operators/onnx__TfIdfVectorizer.html. */
function vectorizer(call: OpCall): HostValue {
  const shape = call.shape(0);
  const width = shape.at(-1) ?? 0;
  const rows = shape.length === 2 ? (shape[0] ?? 0) : 1;
  const words = call.texts('pool_strings');
  const pool: readonly (number | string)[] = words.length > 0 ? words : (call.ints('pool_int64s') ?? []);
  const starts = call.ints('ngram_counts') ?? [];
  const columns = call.ints('ngram_indexes') ?? [];
  const weights = call.ints('weights');
  const mode = call.text('mode', 'TF');
  const size = Math.max(-1, ...columns) + 1;
  const data = new Float64Array(rows * size);
  const grams = new Map<string, number>();
  let gram = 0;
  starts.forEach((start, n) => {
    for (let at = start; at < (starts[n + 1] ?? pool.length); at += n + 1) {
      grams.set(JSON.stringify(pool.slice(at, at + n + 1)), gram++);
    }
  });
  const [shortest, longest] = [call.number('min_gram_length', 1), call.number('max_gram_length', 1)];
  for (let row = 0; row < rows; row++) {
    const items = Array.from(call.host(0).data as ArrayLike<number | string>).slice(
      row * width,
      (row + 1) * width,
    );
    for (let n = shortest; n <= longest; n++) {
      // Single items have no gaps between them.
      const gaps = n === 1 ? 0 : call.number('max_skip_count', 0);
      for (let gap = 0; gap <= gaps; gap++) {
        for (let at = 0; at + (n - 1) * (gap + 1) < width; at++) {
          const found = grams.get(
            JSON.stringify(Array.from({ length: n }, (_, i) => items[at + i * (gap + 1)])),
          );
          if (found === undefined) continue;
          const cell = row * size + (columns[found] as number);
          data[cell] = (data[cell] as number) + 1;
        }
      }
    }
  }
  const weighted = data.map((count, i) => {
    const weight = weights?.[columns.indexOf(i % size)] ?? 1;
    if (mode === 'TF') return count;
    return mode === 'IDF' ? Number(count > 0) * weight : count * weight;
  });
  return hostValue(weighted, shape.length === 2 ? [rows, size] : [size], 'float32');
}

export const TEXT = opTable({
  StringNormalizer: { hostInputs: 'all', differentiable: false, run: normalizer },
  TfIdfVectorizer: { hostInputs: 'all', differentiable: false, run: vectorizer },
});
