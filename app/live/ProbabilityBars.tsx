import { useTranslation } from 'react-i18next';
import { ClassMark } from '../components/ClassMark.tsx';
import { classStyle } from '../components/class-style.ts';
import classes from './ProbabilityBars.module.css';
import type { RankedAnswer } from './ranked.ts';
import { useProbability } from './use-probability.ts';

interface ProbabilityBarsProps {
  readonly answers: readonly RankedAnswer[];
  /** How many classes there are in all; the rest is counted in a last line. */
  readonly total: number;
  readonly size?: 'normal' | 'large';
  /** No answer yet: the rows stand there without a number. */
  readonly silent?: boolean;
}

/** The probability of each class as a bar in its colour. The best one is set in bold. */
export function ProbabilityBars({ answers, total, size = 'normal', silent = false }: ProbabilityBarsProps) {
  const { t } = useTranslation('live');
  const say = useProbability();
  const best = Math.max(...answers.map(({ probability }) => probability));
  const others = total - answers.length;
  return (
    <>
      <ul
        className={classes.bars}
        aria-label={t('answers')}
        data-size={size}
        data-silent={silent || undefined}
      >
        {answers.map(({ classId, name, index, probability }) => (
          <li key={classId} className={classes.row} data-best={!silent && probability === best}>
            <ClassMark index={index} size={size === 'large' ? 'normal' : 'small'} />
            <span className={classes.name} title={name}>
              {name}
            </span>
            <span className={classes.percent}>{silent ? '–' : say(probability)}</span>
            <span className={classes.track}>
              <span
                className={classes.bar}
                style={{
                  background: classStyle(index).background,
                  clipPath: `inset(0 ${(1 - probability) * 100}% 0 0 round 4px)`,
                }}
              />
            </span>
          </li>
        ))}
      </ul>
      {others > 0 && <p className={classes.others}>{t('others', { count: others })}</p>}
    </>
  );
}
