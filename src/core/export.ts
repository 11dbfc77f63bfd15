/** @file What a model becomes outside, and what was found out about it before it was handed out. */

/** The forms that a trained model can leave in. */
export const EXPORT_FORMATS = ['html', 'onnx', 'tfjs', 'teachableMachine', 'safetensors'] as const;
export type ExportFormatId = (typeof EXPORT_FORMATS)[number];

/** How weights are stored; networks compute in float32 either way. */
export type ExportPrecision = 'float32' | 'float16';

export interface ExportRequest {
  /** Absent: the active run, else the instant head. */
  readonly runId?: string;
  readonly format: ExportFormatId;
  readonly precision: ExportPrecision;
  /** What the model is called where it is shown. */
  readonly title: string;
  /** BCP 47; for what people read in it. */
  readonly language: string;
}

/** How far the file, opened again, answers as the app does. */
export interface ExportCheck {
  /** Inputs that both were asked about: patterns that anybody can make again, and pictures of the person's own. */
  readonly checked: number;
  readonly agreeing: number;
  /** Of any probability. */
  readonly largestDifference: number;
}

export interface ExportedModel {
  readonly file: Blob;
  /** Of its name, with the dot. */
  readonly ending: string;
  readonly check: ExportCheck;
}
