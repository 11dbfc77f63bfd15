import { useTranslation } from 'react-i18next';

export function FineTuneStep() {
  const { t } = useTranslation('fineTune');
  return <h1>{t('title')}</h1>;
}
