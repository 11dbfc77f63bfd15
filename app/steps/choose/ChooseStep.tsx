import { useTranslation } from 'react-i18next';

export function ChooseStep() {
  const { t } = useTranslation('choose');
  return <h1>{t('title')}</h1>;
}
