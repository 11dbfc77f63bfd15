import type { ExportFormatId } from '../core/export.ts';
import type { ExportFormat } from './format.ts';
import { htmlFormat } from './formats/html.ts';
import { onnxFormat } from './formats/onnx.ts';
import { safetensorsFormat } from './formats/safetensors.ts';
import { teachableMachineFormat } from './formats/teachable-machine.ts';
import { tfjsFormat } from './formats/tfjs.ts';

/** Every form that a model can leave in. */
export const FORMATS: Record<ExportFormatId, ExportFormat> = {
  html: htmlFormat,
  onnx: onnxFormat,
  tfjs: tfjsFormat,
  teachableMachine: teachableMachineFormat,
  safetensors: safetensorsFormat,
};
