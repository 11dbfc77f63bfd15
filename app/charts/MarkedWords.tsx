import type { WeighedWord } from '../../src/index.ts';
import classes from './MarkedWords.module.css';

interface MarkedWordsProps {
  readonly words: readonly WeighedWord[];
  readonly label: string;
  /** What is said of a word whose score is not 0. */
  readonly hint: (word: WeighedWord, score: number) => string;
}

/** A text whose words are marked by how much they speak for a class (bold) or against it (underlined). */
export function MarkedWords({ words, label, hint }: MarkedWordsProps) {
  const largest = Math.max(0, ...words.map(({ score }) => Math.abs(score ?? 0)));
  const read = words.findLastIndex(({ score }) => score !== null);
  return (
    <p className={classes.text} dir="auto" role="group" aria-label={label}>
      {words.map((word, at) => {
        const { text, score } = word;
        if (score === null || score === 0) {
          return (
            <span key={at} className={at > read ? classes.unread : undefined}>
              {text}
            </span>
          );
        }
        return (
          <mark
            key={at}
            className={classes.word}
            data-towards={score > 0 ? 'for' : 'against'}
            data-strong={Math.abs(score) > largest * STRONG || undefined}
            style={{ '--strength': `${Math.round((MOST_COLOUR * Math.abs(score)) / largest)}%` }}
            title={hint(word, score)}
          >
            {text}
          </mark>
        );
      })}
    </p>
  );
}

/** Words that count less than this part of the most important one are only tinted. */
const STRONG = 0.2;
/** Of the colour of the most important word, per cent. */
const MOST_COLOUR = 50;
