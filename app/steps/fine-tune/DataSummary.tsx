import { useTranslation } from 'react-i18next';
import type { ProjectSnapshot, SplitSide } from '../../../src/index.ts';
import { useFormat } from '../../copy/format.ts';
import { samplesByClass } from '../../store/project.ts';
import { useApp } from '../../store/store.ts';
import classes from './DataSummary.module.css';

const SIDES: readonly SplitSide[] = ['train', 'validation', 'test'];
const FEW = 3;

/** The three sides of the split in numbers, and what is thin about the data. */
export function DataSummary({ project }: { readonly project: ProjectSnapshot }) {
  const { t } = useTranslation('fineTune');
  const format = useFormat();
  const { split, dataset } = project;
  const byClass = samplesByClass(dataset);
  const arriving = useApp(({ tasks }) => tasks.import !== undefined || tasks['sample-set'] !== undefined);
  const few = dataset.classes.filter(({ id }) => (byClass.get(id)?.length ?? 0) < FEW);
  return (
    <section className={classes.summary} aria-label={t('data.title')}>
      <h2>{t('data.title')}</h2>
      <div className={classes.bar} aria-hidden>
        {SIDES.map((side) => (
          <span key={side} data-side={side} style={{ flexGrow: split?.[side].length ?? 0 }} />
        ))}
      </div>
      <dl className={classes.sides}>
        {SIDES.map((side) => (
          <div key={side} data-side={side}>
            <dd>{split === null ? '…' : format.count(split[side].length)}</dd>
            <dt>{t(`data.${side}`)}</dt>
          </div>
        ))}
      </dl>
      {arriving && <p className={classes.warning}>{t('data.arriving')}</p>}
      {few.length > 0 && (
        <p className={classes.warning}>
          {t('data.few', {
            count: few.length,
            names: few
              .map(({ name }) => name)
              .slice(0, 5)
              .join(', '),
          })}
        </p>
      )}
      {split?.validation.length === 0 && <p className={classes.warning}>{t('data.noValidation')}</p>}
    </section>
  );
}
