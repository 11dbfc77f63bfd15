import { NativeSelect, SegmentedControl } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSampleKind } from '../../../store/sample-kind.ts';
import type { NamedClass } from '../exam.ts';
import { HeatWords } from './HeatWords.tsx';
import styles from './WhyPanel.module.css';
import type { Asked } from './use-asked.ts';
import { WHY_VIEWS, type Heat, type WhyQuestion } from './use-heat.ts';

interface WhyChoicesProps {
  readonly classes: readonly Pick<NamedClass, 'name'>[];
  readonly question: WhyQuestion;
  readonly heat: Asked<Heat>;
  readonly onAsk: (question: WhyQuestion) => void;
  /** The answer as it is seen, where no dialog shows it: between the question and the words. */
  readonly children?: ReactNode;
}

/** What is asked about a sample: how, about which class, where; and what the answer says in words. */
export function WhyChoices({ classes, question, heat, onAsk, children }: WhyChoicesProps) {
  const { t } = useTranslation('why');
  const { view, label } = question;
  const kind = useSampleKind();
  const map = heat.status === 'ready' && heat.value.kind === 'places' ? heat.value : null;
  return (
    <>
      <div className={styles.choices}>
        <SegmentedControl
          aria-label={t('views.label')}
          size="sm"
          value={view}
          data={WHY_VIEWS[kind].map((value) => ({ value, label: t(`views.${value}`) }))}
          onChange={(next) => onAsk({ ...question, view: next })}
        />
        {view !== 'picture' && (
          <NativeSelect
            aria-label={t('class')}
            value={label}
            data={classes.map(({ name }, at) => ({ value: String(at), label: t('for', { name }) }))}
            onChange={({ currentTarget }) => onAsk({ ...question, label: Number(currentTarget.value) })}
          />
        )}
        {view === 'grad-cam' && map !== null && map.cuts.length > 1 && (
          <NativeSelect
            aria-label={t('cut')}
            value={map.cut ?? ''}
            data={map.cuts.toReversed().map((one) => ({
              value: String(one.cut),
              label: t('cutAt', { name: one.name, rows: one.rows, columns: one.columns }),
            }))}
            onChange={({ currentTarget }) => onAsk({ ...question, cut: Number(currentTarget.value) })}
          />
        )}
      </div>
      {children}
      <HeatWords view={view} name={classes[label]?.name ?? ''} heat={heat} />
    </>
  );
}
