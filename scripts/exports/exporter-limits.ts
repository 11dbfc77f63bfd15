/** @file Exports that PyTorch itself cannot make. Any other case that could not be made is a failure. */
import type { CaseName } from './cases.ts';

interface ExporterLimit {
  readonly network: string;
  readonly variants: readonly string[];
  /** What the exporter says about it. */
  readonly says: string;
}

const LIMITS: readonly ExporterLimit[] = [
  {
    // The mask of the decoder is made by differences of positions; the older exporter has no translation of them.
    network: 'whisper',
    variants: ['script-17', 'script-17-folded', 'script-20'],
    says: "Exporting the operator 'aten::diff'",
  },
];

/** Whether a case is one that its exporter cannot make. */
export function isExporterLimit({ network, variant, error }: CaseName): boolean {
  return LIMITS.some(
    (limit) =>
      limit.network === network && limit.variants.includes(variant) && (error ?? '').includes(limit.says),
  );
}

/** Limits that do not hold (any more) among these cases, as `network variant`. */
export function outdatedLimits(cases: readonly CaseName[]): readonly string[] {
  return cases
    .filter(({ error }) => error === null)
    .filter((one) =>
      LIMITS.some(({ network, variants }) => network === one.network && variants.includes(one.variant)),
    )
    .map(({ network, variant }) => `${network} ${variant}`);
}
