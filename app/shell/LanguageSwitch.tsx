import { useTranslation } from 'react-i18next';
import { setLanguage } from '../copy/i18n.ts';
import classes from './LanguageSwitch.module.css';

/** EN / 中: one press goes to the other language. */
export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  const chinese = i18n.language === 'zh';
  return (
    <button
      type="button"
      className={classes.switch}
      aria-label={chinese ? t('header.toEnglish') : t('header.toChinese')}
      lang={chinese ? 'en' : 'zh-Hans'}
      onClick={() => void setLanguage(chinese ? 'en' : 'zh')}
    >
      <span aria-hidden data-on={!chinese}>
        EN
      </span>
      <span aria-hidden data-on={chinese}>
        中
      </span>
    </button>
  );
}
