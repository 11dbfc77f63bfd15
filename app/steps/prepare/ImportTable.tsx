import { useTranslation } from 'react-i18next';
import type { ImportPreview } from '../../../src/index.ts';
import { useFormat } from '../../copy/format.ts';
import styles from './ImportDialog.module.css';

/** Which class gets how many pictures. */
export function ImportTable({ classes }: { readonly classes: ImportPreview['classes'] }) {
  const { t } = useTranslation('prepare');
  const format = useFormat();
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('import.className')}</th>
            <th scope="col" className={styles.number}>
              {t('import.classCount')}
            </th>
            <td />
          </tr>
        </thead>
        <tbody>
          {classes.map(({ name, count, exists, spellings }) => (
            <tr key={name}>
              <td className={styles.name}>{name}</td>
              <td className={styles.number}>{format.count(count)}</td>
              <td className={styles.note}>
                {t(exists ? 'import.exists' : 'import.isNew')}
                {spellings.length > 0 &&
                  ` · ${t('import.spellings', { names: spellings.map((one) => `“${one}”`).join(', ') })}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
