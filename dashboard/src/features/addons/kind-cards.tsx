import type { AddonCatalogEntry } from '@vastrox/shared/addon.ts'
import { usualVersion, whyNone } from '#features/addons/addon-words.ts'
import { KindSign } from '#features/addons/kind-sign.tsx'
import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'

interface Props {
  catalog: readonly AddonCatalogEntry[]
  chosen: string | undefined
  onChoose: (kind: string) => void
}

/** The catalog as cards; what cannot be had here says why. */
export function KindCards({ catalog, chosen, onChoose }: Props) {
  return (
    <fieldset>
      <legend className="sr-only">{t('Kind of add-on')}</legend>
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-4">
        {catalog.map((entry) => {
          const reason = whyNone(entry)
          return (
            <label
              key={entry.kind}
              className={cx(
                'flex items-start gap-3 rounded-lg border border-line bg-surface p-3.5 transition-colors',
                'has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent',
                reason === undefined
                  ? 'cursor-pointer hover:border-line-strong'
                  : 'cursor-not-allowed',
              )}
            >
              <input
                type="radio"
                name="kind"
                className="sr-only"
                disabled={reason !== undefined}
                checked={entry.kind === chosen}
                onChange={() => onChoose(entry.kind)}
              />
              <KindSign kind={entry.kind} />
              <span className="min-w-0">
                <span className="font-semibold">{entry.title}</span>
                {reason === undefined && (
                  <span className="ml-1.5 text-sm text-muted">{usualVersion(entry)?.version}</span>
                )}
                <span className="block text-sm break-words text-muted">
                  {reason ?? entry.summary}
                </span>
              </span>
            </label>
          )
        })}
      </div>
    </fieldset>
  )
}
