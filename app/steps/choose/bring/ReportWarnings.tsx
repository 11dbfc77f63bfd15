import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ModelWarning } from '../../../../src/index.ts';
import { useFormat } from '../../../copy/format.ts';
import styles from './BringModel.module.css';

/** What the person should know before they take the model. */
export function ReportWarnings({ warnings }: { readonly warnings: readonly ModelWarning[] }) {
  const sentence = useSentence();
  if (warnings.length === 0) return null;
  return (
    <ul className={styles.warnings}>
      {warnings.map((warning) => (
        <li key={warning.kind}>
          <IconAlertTriangle size={18} stroke={1.8} aria-hidden />
          <span>{sentence(warning)}</span>
        </li>
      ))}
    </ul>
  );
}

function useSentence(): (warning: ModelWarning) => string {
  const { t } = useTranslation('ownModel');
  const format = useFormat();
  return (warning) => {
    switch (warning.kind) {
      case 'cannot-train': {
        const { op, node } = warning;
        return node === '' ? t('warnings.cannot-train') : t('warnings.cannot-train-at', { op, node });
      }
      case 'few-features':
        return t('warnings.few-features', { size: format.count(warning.size) });
      case 'slow':
        return t('warnings.slow', { ms: format.count(Math.round(warning.forwardMs)) });
      case 'much-memory':
        return t('warnings.much-memory', { memory: format.bytes(warning.bytes) });
      case 'nothing-to-train':
      case 'range-guessed':
        return t(`warnings.${warning.kind}`);
    }
  };
}
