import { useTranslation } from 'react-i18next';
import type { SampleId } from '../../../../src/index.ts';
import { ClassMark } from '../../../components/ClassMark.tsx';
import { useFormat } from '../../../copy/format.ts';
import { useSay } from '../../../copy/use-say.ts';
import { fetchNeighbours } from '../../../store/explain-actions.ts';
import { useApp } from '../../../store/store.ts';
import { Thumbnail } from '../../pictures/Thumbnail.tsx';
import type { NamedClass } from '../exam.ts';
import styles from './WhyPanel.module.css';
import { useAsked } from './use-asked.ts';

/** Pictures that are shown. */
const SHOWN = 6;

interface NeighboursProps {
  readonly runId: string;
  readonly id: SampleId;
  readonly classes: readonly NamedClass[];
  readonly onGo: (id: SampleId) => void;
}

/** What a run learned from that is most like a picture, each with its class. */
export function Neighbours({ runId, id, classes, onGo }: NeighboursProps) {
  const { t } = useTranslation('why');
  const format = useFormat();
  const { sayError } = useSay();
  const dataset = useApp(({ project }) => project?.dataset);
  const asked = useAsked({
    key: `${runId}/${id}`,
    ask: (context) => fetchNeighbours({ runId, id, count: SHOWN }, context),
  });
  return (
    <div className={styles.near}>
      <h4 className={styles.subtitle}>
        {t('near.title')} <span className={styles.term}>({t('near.term')})</span>
      </h4>
      {asked.status === 'failed' && <p role="alert">{sayError(asked.error)}</p>}
      <ul className={styles.neighbours} aria-busy={asked.status === 'waiting'}>
        {asked.status === 'ready'
          ? asked.value.map(({ id: other, similarity }) => {
              const sample = dataset?.samples.get(other);
              const owner = classes.find((one) => one.id === sample?.classId);
              return (
                <li key={other}>
                  <button
                    type="button"
                    className={styles.neighbour}
                    aria-label={t('near.open', {
                      name: sample?.name ?? '',
                      class: owner?.name ?? '',
                      similarity: format.number(similarity, 2),
                    })}
                    onClick={() => onGo(other)}
                  >
                    <span className={styles.thumb}>
                      <Thumbnail id={other} alt="" />
                    </span>
                    <span className={styles.caption}>
                      {owner !== undefined && <ClassMark index={owner.index} size="small" />}
                      <span className={styles.name}>{owner?.name}</span>
                    </span>
                    <span className={styles.number}>{format.number(similarity, 2)}</span>
                  </button>
                </li>
              );
            })
          : Array.from({ length: SHOWN }, (_, at) => (
              <li key={at}>
                <span className={styles.thumb} />
              </li>
            ))}
      </ul>
      <p className={styles.hint} role="status">
        {asked.status === 'waiting' && asked.progress !== null
          ? t('near.looking', { done: asked.progress.done, total: asked.progress.total })
          : t('near.hint')}
      </p>
    </div>
  );
}
