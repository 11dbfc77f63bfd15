import { useTranslation } from 'react-i18next';
import type { ModelCheck, ModelReport } from '../../../../src/index.ts';
import { useFormat } from '../../../copy/format.ts';
import styles from './BringModel.module.css';

/** Pictures of the batch that memory is estimated for; the engine's `MEMORY_BATCH`. */
const BATCH = 16;

interface ReportFactsProps {
  readonly report: ModelReport;
  readonly check: ModelCheck;
  readonly checking: boolean;
}

/** The numbers that decide: speed, what learns, memory. */
export function ReportFacts({ report, check, checking }: ReportFactsProps) {
  const { t } = useTranslation('ownModel');
  const { t: common } = useTranslation('common');
  const format = useFormat();
  if (!check.ok) return null;
  const { forwardMs, backend, trainable, memory } = check;
  const facts = [
    [
      t('report.speed'),
      t('report.speedValue', { ms: format.number(forwardMs, forwardMs < 10 ? 1 : 0) }),
      t('report.backend', { backend: common(`device.short.${backend}`) }),
    ],
    [
      t('report.learns'),
      format.compact(trainable),
      t('report.learnsOf', { total: format.compact(report.parameters) }),
    ],
    [t('report.memoryUse'), rounded(memory.forward), t('report.memoryBatch', { count: BATCH })],
    [t('report.memoryLearn'), rounded(memory.training), t('report.memoryBatch', { count: BATCH })],
  ] as const;
  return (
    <dl className={styles.facts} data-checking={checking || undefined}>
      {facts.map(([label, value, note]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
          <dd className={styles.factNote}>{note}</dd>
        </div>
      ))}
    </dl>
  );

  /** An estimate is known to two digits at best. */
  function rounded(bytes: number): string {
    const step = 10 ** Math.max(6, Math.floor(Math.log10(Math.max(1, bytes))) - 1);
    return format.bytes(Math.max(1e6, Math.round(bytes / step) * step));
  }
}
