import { useTranslation } from 'react-i18next';

export function EvaluateStep() {
  const { t } = useTranslation('evaluate');
  return <h1>{t('title')}</h1>;
}
