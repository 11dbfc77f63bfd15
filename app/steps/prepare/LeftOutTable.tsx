import { useTranslation } from 'react-i18next';
import { useSay } from '../../copy/use-say.ts';
import styles from './ImportDialog.module.css';
import type { LeftOut } from './import-flow.ts';

/** More rows than this are in the download only. */
const MOST_ROWS = 200;

/** Files that were or would be left out, each with its reason. */
export function LeftOutTable({ leftOut }: { readonly leftOut: readonly LeftOut[] }) {
  const { t } = useTranslation('prepare');
  const reason = useReason();
  const rest = leftOut.length - MOST_ROWS;
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('rejected.name')}</th>
            <th scope="col">{t('rejected.reason')}</th>
          </tr>
        </thead>
        <tbody>
          {leftOut.slice(0, MOST_ROWS).map((one, index) => (
            <tr key={`${index} ${one.name}`}>
              <td className={styles.name}>{one.name}</td>
              <td>{reason(one)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rest > 0 && <p className={styles.note}>{t('rejected.more', { count: rest })}</p>}
    </div>
  );
}

/** Why a file was left out, as a sentence. */
export function useReason(): (leftOut: LeftOut) => string {
  const { t } = useTranslation('prepare');
  const { sayError } = useSay();
  return ({ error }) => (error === null ? t('rejected.unreadable') : sayError(error));
}
