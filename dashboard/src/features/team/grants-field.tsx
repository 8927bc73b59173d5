import { useQuery } from '@tanstack/react-query'
import { AppRole } from '@vastrox/shared/permissions.ts'
import type { Grants } from '@vastrox/shared/team.ts'
import { X } from 'lucide-react'
import { appsQuery } from '#features/apps/queries.ts'
import { APP_ROLE_WORDS } from '#features/team/role-words.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Select } from '#ui/select.tsx'

interface Props {
  grants: Grants
  onChange: (grants: Grants) => void
}

const asAppRole = (value: string): AppRole => AppRole.catch('viewer').parse(value)

/** What somebody is on single apps: a line for each, and one to add another. */
export function GrantsField({ grants, onChange }: Props) {
  const { data: apps = [] } = useQuery(appsQuery)
  const granted = Object.entries(grants)
  const others = apps.filter(({ name }) => grants[name] === undefined)
  const without = (name: string) => Object.fromEntries(granted.filter(([each]) => each !== name))

  return (
    <fieldset className="space-y-2">
      <legend className="mb-1.5 text-sm font-medium">{t('On single apps, besides')}</legend>
      {granted.map(([name, role]) => (
        <div key={name} className="flex items-center gap-2">
          <span className="min-w-0 flex-1 truncate">{name}</span>
          <Select
            label={t('Role on {name}', { name })}
            hideLabel
            className="w-36"
            value={role}
            onChange={({ target }) => onChange({ ...grants, [name]: asAppRole(target.value) })}
          >
            {AppRole.options.map((each) => (
              <option key={each} value={each}>
                {APP_ROLE_WORDS[each]}
              </option>
            ))}
          </Select>
          <Button
            variant="quiet"
            size="sm"
            square
            aria-label={t('Take {name} away', { name })}
            icon={<X size={15} aria-hidden />}
            onClick={() => onChange(without(name))}
          />
        </div>
      ))}
      {others.length > 0 && (
        <Select
          label={t('Add an app')}
          hideLabel
          value=""
          onChange={({ target }) => onChange({ ...grants, [target.value]: 'developer' })}
        >
          <option value="">{t('Add an app …')}</option>
          {others.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </Select>
      )}
      {granted.length === 0 && others.length === 0 && (
        <p className="text-sm text-muted">{t('There are no apps yet.')}</p>
      )}
    </fieldset>
  )
}
