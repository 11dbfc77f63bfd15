import { useMemo } from 'react';
import type { DeviceReport, ModelCard } from '../../../src/index.ts';
import { useApp } from '../../store/store.ts';

export interface ModelSpeed {
  readonly forwardMs: number;
  /** True for the model that the probe timed; others are scaled by their multiply-adds. */
  readonly measured: boolean;
  /** Speed as a part of the fastest model's, 0..1. */
  readonly relative: number;
}

/** How fast each model of one task is on this device, from the one timing that there is. Empty before the probe. */
export function modelSpeeds(
  models: readonly ModelCard[],
  device: DeviceReport | null,
): ReadonlyMap<string, ModelSpeed> {
  const timed = models.find(({ id }) => id === device?.modelId);
  if (device === null || timed === undefined) return new Map();
  const msPerMegaMac = device.forwardMs / timed.megaMacs;
  const alike = models.filter(({ task }) => task === timed.task);
  const forwardMs = alike.map(({ megaMacs }) => megaMacs * msPerMegaMac);
  const fastest = Math.min(...forwardMs);
  return new Map(
    alike.map(({ id }, index) => {
      const ms = forwardMs[index] ?? fastest;
      return [id, { forwardMs: ms, measured: id === timed.id, relative: fastest / ms }];
    }),
  );
}

export function useModelSpeeds(): ReadonlyMap<string, ModelSpeed> {
  const models = useApp((state) => state.models);
  const device = useApp((state) => state.device);
  return useMemo(() => modelSpeeds(models, device), [models, device]);
}
