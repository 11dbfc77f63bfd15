import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ErrorData } from '../../../../src/index.ts';
import { useSay } from '../../../copy/use-say.ts';
import styles from './BringModel.module.css';
import { cancelBring } from './bring-flow.ts';

/** More than this many names nobody reads. */
const MOST_NODES = 8;

/** Why a model cannot be used, with the operations and places that stand in the way. */
export function Refusal({ error }: { readonly error: ErrorData }) {
  const { t } = useTranslation('ownModel');
  return (
    <div className={styles.refusal} role="alert">
      <p className={styles.refusalTitle}>
        <IconAlertTriangle size={22} stroke={1.7} aria-hidden />
        {t('refused.title')}
      </p>
      <RefusalReason error={error} />
      <p className={styles.note}>{t('refused.kept')}</p>
      <div className={styles.footer}>
        <Button data-autofocus onClick={cancelBring}>
          {t('refused.another')}
        </Button>
      </div>
    </div>
  );
}

/** The sentence of the error, or the list of operations that are not known. */
export function RefusalReason({ error }: { readonly error: ErrorData }) {
  const { t } = useTranslation('ownModel');
  const { sayError } = useSay();
  const ops = listOf(error.detail?.['ops'] ?? error.detail?.['op']);
  const nodes = listOf(error.detail?.['nodes'] ?? error.detail?.['node']);
  if (error.code !== 'model-unsupported' || (ops.length === 0 && nodes.length === 0)) {
    return (
      <>
        <p>{sayError(error)}</p>
        {(error.code === 'model-damaged' || error.code === 'model-unsupported') && (
          <p className={styles.engineer} lang="en">
            {error.message}
          </p>
        )}
      </>
    );
  }
  const rest = nodes.length - MOST_NODES;
  return (
    <>
      {ops.length > 0 && <p>{t('refused.ops', { count: ops.length })}</p>}
      <ul className={styles.chips}>
        {ops.map((op) => (
          <li key={op} className={styles.chip}>
            {op}
          </li>
        ))}
      </ul>
      {nodes.length > 0 && (
        <div>
          <p className={styles.note}>{t('refused.nodes')}</p>
          <ul className={styles.nodes}>
            {nodes.slice(0, MOST_NODES).map((node) => (
              <li key={node}>{node}</li>
            ))}
            {rest > 0 && <li>{t('refused.more', { count: rest })}</li>}
          </ul>
        </div>
      )}
    </>
  );
}

/** Importers join names with commas. */
function listOf(names: string | number | boolean | undefined): readonly string[] {
  return typeof names === 'string' ? [...new Set(names.split(', '))].filter((name) => name !== '') : [];
}
