import { useTranslation } from 'react-i18next';

export function UseStep() {
  const { t } = useTranslation('use');
  return <h1>{t('title')}</h1>;
}
