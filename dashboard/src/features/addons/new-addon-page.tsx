import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { type AddonCatalogEntry, AddonName, EnvPrefix } from '@vastrox/shared/addon.ts'
import { ChevronRight } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import {
  memoryChoices,
  suggestName,
  usualVersion,
  variablesOf,
} from '#features/addons/addon-words.ts'
import { KindCards } from '#features/addons/kind-cards.tsx'
import { addonsQuery, catalogQuery, useCreateAddon } from '#features/addons/queries.ts'
import { VariableList } from '#features/addons/variable-list.tsx'
import { appsQuery } from '#features/apps/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import type { Load } from '#lib/load.ts'
import { t } from '#lib/words.ts'
import { Button, ButtonLink } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Field } from '#ui/field.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Page } from '#ui/page.tsx'
import { Select } from '#ui/select.tsx'

const route = getRouteApi('/shell/addons/new')

export const load: Load = ({ read }) =>
  Promise.all([read(catalogQuery), read(addonsQuery), read(appsQuery)])

/** A new add-on in one screen: which, how large, for which app. */
export function NewAddonPage() {
  const { data: catalog } = useSuspenseQuery(catalogQuery)
  const search = route.useSearch()
  const navigate = useNavigate()
  const first = catalog.find((entry) => usualVersion(entry) !== undefined) ?? catalog[0]
  const entry = catalog.find(({ kind }) => kind === search.kind) ?? first

  return (
    <Page
      title={t('New add-on')}
      lead={t(
        'A database on a private network. It begins with settings that match its memory, and can be resized later.',
      )}
    >
      <nav aria-label={t('Path')} className="-mt-3 mb-5 flex items-center gap-1 text-sm text-muted">
        <Link to="/addons" className="hover:text-ink">
          {t('Add-ons')}
        </Link>
        <ChevronRight size={14} aria-hidden className="text-faint" />
        <span aria-current="page">{t('New')}</span>
      </nav>
      <KindCards
        catalog={catalog}
        chosen={entry?.kind}
        onChoose={(kind) =>
          void navigate({ to: '/addons/new', search: { ...search, kind }, replace: true })
        }
      />
      {entry && <NewAddonForm key={entry.kind} entry={entry} app={search.app} />}
    </Page>
  )
}

function NewAddonForm({
  entry,
  app: given,
}: {
  entry: AddonCatalogEntry
  app?: string | undefined
}) {
  const navigate = useNavigate()
  const create = useCreateAddon()
  const { data: addons } = useSuspenseQuery(addonsQuery)
  const { data: apps = [] } = useQuery(appsQuery)
  const [app, setApp] = useState(given ?? '')
  const [typedName, setTypedName] = useState<string>()
  const [version, setVersion] = useState(usualVersion(entry)?.version ?? '')
  const [memory, setMemory] = useState(entry.defaultMemoryBytes)
  const [prefix, setPrefix] = useState(entry.prefix)
  const [asked, setAsked] = useState(false)

  const taken = addons.map(({ name }) => name)
  const name = typedName ?? suggestName(entry.kind, app === '' ? undefined : app, taken)
  const wrongName = taken.includes(name)
    ? t('There is an add-on of that name.')
    : AddonName.safeParse(name).error?.issues[0]?.message
  const wrongPrefix = EnvPrefix.safeParse(prefix).error?.issues[0]?.message
  const isThere = usualVersion(entry) !== undefined

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (!isThere || wrongName !== undefined || (app !== '' && wrongPrefix !== undefined)) return
    create.mutate(
      { name, kind: entry.kind, version, memoryBytes: memory, ...(app !== '' && { app, prefix }) },
      { onSuccess: () => void navigate({ to: '/addons/$addon', params: { addon: name } }) },
    )
  }

  return (
    <form className="mt-5" onSubmit={submit}>
      <Card
        title={entry.title}
        lead={entry.summary}
        footer={
          <span className="ml-auto flex gap-2">
            <ButtonLink to="/addons">{t('Cancel')}</ButtonLink>
            <Button type="submit" variant="primary" busy={create.isPending} disabled={!isThere}>
              {app === '' ? t('Create') : t('Create and attach to {app}', { app })}
            </Button>
          </span>
        }
      >
        <div className="space-y-5">
          {create.error && <ErrorNotice error={create.error} />}
          <div className="grid grid-cols-1 gap-x-6 gap-y-5 sm:grid-cols-2">
            <Field
              label={t('Name')}
              mono
              autoComplete="off"
              spellCheck={false}
              hint={t('Apps reach it as {name}.addons.internal.', { name: name || '…' })}
              value={name}
              error={asked || typedName !== undefined ? wrongName : undefined}
              onChange={({ target }) => setTypedName(target.value)}
            />
            <VersionSelect entry={entry} value={version} onChange={setVersion} />
            <Select
              label={t('Memory')}
              hint={t('Its own settings follow it. {minMemoryBytes} at least.', {
                minMemoryBytes: sayBytes(entry.minMemoryBytes),
              })}
              value={memory}
              onChange={({ target }) => setMemory(Number(target.value))}
            >
              {memoryChoices(entry).map((bytes) => (
                <option key={bytes} value={bytes}>
                  {sayBytes(bytes)}
                  {bytes === entry.defaultMemoryBytes ? t(' (usual)') : ''}
                </option>
              ))}
            </Select>
            <Select
              label={t('Attach to')}
              hint={t('Gets its address by env, with a user of its own, and restarts with it.')}
              value={app}
              onChange={({ target }) => setApp(target.value)}
            >
              <option value="">{t('no app yet')}</option>
              {apps.map(({ name: each }) => (
                <option key={each}>{each}</option>
              ))}
            </Select>
          </div>
          {app !== '' && (
            <div className="grid grid-cols-1 gap-x-6 gap-y-5 border-t border-line pt-5 sm:grid-cols-2">
              <Field
                label={t('Prefix of its variables')}
                mono
                autoComplete="off"
                autoCapitalize="characters"
                spellCheck={false}
                hint={t('Another one where the app has a second database.')}
                value={prefix}
                error={wrongPrefix}
                onChange={({ target }) => setPrefix(target.value.toUpperCase())}
              />
              <VariableList app={app} names={variablesOf(entry.kind, prefix)} />
            </div>
          )}
          {!entry.keepsData && (
            <p className="text-sm text-muted">
              {t(
                'What it holds is in memory only: a restart empties it, and there is nothing to back up.',
              )}
            </p>
          )}
        </div>
      </Card>
    </form>
  )
}

function VersionSelect({
  entry,
  value,
  onChange,
}: {
  entry: AddonCatalogEntry
  value: string
  onChange: (version: string) => void
}) {
  const away = entry.versions.filter(({ unavailable }) => unavailable !== null)
  return (
    <Select
      label={t('Version')}
      value={value}
      hint={
        away.length > 0 &&
        away.map(({ version, unavailable }) => (
          <span key={version} className="block">
            {version}: {unavailable}
          </span>
        ))
      }
      onChange={({ target }) => onChange(target.value)}
    >
      {entry.versions.map(({ version, isDefault, unavailable }) => (
        <option key={version} value={version} disabled={unavailable !== null}>
          {version}
          {isDefault ? t(' (usual)') : ''}
          {unavailable === null ? '' : t(' (not to be had)')}
        </option>
      ))}
    </Select>
  )
}
