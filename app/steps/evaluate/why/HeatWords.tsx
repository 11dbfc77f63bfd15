import { useTranslation } from 'react-i18next';
import type { HeatMap, WordHeat } from '../../../../src/index.ts';
import { mainPlace, mainStretch } from '../../../charts/heat-image.ts';
import { strongest, type WordShare, wordShares } from '../../../charts/word-shares.ts';
import { useFormat } from '../../../copy/format.ts';
import { useSay } from '../../../copy/use-say.ts';
import { useProbability } from '../../../live/use-probability.ts';
import styles from './WhyPanel.module.css';
import type { Asked } from './use-asked.ts';
import type { Heat, WhyView } from './use-heat.ts';

/** Words that a sentence names. */
const NAMED = 3;

interface HeatWordsProps {
  readonly view: WhyView;
  /** Of the class. */
  readonly name: string;
  readonly heat: Asked<Heat>;
}

/** The answer in words, and of a text every word with its number. */
export function HeatWords({ view, name, heat }: HeatWordsProps) {
  const { t } = useTranslation('why');
  return (
    <>
      <p className={styles.words} role="status">
        <Said view={view} name={name} heat={heat} />
      </p>
      {heat.status === 'ready' && heat.value.kind === 'words' && (
        <div>
          <p className={styles.hint}>{t('words.legend')}</p>
          {heat.value.method === 'gradient-input' && (
            <p className={styles.hint}>{t('words.gradientInput')}</p>
          )}
          <WordList heat={heat.value} name={name} />
        </div>
      )}
    </>
  );
}

function Said({ view, name, heat }: HeatWordsProps) {
  const { t } = useTranslation('why');
  const { sayError } = useSay();
  if (view === 'picture') return t('lead');
  if (heat.status === 'failed') return sayError(heat.error);
  if (heat.status !== 'ready') {
    const progress = heat.status === 'waiting' ? heat.progress : null;
    return progress === null ? t('working') : t('covering', { done: progress.done, total: progress.total });
  }
  const { value } = heat;
  return value.kind === 'words' ? (
    <SaidOfWords heat={value} name={name} />
  ) : (
    <SaidOfPlaces heat={value} name={name} />
  );
}

function SaidOfPlaces({ heat, name }: { readonly heat: HeatMap; readonly name: string }) {
  const { t } = useTranslation('why');
  const format = useFormat();
  const say = useProbability();
  const { method, probability, coveredProbability, elapsedMs } = heat;
  const where = useWhere(heat, name);
  if (where === null) return t('nothing', { name });
  const time = t('time', { ms: format.number(elapsedMs, elapsedMs < 10 ? 1 : 0) });
  if (method === 'grad-cam') return `${where} ${t('gradCam')} ${time}`;
  const drop = t('covered', { name, before: say(probability), after: say(coveredProbability ?? 0) });
  return `${where} ${drop} ${time}`;
}

/** Where on the map most of it is; `null` for an empty one. */
function useWhere(heat: HeatMap, name: string): string | null {
  const { t } = useTranslation('why');
  const format = useFormat();
  const { time } = heat;
  if (time === undefined) {
    const main = mainPlace(heat);
    if (main === null) return null;
    return t('where', { name, place: t(`places.${main.place}`), share: format.percent(main.share) });
  }
  const main = mainStretch(heat);
  if (main === null) return null;
  const seconds = (share: number) =>
    format.number(Math.max(0, time.fromSeconds + share * (time.toSeconds - time.fromSeconds)), 1);
  const values = { from: seconds(main.from), to: seconds(main.to), share: format.percent(main.share) };
  return t('when', { name, ...values });
}

function SaidOfWords({ heat, name }: { readonly heat: WordHeat; readonly name: string }) {
  const { t } = useTranslation('why');
  const format = useFormat();
  const say = useProbability();
  const { method, probability, coveredProbability, elapsedMs, words } = heat;
  const { speakFor, speakAgainst } = strongest(wordShares(words), NAMED);
  if (speakFor.length + speakAgainst.length === 0) return t('words.nothing', { name });
  const named = (shares: readonly WordShare[]) =>
    shares
      .map(({ word, share }) => t('words.one', { word, share: format.percent(Math.abs(share)) }))
      .join(t('words.join'));
  return [
    speakFor.length > 0 && t('words.for', { name, words: named(speakFor) }),
    speakAgainst.length > 0 && t('words.against', { words: named(speakAgainst) }),
    method === 'occlusion' &&
      t('words.covered', { name, before: say(probability), after: say(coveredProbability ?? 0) }),
    words.at(-1)?.score === null && t('words.unread'),
    t('time', { ms: format.number(elapsedMs, elapsedMs < 10 ? 1 : 0) }),
  ]
    .filter((sentence) => sentence !== false)
    .join(' ');
}

/** The numbers behind the marks, for those who do not see them or want to know. */
function WordList({ heat, name }: { readonly heat: WordHeat; readonly name: string }) {
  const { t } = useTranslation('why');
  const format = useFormat();
  return (
    <details className={styles.list}>
      <summary>{t('words.list')}</summary>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('words.word')}</th>
            <th scope="col">{t('words.share', { name })}</th>
          </tr>
        </thead>
        <tbody>
          {wordShares(heat.words).map(({ word, share }, at) => (
            <tr key={at}>
              <th scope="row">{word}</th>
              <td>
                {share < 0 ? '−' : '+'}
                {format.percent(Math.abs(share), 1)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
