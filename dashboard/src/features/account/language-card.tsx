import { chooseLanguage, keptLanguage, languages } from '#lib/language.ts'
import { t } from '#lib/words.ts'
import { Card } from '#ui/card.tsx'
import { Select } from '#ui/select.tsx'

/** "Deutsch": each language as those call it who speak it. */
const ownName = (language: string): string =>
  new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language

/** Which language the dashboard speaks in this browser. */
export function LanguageCard() {
  return (
    <Card
      title={t('Language')}
      lead={t('Of the dashboard in this browser. What the server reports itself stays English.')}
    >
      <Select
        label={t('Language')}
        hideLabel
        className="max-w-xs"
        value={keptLanguage() ?? ''}
        onChange={({ target }) => chooseLanguage(target.value || undefined)}
      >
        <option value="">{t('As the browser asks for')}</option>
        {languages.map((each) => (
          <option key={each} value={each} lang={each}>
            {ownName(each)}
          </option>
        ))}
      </Select>
    </Card>
  )
}
