/** @file What a form of export has to be able to do. One file of `formats/` and one row of the registry make a new one. */
import type { ExportPrecision } from '../core/export.ts';
import type { Graph } from '../graph/model/ir.ts';
import type { TestVectors } from './test-vectors.ts';

/** A trained classifier with everything that has to travel with it. */
export interface ExportedClassifier {
  /** Pixels 0..255 of RGB pictures `[N, S, S, 3]` in, probabilities `[N, classes]` out. */
  readonly graph: Graph;
  /** S, px. */
  readonly inputSize: number;
  /** Names of the classes in the order of the outputs. */
  readonly labels: readonly string[];
  readonly title: string;
  readonly language: string;
  readonly base: { readonly name: string; readonly licence: string; readonly source: string };
  /** What the logits were divided by; it is in the weights of the head already. */
  readonly temperature: number;
  /** Answers with a smaller probability are withheld, 0..1. */
  readonly abstainBelow: number;
  readonly vectors: TestVectors;
}

export interface ExportFile {
  /** With `/` between folders. */
  readonly path: string;
  readonly content: Blob | Uint8Array<ArrayBuffer> | string;
}

export interface ExportFormat {
  /** Of the name of what is handed out, with the dot. */
  readonly ending: string;
  /** A zip with labels, test vectors, licences and a read-me beside the model; otherwise one file that has all in it. */
  readonly bundled: boolean;
  /**
   * Asked before anything is computed; absent where `write` tells.
   * @throws {EngineError} `export-operation` with a step of the network that the format cannot hold.
   */
  assertHolds?(graph: Graph): void;
  /**
   * The files of the model itself.
   * @throws {EngineError} `model-unsupported` with the operation that the format has not.
   */
  write(classifier: ExportedClassifier, precision: ExportPrecision): Promise<readonly ExportFile[]>;
  /** What was written, read as any other program's would be. */
  read(files: readonly ExportFile[]): Promise<Graph>;
  /** How to use it, as Markdown. */
  readMe(classifier: ExportedClassifier): string;
}

/** The bytes of a written file. */
export async function bytesOf({ content }: ExportFile): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof content === 'string') return new TextEncoder().encode(content);
  return content instanceof Blob ? new Uint8Array(await content.arrayBuffer()) : content;
}

/** One of several files. @throws {RangeError} if it is not there: a format reads what it wrote. */
export function fileNamed(files: readonly ExportFile[], path: string): ExportFile {
  const found = files.find((one) => one.path === path);
  if (found === undefined) throw new RangeError(`There is no ${path}.`);
  return found;
}
