import { NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ImportPreview, TableMapping, TablePreview } from '../../../src/index.ts';
import { useFormat } from '../../copy/format.ts';
import { useApp } from '../../store/store.ts';
import styles from './ImportDialog.module.css';
import { remapTable } from './import-flow.ts';

const ROLES = ['file', 'label', 'side', 'group'] as const;
/** A value that stands for no column. */
const NONE = '-1';

/** What each column of a table means. A change reads the table again. */
export function TableColumns({ table }: { readonly table: TablePreview }) {
  const { t } = useTranslation('prepare');
  const format = useFormat();
  const busy = useApp(({ tasks }) => tasks.preview !== undefined);
  const { mapping, columns } = table;
  const choose = (role: (typeof ROLES)[number], value: string) => {
    const column = value === NONE ? null : Number(value);
    if (role !== 'file') void remapTable({ ...mapping, [role]: column } satisfies TableMapping);
    else if (column !== null) void remapTable({ ...mapping, file: column });
  };
  const options = columns.map(({ name, examples }, i) => ({
    value: `${i}`,
    label: examples.length === 0 ? name : `${name} (${examples.join(', ')})`.slice(0, 60),
  }));
  return (
    <fieldset className={styles.columns} aria-busy={busy}>
      <legend className={styles.legend}>{t('table.title', { name: table.name })}</legend>
      <p className={styles.note}>
        {t('table.rows', {
          count: table.rows,
          rows: format.count(table.rows),
          matched: format.count(table.matched),
        })}
      </p>
      <div className={styles.roles}>
        {ROLES.map((role) => (
          <NativeSelect
            key={role}
            label={t(`table.${role}`)}
            description={t(`table.${role}Hint`)}
            value={`${mapping[role] ?? NONE}`}
            disabled={busy}
            onChange={(event) => choose(role, event.currentTarget.value)}
            data={role === 'file' ? options : [{ value: NONE, label: t(`table.${role}None`) }, ...options]}
          />
        ))}
      </div>
    </fieldset>
  );
}

/** Says that the split that came with the data is kept. */
export function GivenSplit({ given }: { readonly given: NonNullable<ImportPreview['given']> }) {
  const { t } = useTranslation('prepare');
  const format = useFormat();
  const values = {
    train: format.count(given.train),
    validation: format.count(given.validation),
    test: format.count(given.test),
  };
  return <p className={styles.note}>{t('import.given', values)}</p>;
}
