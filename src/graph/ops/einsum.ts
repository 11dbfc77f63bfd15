import * as tf from '@tensorflow/tfjs-core';

/** A tensor whose axes have names. */
interface Labelled {
  readonly tensor: tf.Tensor;
  readonly labels: readonly string[];
}

/**
 * Sums of products over named axes, two operands at a time, each as one matrix product.
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.einsum.html.
 */
export function einsum(equation: string, operands: readonly tf.Tensor[]): tf.Tensor {
  const { terms, output } = parseEquation(equation, operands);
  const labelled = operands.map((tensor, i) => diagonal({ tensor, labels: terms[i] ?? [] }));
  const [first, ...rest] = labelled;
  if (first === undefined) throw new Error('Einsum needs an operand.');
  const product = rest.reduce((left, right, i) => {
    const later = new Set([...output, ...terms.slice(i + 2).flat()]);
    return contract(left, right, later);
  }, first);
  const { tensor, labels } = sumAway(product, new Set(output));
  return tf.transpose(
    tensor,
    output.map((label) => labels.indexOf(label)),
  );
}

/** Elements of the largest tensor that {@link einsum} makes on the way, from the shapes of its operands. */
export function einsumElements(equation: string, shapes: readonly (readonly number[])[]): number {
  const { terms, output } = parseEquation(
    equation,
    shapes.map(({ length }) => ({ rank: length })),
  );
  const sizes = new Map<string, number>();
  terms.forEach((term, i) =>
    term.forEach((label, axis) => sizes.set(label, Math.max(sizes.get(label) ?? 1, shapes[i]?.[axis] ?? 1))),
  );
  const products = terms.map((_, i) => {
    const seen = new Set(terms.slice(0, i + 1).flat());
    const later = new Set([...output, ...terms.slice(i + 1).flat()]);
    return [...seen]
      .filter((label) => later.has(label))
      .reduce((size, label) => size * (sizes.get(label) ?? 1), 1);
  });
  return Math.max(1, ...products);
}

/** Axes of an ellipsis are named by numbers, from the right. */
function parseEquation(equation: string, operands: readonly Pick<tf.Tensor, 'rank'>[]) {
  const [inputs = '', given] = equation.replaceAll(' ', '').split('->');
  const written = inputs.split(',').map(lettersOf);
  const widths = written.map((term, i) =>
    term.includes('...') ? (operands[i]?.rank ?? 0) - (term.length - 1) : 0,
  );
  const names = (width: number) => Array.from({ length: width }, (_, i) => String(width - i));
  const spelled = (term: readonly string[], width: number) =>
    term.flatMap((label) => (label === '...' ? names(width) : [label]));
  const terms = written.map((term, i) => spelled(term, widths[i] ?? 0));
  const widest = names(Math.max(...widths));
  if (given !== undefined) return { terms, output: spelled(lettersOf(given), widest.length) };
  const all = terms.flat();
  const once = all.filter(
    (label) => all.indexOf(label) === all.lastIndexOf(label) && !widest.includes(label),
  );
  return { terms, output: [...widest, ...once.sort()] };
}

function lettersOf(term: string): string[] {
  return term.match(/\.\.\.|[a-zA-Z]/g) ?? [];
}

/** A label that occurs twice in one operand means its diagonal. */
function diagonal({ tensor, labels }: Labelled): Labelled {
  const second = labels.findIndex((label, i) => labels.indexOf(label) !== i);
  if (second === -1) return { tensor, labels };
  const first = labels.indexOf(labels[second] as string);
  const size = tensor.shape[first] as number;
  const shape = tensor.shape.map((_, axis) => (axis === first || axis === second ? size : 1));
  const kept = tf.sum(tf.mul(tensor, tf.reshape(tf.eye(size), shape)), second);
  return diagonal({ tensor: kept, labels: labels.filter((_, axis) => axis !== second) });
}

function sumAway({ tensor, labels }: Labelled, keep: ReadonlySet<string>): Labelled {
  const axes = labels.flatMap((label, axis) => (keep.has(label) ? [] : [axis]));
  if (axes.length === 0) return { tensor, labels };
  return { tensor: tf.sum(tensor, axes), labels: labels.filter((label) => keep.has(label)) };
}

/** The product of two operands, summed over the labels that nothing later needs. */
function contract(a: Labelled, b: Labelled, later: ReadonlySet<string>): Labelled {
  const left = sumAway(a, new Set([...b.labels, ...later]));
  const right = sumAway(b, new Set([...a.labels, ...later]));
  const shared = left.labels.filter((label) => right.labels.includes(label));
  const batch = shared.filter((label) => later.has(label));
  const summed = shared.filter((label) => !later.has(label));
  const onlyLeft = left.labels.filter((label) => !right.labels.includes(label));
  const onlyRight = right.labels.filter((label) => !left.labels.includes(label));
  const size = (label: string): number => {
    const own = left.labels.includes(label) ? left : right;
    return own.tensor.shape[own.labels.indexOf(label)] as number;
  };
  const count = (labels: readonly string[]) => labels.reduce((all, label) => all * size(label), 1);
  const matrices = (operand: Labelled, rows: readonly string[], columns: readonly string[]) => {
    const order = [...batch, ...rows, ...columns].map((label) => operand.labels.indexOf(label));
    return tf.reshape<tf.Rank.R3>(tf.transpose(operand.tensor, order), [
      count(batch),
      count(rows),
      count(columns),
    ]);
  };
  const labels = [...batch, ...onlyLeft, ...onlyRight];
  const product = tf.matMul(matrices(left, onlyLeft, summed), matrices(right, summed, onlyRight));
  return { tensor: tf.reshape(product, labels.map(size)), labels };
}
