import type { TensorData } from '../model/ir.ts';

/** The tensors of a weight file by name: what an architecture builder takes. */
export type TensorBag = ReadonlyMap<string, TensorData>;
