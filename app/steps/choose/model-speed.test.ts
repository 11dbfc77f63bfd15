import { describe, expect, it } from 'vitest';
import type { DeviceReport, ModelCard } from '../../../src/index.ts';
import { modelSpeeds } from './model-speed.ts';

const card = (id: string, megaMacs: number) => ({ id, megaMacs }) as ModelCard;
const device = { modelId: 'small', forwardMs: 8 } as DeviceReport;

describe('modelSpeeds', () => {
  it('scales the one timing by multiply-adds and says which one was measured', () => {
    const speeds = modelSpeeds([card('small', 56), card('big', 560)], device);
    expect(speeds.get('small')).toEqual({ forwardMs: 8, measured: true, relative: 1 });
    expect(speeds.get('big')).toEqual({ forwardMs: 80, measured: false, relative: 0.1 });
  });

  it('knows nothing before the probe, or when the timed model is not in the list', () => {
    expect(modelSpeeds([card('small', 56)], null).size).toBe(0);
    expect(modelSpeeds([card('other', 56)], device).size).toBe(0);
  });
});
