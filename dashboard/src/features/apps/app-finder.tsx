import { LayoutGrid, List, Search } from 'lucide-react'
import { isWanted, WANTED, type Wanted } from '#features/apps/find-apps.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { Select } from '#ui/select.tsx'

export type View = 'grid' | 'list'

interface Props {
  search: string
  wanted: Wanted
  view: View
  onSearch: (search: string) => void
  onWanted: (wanted: Wanted) => void
  onView: (view: View) => void
}

/** What of the apps is shown, and how. */
export function AppFinder({ search, wanted, view, onSearch, onWanted, onView }: Props) {
  return (
    <search className="mb-4 flex flex-wrap items-center gap-2">
      <div className="relative w-full sm:w-72">
        <Search
          size={15}
          aria-hidden
          className="pointer-events-none absolute top-2.5 left-3 z-10 text-faint"
        />
        <Field
          label={t('Find an app')}
          hideLabel
          type="search"
          placeholder={t('Find by name, stack or address')}
          value={search}
          onChange={(event) => onSearch(event.target.value)}
          className="[&_input]:pl-9"
        />
      </div>
      <Select
        label={t('State')}
        hideLabel
        value={wanted}
        onChange={({ target }) => {
          if (isWanted(target.value)) onWanted(target.value)
        }}
        className="w-48"
      >
        {Object.entries(WANTED).map(([value, { label }]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </Select>
      <fieldset className="ml-auto flex gap-1">
        <legend className="sr-only">{t('How apps are shown')}</legend>
        {VIEWS.map(({ value, label, icon: Icon }) => (
          <Button
            key={value}
            variant="quiet"
            aria-label={label}
            aria-pressed={view === value}
            icon={<Icon size={16} aria-hidden />}
            className={view === value ? 'bg-hover text-ink' : 'text-muted'}
            onClick={() => onView(value)}
          />
        ))}
      </fieldset>
    </search>
  )
}

const VIEWS = [
  { value: 'grid', label: t('As cards'), icon: LayoutGrid },
  { value: 'list', label: t('As a list'), icon: List },
] as const

const KEPT_AS = 'vastrox-apps-view'

export function keptView(): View {
  try {
    return localStorage.getItem(KEPT_AS) === 'list' ? 'list' : 'grid'
  } catch {
    // Storage may be blocked.
    return 'grid'
  }
}

export function keepView(view: View): void {
  try {
    localStorage.setItem(KEPT_AS, view)
  } catch {
    // It is then the way it was at the next visit.
  }
}
