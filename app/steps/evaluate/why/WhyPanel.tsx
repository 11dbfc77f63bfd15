import { useTranslation } from 'react-i18next';
import type { SampleId } from '../../../../src/index.ts';
import type { NamedClass } from '../exam.ts';
import { Neighbours } from './Neighbours.tsx';
import { WhyChoices } from './WhyChoices.tsx';
import styles from './WhyPanel.module.css';
import type { Asked } from './use-asked.ts';
import type { Heat, WhyQuestion } from './use-heat.ts';

interface WhyPanelProps {
  readonly runId: string;
  readonly id: SampleId;
  readonly classes: readonly NamedClass[];
  readonly question: WhyQuestion;
  readonly heat: Asked<Heat>;
  readonly onAsk: (question: WhyQuestion) => void;
  readonly onGo: (id: SampleId) => void;
}

/** Why a run answered as it did: the choice of a map, what it says in words, and what it learned from that is alike. */
export function WhyPanel({ runId, id, classes, question, heat, onAsk, onGo }: WhyPanelProps) {
  const { t } = useTranslation('why');
  return (
    <section className={styles.panel} aria-labelledby="why-title">
      <h3 id="why-title" className={styles.title}>
        {t('title')}
      </h3>
      <WhyChoices classes={classes} question={question} heat={heat} onAsk={onAsk} />
      <Neighbours runId={runId} id={id} classes={classes} onGo={onGo} />
    </section>
  );
}
